import { basename, dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import * as vscode from 'vscode';
import { Problem } from '../../runs/problem';
import { chooseRuns, hasWeights, type RunArgument } from '../commands/chooseRuns';
import { registerCommands } from '../commands/register';
import { lensCommands } from '../experimentFile/lensCommands';
import type { Panels } from '../panels';
import type { RunRecord, RunStore } from '../runs/runStore';
import { BackgroundTasks, taskEnd } from '../tasks/backgroundTasks';
import type { Engine } from '../tasks/engine';
import type { RunsTree } from '../tree/runsTree';
import type { SurfaceInfo } from '../../webview/protocol/surface';
import { surfaceArguments, type SurfaceTask, surfaceTaskName, surfaceTaskType } from './surfaceCall';

interface Parts {
  readonly store: RunStore;
  readonly tree: RunsTree;
  readonly engine: Engine;
  readonly panels: Panels;
}

/** How long a new surface may take to have a folder, and how often it is looked for, in milliseconds. */
const patience = 180_000;
const gap = 300;

/** Commands on loss surfaces: called with a node of the tree, with run folders, or with nothing (then the user picks). */
export function registerSurfaceCommands(context: vscode.ExtensionContext, parts: Parts): void {
  const { store, tree, engine, panels } = parts;
  const t = vscode.l10n.t;
  const tasks = new BackgroundTasks<SurfaceTask>(engine, {
    args: surfaceArguments,
    name: surfaceTaskName,
    detail: t('Sample the losses on a plane of networks'),
  });
  context.subscriptions.push(vscode.tasks.registerTaskProvider(surfaceTaskType, tasks));

  /** Starts a task, and shows its surface as soon as it is there. */
  const sample = async (task: SurfaceTask): Promise<string | undefined> => {
    const before = new Set(await foldersOf(task.runs));
    const execution = await tasks.start(task);
    const folder = await newSurface(task.runs, before, taskEnd(execution));
    if (folder !== undefined) panels.openSurface(folder, task.runs);
    return folder;
  };

  const sampleOf = async (records: readonly RunRecord[]): Promise<void> => {
    const { askSurface } = await import('./askSurface');
    const task = await askSurface(store, records);
    if (task) await sample(task);
  };

  registerCommands(context, {
    'losscape.sampleSurface': async (item?: RunArgument, items?: unknown) => {
      if (isTask(item)) return sample(item);
      const chosen = item === undefined ? tree.selectedRuns() : [];
      const title = t('Runs to sample the loss surface of');
      const records =
        item === undefined && chosen.length === 0
          ? []
          : await chooseRuns(store, [item, items], chosen, { title, fits: hasWeights });
      return sampleOf(records);
    },
    'losscape.openSurface': async (item?: RunArgument, items?: unknown) => {
      if (typeof item === 'string' && basename(dirname(item)) === 'surfaces') {
        panels.openSurface(item);
        return;
      }
      const fits = ({ entry }: RunRecord) => entry.ok;
      const records = await chooseRuns(store, [item, items], tree.selectedRuns(), { title: t('Runs'), fits });
      if (records.length > 0) await openSurface(records);
    },
    'losscape.resumeSurface': async (surface: string) => {
      await tasks.start({ type: surfaceTaskType, runs: [dirname(dirname(surface))], resume: basename(surface) });
    },
    [lensCommands.surface]: async (uri: vscode.Uri, name: string) => {
      const records = store
        .ofExperiment(uri.fsPath)
        .filter((record) => record.entry.ok && record.entry.document.loss.name === name && hasWeights(record));
      if (records.length === 0)
        throw new Problem(
          t('No run of this loss has a checkpoint yet: train it first, then its surface can be sampled.'),
        );
      await openSurface(records);
    },
  });

  /** The one surface of runs, or the one that is picked; where there is none, a new one is offered. */
  async function openSurface(records: readonly RunRecord[]): Promise<void> {
    const folders = records.map(({ folder }) => folder);
    const { surfacesOf } = await import('./surfaceFiles');
    const { surfaces, problems } = await surfacesOf([...folders, ...runsBeside(records)]);
    const names = folders.map((folder) => basename(folder));
    const own = surfaces.filter(({ runs }) => runs.some((run) => names.includes(run)));
    const first = own[0];
    if (!first) {
      const sampleOne = t('Sample …');
      const showCurvature = t('Show curvature');
      const { curvatureIds } = await import('../../runs/curvatureDocument');
      const measured = (await Promise.all(folders.map(curvatureIds))).flat().length > 0;
      const answers = measured ? [sampleOne, showCurvature] : [sampleOne];
      const text = problems[0] ?? t('These runs have no loss surface yet.');
      const answer = await vscode.window.showInformationMessage(text, ...answers);
      if (answer === sampleOne) await sampleOf(records);
      else if (answer === showCurvature) panels.openCurvature(folders);
      return;
    }
    if (own.length === 1) {
      panels.openSurface(first.folder, folders);
      return;
    }
    const picks = own.map((info) => ({ label: info.id, description: describe(info), detail: info.provenance, info }));
    const picked = await vscode.window.showQuickPick(picks, { title: t('Loss surface'), matchOnDetail: true });
    if (picked) panels.openSurface(picked.info.folder, folders);
  }

  /** A plane of several runs lies in the folder of the first of them: runs of the same experiment are looked at, too. */
  function runsBeside(records: readonly RunRecord[]): string[] {
    const names = new Set(records.map(({ entry }) => (entry.ok ? entry.document.experimentName : '')));
    const beside = store.all().filter(({ entry }) => entry.ok && names.has(entry.document.experimentName));
    return beside.map(({ folder }) => folder);
  }
}

function isTask(item: unknown): item is SurfaceTask {
  return typeof item === 'object' && item !== null && (item as { type?: unknown }).type === surfaceTaskType;
}

function describe({ kind, a, b, status, done, total }: SurfaceInfo): string {
  const size = kind === 'line' ? `${a.values.length}` : `${a.values.length} × ${b.values.length}`;
  return status === 'finished' ? size : vscode.l10n.t('{0}, {1} of {2} points', size, done, total);
}

/** The folders of the surfaces of some runs. What reads surfaces is loaded with the first question. */
async function foldersOf(runs: readonly string[]): Promise<string[]> {
  const { surfaceFolders } = await import('./surfaceFiles');
  return (await Promise.all(runs.map(surfaceFolders))).flat();
}

/** The folder of a surface that was not there before; undefined when the task has ended without one. */
async function newSurface(
  runs: readonly string[],
  before: ReadonlySet<string>,
  ended: Promise<'ended'>,
): Promise<string | undefined> {
  let over = false;
  void ended.then(() => (over = true));
  for (const until = Date.now() + patience; Date.now() < until; await delay(gap)) {
    // Looked at once more after the end: a small surface is done between two looks.
    const last = over;
    const found = (await foldersOf(runs)).find((folder) => !before.has(folder));
    if (found !== undefined || last) return found;
  }
  return undefined;
}
