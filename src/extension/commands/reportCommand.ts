import { dirname } from 'node:path';
import * as vscode from 'vscode';
import type { Experiments } from '../runs/experiments';
import type { RunStore } from '../runs/runStore';
import { complaint } from '../tasks/engineProcess';
import type { TaskTrainer } from '../tasks/trainer';
import type { RunsTree } from '../tree/runsTree';
import { chooseRuns, type RunArgument } from './chooseRuns';
import { registerCommands } from './register';
import { Problem } from '../../runs/problem';

/** `Losscape: Write Report`: one page about one run, or about all runs of a folder. */
export function registerReportCommand(
  context: vscode.ExtensionContext,
  store: RunStore,
  experiments: Experiments,
  trainer: TaskTrainer,
  tree: RunsTree,
): void {
  const t = vscode.l10n.t;
  registerCommands(context, {
    'losscape.report': async (...args: [RunArgument?, unknown?]) => {
      const folder = await chooseWhat(store, experiments, tree, args);
      if (folder === undefined) return;
      const location = vscode.ProgressLocation.Notification;
      const result = await vscode.window.withProgress({ location, title: t('Writing the report') }, () =>
        trainer.runEngine(['report', folder, '--json'], { cwd: dirname(folder) }),
      );
      if (result.code !== 0) throw new Problem(t('The report could not be written: {0}', complaint(result)));
      const { html } = JSON.parse(result.stdout) as { html: string };
      const [open, show] = [t('Open'), t('Show in Folder')];
      const choices = vscode.env.remoteName === undefined ? [open, show] : [show];
      const answer = await vscode.window.showInformationMessage(t('The report is in {0}.', html), ...choices);
      const uri = vscode.Uri.file(html);
      if (answer === open) await vscode.env.openExternal(uri);
      if (answer === show) {
        const command = vscode.env.remoteName === undefined ? 'revealFileInOS' : 'revealInExplorer';
        await vscode.commands.executeCommand(command, uri);
      }
    },
  });
}

/** A run folder, or a runs folder: that of a group, the only one there is, or the one that is picked. */
async function chooseWhat(
  store: RunStore,
  experiments: Experiments,
  tree: RunsTree,
  args: [RunArgument?, unknown?],
): Promise<string | undefined> {
  const title = vscode.l10n.t('Runs to report on');
  if (args[0] !== undefined) {
    const records = await chooseRuns(store, args, tree.selectedRuns(), { title, fits: ({ entry }) => entry.ok });
    return records.length === 1 ? records[0]!.folder : records[0]?.runsFolder;
  }
  const used = new Set(store.all().map(({ runsFolder }) => runsFolder));
  const folders = experiments.runsFolders().filter((folder) => used.has(folder));
  if (folders.length === 0) throw new Problem(vscode.l10n.t('There are no runs to report on.'));
  return folders.length === 1 ? folders[0] : vscode.window.showQuickPick(folders, { title });
}
