import { randomUUID } from 'node:crypto';
import { basename } from 'node:path';
import * as vscode from 'vscode';
import { Problem } from '../../runs/problem';
import type { Waiting } from './trainingQueue';

/** Trains nothing in a workspace that is not trusted. */
export function refuseUntrusted(): void {
  if (!vscode.workspace.isTrusted) {
    throw new Problem(vscode.l10n.t('Training runs programs: trust this workspace first.'));
  }
}

/** One training for each of the named losses of an experiment file, or for each of all. What is trained is what the editor shows. */
export async function trainingsOf(file: string, lossNames: readonly string[] | undefined): Promise<Waiting[]> {
  // Loaded when it is needed: the checks of an experiment take a while to build.
  const [{ readExperiment }, { lossLabel, lossName }] = await Promise.all([
    import('../../engine/experiment/read'),
    import('../../engine/experiment/lossLabel'),
  ]);
  await saveDocument(file);
  const { losses } = await readExperiment(file);
  const chosen = losses.filter((loss) => lossNames === undefined || lossNames.includes(lossName(loss)));
  if (chosen.length === 0) {
    throw new Problem(vscode.l10n.t('{0} has no loss called {1}.', basename(file), (lossNames ?? []).join(', ')));
  }
  const batch = randomUUID();
  return chosen.map((loss) => {
    return { id: randomUUID(), batch, file, loss: lossName(loss), label: lossLabel(loss) };
  });
}

async function saveDocument(file: string): Promise<void> {
  const document = vscode.workspace.textDocuments.find(({ uri }) => uri.scheme === 'file' && uri.fsPath === file);
  if (document?.isDirty && !(await document.save())) {
    throw new Problem(vscode.l10n.t('{0} could not be saved.', basename(file)));
  }
}

/** Tells the user why a training did not begin. */
export async function tellNotTrained({ label, file }: Waiting, message: string): Promise<void> {
  const problems = vscode.l10n.t('Show Problems');
  const open = vscode.l10n.t('Open Experiment');
  const text = vscode.l10n.t('{0} was not trained. {1}', label, message);
  const answer = await vscode.window.showErrorMessage(text, problems, open);
  if (answer === problems) await vscode.commands.executeCommand('workbench.actions.view.problems');
  if (answer === open) await vscode.window.showTextDocument(vscode.Uri.file(file));
}
