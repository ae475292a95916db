import { basename, dirname, isAbsolute, join } from 'node:path';
import { experimentNameOf } from '../tree/treeModel';
import { Problem } from '../../runs/problem';

export const taskType = 'losscape';

/** A task of type `losscape`, as it can stand in tasks.json. */
export interface TrainingTask {
  readonly type: typeof taskType;
  /** Experiment file; relative to the workspace folder. */
  readonly experiment?: string;
  /** Names of the losses to train; all when left out. */
  readonly losses?: readonly string[];
  /** Run folder (or its name) to go on with. */
  readonly resume?: string;
  /** Folder for the run folders; `runs` beside the experiment file when left out. */
  readonly runs?: string;
  readonly accelerator?: string;
  readonly provider?: string;
  readonly threads?: number;
  /** Names one launch by the extension: it is carried out once. */
  readonly launch?: string;
}

/** Settings that a task does not say otherwise. */
export interface TrainingSettings {
  readonly accelerator: string;
  /** 0: all cores. */
  readonly threads: number;
}

/** The command line of the engine for a task, and the folder that it is run in. */
export interface EngineCall {
  readonly args: readonly string[];
  readonly cwd: string;
}

/**
 * What the engine is called with for a task.
 * @param root what relative paths of the task count from.
 * @throws Error when the task names neither an experiment nor a run, or has a value of the wrong kind.
 */
export function engineCall(task: TrainingTask, root: string, settings: TrainingSettings): EngineCall {
  const { experiment, losses, resume, runs, provider } = task;
  const text = (value: unknown, key: string): void => {
    if (value !== undefined && typeof value !== 'string') throw new Problem(`"${key}" of the task must be a text`);
  };
  for (const key of ['experiment', 'resume', 'runs', 'accelerator', 'provider'] as const) text(task[key], key);
  if (losses !== undefined && !(Array.isArray(losses) && losses.every((name) => typeof name === 'string'))) {
    throw new Problem('"losses" of the task must be a list of names');
  }
  if (experiment === undefined && resume === undefined) {
    throw new Problem('The task names neither an "experiment" nor a run to "resume"');
  }
  const absolute = (path: string): string => (isAbsolute(path) ? path : join(root, path));
  const file = experiment === undefined ? undefined : absolute(experiment);
  const accelerator = task.accelerator ?? settings.accelerator;
  const threads = task.threads ?? settings.threads;
  const args = ['train'];
  if (file !== undefined) args.push(file);
  // With "=" and once for each: a name may begin with a hyphen, and the last one must not swallow what follows.
  for (const name of losses ?? []) args.push(`--loss=${name}`);
  if (resume !== undefined) args.push(`--resume=${/[\\/]/.test(resume) ? absolute(resume) : resume}`);
  if (runs !== undefined) args.push(`--runs=${absolute(runs)}`);
  if (accelerator !== 'auto') args.push(`--accelerator=${accelerator}`);
  if (provider !== undefined) args.push(`--provider=${provider}`);
  if (threads > 0) args.push(`--threads=${threads}`);
  return { args, cwd: file === undefined ? root : dirname(file) };
}

/** What a task is called in the editor. */
export function taskName({ experiment, losses, resume }: TrainingTask): string {
  if (experiment === undefined) return resume === undefined ? '' : basename(resume);
  const name = experimentNameOf(experiment);
  return losses === undefined || losses.length === 0 ? name : `${name}: ${losses.join(', ')}`;
}
