import type { LossSpec } from '../../engine/insight/maps';
import type { HeatmapLoss } from './heatmap';
import type { ExportedFile, Split } from './run';

/** A loss whose curves are drawn. */
export interface CurveLoss {
  /** What tells losses apart, and stays the same while options are typed. */
  readonly key: string;
  /** The loss in words: "cross-entropy 1:3". */
  readonly label: string;
  /**
   * `entry`: the loss that is looked at; `reference`: plain cross-entropy; `other`: another entry of the file; `added`: one
   * that is in the panel only.
   */
  readonly role: 'entry' | 'reference' | 'other' | 'added';
  /** Place of its entry in the file; decides the colour. */
  readonly place: number;
  readonly spec: LossSpec;
}

/** What the curve panel shows of an experiment file. */
export interface CurveSnapshot {
  /** Name of the experiment file, and the entry of its `losses`. */
  readonly file: string;
  readonly index: number;
  /** The loss in words. */
  readonly label: string;
  readonly formulas: readonly string[];
  readonly notes: readonly string[];
  readonly losses: readonly CurveLoss[];
  /** Why what is shown is not what the file says: an entry that is not valid while one types, or is gone. */
  readonly problem: string | null;
  /** To be found again after a reload. */
  readonly uri: string;
}

/** A run whose pixels can be laid under the curves. */
export interface CurveRun {
  readonly folder: string;
  /** Its experiment and loss in words. */
  readonly name: string;
  /** Epochs whose weights are on the disk, ascending. */
  readonly epochs: readonly number[];
  readonly images: Readonly<Record<Split, readonly string[]>>;
}

/** Ends of the histograms, and their number of equal bins. What lies beyond counts in the outer bins. */
export const pixelBins = Object.freeze({ count: 100, pt: [0, 1], logit: [-10, 10] } as const);

/** Numbers of pixels by class in the bins of `pixelBins`, of an image or of several together. */
export interface PixelCounts {
  readonly background: Uint32Array;
  readonly foreground: Uint32Array;
}

/** Where the pixels of one image lie, by the probability of their true class and by its logit minus the other's. */
export interface CurvePixels {
  readonly pt: PixelCounts;
  readonly logit: PixelCounts;
  /** What should be known: the nearest whole checkpoint was used, the file has changed since training. */
  readonly notes: readonly string[];
}

/** From the host to the curve panel. */
export interface CurveToPanel {
  /** The file has changed, or another entry is looked at. */
  show(body: CurveSnapshot): void;
}

/** From the curve panel to the host. */
export interface CurveToHost {
  /** The page has loaded: everything it needs, as it is now. */
  ready(body: null): CurveSnapshot;
  /** Look at another entry of the file. */
  choose(body: { readonly index: number }): void;
  /** Reads a loss that was typed in: words ("focal 3") or JSON. Says what is wrong with it otherwise. */
  loss(body: { readonly text: string }): HeatmapLoss | { readonly problem: string };
  /** Let the user choose a run; null when they thought better of it. */
  chooseRun(body: null): CurveRun | null;
  /** A run as it is now; null when it is gone. */
  run(body: { readonly folder: string }): CurveRun | null;
  /** Where the pixels of an image of a run's data lie after an epoch. */
  pixels(body: {
    readonly folder: string;
    readonly epoch: number;
    readonly name: string;
    readonly split: Split;
  }): CurvePixels;
  /** Look at an image of a run in a panel of maps. */
  openHeatmap(body: {
    readonly folder: string;
    readonly epoch: number;
    readonly image: { readonly name: string; readonly split: Split } | null;
  }): void;
  /** Ask where to save a file; false when the user thought better of it. */
  save(body: ExportedFile): boolean;
}
