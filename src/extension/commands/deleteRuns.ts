import * as vscode from 'vscode';
import type { RunRecord, RunStore } from '../runs/runStore';
import { nameOf } from '../tree/sorting';
import { isLive } from '../tree/treeModel';
import { Problem } from '../../runs/problem';
import { moveToTrash } from './trash';

/** Moves run folders to the trash, after asking once. Where there is no trash, it asks once more. */
export async function deleteRuns(store: RunStore, records: readonly RunRecord[]): Promise<void> {
  const t = vscode.l10n.t;
  const live = records.filter(isLive);
  if (live.length > 0) {
    throw new Problem(t('{0} is being trained: stop it first, then delete it.', live.map(nameOf).join(', ')));
  }
  const names = records.slice(0, 10).map((record) => `${nameOf(record)}  (${record.entry.id})`);
  const rest = records.length > names.length ? [t('and {0} more', records.length - names.length)] : [];
  const trash = t('Move to Trash');
  const answer = await vscode.window.showWarningMessage(
    records.length === 1 ? t('Delete this run?') : t('Delete these {0} runs?', records.length),
    { modal: true, detail: [...names, ...rest].join('\n') },
    trash,
  );
  if (answer !== trash) return;
  await moveToTrash(
    records.map(({ folder }) => folder),
    (count) => t('{0} of the runs cannot be moved to the trash: there is none here. Delete them for good?', count),
  );
  await Promise.all(records.map(({ folder }) => store.check(folder)));
  await store.forgetMarks(records.filter(({ folder }) => !store.get(folder)).map(({ folder }) => folder));
}
