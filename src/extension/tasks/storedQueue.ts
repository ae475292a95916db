import * as vscode from 'vscode';
import { parseWaiting, type Waiting } from './trainingQueue';

const storageKey = 'losscape.queue';
/** A queue that was stored longer ago than this belongs to a window that was closed, not to one that was reloaded. */
const reloadMilliseconds = 120_000;

/** Keeps what waits, so that it is there again after a reload. */
export class StoredQueue {
  constructor(private readonly storage: vscode.Memento) {}

  keep(waiting: readonly Waiting[]): void {
    void this.storage.update(storageKey, { stored: Date.now(), waiting });
  }

  /** What a window that was reloaded had waiting; of an older one only what the user still wants. */
  async restore(): Promise<readonly Waiting[]> {
    const stored = this.storage.get<{ stored?: unknown; waiting?: unknown }>(storageKey);
    const waiting = parseWaiting(stored?.waiting);
    if (waiting.length === 0 || !vscode.workspace.isTrusted) return [];
    const age = Date.now() - (typeof stored?.stored === 'number' ? stored.stored : 0);
    if (age <= reloadMilliseconds) return waiting;
    const go = vscode.l10n.t('Train Them');
    const question = vscode.l10n.t('{0} trainings were waiting when this window was closed.', waiting.length);
    const answer = await vscode.window.showInformationMessage(question, go, vscode.l10n.t('Forget Them'));
    if (answer === go) return waiting;
    // A message that was only closed leaves the question for the next time.
    if (answer !== undefined) await this.storage.update(storageKey, undefined);
    return [];
  }
}
