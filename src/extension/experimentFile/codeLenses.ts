import * as vscode from 'vscode';
import { experimentOutline, type LossEntry } from '../../engine/experiment/outline';
import type { RunStore } from '../runs/runStore';
import { t } from '../text';
import { isExperiment, rangeOf } from './documents';
import { lensCommands } from './lensCommands';
import { newestOfEachLoss, runsInWords, runsOfLoss } from './lensTexts';

/** Between two renewals of the lenses, in milliseconds: longer than the editor's own waiting time. */
const pause = 1500;

/** What one can do with each entry of `losses`, and how its runs are doing, above the entry. */
export class LossLenses implements vscode.CodeLensProvider, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  readonly onDidChangeCodeLenses = this.changed.event;
  private readonly subscriptions: vscode.Disposable[];
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly store: RunStore) {
    this.subscriptions = [
      store.onDidChange(() => this.soon()),
      vscode.workspace.onDidGrantWorkspaceTrust(() => this.changed.fire()),
      // Of a file that is opened while the window is still being arranged, the editor may ask for the lenses and not draw them.
      vscode.window.onDidChangeVisibleTextEditors(() => this.soon()),
    ];
  }

  /**
   * Runs change several times a second, and the editor waits for a pause in the changes before it asks for lenses: told of
   * each, it would never ask.
   */
  private soon(): void {
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      this.changed.fire();
    }, pause);
  }

  provideCodeLenses(document: vscode.TextDocument): vscode.CodeLens[] {
    if (!isExperiment(document)) return [];
    const { lossesKey, losses } = experimentOutline(document.getText());
    if (!lossesKey) return [];
    const runs = this.store.ofExperiment(document.uri.fsPath).map(({ entry }) => entry);
    const lenses: vscode.CodeLens[] = [];
    const add = (range: vscode.Range, title: string, command: string, ...args: unknown[]) =>
      lenses.push(new vscode.CodeLens(range, { title, command, arguments: args }));

    const top = rangeOf(document, lossesKey);
    if (vscode.workspace.isTrusted) add(top, t('▶ Train all'), lensCommands.train, document.uri);
    const newest = newestOfEachLoss(
      runs,
      losses.map(({ name }) => name),
    );
    if (newest.length > 1) add(top, t('Compare all'), lensCommands.compare, newest);

    const sameLine = new Set<number>([top.start.line]);
    for (const loss of losses) {
      const range = rangeOf(document, loss);
      if (loss.spec === null) {
        // Without any lens the lines below would jump while one types.
        add(range, t('Curve'), lensCommands.curve, document.uri, loss.index);
        continue;
      }
      // Entries that share a line with another one would leave the reader guessing which lens belongs to which.
      const named = sameLine.has(range.start.line);
      sameLine.add(range.start.line);
      this.addLenses(document, loss, named, runsOfLoss(runs, loss.name), newest, (title, command, ...args) =>
        add(range, title, command, ...args),
      );
    }
    return lenses;
  }

  private addLenses(
    document: vscode.TextDocument,
    loss: LossEntry,
    named: boolean,
    runs: ReturnType<typeof runsOfLoss>,
    newest: readonly string[],
    add: (title: string, command: string, ...args: unknown[]) => void,
  ): void {
    if (vscode.workspace.isTrusted) {
      const title = named ? t('▶ Train {0}', loss.label) : t('▶ Train');
      add(title, lensCommands.train, document.uri, [loss.name]);
    }
    const words = runsInWords(runs);
    const folders = runs.map(({ folder }) => folder);
    if (words !== null) add(words, lensCommands.show, folders);
    // One run alone is compared with the newest ones of the other losses.
    const compared = folders.length > 1 ? folders : [...new Set([...folders, ...newest])];
    if (folders.length > 0 && compared.length > 1) add(t('Compare'), lensCommands.compare, compared);
    add(t('Curve'), lensCommands.curve, document.uri, loss.index);
    add(t('Loss surface'), lensCommands.surface, document.uri, loss.name);
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.changed.dispose();
    for (const subscription of this.subscriptions) subscription.dispose();
  }
}
