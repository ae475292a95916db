import { basename, dirname } from 'node:path';
import { t } from '../text';

export const surfaceTaskType = 'losscape-surface';

/** The planes that can be asked for; `pca` of one run or of several together. */
export type PlaneKind = 'random' | 'pca' | 'line';

/** A task of type `losscape-surface`, as it can stand in tasks.json. */
export interface SurfaceTask {
  readonly type: typeof surfaceTaskType;
  /** Run folders: one, two for a line, any number for a common PCA plane. */
  readonly runs: readonly string[];
  readonly plane?: PlaneKind;
  /** Names of losses; all of the experiment when left out. */
  readonly losses?: readonly string[];
  /** Points along each axis. */
  readonly points?: number;
  /** Skip what is smooth. */
  readonly adaptive?: boolean;
  /** Surface of the run to go on with, instead of a new one. */
  readonly resume?: string;
  /** Names one launch by the extension: it is carried out once. */
  readonly launch?: string;
}

/** What a task does not say. */
export interface SurfaceSettings {
  readonly accelerator: string;
  /** 0: all cores. */
  readonly threads: number;
}

/** The command line of the engine for a surface. */
export function surfaceArguments(task: SurfaceTask, { accelerator, threads }: SurfaceSettings): string[] {
  const { runs, plane = 'random', losses, points, adaptive, resume } = task;
  const first = runs[0];
  if (first === undefined) throw new Error(t('The task names no run to sample a surface of.'));
  const args = ['surface', ...runs, `--runs=${dirname(first)}`];
  if (resume !== undefined) args.push(`--resume=${resume}`);
  else {
    args.push(`--plane=${plane}`);
    // With "=" and once for each: the last one must not swallow what follows.
    for (const name of losses ?? []) args.push(`--losses=${name}`);
    if (points !== undefined) args.push(`--points=${points}`);
    // A tolerance has to be given: what follows an option without a value would be taken for it.
    if (adaptive) args.push('--adaptive=0.01');
  }
  if (accelerator !== 'auto') args.push(`--accelerator=${accelerator}`);
  if (threads > 0) args.push(`--threads=${threads}`);
  return args;
}

/** What the task is called in the editor. */
export function surfaceTaskName({ runs, plane = 'random', resume }: SurfaceTask): string {
  if (resume !== undefined) return t('loss surface {0}', resume);
  const words = { random: t('random plane'), pca: t('PCA plane'), line: t('line') }[plane];
  return t('loss surface: {0} of {1}', words, runs.map((run) => basename(run)).join(', '));
}
