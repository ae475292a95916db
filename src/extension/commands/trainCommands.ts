import { basename, dirname } from 'node:path';
import * as vscode from 'vscode';
import type { Experiments } from '../runs/experiments';
import { isExperimentFile } from '../runs/experiments';
import type { TaskTrainer } from '../tasks/trainer';
import type { TreeNode } from '../tree/runsTree';
import { createSample } from '../newExperiment/sample';
import { registerCommands } from './register';

/** "Train U-Net" and what leads to it. */
export function registerTrainCommands(
  context: vscode.ExtensionContext,
  trainer: TaskTrainer,
  experiments: Experiments,
): void {
  const newExperiment = async (folder?: vscode.Uri): Promise<void> => {
    const { NewExperiment } = await import('../newExperiment/newExperiment');
    await NewExperiment.begin(context, trainer, folder);
  };
  registerCommands(context, {
    'losscape.train': async (from?: vscode.Uri | TreeNode, lossNames?: unknown) => {
      const file =
        fileOf(from) ?? (await pickExperiment(experiments, newExperiment, () => createSample(context, trainer)));
      if (file === undefined) return;
      // From the explorer, VS Code passes the selected files as the second argument.
      const named = Array.isArray(lossNames) && lossNames.every((name) => typeof name === 'string') ? lossNames : null;
      const losses = named ?? (await pickLosses(file));
      if (losses !== undefined) await trainer.train(file, losses.length === 0 ? undefined : losses);
    },
    'losscape.newExperiment': newExperiment,
    'losscape.createSample': () => createSample(context, trainer),
    'losscape.cancelQueued': (node: TreeNode) => {
      if (node.kind === 'queued') trainer.cancel(node.training.id);
    },
  });
}

function fileOf(from: vscode.Uri | TreeNode | undefined): string | undefined {
  if (from instanceof vscode.Uri) return isExperimentFile(from) ? from.fsPath : undefined;
  return from?.kind === 'group' ? from.experimentFile : undefined;
}

async function pickExperiment(
  experiments: Experiments,
  newExperiment: () => Promise<void>,
  newSample: () => Promise<void>,
): Promise<string | undefined> {
  const t = vscode.l10n.t;
  await experiments.find();
  const active = vscode.window.activeTextEditor?.document.uri;
  const files = experiments.all().map(({ file }) => file);
  if (active && isExperimentFile(active)) {
    // The file on the screen is the one that is meant most of the time.
    files.sort((a, b) => Number(b === active.fsPath) - Number(a === active.fsPath));
  }
  const picks = [
    ...files.map((file) => ({
      label: `$(beaker) ${basename(file)}`,
      description: vscode.workspace.asRelativePath(dirname(file), true),
      run: () => Promise.resolve<string | undefined>(file),
    })),
    { label: '', kind: vscode.QuickPickItemKind.Separator, run: () => Promise.resolve(undefined) },
    {
      label: `$(new-file) ${t('New experiment…')}`,
      description: t('from a folder of images and masks'),
      run: () => newExperiment().then(() => undefined),
    },
    {
      label: `$(wand) ${t('Create sample data…')}`,
      description: t('generated images, to try with'),
      run: () => newSample().then(() => undefined),
    },
  ];
  const pick = await vscode.window.showQuickPick(picks, {
    title: t('Train U-Net'),
    placeHolder: t('Which experiment?'),
    matchOnDescription: true,
  });
  return pick?.run();
}

/** Names of the losses to train: all of them are chosen beforehand. Undefined when the user thought better of it. */
async function pickLosses(file: string): Promise<string[] | undefined> {
  const [{ readExperiment }, { lossLabel, lossName }] = await Promise.all([
    import('../../engine/experiment/read'),
    import('../../engine/experiment/lossLabel'),
  ]);
  const open = vscode.workspace.textDocuments.find(({ uri }) => uri.fsPath === file);
  if (open?.isDirty) await open.save();
  const { losses } = await readExperiment(file);
  if (losses.length === 1) return losses.map(lossName);
  const picks = losses.map((loss) => {
    const [label, name] = [lossLabel(loss), lossName(loss)];
    return { label, description: name === label ? '' : name, picked: true, name };
  });
  const chosen = await vscode.window.showQuickPick(picks, {
    title: vscode.l10n.t('Train U-Net: {0}', basename(file)),
    placeHolder: vscode.l10n.t('One run for each loss. They are trained one after the other.'),
    canPickMany: true,
  });
  return chosen === undefined || chosen.length === 0 ? undefined : chosen.map(({ name }) => name);
}
