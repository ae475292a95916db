import { basename, dirname, join } from 'node:path';
import type { EffectiveStatus } from '../../runs/document';
import type { RunRecord } from '../runs/runData';
import { t } from '../text';
import { Days } from './days';
import { parseFilter } from './filter';
import { orderOf, type Sorting, startTime, statusOrder } from './sorting';

export const groupings = ['experiment', 'loss', 'status', 'date', 'none'] as const;
export type Grouping = (typeof groupings)[number];

/** How the user wants to see the runs. */
export interface ViewState {
  readonly grouping: Grouping;
  readonly sorting: Sorting;
  readonly filter: string;
  readonly showHidden: boolean;
}

export const defaultViewState: ViewState = { grouping: 'experiment', sorting: 'newest', filter: '', showHidden: false };

/** An experiment file of the workspace. */
export interface ExperimentFile {
  /** Absolute path. */
  readonly file: string;
  readonly name: string;
}

/** A training that waits for its turn. */
export interface QueuedTraining {
  readonly id: string;
  /** Experiment file. */
  readonly file: string;
  /** The loss in words. */
  readonly label: string;
  /** Run folder, when an existing run is to go on. */
  readonly resume?: string;
}

export interface TreeInput {
  readonly records: readonly RunRecord[];
  readonly experiments: readonly ExperimentFile[];
  readonly queued: readonly QueuedTraining[];
  readonly state: ViewState;
  readonly now: Date;
}

export interface RunNode {
  readonly kind: 'run';
  readonly id: string;
  readonly record: RunRecord;
}

export interface QueuedNode {
  readonly kind: 'queued';
  readonly id: string;
  readonly training: QueuedTraining;
}

export interface GroupNode {
  readonly kind: 'group';
  readonly id: string;
  readonly grouping: Exclude<Grouping, 'none'>;
  readonly label: string;
  /** Experiment file of the group, when it is grouped by experiment and the file is there. */
  readonly experimentFile?: string;
  /** Only in a group by status. */
  readonly status?: EffectiveStatus | 'unreadable';
  readonly children: readonly (RunNode | QueuedNode)[];
  /** Runs among the children, and how many of them are live. */
  readonly runs: number;
  readonly live: number;
}

export type ModelNode = GroupNode | RunNode | QueuedNode;

export interface Tree {
  readonly roots: readonly ModelNode[];
  /** Runs that stand in the tree, and runs that there are. */
  readonly shown: number;
  readonly total: number;
  /** Runs that are left out because they are marked as hidden. */
  readonly hidden: number;
}

/** The tree of runs: filtered, grouped, sorted. */
export function buildTree({ records, experiments, queued, state, now }: TreeInput): Tree {
  const passes = parseFilter(state.filter);
  const wantsHidden = state.showHidden || /(^|\s)is:h/.test(state.filter);
  let hidden = 0;
  const shown = records.filter((record) => {
    if (!passes(record)) return false;
    if (!record.marks.hidden || wantsHidden) return true;
    hidden += 1;
    return false;
  });
  const sorted = shown.sort(orderOf(state.sorting));
  // A filter looks for runs that there are: what waits is not among them.
  const waiting = state.filter.trim() === '' ? queued : [];
  const roots =
    state.grouping === 'none'
      ? [...waiting.map(queuedNode), ...sorted.map(runNode)]
      : groups(sorted, waiting, experiments, { ...state, grouping: state.grouping }, now);
  return { roots, shown: sorted.length, total: records.length, hidden };
}

/** Id of the tree item of a run. */
export const runNodeId = (folder: string): string => `run:${folder}`;

function runNode(record: RunRecord): RunNode {
  return { kind: 'run', id: runNodeId(record.folder), record };
}

function queuedNode(training: QueuedTraining): QueuedNode {
  return { kind: 'queued', id: `queued:${training.id}`, training };
}

interface Group {
  readonly label: string;
  readonly experimentFile?: string;
  readonly status?: EffectiveStatus | 'unreadable';
  /** Groups with a rank stand in its order, the others after them in the order of their first runs. */
  readonly rank?: number;
  readonly children: (RunNode | QueuedNode)[];
}

function groups(
  sorted: readonly RunRecord[],
  queued: readonly QueuedTraining[],
  experiments: readonly ExperimentFile[],
  state: ViewState & { grouping: Exclude<Grouping, 'none'> },
  now: Date,
): GroupNode[] {
  const byKey = new Map<string, Group>();
  const into = (key: string, make: () => Omit<Group, 'children'>): Group => {
    const known = byKey.get(key);
    if (known) return known;
    const group = { ...make(), children: [] };
    byKey.set(key, group);
    return group;
  };
  const days = new Days(now);
  const ofFile = fileFinder(experiments);
  for (const training of queued) {
    const group = queuedGroup(training, state.grouping, ofFile);
    into(group.key, () => group).children.push(queuedNode(training));
  }
  for (const record of sorted) {
    const group = groupOf(record, state.grouping, days, ofFile);
    into(group.key, () => group).children.push(runNode(record));
  }
  if (state.grouping === 'experiment' && state.filter.trim() === '') {
    for (const { file, name } of experiments) into(`file:${file}`, () => ({ label: name, experimentFile: file }));
  }
  const list = [...byKey].map(([key, { label, experimentFile, status, rank, children }]) => {
    const runs = children.flatMap((child) => (child.kind === 'run' ? [child.record] : []));
    const node: GroupNode = {
      kind: 'group',
      id: `group:${state.grouping}:${key}`,
      grouping: state.grouping,
      label,
      ...(experimentFile === undefined ? {} : { experimentFile }),
      ...(status === undefined ? {} : { status }),
      children,
      runs: runs.length,
      live: runs.filter(isLive).length,
    };
    return { node, rank: rank ?? 0 };
  });
  if (state.grouping === 'loss') list.sort((a, b) => a.node.label.localeCompare(b.node.label, undefined, numeric));
  else if (state.grouping === 'experiment') {
    const times = new Map(list.map(({ node }) => [node, latest(node)]));
    list.sort((a, b) => descendingTime(times.get(a.node)!, times.get(b.node)!));
  } else list.sort((a, b) => a.rank - b.rank);
  return list.map(({ node }) => node);
}

const numeric = { numeric: true } as const;

function descendingTime(a: number, b: number): number {
  return a === b ? 0 : b - a;
}

type KeyedGroup = Omit<Group, 'children'> & { key: string };
type FindFile = (record: { experimentFile: string | null; runsFolder: string; name: string }) => ExperimentFile | null;

function groupOf(record: RunRecord, grouping: Exclude<Grouping, 'none'>, days: Days, ofFile: FindFile): KeyedGroup {
  const { entry, runsFolder } = record;
  if (!entry.ok) {
    if (grouping === 'date') return days.group(NaN);
    if (grouping === 'status') return statusGroup('unreadable');
    return { key: 'unreadable', label: t('Unreadable'), rank: 1000 };
  }
  const { document, status } = entry;
  switch (grouping) {
    case 'loss':
      return { key: document.loss.label, label: document.loss.label };
    case 'status':
      return statusGroup(status);
    case 'date':
      return days.group(startTime(record));
    case 'experiment': {
      const name = document.experimentName;
      const file = ofFile({ experimentFile: document.experimentFile, runsFolder, name });
      if (file) return { key: `file:${file.file}`, label: file.name, experimentFile: file.file };
      return { key: `name:${runsFolder}\n${name}`, label: name };
    }
  }
}

function queuedGroup(training: QueuedTraining, grouping: Exclude<Grouping, 'none'>, ofFile: FindFile): KeyedGroup {
  if (grouping === 'status') return statusGroup('queued');
  if (grouping === 'loss') return { key: training.label, label: training.label };
  if (grouping === 'date') return { key: 'queued', label: t('Waiting'), rank: -1 };
  const file = ofFile({ experimentFile: training.file, runsFolder: '', name: '' });
  if (file) return { key: `file:${file.file}`, label: file.name, experimentFile: file.file };
  return { key: `file:${training.file}`, label: experimentNameOf(training.file), experimentFile: training.file };
}

/** "retina" of "/data/retina.losscape.json". */
export function experimentNameOf(file: string): string {
  return basename(file).replace(/(\.losscape)?\.jsonc?$/i, '');
}

/**
 * Whether a run was trained from an experiment file. A project that was moved or copied still has its runs beside its
 * experiment files: then the name of the file has to be the same, or that of the experiment.
 */
export function isOfExperiment(
  run: { experimentFile: string | null; runsFolder: string; name: string },
  { file, name }: ExperimentFile,
): boolean {
  if (run.experimentFile === file) return true;
  if (run.runsFolder !== join(dirname(file), 'runs')) return false;
  return run.experimentFile === null ? run.name === name : nameOfPath(run.experimentFile) === basename(file);
}

function fileFinder(experiments: readonly ExperimentFile[]): FindFile {
  const exact = new Map(experiments.map((experiment) => [experiment.file, experiment]));
  const byRunsFolder = new Map<string, ExperimentFile[]>();
  for (const experiment of experiments) {
    const folder = join(dirname(experiment.file), 'runs');
    byRunsFolder.set(folder, [...(byRunsFolder.get(folder) ?? []), experiment]);
  }
  return (run) =>
    (run.experimentFile === null ? undefined : exact.get(run.experimentFile)) ??
    byRunsFolder.get(run.runsFolder)?.find((experiment) => isOfExperiment(run, experiment)) ??
    null;
}

/** Last part of a path that may come from another system. */
function nameOfPath(path: string): string {
  return path.split(/[\\/]/).at(-1) ?? path;
}

/** A status as a word. */
export function statusLabel(status: EffectiveStatus | 'unreadable'): string {
  return {
    running: t('Running'),
    queued: t('Queued'),
    interrupted: t('Interrupted'),
    stopped: t('Stopped'),
    failed: t('Failed'),
    finished: t('Finished'),
    unreadable: t('Unreadable'),
  }[status];
}

function statusGroup(status: EffectiveStatus | 'unreadable'): KeyedGroup {
  return { key: status, label: statusLabel(status), status, rank: statusOrder.indexOf(status) };
}

/** Whether a run's process is at work. */
export function isLive({ entry }: RunRecord): boolean {
  return entry.ok && (entry.status === 'running' || entry.status === 'queued');
}

/** When the newest run of a group started. A group with something that waits, or without runs yet, comes first. */
function latest({ children }: GroupNode): number {
  let time = children.length === 0 ? Infinity : -Infinity;
  for (const child of children) time = Math.max(time, child.kind === 'queued' ? Infinity : startTime(child.record));
  return time;
}
