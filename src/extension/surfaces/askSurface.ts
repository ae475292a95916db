import * as vscode from 'vscode';
import { Problem } from '../../runs/problem';
import { chooseRuns, hasWeights } from '../commands/chooseRuns';
import type { RunRecord, RunStore } from '../runs/runStore';
import { nameOf } from '../tree/sorting';
import { type PlaneKind, type SurfaceTask, surfaceTaskType } from './surfaceCall';

/** Asks what to sample: plane, losses, resolution. Undefined when the user thought better of it. */
export async function askSurface(store: RunStore, chosen: readonly RunRecord[]): Promise<SurfaceTask | undefined> {
  const choice = await askPlane(chosen);
  if (!choice) return undefined;
  const { plane } = choice;
  const runs = await runsFor(store, chosen, choice);
  if (runs.length === 0) return undefined;
  const losses = await askLosses(store, runs[0]!);
  if (!losses) return undefined;
  const resolution = await askResolution(plane === 'line');
  if (!resolution) return undefined;
  return {
    type: surfaceTaskType,
    runs: runs.map(({ folder }) => folder),
    plane,
    ...(losses === 'all' ? {} : { losses }),
    ...resolution,
  };
}

interface PlaneChoice {
  readonly plane: PlaneKind;
  /** How many runs it takes: at least and at most. */
  readonly least: number;
  readonly most: number;
}

async function askPlane(chosen: readonly RunRecord[]): Promise<PlaneChoice | undefined> {
  const t = vscode.l10n.t;
  const choices: (vscode.QuickPickItem & PlaneChoice)[] = [
    {
      plane: 'random',
      least: 1,
      most: 1,
      label: t('Random plane around a run'),
      detail: t('Two filter-normalised random directions from its last checkpoint, after Li et al. 2018'),
    },
    {
      plane: 'pca',
      least: 1,
      most: 1,
      label: t('PCA of a run'),
      detail: t('The plane in which its checkpoints move most'),
    },
    {
      plane: 'pca',
      least: 2,
      most: Infinity,
      label: t('PCA of several runs together'),
      detail: t('One plane for all of them: their losses and trajectories on the same axes'),
    },
    {
      plane: 'line',
      least: 2,
      most: 2,
      label: t('Line between two runs'),
      detail: t('What lies between the networks that two losses have led to'),
    },
  ];
  // What fits the number of runs that are chosen comes first.
  const fit = ({ least, most }: PlaneChoice): number => Number(chosen.length >= least && chosen.length <= most);
  choices.sort((a, b) => fit(b) - fit(a));
  return vscode.window.showQuickPick(choices, { title: t('Plane to sample the losses on'), matchOnDetail: true });
}

async function runsFor(
  store: RunStore,
  chosen: readonly RunRecord[],
  { least, most }: PlaneChoice,
): Promise<readonly RunRecord[]> {
  const t = vscode.l10n.t;
  if (chosen.length >= least) return chosen.slice(0, most);
  if (least === 1)
    return chooseRuns(store, [], [], { title: t('Run to sample around'), many: false, fits: hasWeights });
  const [first] = chosen;
  const fits = (record: RunRecord) =>
    hasWeights(record) && (!first || (record.runsFolder === first.runsFolder && record.folder !== first.folder));
  const title = first ? t('Runs beside {0}', nameOf(first)) : most === 2 ? t('Two runs') : t('Runs');
  const others = await chooseRuns(store, [], [], { title, fits });
  if (others.length === 0) return [];
  const runs = [...(first ? [first] : []), ...others];
  if (runs.length < least) throw new Problem(t('This needs {0} runs; {1} was chosen.', least, runs.length));
  return runs.slice(0, most);
}

async function askLosses(store: RunStore, run: RunRecord): Promise<'all' | string[] | undefined> {
  const t = vscode.l10n.t;
  const losses = lossesBeside(store, run);
  if (losses.length < 2) return 'all';
  const picks = losses.map(({ name, label }) => ({
    label,
    description: name === label ? '' : name,
    name,
    picked: true,
  }));
  const title = t('Losses to measure: all of them cost hardly more than one');
  const picked = await vscode.window.showQuickPick(picks, { title, canPickMany: true });
  if (!picked || picked.length === 0) return undefined;
  return picked.length === picks.length ? 'all' : picked.map(({ name }) => name);
}

/** The losses of a run's experiment: its own, and those of the other runs beside it. */
export function lossesBeside(store: Pick<RunStore, 'all'>, run: RunRecord): { name: string; label: string }[] {
  if (!run.entry.ok) return [];
  const own = run.entry.document;
  const found = new Map([[own.loss.name, own.loss.label]]);
  for (const { entry, runsFolder } of store.all()) {
    if (!entry.ok || runsFolder !== run.runsFolder || entry.document.experimentName !== own.experimentName) continue;
    if (!found.has(entry.document.loss.name)) found.set(entry.document.loss.name, entry.document.loss.label);
  }
  return [...found].map(([name, label]) => ({ name, label }));
}

async function askResolution(line: boolean): Promise<Pick<SurfaceTask, 'points' | 'adaptive'> | undefined> {
  const t = vscode.l10n.t;
  const sides = line ? [33, 65, 129] : [17, 33, 65];
  const plain = sides.map((points) => ({
    label: line ? t('{0} points', points) : t('{0} × {0} points', points),
    description: line ? '' : t('{0} networks', points * points),
    points,
    adaptive: false,
  }));
  const adaptive = {
    label: t('{0} × {0} points, adaptive', 65),
    description: t('skips what is smooth within 1 % of the range'),
    points: 65,
    adaptive: true,
  };
  const choices = line ? plain : [...plain, adaptive];
  const title = t('Resolution: it is refined step by step, and can be stopped at any time');
  const picked = await vscode.window.showQuickPick(choices, { title });
  return picked && { points: picked.points, ...(picked.adaptive ? { adaptive: true } : {}) };
}
