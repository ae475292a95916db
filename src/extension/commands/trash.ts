import * as vscode from 'vscode';
import { Problem } from '../../runs/problem';

/**
 * Moves folders to the trash. Where there is no trash, it asks whether they shall be deleted for good.
 * @param question asked then, for so many folders.
 */
export async function moveToTrash(folders: readonly string[], question: (count: number) => string): Promise<void> {
  const left: string[] = [];
  for (const folder of folders) if (!(await remove(folder, true))) left.push(folder);
  if (left.length === 0) return;
  const forGood = vscode.l10n.t('Delete for Good');
  const detail = left.join('\n');
  const answer = await vscode.window.showWarningMessage(question(left.length), { modal: true, detail }, forGood);
  if (answer !== forGood) return;
  for (const folder of left) {
    if (await remove(folder, false)) continue;
    throw new Problem(
      vscode.l10n.t('{0} could not be deleted. Is one of its files in use, or is the folder read-only?', folder),
    );
  }
}

async function remove(folder: string, useTrash: boolean): Promise<boolean> {
  try {
    await vscode.workspace.fs.delete(vscode.Uri.file(folder), { recursive: true, useTrash });
    return true;
  } catch (error) {
    return error instanceof vscode.FileSystemError && error.code === 'FileNotFound';
  }
}
