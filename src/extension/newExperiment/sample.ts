import { access, readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as vscode from 'vscode';
import { complaint } from '../tasks/engineProcess';
import type { TaskTrainer } from '../tasks/trainer';
import { Problem } from '../../runs/problem';

const folderName = 'losscape-sample';
const pending = 'losscape.sampleToShow';

/**
 * Writes generated images and masks with an experiment file, and opens it: in a folder of the workspace, or, in an empty
 * window, in a folder that the user chooses and that is opened then.
 */
export async function createSample(context: vscode.ExtensionContext, trainer: TaskTrainer): Promise<void> {
  const t = vscode.l10n.t;
  const [root] = vscode.workspace.workspaceFolders ?? [];
  const parent = root?.uri.fsPath ?? (await chooseParent());
  if (parent === undefined) return;
  const folder = await freeFolder(parent);
  const location = vscode.ProgressLocation.Notification;
  const title = t('Generating sample images in {0}', folder);
  await vscode.window.withProgress({ location, title }, async () => {
    const result = await trainer.runEngine(['sample', folder], { cwd: parent });
    if (result.code !== 0) throw new Problem(t('The sample could not be written: {0}', complaint(result)));
  });
  const file = (await readdir(folder)).find((name) => name.endsWith('.losscape.json'));
  if (file === undefined) throw new Problem(t('The sample in {0} has no experiment file.', folder));
  if (root) await show(join(folder, file));
  else {
    // Opening a folder ends this window's extensions: those of the next one go on from here.
    await context.globalState.update(pending, join(folder, file));
    await vscode.commands.executeCommand('vscode.openFolder', vscode.Uri.file(folder));
  }
}

/** Shows the sample that this window was opened for, if it was. */
export async function showOpenedSample(context: vscode.ExtensionContext): Promise<void> {
  const file = context.globalState.get<string>(pending);
  const [root] = vscode.workspace.workspaceFolders ?? [];
  if (file === undefined || root?.uri.fsPath !== dirname(file)) return;
  await context.globalState.update(pending, undefined);
  await show(file);
}

/** The experiment file, with the runs view beside it. */
async function show(file: string): Promise<void> {
  await vscode.window.showTextDocument(vscode.Uri.file(file));
  await vscode.commands.executeCommand('losscape.runs.focus', { preserveFocus: true });
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
