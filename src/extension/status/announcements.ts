import * as vscode from 'vscode';
import type { Panels } from '../panels';
import type { RunRecord } from '../runs/runStore';
import type { TaskTrainer } from '../tasks/trainer';
import { figure } from '../text';
import { nameOf, scoreOf } from '../tree/sorting';

/**
 * Shows the metrics of a training that this window has started, and tells how it ended: that it failed at once, that it
 * finished when nothing else is waiting or running any more.
 */
export function announceRuns(trainer: TaskTrainer, panels: Panels): vscode.Disposable {
  const finished: RunRecord[] = [];
  let shown = 0;
  let live = 0;
  return vscode.Disposable.from(
    trainer.onDidStartRun((record) => {
      live += 1;
      const wanted = vscode.workspace.getConfiguration('losscape').get('openMetricsOnStart', true);
      // Of several losses that are trained one after the other, only the first opens a panel.
      if (wanted && shown === 0) panels.openMetrics([record.folder], { preserveFocus: true });
      shown += 1;
    }),
    trainer.onDidEndRun((record) => {
      live -= 1;
      const { entry } = record;
      if (entry.ok && entry.status === 'finished') finished.push(record);
      if (entry.ok && entry.status === 'failed') void tellFailure(record, entry.document.error);
      if (entry.ok && entry.status === 'interrupted') void tellInterrupted(record, trainer);
      if (live > 0 || trainer.waiting().length > 0) return;
      shown = 0;
      if (finished.length > 0) void tellFinished(finished.splice(0), panels);
    }),
  );
}

async function tellFinished(records: readonly RunRecord[], panels: Panels): Promise<void> {
  const t = vscode.l10n.t;
  const results = records.flatMap((record) => {
    if (!record.entry.ok) return [];
    return [`${nameOf(record)}: IoU ${figure(scoreOf(record.entry.document.last))}`];
  });
  const [show, compare] = [t('Show Metrics'), t('Compare')];
  const message = t('Training finished. {0}', results.join(' · '));
  const answer = await vscode.window.showInformationMessage(message, records.length > 1 ? compare : show);
  const folders = records.map(({ folder }) => folder);
  if (answer === show) panels.openMetrics(folders);
  if (answer === compare) panels.openComparison(folders);
}

async function tellFailure(record: RunRecord, error: { message: string; hint?: string } | null): Promise<void> {
  const t = vscode.l10n.t;
  const [log, experiment] = [t('Open Log'), t('Open Experiment')];
  const reason = error === null ? '' : [error.message, error.hint ?? ''].join(' — ').replace(/ — $/, '');
  const answer = await vscode.window.showErrorMessage(t('{0} failed: {1}', nameOf(record), reason), log, experiment);
  if (answer === log) await vscode.commands.executeCommand('losscape.openLog', record.folder);
  if (answer === experiment) await vscode.commands.executeCommand('losscape.openExperiment', record.folder);
}

async function tellInterrupted(record: RunRecord, trainer: TaskTrainer): Promise<void> {
  const t = vscode.l10n.t;
  const resume = t('Resume');
  const message = t('{0} was interrupted: its process ended before its training did.', nameOf(record));
  if ((await vscode.window.showWarningMessage(message, resume)) === resume) await trainer.resume(record.folder);
}
