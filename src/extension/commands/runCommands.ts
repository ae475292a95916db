import { access, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as vscode from 'vscode';
import { Problem } from '../../runs/problem';
import { runPaths } from '../../runs/layout';
import type { Panels } from '../panels';
import { parseTags } from '../runs/marks';
import type { RunRecord, RunStore } from '../runs/runStore';
import type { TaskTrainer } from '../tasks/trainer';
import type { RunsTree } from '../tree/runsTree';
import { nameOf, orderOf } from '../tree/sorting';
import { isLive } from '../tree/treeModel';
import { type ChooseOptions, chooseRuns, type RunArgument } from './chooseRuns';
import { deleteRuns } from './deleteRuns';
import { openHeatmap } from './openHeatmap';
import { registerCommands } from './register';
import { revealFolder } from './revealFolder';
import { rerun, rerunWithEdits } from './rerun';
import type { RunDocuments } from './runDocuments';
import { runsCsv } from './runsCsv';

/** What the commands on runs work with. */
export interface RunCommandParts {
  readonly store: RunStore;
  readonly tree: RunsTree;
  readonly trainer: TaskTrainer;
  readonly panels: Panels;
  readonly documents: RunDocuments;
}

type Args = [RunArgument?, unknown?];

/** Commands on runs: called with a node of the tree, with a run folder, or with nothing (then the user picks). */
export function registerRunCommands(context: vscode.ExtensionContext, parts: RunCommandParts): void {
  const { store, tree, trainer, panels, documents } = parts;
  const t = vscode.l10n.t;
  const choose = (args: Args, options: ChooseOptions) => chooseRuns(store, args, tree.selectedRuns(), options);
  const one = async (args: Args, options: Omit<ChooseOptions, 'many'>): Promise<RunRecord | undefined> =>
    (await choose(args, { ...options, many: false }))[0];
  const folders = (records: readonly RunRecord[]) => records.map(({ folder }) => folder);
  const readable = (record: RunRecord) => record.entry.ok;

  registerCommands(context, {
    'losscape.openMetrics': async (...args: Args) => {
      const records = await choose(args, { title: t('Runs to show the metrics of'), fits: readable });
      if (records.length > 0) panels.openMetrics(folders(records));
    },
    'losscape.compare': async (...args: Args) => {
      const records = await choose(args, { title: t('Runs to compare'), fits: readable });
      if (records.length > 0) panels.openComparison(folders(records));
    },
    'losscape.openHeatmap': async (...args: Args) => openHeatmap(parts, args),
    'losscape.openNetwork': async (...args: Args) => {
      const record = await one(args, { title: t('Run whose network to look into'), fits: readable });
      if (record) panels.openNetwork(record.folder);
    },
    'losscape.stop': async (...args: Args) => {
      const records = await choose(args, { title: t('Runs to stop'), fits: isLive });
      await Promise.all(records.map(({ folder }) => trainer.stop(folder)));
    },
    'losscape.resume': async (...args: Args) => {
      const records = await choose(args, { title: t('Runs to go on with'), fits: isResumable });
      for (const { folder } of records) await trainer.resume(folder);
    },
    'losscape.rerun': async (...args: Args) => {
      const record = await one(args, { title: t('Run to repeat'), fits: readable });
      if (record) await rerun(record, trainer);
    },
    'losscape.rerunWithEdits': async (...args: Args) => {
      const record = await one(args, { title: t('Run to repeat with other settings'), fits: readable });
      if (record) await rerunWithEdits(record);
    },
    'losscape.star': async (...args: Args) => {
      const records = await choose(args, { title: t('Runs to star, or to unstar') });
      const star = records.some(({ marks }) => !marks.star);
      await store.mark(folders(records), () => ({ star }));
    },
    'losscape.hide': async (...args: Args) => {
      const records = await choose(args, { title: t('Runs to hide, or to show again') });
      const hidden = records.some(({ marks }) => !marks.hidden);
      await store.mark(folders(records), () => ({ hidden }));
    },
    'losscape.note': async (...args: Args) => {
      const records = await choose(args, { title: t('Runs to note something about') });
      if (records.length === 0) return;
      const value = records.length === 1 ? records[0]!.marks.note : '';
      const prompt = t('It stays with you: nothing is written into the run folder.');
      const note = await vscode.window.showInputBox({ title: titleFor(t('Note'), records), value, prompt });
      if (note !== undefined) await store.mark(folders(records), () => ({ note: note.trim() }));
    },
    'losscape.tag': async (...args: Args) => {
      const records = await choose(args, { title: t('Runs to tag') });
      if (records.length === 0) return;
      const tags = await askTags(store, records);
      if (tags) await store.mark(folders(records), () => ({ tags }));
    },
    'losscape.rename': async (...args: Args) => {
      const record = await one(args, { title: t('Run to rename') });
      if (!record) return;
      const title = await vscode.window.showInputBox({
        title: titleFor(t('Name'), [record]),
        value: nameOf(record),
        prompt: t('Leave it empty to go back to the loss in words. The run folder keeps its name.'),
      });
      if (title === undefined) return;
      const own = record.entry.ok ? record.entry.document.loss.label : record.entry.id;
      const named = title.trim() === '' || title.trim() === own ? null : title.trim();
      await store.mark([record.folder], () => ({ title: named }));
    },
    'losscape.delete': async (...args: Args) => {
      const records = await choose(args, { title: t('Runs to delete') });
      if (records.length > 0) await deleteRuns(store, records);
    },
    'losscape.copyPath': async (...args: Args) => {
      const records = await choose(args, { title: t('Runs to copy the paths of') });
      if (records.length > 0) await vscode.env.clipboard.writeText(folders(records).join('\n'));
    },
    'losscape.revealFolder': async (...args: Args) => {
      const record = await one(args, { title: t('Run to show the folder of') });
      if (record) await revealFolder(record.folder);
    },
    'losscape.openLog': async (...args: Args) => {
      const record = await one(args, { title: t('Run to open the log of') });
      if (record) await openLog(record);
    },
    'losscape.openExperiment': async (...args: Args) => {
      const [item] = args;
      if (typeof item === 'object' && 'kind' in item && item.kind === 'group' && item.experimentFile) {
        await vscode.window.showTextDocument(vscode.Uri.file(item.experimentFile));
        return;
      }
      const record = await one(args, { title: t('Run to open the experiment of'), fits: readable });
      if (record) await openExperiment(record, documents);
    },
    'losscape.diffConfigurations': async (...args: Args) => {
      const records = await choose(args, { title: t('Two runs to compare the configurations of'), fits: readable });
      if (records.length === 0) return;
      const [before, after] = await pair(store, records);
      if (before && after) await documents.diff(before, after);
    },
    'losscape.exportCsv': async (...args: Args) => {
      const named = args[0] !== undefined;
      const records = named ? await choose(args, { title: t('Runs to export') }) : [...store.all()];
      await exportCsv(records.sort(orderOf('newest')));
    },
    'losscape.revealRun': (folder: string) => tree.reveal(folder, { focus: true }),
  });
}

function isResumable({ entry }: RunRecord): boolean {
  return entry.ok && ['stopped', 'interrupted', 'failed'].includes(entry.status);
}

function titleFor(what: string, records: readonly RunRecord[]): string {
  const [first] = records;
  if (first && records.length === 1) return `${what}: ${nameOf(first)}`;
  return `${what}: ${vscode.l10n.t('{0} runs', records.length)}`;
}

async function askTags(store: RunStore, records: readonly RunRecord[]): Promise<string[] | undefined> {
  const value = [...new Set(records.flatMap(({ marks }) => marks.tags))].join(', ');
  const known = store.tags();
  const text = await vscode.window.showInputBox({
    title: titleFor(vscode.l10n.t('Tags'), records),
    value,
    prompt:
      known.length === 0
        ? vscode.l10n.t('Words parted by commas')
        : vscode.l10n.t('Words parted by commas; there are: {0}', known.slice(0, 12).join(', ')),
  });
  return text === undefined ? undefined : parseTags(text);
}

/** The two runs of a comparison: with one, the other is asked for. */
async function pair(store: RunStore, records: readonly RunRecord[]): Promise<RunRecord[]> {
  if (records.length >= 2) return [...records.slice(0, 2)];
  const fits = (record: RunRecord) => record.entry.ok && record.folder !== records[0]!.folder;
  const title = vscode.l10n.t('Compare the configuration of {0} with', nameOf(records[0]!));
  const others = await chooseRuns(store, [], [], { title, many: false, fits });
  return [...records, ...others];
}

async function openLog({ folder }: RunRecord): Promise<void> {
  const { log } = runPaths(folder);
  if (!(await exists(log))) throw new Problem(vscode.l10n.t('This run has not written a log yet.'));
  await vscode.window.showTextDocument(vscode.Uri.file(log), { preview: true });
}

/** Opens the file at the run's loss; the configuration that the run kept, when the file is gone. */
async function openExperiment(record: RunRecord, documents: RunDocuments): Promise<void> {
  if (!record.entry.ok) return;
  const { experimentFile, loss } = record.entry.document;
  const beside =
    experimentFile === null ? null : join(dirname(record.runsFolder), experimentFile.split(/[\\/]/).at(-1)!);
  for (const file of [experimentFile, beside]) {
    if (file === null || !(await exists(file))) continue;
    const document = await vscode.workspace.openTextDocument(file);
    const { experimentOutline } = await import('../../engine/experiment/outline');
    const offset = experimentOutline(document.getText()).losses.find(({ name }) => name === loss.name)?.offset;
    const selection =
      offset === undefined ? undefined : new vscode.Range(document.positionAt(offset), document.positionAt(offset));
    await vscode.window.showTextDocument(document, { selection });
    return;
  }
  await vscode.window.showTextDocument(documents.uriOf(record), { preview: true });
  void vscode.window.showInformationMessage(
    vscode.l10n.t('The experiment file of this run is gone. These are the settings that the run kept.'),
  );
}

async function exportCsv(records: readonly RunRecord[]): Promise<void> {
  if (records.length === 0) throw new Problem(vscode.l10n.t('There are no runs to export.'));
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const uri = await vscode.window.showSaveDialog({
    defaultUri: folder ? vscode.Uri.joinPath(folder, 'runs.csv') : vscode.Uri.file('runs.csv'),
    filters: { [vscode.l10n.t('Comma-separated values')]: ['csv'] },
    title: vscode.l10n.t('Export {0} runs', records.length),
  });
  if (!uri) return;
  if (uri.scheme === 'file') await writeFile(uri.fsPath, runsCsv(records));
  else await vscode.workspace.fs.writeFile(uri, Buffer.from(runsCsv(records)));
  const open = vscode.l10n.t('Open');
  const message = vscode.l10n.t('Exported {0} runs.', records.length);
  if ((await vscode.window.showInformationMessage(message, open)) === open) {
    await vscode.commands.executeCommand('vscode.open', uri);
  }
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
