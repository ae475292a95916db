import type { RunDocument, RunStatus } from '../../runs/document';

/** Means over the images of a split, by metric name; null where a metric is undefined for every image. */
export type Means = Record<string, number | null>;

/** What a training process tells whoever watches it, in the order in which it happens. `run` is a run's id. */
export type TrainingEvent =
  /** A run's folder exists and its first step is about to be taken. */
  | { type: 'started'; folder: string; document: RunDocument }
  /** A step is done. Steps count from 1 within the epoch, epochs from 1. */
  | {
      type: 'step';
      run: string;
      epoch: number;
      epochs: number;
      step: number;
      stepsPerEpoch: number;
      loss: number;
      learningRate: number;
      imagesPerSecond: number;
      /** Seconds until this run ends, evaluations included. */
      etaSeconds: number;
    }
  /** The model was evaluated on every image at the end of an epoch; `test` is null when there is no test split. */
  | { type: 'evaluated'; run: string; epoch: number; train: Means | null; test: Means | null }
  | { type: 'checkpoint'; run: string; epoch: number; file: string }
  | { type: 'log'; run: string; message: string }
  /** The run has come to its end, whichever it is; nothing more follows for it. */
  | { type: 'ended'; run: string; status: RunStatus; folder: string; document: RunDocument };
