import { randomInt } from 'node:crypto';
import { join } from 'node:path';
import { slug } from './slug';

/** Version of the run folder's format that this code writes, and the newest that it reads. */
export const formatVersion = 1;

/** Names of what a run folder holds. */
export const fileNames = {
  document: 'run.json',
  metrics: 'metrics.csv',
  steps: 'steps.csv',
  log: 'log.txt',
  /** What each image and mask held when the run began. */
  images: 'images.json',
  /** Newest weights and optimizer state, replaced as a whole at the end of every epoch. */
  resume: join('checkpoints', 'resume.safetensors'),
  checkpoints: 'checkpoints',
  predictions: 'predictions',
  /** Its mere presence asks the training process to stop. */
  stop: 'stop',
  lock: 'lock',
} as const;

/** Absolute (or as relative as `folder`) paths of what a run folder holds. */
export function runPaths(folder: string): Record<keyof typeof fileNames, string> {
  return Object.fromEntries(Object.entries(fileNames).map(([key, name]) => [key, join(folder, name)])) as Record<
    keyof typeof fileNames,
    string
  >;
}

/** The folder of a run's loss surfaces. */
export const surfacesFolder = (runFolder: string): string => join(runFolder, 'surfaces');

/** Names of what a surface folder holds, besides one `.npy` for each quantity. */
export const surfaceFileNames = {
  document: 'surface.json',
  /** Centre and directions. */
  plane: 'plane.safetensors',
  /** uint8 [b, a]: 0 where nothing is, 1 where the networks were measured, 2 where values are interpolated. */
  done: 'done.npy',
  /** Checkpoints of runs, seen from the plane (see `surfaceTrajectories.ts`). Absent when none were asked for. */
  trajectories: 'trajectories.json',
  /** Blocks of points that processes are at. */
  claims: 'claims',
} as const;

/** Path of an epoch's checkpoint: `<folder>/checkpoints/epoch-0005.safetensors`. */
export function checkpointPath(folder: string, epoch: number): string {
  return join(folder, fileNames.checkpoints, `${epochName(epoch)}.safetensors`);
}

/** Path of the predicted mask of an image: `<folder>/predictions/epoch-0005/<image>.png`. */
export function predictionPath(folder: string, epoch: number, image: string): string {
  return join(folder, fileNames.predictions, epochName(epoch), `${image}.png`);
}

/** The epoch in the name of a checkpoint file or predictions folder, or null when the name is something else. */
export function epochOf(name: string): number | null {
  const match = /^epoch-(\d{4,})(\.safetensors)?$/.exec(name);
  return match ? Number(match[1]) : null;
}

function epochName(epoch: number): string {
  return `epoch-${String(epoch).padStart(4, '0')}`;
}

/**
 * Name of a new run's folder: `<yyyymmdd-hhmmss>-<experiment>-<loss>-<4 letters>`, local time, so that names sort by
 * age. The letters keep apart runs that start within one second.
 */
export function runFolderName(
  started: Date,
  experiment: string,
  loss: string,
  letters: string = fourLetters(),
): string {
  const two = (value: number) => String(value).padStart(2, '0');
  const day = `${started.getFullYear()}${two(started.getMonth() + 1)}${two(started.getDate())}`;
  const time = `${two(started.getHours())}${two(started.getMinutes())}${two(started.getSeconds())}`;
  return `${day}-${time}-${slug(experiment) || 'experiment'}-${slug(loss) || 'loss'}-${letters}`;
}

function fourLetters(): string {
  return Array.from({ length: 4 }, () => String.fromCharCode(97 + randomInt(26))).join('');
}
