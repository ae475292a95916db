import type { Frame, FrameTail } from './frame';

export type Split = 'train' | 'test';

/** What the panels say about a run besides its numbers. */
export interface RunInfo {
  /** Absolute path of its folder; what tells runs apart. */
  readonly folder: string;
  /** Name of its folder. */
  readonly id: string;
  /** Name that the user gave it, or null. */
  readonly title: string | null;
  /** The loss in words: "focal γ=2". */
  readonly loss: string;
  readonly experiment: string;
  readonly status: 'queued' | 'running' | 'finished' | 'stopped' | 'failed' | 'interrupted' | 'unreadable' | 'removed';
  /** Why it failed or cannot be read, in words; null when all is well. */
  readonly problem: string | null;
  /** ISO 8601, or null when unknown. */
  readonly started: string | null;
  readonly epochsDone: number;
  readonly epochsTotal: number;
  /** Number of images in each split. */
  readonly images: Readonly<Record<Split, number>>;
  /** Whether the images are generated rather than photographs. */
  readonly synthetic: boolean;
  /** All settings as JSON: the experiment without its list of losses, and the run's own loss under `loss`. */
  readonly configuration: unknown;
}

/**
 * The numbers of a run over time.
 * - `train`, `test`: a row per evaluated epoch. Columns `epoch`, `step` (the last of the epoch), `seconds` (of training up
 *   to then), and per metric `mean/<metric>`, `error/<metric>` (standard error over images), `n/<metric>` (images that have a value).
 * - `layers`: a row per epoch. Columns `epoch`, `step`, `seconds`, and `change/<layer>`: sum of |weight change| in a step, the
 *   mean over the epoch's steps; in the order of the network.
 * - `steps`: a row per bucket of consecutive steps. Columns `epoch` (with a fraction), `step`, `seconds`, `loss` (mean over the
 *   bucket), `low`, `high` (extremes in the bucket), `learningRate`.
 */
export interface RunSeries {
  readonly train: Frame;
  readonly test: Frame;
  readonly layers: Frame;
  readonly steps: Frame;
}

export type SeriesName = keyof RunSeries;

/** The measurements of single images at one epoch. `values` holds, per metric, one number per image (NaN: undefined). */
export interface ImageValues {
  readonly epoch: number;
  readonly images: readonly string[];
  readonly values: Readonly<Record<string, Float64Array>>;
}

/** What a panel shows of a run, whole. */
export interface RunData {
  readonly info: RunInfo;
  readonly series: RunSeries;
}

/** What has changed about a run: always its facts, and the tails of those tables that have grown or changed. */
export interface RunUpdate {
  readonly info: RunInfo;
  readonly tails: { readonly [Name in SeriesName]?: FrameTail };
}

/** How the host hears of changes: at once, or by looking from time to time, and then why. */
export interface Liveness {
  readonly mode: 'watching' | 'polling';
  readonly reason?: string;
}

/** A file that the user asked for; the host asks where to put it. */
export interface ExportedFile {
  /** Proposed name with its ending. */
  readonly name: string;
  readonly content: string | Uint8Array;
}

export const seriesNames: readonly SeriesName[] = ['train', 'test', 'layers', 'steps'];
