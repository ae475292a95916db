import { open } from 'node:fs/promises';
import type { RunDocument } from '../../runs/document';
import { runPaths } from '../../runs/layout';

/** How far a live run has come within its epoch. */
export interface LiveProgress {
  /** Steps in the run so far. */
  readonly step: number;
  /** Epochs so far, with the fraction of the one under way. */
  readonly epochs: number;
  readonly imagesPerSecond: number;
}

/** The last whole row of `steps.csv` is within this many bytes of its end; a row has one number per parameter tensor. */
const tailBytes = 16 * 1024;

/** What the last step of a run tells; null when there is none yet. */
export async function readProgress(folder: string, document: RunDocument): Promise<LiveProgress | null> {
  const row = await lastRow(runPaths(folder).steps);
  if (row === null) return null;
  const [step, , , , , imagesPerSecond] = row.split(',', 6).map(Number);
  if (step === undefined || !Number.isFinite(step)) return null;
  const perEpoch = stepsPerEpoch(document);
  const epochs = perEpoch === null ? document.epochsDone : Math.max(document.epochsDone, step / perEpoch);
  return { step, epochs: Math.min(epochs, document.epochsTotal), imagesPerSecond: imagesPerSecond ?? NaN };
}

/** Steps of one epoch: known after the first epoch, and before it from the number of images and the batch size. */
export function stepsPerEpoch(document: RunDocument): number | null {
  if (document.epochsDone > 0 && document.stepsDone > 0) return document.stepsDone / document.epochsDone;
  const { training } = (document.experiment ?? {}) as { training?: { batchSize?: unknown } };
  const batchSize = training?.batchSize;
  const images = document.dataset.train.length;
  return typeof batchSize === 'number' && batchSize > 0 && images > 0 ? Math.ceil(images / batchSize) : null;
}

async function lastRow(path: string): Promise<string | null> {
  try {
    const handle = await open(path, 'r');
    try {
      const { size } = await handle.stat();
      const length = Math.min(size, tailBytes);
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, size - length);
      const lines = buffer.toString('latin1', 0, bytesRead).split('\n');
      // What follows the last newline is torn; the first line is the header, or is cut off in front.
      const row = lines.at(-2);
      return row === undefined || lines.length < 3 ? null : row;
    } finally {
      await handle.close();
    }
  } catch {
    // No steps yet, or the folder is gone: no progress to tell either way.
    return null;
  }
}

/**
 * Estimates when runs end, from how fast their epochs went by. What counts is the time on the wall since this object first
 * saw the run, evaluations and all; before a whole epoch has been seen, the share of it that is done; and for a run that
 * has just been found again, its mean time per epoch so far.
 */
export class Eta {
  private readonly seen = new Map<string, { time: number; epochs: number }>();

  /**
   * @param epochs epochs done, with the fraction of the one under way.
   * @param now milliseconds.
   * @returns seconds until the run ends; null while there is nothing to judge by.
   */
  estimate(folder: string, document: RunDocument, epochs: number, now: number): number | null {
    const left = document.epochsTotal - epochs;
    if (left <= 0) return 0;
    const first = this.seen.get(folder);
    // A run that was resumed goes back to its last whole epoch.
    if (!first || epochs < first.epochs) this.seen.set(folder, { time: now, epochs });
    else if (epochs - first.epochs >= 1 || (first.epochs === 0 && epochs > 0.05)) {
      return ((now - first.time) / 1000 / (epochs - first.epochs)) * left;
    }
    if (document.epochsDone > 0 && document.secondsTraining > 0) {
      return (document.secondsTraining / document.epochsDone) * left;
    }
    return null;
  }

  forget(folder: string): void {
    this.seen.delete(folder);
  }
}
