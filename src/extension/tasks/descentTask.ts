import { basename, dirname, isAbsolute, join } from 'node:path';
import type { EngineCall, TrainingSettings } from './taskDefinition';

export const descentTaskType = 'losscape-descent';

/** A task of type `losscape-descent`, as it can stand in tasks.json: from a run's network, descend on one image. */
export interface DescentTask {
  readonly type: typeof descentTaskType;
  /** Run folder; relative to the workspace folder. */
  readonly run?: string;
  /** Name of an image of the run's data, and its split where both have one of this name. */
  readonly image?: string;
  readonly split?: 'train' | 'test';
  /** Of the checkpoint: its epoch, "last" or "best". */
  readonly epoch?: number | 'last' | 'best';
  /** "study", names of losses of the experiment, or losses as JSON; the study's when left out. */
  readonly losses?: readonly string[];
  /** Steps under each loss. */
  readonly steps?: number;
  /** A map is kept every so many steps. */
  readonly every?: number;
  readonly learningRate?: number;
  /** Folder of a descent to go on with, in place of all this. */
  readonly resume?: string;
  /** Names one launch by the extension: it is carried out once. */
  readonly launch?: string;
}

/**
 * What the engine is called with for a task.
 * @param root what relative paths of the task count from.
 * @throws Error when the task names neither a run with an image nor a descent to go on with.
 */
export function descentCall(task: DescentTask, root: string, { accelerator, threads }: TrainingSettings): EngineCall {
  const { run, image, split, epoch, losses, steps, every, learningRate, resume } = task;
  const absolute = (path: string): string => (isAbsolute(path) ? path : join(root, path));
  const option = (name: string, value: string | number | undefined): string[] =>
    value === undefined ? [] : [`--${name}=${value}`];
  const runtime = [
    ...option('accelerator', accelerator === 'auto' ? undefined : accelerator),
    ...option('threads', threads > 0 ? threads : undefined),
  ];
  if (resume !== undefined) {
    const folder = absolute(resume);
    // It goes on with the threads and the accelerator that it began with: its steps then agree to the last bit.
    return { args: ['descend', `--resume=${folder}`], cwd: dirname(folder) };
  }
  if (run === undefined || image === undefined) {
    throw new Error('The task names neither a "run" with an "image" nor a descent to "resume"');
  }
  const folder = absolute(run);
  return {
    args: [
      'descend',
      folder,
      ...option('image', image),
      ...option('split', split),
      ...option('epoch', epoch),
      // With "=" and once for each, so that none swallows what follows.
      ...(losses ?? []).map((loss) => `--losses=${loss}`),
      ...option('steps', steps),
      ...option('every', every),
      ...option('learning-rate', learningRate),
      ...runtime,
    ],
    cwd: dirname(folder),
  };
}

/** What a task is called in the editor. */
export function descentTaskName({ run, image, resume }: DescentTask): string {
  if (resume !== undefined) return basename(resume);
  return [image, run === undefined ? undefined : basename(run)].filter((part) => part !== undefined).join(', ');
}

/** A map of about every tenth of the steps is kept, as in the study: every 100 of 1,000. */
export function usualInterval(steps: number): number {
  return Math.max(1, Math.round(steps / 10));
}
