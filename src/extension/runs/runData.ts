import type { MetricName } from '../../runs/metricsTable';
import type { RunEntry } from '../../runs/scan';

/** What the user says of a run. Kept with the editor, never in the run folder. */
export interface RunMarks {
  readonly star: boolean;
  readonly note: string;
  readonly tags: readonly string[];
  readonly hidden: boolean;
  /** A name that stands for the loss in words; null when the user gave none. */
  readonly title: string | null;
}

/** A run as the extension knows it. Replaced as a whole, never changed, when anything of it changes. */
export interface RunRecord {
  /** Absolute path of the run folder. */
  readonly folder: string;
  readonly entry: RunEntry;
  readonly marks: RunMarks;
  /** Absolute path of the folder that it was found in. */
  readonly runsFolder: string;
}

/** Folders of the runs that appeared, changed or disappeared. A run stands in one of the lists only. */
export interface RunsChange {
  readonly added: readonly string[];
  readonly changed: readonly string[];
  readonly removed: readonly string[];
}

/** Whether changes are announced by the file system or looked for, and why. */
export interface WatchingState {
  readonly mode: 'watching' | 'polling';
  readonly reason?: string;
}

/** One split at one epoch. */
export interface SplitMetrics {
  /** Number of images. */
  readonly n: number;
  readonly images: readonly string[];
  /** Per image, in the order of `images`; NaN where a metric is undefined for an image. */
  readonly values: Readonly<Record<MetricName, Float64Array>>;
  /** Means over the images that have a value; null where none has. */
  readonly mean: Readonly<Record<MetricName, number | null>>;
  /** Standard errors of these means; null with fewer than two values. */
  readonly standardError: Readonly<Record<MetricName, number | null>>;
}

/** The measurements of one epoch. */
export interface EpochMetrics {
  readonly epoch: number;
  readonly train: SplitMetrics | null;
  readonly test: SplitMetrics | null;
}

/** What is known of a run's epochs, in their order. */
export interface RunMetrics {
  readonly epochs: readonly EpochMetrics[];
  /** Why there is no more, in words, when the table cannot be read. */
  readonly problem?: string;
}

/** What is known of a run's training steps, by column; each as long as `length`. */
export interface RunSteps {
  readonly length: number;
  /** Number of the step in the run, from 1. */
  readonly step: Float64Array;
  readonly epoch: Float64Array;
  readonly loss: Float64Array;
  readonly learningRate: Float64Array;
  /** Wall-clock seconds of each step. */
  readonly seconds: Float64Array;
  readonly imagesPerSecond: Float64Array;
  /** Names of the parameter tensors, in the order of the columns. */
  readonly parameters: readonly string[];
  /** Sum of |weight change| in each step, by parameter tensor. */
  readonly change: Readonly<Record<string, Float64Array>>;
  readonly problem?: string;
}

/** Marks of a run that nobody has marked. */
export const noMarks: RunMarks = Object.freeze({ star: false, note: '', tags: [], hidden: false, title: null });
