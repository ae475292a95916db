import type { LossSpec } from '../../engine/insight/maps';
import type { Frame, FrameTail } from './frame';
import type { ExportedFile, Split } from './run';

/** A loss that is descended. */
export interface DescentLoss {
  readonly name: string;
  /** In words: "focal γ=2 (detached)". */
  readonly label: string;
  readonly spec: LossSpec;
}

/** What the panel says about a descent besides its numbers. */
export interface DescentInfo {
  /** Absolute path of its folder. */
  readonly folder: string;
  readonly status: 'queued' | 'running' | 'finished' | 'stopped' | 'failed' | 'interrupted';
  /** Why it failed, in words; null when all is well. */
  readonly problem: string | null;
  readonly experiment: string;
  /** The checkpoint that it begins with: the loss it was trained under, in words, and its epoch. */
  readonly trainedWith: string;
  readonly epoch: number;
  /** Whether the run that the checkpoint is of is still there to be looked into. */
  readonly runKnown: boolean;
  readonly image: {
    readonly name: string;
    readonly split: Split;
    /** Size of what is descended on: the whole image, or the crop in its centre. */
    readonly height: number;
    readonly width: number;
    readonly synthetic: boolean;
  };
  readonly losses: readonly DescentLoss[];
  readonly learningRate: number;
  /** Steps under each loss, and every how many a map is kept. */
  readonly steps: number;
  readonly every: number;
  /** Steps taken under all losses together, and how many there will be. */
  readonly stepsDone: number;
  readonly stepsTotal: number;
}

/** What grows while a descent runs, by loss. */
export interface DescentProgress {
  readonly info: DescentInfo;
  /** Steps of which there is a map, ascending. */
  readonly maps: readonly (readonly number[])[];
}

/** A row per step. Columns `step`, `loss`, `accuracy`, `iou`, `confidenceBackground`, `confidenceForeground`. */
export type DescentRows = readonly Frame[];

/** Everything that a page that has just loaded needs. */
export interface DescentSnapshot extends DescentProgress {
  readonly rows: DescentRows;
  /** The region of the photograph and of the target (0 or 255), as PNG. */
  readonly image: Uint8Array;
  readonly mask: Uint8Array;
  readonly trusted: boolean;
}

/** The network's answer for the region: logit of the foreground minus logit of the background, [height,width]. */
export interface DescentMap {
  readonly height: number;
  readonly width: number;
  readonly margin: Float32Array;
}

/** From the host to the descent panel. */
export interface DescentToPanel {
  /** It has gone on. @param tails by loss; null where nothing has changed. */
  progress(body: DescentProgress & { readonly tails: readonly (FrameTail | null)[] }): void;
}

/** From the descent panel to the host. */
export interface DescentToHost {
  /** The page has loaded, or was shown again. */
  ready(body: null): DescentSnapshot;
  /** The map after some steps under a loss, by its number. */
  map(body: { readonly loss: number; readonly step: number }): DescentMap;
  /** Go on with it where it was. */
  resume(body: null): void;
  /** Stop it after the step under way; it can go on later. */
  stop(body: null): void;
  /** Show the same image, at the checkpoint that it begins with, in a panel of maps. */
  openHeatmap(body: null): void;
  openLog(body: null): void;
  /** Ask where to save a file; false when the user thought better of it. */
  save(body: ExportedFile): boolean;
}
