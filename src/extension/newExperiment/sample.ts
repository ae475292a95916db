import { access, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { complaint } from '../tasks/engineProcess';
import type { TaskTrainer } from '../tasks/trainer';

const folderName = 'losscape-sample';

/**
 * Writes generated images and masks with an experiment file, and opens it: in a folder of the workspace, or, in an empty
 * window, in a folder that the user chooses and that is opened then.
 */
export async function createSample(trainer: TaskTrainer): Promise<void> {
  const t = vscode.l10n.t;
  const [root] = vscode.workspace.workspaceFolders ?? [];
  const parent = root?.uri.fsPath ?? (await chooseParent());
  if (parent === undefined) return;
  const folder = await freeFolder(parent);
  const location = vscode.ProgressLocation.Notification;
  const title = t('Generating sample images in {0}', folder);
  await vscode.window.withProgress({ location, title }, async () => {
    const result = await trainer.runEngine(['sample', folder], { cwd: parent });
    if (result.code !== 0) throw new Error(t('The sample could not be written: {0}', complaint(result)));
  });
  const file = (await readdir(folder)).find((name) => name.endsWith('.losscape.json'));
  if (file === undefined) throw new Error(t('The sample in {0} has no experiment file.', folder));
  if (root) {
    await vscode.window.showTextDocument(vscode.Uri.file(join(folder, file)));
    await vscode.commands.executeCommand('losscape.runs.focus', { preserveFocus: true });
  } else {
    await vscode.commands.executeCommand('vscode.openFolder', vscode.Uri.file(folder));
  }
}

async function chooseParent(): Promise<string | undefined> {
  const chosen = await vscode.window.showOpenDialog({
    canSelectFiles: false,
    canSelectFolders: true,
    openLabel: vscode.l10n.t('Create Sample Here'),
    title: vscode.l10n.t('Folder to create the sample in'),
  });
  return chosen?.[0]?.fsPath;
}

async function freeFolder(parent: string): Promise<string> {
  for (let number = 1; ; number += 1) {
    const folder = join(parent, number === 1 ? folderName : `${folderName}-${number}`);
    const taken = await access(folder).then(
      () => true,
      () => false,
    );
    if (!taken) return folder;
  }
}
