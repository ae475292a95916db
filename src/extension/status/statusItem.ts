import * as vscode from 'vscode';
import type { RunStore } from '../runs/runStore';
import type { TaskTrainer } from '../tasks/trainer';
import { escapeMarkdown } from '../tree/runText';
import type { RunsTree } from '../tree/runsTree';
import { orderOf } from '../tree/sorting';
import { isLive } from '../tree/treeModel';
import { statusLines, statusText } from './statusText';

/** The item in the status bar while something is being trained. A click shows the run. */
export class StatusItem implements vscode.Disposable {
  private readonly item = vscode.window.createStatusBarItem('losscape.training', vscode.StatusBarAlignment.Left, 10);
  private readonly disposables: vscode.Disposable[] = [this.item];

  constructor(
    private readonly store: RunStore,
    private readonly trainer: TaskTrainer,
    private readonly tree: RunsTree,
  ) {
    this.item.name = vscode.l10n.t('Losscape Training');
    this.disposables.push(
      tree.onDidChangeTreeData(() => this.show()),
      trainer.onDidChange(() => this.show()),
      store.onDidChange(() => this.show()),
    );
  }

  dispose(): void {
    for (const disposable of this.disposables) disposable.dispose();
  }

  private show(): void {
    const live = this.store.all().filter(isLive).sort(orderOf('newest'));
    const [first] = live;
    if (!first) {
      this.item.hide();
      return;
    }
    const runs = live.flatMap(({ entry, folder }) =>
      entry.ok ? [{ document: entry.document, etaSeconds: this.tree.liveText(folder)?.etaSeconds ?? null }] : [],
    );
    const waiting = this.trainer.waiting().length;
    this.item.text = `$(sync~spin) ${statusText(runs, waiting)}`;
    const lines = statusLines(runs, waiting).map((line) => escapeMarkdown(line));
    this.item.tooltip = new vscode.MarkdownString(lines.join('  \n'));
    this.item.accessibilityInformation = {
      label: vscode.l10n.t('Training: {0}', statusLines(runs, waiting).join('; ')),
    };
    this.item.command = { command: 'losscape.showRun', title: vscode.l10n.t('Show Run'), arguments: [first.folder] };
    this.item.show();
  }
}
