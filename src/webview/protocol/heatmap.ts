import type { EpochReference, ImageReference, Result } from '../../engine/insight/protocol';
import type { ExportedFile, RunInfo } from './run';

export type { EpochReference, ImageReference };

/** A loss whose maps can be drawn, whether a run was trained with it or not. */
export interface HeatmapLoss {
  /** What tells losses apart: the same options give the same key. */
  readonly key: string;
  /** In words: "focal γ=2". */
  readonly label: string;
  /** As an entry of an experiment's `losses`, checked by the host. */
  readonly spec: unknown;
}

/** A point of a loss surface, in the surface's own units. */
export interface SurfacePoint {
  /** Absolute path of the surface's folder. */
  readonly surface: string;
  readonly a: number;
  readonly b: number;
}

/** What the panel needs to know of a run, or of a point of a surface that is looked into like a run. */
export interface HeatmapRun {
  /** Of a point: that of the run that its surface lies in, but for the folder: the surface's. */
  readonly info: RunInfo;
  /** Of a run: null. Else what is looked into is the network at this point, and there are no epochs. */
  readonly point: SurfacePoint | null;
  /** Epochs whose weights are on the disk, ascending. */
  readonly epochs: readonly number[];
  /** Names of its images. */
  readonly images: { readonly train: readonly string[]; readonly test: readonly string[] };
  /** The losses of its experiment. */
  readonly losses: readonly HeatmapLoss[];
  /** Key of the loss that it was trained with. */
  readonly trainedWith: string;
  /** What changes when epochs that were there are trained again. */
  readonly version: string;
}

/** One of the networks of what is looked into: that after an epoch, or that at a point of its plane. */
export type HeatmapNetwork = { readonly epoch: number } | { readonly a: number; readonly b: number };

/** What to look at. What is left out stays as it is, or is chosen by the panel. */
export interface HeatmapTarget {
  /** Folder of a run, or of a surface, that is to be shown if it is not. */
  readonly run?: string;
  readonly epoch?: number;
  readonly image?: ImageReference;
}

/** Everything that a page that has just loaded needs. */
export interface HeatmapSnapshot {
  readonly runs: readonly HeatmapRun[];
  /** What the panel was opened for; null when it comes back after having been hidden. */
  readonly target: HeatmapTarget | null;
  /** Whether the workspace is trusted: without that no program may run, and nothing can be computed. */
  readonly trusted: boolean;
}

/** A photograph and its target, [H,W,3] and [H,W]. */
export type HeatmapImage = Result<'image'> & { readonly photo: Uint8Array; readonly labels: Uint8Array | null };

/** The network's answer, [h,w] of a region of the photograph. `note`: what must be known about it, or null. */
export type HeatmapMargin = Result<'planeMargin'> & { readonly note: string | null; readonly margin: Float32Array };

/** From the host to the heatmap panel. */
export interface HeatmapToPanel {
  /** Runs have changed (new checkpoints), or others have been added. */
  runs(body: { readonly runs: readonly HeatmapRun[] }): void;
  /** Look at something else: an epoch or an image was chosen elsewhere. */
  go(body: HeatmapTarget): void;
  /** The point of a surface has been moved in its own panel. */
  point(body: SurfacePoint): void;
  /** A word about the inspector process; null when all is well again. */
  inspector(body: { readonly word: string | null }): void;
}

/** From the heatmap panel to the host. */
export interface HeatmapToHost {
  /** The page has loaded, or was shown again: everything it needs, as it is now. */
  ready(body: null): HeatmapSnapshot;
  /** An image as a run's network sees it. */
  image(body: { readonly folder: string; readonly image: ImageReference; readonly ticket: number }): HeatmapImage;
  /** What a network answers. */
  margin(body: {
    readonly folder: string;
    readonly network: HeatmapNetwork;
    readonly image: ImageReference;
    readonly ticket: number;
  }): HeatmapMargin;
  /** Nobody waits for the answers to these tickets any more. */
  cancel(body: { readonly tickets: readonly number[] }): void;
  /** Reads a loss that was typed in: words ("focal 3") or JSON. Says what is wrong with it otherwise. */
  loss(body: { readonly text: string }): HeatmapLoss | { readonly problem: string };
  /** Let the user choose further runs; they come with `runs`. */
  addRuns(body: null): void;
  /** Let the user choose an image file; null when the user thought better of it. */
  chooseImage(body: null): ImageReference | null;
  /** Ask where to save a file; false when the user thought better of it. */
  save(body: ExportedFile): boolean;
  /** Make an animated WebP of frames of one size (PNG each), and ask where to save it. */
  saveSequence(body: {
    readonly name: string;
    readonly frames: readonly Uint8Array[];
    /** How long each frame is shown. */
    readonly milliseconds: number;
  }): boolean;
}
