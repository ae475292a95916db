import { basename, dirname } from 'node:path';
import type { CurvatureDocument } from '../../runs/curvatureDocument';
import { t } from '../text';
import type { SurfaceSettings } from './surfaceCall';

export const curvatureTaskType = 'losscape-curvature';

/** A task of type `losscape-curvature`, as it can stand in tasks.json. */
export interface CurvatureTask {
  readonly type: typeof curvatureTaskType;
  /** Run folders. */
  readonly runs: readonly string[];
  /** Epochs of checkpoints; the last one when left out. */
  readonly epochs?: readonly number[];
  /** Names of losses; each run's own when left out. */
  readonly losses?: readonly string[];
  /** How many of the largest eigenvalues. */
  readonly top?: number;
  /** Random vectors for the trace. */
  readonly probes?: number;
  /** Random vectors for the spectral density, and steps of Lanczos' method from each. */
  readonly spectrum?: number;
  readonly spectrumSteps?: number;
  /** The largest eigenvalue of each layer's own block, too. */
  readonly layers?: boolean;
  /** How many images, of which split. */
  readonly images?: number;
  readonly split?: 'train' | 'test';
  readonly seed?: number;
  /** Names one launch by the extension: it is carried out once. */
  readonly launch?: string;
}

/** The command line of the engine for a measurement. */
export function curvatureArguments(task: CurvatureTask, { accelerator, threads }: SurfaceSettings): string[] {
  const { runs, epochs, losses, layers } = task;
  const first = runs[0];
  if (first === undefined) throw new Error(t('The task names no run to measure the curvature of.'));
  const args = ['hessian', ...runs, `--runs=${dirname(first)}`];
  if (epochs !== undefined && epochs.length > 0) args.push(`--epochs=${epochs.join(',')}`);
  // With "=" and once for each: the last one must not swallow what follows.
  for (const name of losses ?? []) args.push(`--losses=${name}`);
  const options = {
    top: task.top,
    probes: task.probes,
    spectrum: task.spectrum,
    'spectrum-steps': task.spectrumSteps,
    images: task.images,
    split: task.split,
    seed: task.seed,
  };
  for (const [name, value] of Object.entries(options)) if (value !== undefined) args.push(`--${name}=${value}`);
  if (layers) args.push('--layers');
  if (accelerator !== 'auto') args.push(`--accelerator=${accelerator}`);
  if (threads > 0) args.push(`--threads=${threads}`);
  return args;
}

/** What the task is called in the editor. */
export function curvatureTaskName({ runs, epochs }: CurvatureTask): string {
  const names = runs.map((run) => basename(run)).join(', ');
  if (epochs === undefined || epochs.length === 0) return t('curvature of {0}', names);
  return t('curvature of {0} at epoch {1}', names, epochs.join(', '));
}

/** The task that goes on with a measurement: asked for the same, the engine takes up the same file. */
export function resumingTask(
  runFolder: string,
  { checkpoint, loss, images, settings }: CurvatureDocument,
): CurvatureTask {
  return {
    type: curvatureTaskType,
    runs: [runFolder],
    epochs: [checkpoint.epoch],
    losses: [loss.name],
    top: settings.top,
    probes: settings.probes,
    spectrum: settings.spectrumProbes,
    spectrumSteps: settings.spectrumSteps,
    layers: settings.layers,
    images: images.names.length,
    split: images.split,
    seed: settings.seed,
  };
}
