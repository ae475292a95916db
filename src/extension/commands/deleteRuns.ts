import * as vscode from 'vscode';
import type { RunRecord, RunStore } from '../runs/runStore';
import { nameOf } from '../tree/sorting';
import { isLive } from '../tree/treeModel';
import { Problem } from '../../runs/problem';

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
  const failed: RunRecord[] = [];
  for (const record of records) if (!(await remove(record, true))) failed.push(record);
  if (failed.length > 0) await deleteForGood(failed);
  await Promise.all(records.map(({ folder }) => store.check(folder)));
  await store.forgetMarks(records.filter(({ folder }) => !store.get(folder)).map(({ folder }) => folder));
}

async function deleteForGood(records: readonly RunRecord[]): Promise<void> {
  const t = vscode.l10n.t;
  const forGood = t('Delete for Good');
  const answer = await vscode.window.showWarningMessage(
    t('{0} of the runs cannot be moved to the trash: there is none here. Delete them for good?', records.length),
    { modal: true, detail: records.map(({ folder }) => folder).join('\n') },
    forGood,
  );
  if (answer !== forGood) return;
  for (const record of records) {
    if (await remove(record, false)) continue;
    throw new Problem(
      t('{0} could not be deleted. Is one of its files in use, or is the folder read-only?', record.folder),
    );
  }
}

async function remove({ folder }: RunRecord, useTrash: boolean): Promise<boolean> {
  const uri = vscode.Uri.file(folder);
  try {
    await vscode.workspace.fs.delete(uri, { recursive: true, useTrash });
    return true;
  } catch (error) {
    return error instanceof vscode.FileSystemError && error.code === 'FileNotFound';
  }
}
