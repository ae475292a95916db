import { basename, dirname } from 'node:path';
import * as vscode from 'vscode';
import type { CurvatureDocument } from '../../runs/curvatureDocument';
import { chooseRuns, hasWeights, type RunArgument } from '../commands/chooseRuns';
import { registerCommands } from '../commands/register';
import type { Panels } from '../panels';
import type { RunRecord, RunStore } from '../runs/runStore';
import { BackgroundTasks, taskEnd } from '../tasks/backgroundTasks';
import type { Engine } from '../tasks/engine';
import type { RunsTree } from '../tree/runsTree';
import {
  curvatureArguments,
  type CurvatureTask,
  curvatureTaskName,
  curvatureTaskType,
  resumingTask,
} from './curvatureCall';

interface Parts {
  readonly store: RunStore;
  readonly tree: RunsTree;
  readonly engine: Engine;
  readonly panels: Panels;
}

/** Commands on curvature: called with a node of the tree, with run folders, with a task, or with nothing (then the user picks). */
export function registerCurvatureCommands(
  context: vscode.ExtensionContext,
  { store, tree, engine, panels }: Parts,
): void {
  const t = vscode.l10n.t;
  const tasks = new BackgroundTasks<CurvatureTask>(engine, {
    args: curvatureArguments,
    name: curvatureTaskName,
    detail: t('Measure the Hessian of losses at checkpoints'),
  });
  context.subscriptions.push(vscode.tasks.registerTaskProvider(curvatureTaskType, tasks));

  /** Starts a task, and says what came of it. */
  const measure = async (task: CurvatureTask): Promise<void> => {
    const began = new Date().toISOString();
    const ended = taskEnd(await tasks.start(task));
    void ended.then(async () => announce(task.runs, await measuredSince(task.runs, began)));
  };

  registerCommands(context, {
    'losscape.measureCurvature': async (item?: RunArgument, items?: unknown) => {
      if (isTask(item)) return measure(item);
      const title = t('Runs to measure the curvature of');
      const records = await chooseRuns(store, [item, items], tree.selectedRuns(), { title, fits: hasWeights });
      const { askCurvature, askRuns } = await import('./askCurvature');
      // A panel names all runs that it is about.
      const asked = Array.isArray(item) && records.length > 1 ? await askRuns(records) : records;
      const task = await askCurvature(store, asked);
      if (!task) return;
      await measure(task);
      // Asked for in a panel, it is followed there.
      if (!Array.isArray(item)) panels.openCurvature(task.runs);
    },
    'losscape.openCurvature': async (item?: RunArgument, items?: unknown) => {
      const fits = ({ entry }: RunRecord) => entry.ok;
      const title = t('Runs whose curvature is shown');
      const records = await chooseRuns(store, [item, items], tree.selectedRuns(), { title, fits });
      panels.openCurvature(records.map(({ folder }) => folder));
    },
    'losscape.resumeCurvature': async (file: string) => {
      const { readCurvature } = await import('../../runs/curvatureDocument');
      await measure(resumingTask(dirname(dirname(file)), await readCurvature(file)));
    },
  });
}

function isTask(item: unknown): item is CurvatureTask {
  return typeof item === 'object' && item !== null && (item as { type?: unknown }).type === curvatureTaskType;
}

/** What has been written of runs since a moment and is finished. A damaged file says so where curvature is shown. */
async function measuredSince(runs: readonly string[], began: string): Promise<CurvatureDocument[]> {
  // Loaded when it is needed: the checks of a file take a while to build.
  const { curvatureFile, curvatureIds, readCurvature } = await import('../../runs/curvatureDocument');
  const files = await Promise.all(
    runs.map(async (run) => (await curvatureIds(run)).map((id) => curvatureFile(run, id))),
  );
  const documents = await Promise.all(files.flat().map((file) => readCurvature(file).catch(() => undefined)));
  return documents.filter((one) => one?.status === 'finished' && one.updated >= began) as CurvatureDocument[];
}

/** The result in a sentence, and the way to where it is shown. */
async function announce(runs: readonly string[], measured: readonly CurvatureDocument[]): Promise<void> {
  const t = vscode.l10n.t;
  const [first] = measured;
  if (!first) return;
  const largest = first.eigenvalues?.largest[0];
  const text =
    measured.length > 1 || largest === undefined
      ? t('Curvature of {0} has been measured: {1} networks and losses.', basename(runs[0]!), measured.length)
      : t(
          'Curvature of {0} at epoch {1}: largest eigenvalue {2}.',
          first.loss.label,
          first.checkpoint.epoch,
          Number(largest.value.toPrecision(4)),
        );
  const show = t('Show');
  const answer = await vscode.window.showInformationMessage(text, show);
  if (answer === show) await vscode.commands.executeCommand('losscape.openCurvature', runs);
}
