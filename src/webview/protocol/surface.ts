import type { ImageReference, Result } from '../../engine/insight/protocol';
import type { CurvatureAxes, CurvatureToHost, CurvatureToPanel } from './curvature';
import type { ExportedFile } from './run';

export type { ImageReference };

/** One thing that was measured at every point. */
export interface SurfaceQuantityInfo {
  readonly key: string;
  /** In words: "focal γ=2 (detached), as descended". */
  readonly label: string;
  readonly kind: 'loss' | 'metric';
  readonly split: 'train' | 'test';
  /** The same for the quantity of the other split. */
  readonly measure: string;
  /** Of a loss: what training reports, or the function that it really descends. */
  readonly variant: 'reported' | 'effective' | null;
  /** Key of its standard error (of the mean over images), or null. */
  readonly error: string | null;
}

/** One of the plane's axes. */
export interface SurfaceAxis {
  readonly values: readonly number[];
  /** In words: "first principal component (62 % of the variance)". */
  readonly name: string;
}

/** What can be read off a finished surface about its lowest point. */
export interface SurfaceMinimumInfo {
  readonly value: number;
  readonly a: number;
  readonly b: number;
  readonly onEdge: boolean;
  /** Second derivative along a and b, per square of the length of weights; null at the edge. */
  readonly curvature: readonly [number | null, number | null];
  /** Along a and b, in the length of weights: how far it stays within 10 % of the range above; null where that is cut off. */
  readonly width: readonly [number | null, number | null];
  /** Share of all points that are within 10 % of the range above the minimum. */
  readonly flatShare: number;
  readonly sharpness: number | null;
}

/** A surface without its values. */
export interface SurfaceInfo {
  /** Absolute path; what tells surfaces apart. */
  readonly folder: string;
  readonly id: string;
  /** Name of the run folder that it lies in. */
  readonly run: string;
  readonly kind: 'plane' | 'line';
  readonly status: 'sampling' | 'stopped' | 'interrupted' | 'failed' | 'finished';
  readonly a: SurfaceAxis;
  readonly b: SurfaceAxis;
  readonly quantities: readonly SurfaceQuantityInfo[];
  /** In words: weights, directions, images. */
  readonly provenance: string;
  readonly images: readonly {
    readonly split: 'train' | 'test';
    readonly names: readonly string[];
    readonly available: number;
  }[];
  /** Points that are there, of how many. */
  readonly done: number;
  readonly total: number;
  /** Points per second, over all of the sampling so far; null before the first. */
  readonly pace: number | null;
  /** In words, what holds for interpolated points; null when every point is measured. */
  readonly bound: string | null;
  readonly minima: Readonly<Record<string, SurfaceMinimumInfo>>;
  /** Surfaces along the same directions around other epochs of the run. */
  readonly series: { readonly id: string; readonly epoch: number } | null;
  /** Names of the folders of all runs that it is about: its own, and those whose checkpoints are projected on it. */
  readonly runs: readonly string[];
  /** Their absolute paths. */
  readonly runFolders: readonly string[];
  /** The network at (0, 0); null where it is the mean of several. */
  readonly centre: { readonly run: string; readonly epoch: number } | null;
  /** Null where axes are neither gradients nor eigenvectors. */
  readonly curvatureAxes: CurvatureAxes | null;
  /** ISO 8601. */
  readonly created: string;
}

/** One checkpoint as seen from the plane. */
export interface SurfacePathPoint {
  readonly epoch: number;
  /** Foot of the perpendicular on the plane. */
  readonly a: number;
  readonly b: number;
  /** Of the network from that foot, in the length of weights. */
  readonly distance: number;
  /** By quantity: what the network itself has, and what the plane has at the foot. Null until they are measured. */
  readonly own: Readonly<Record<string, number>> | null;
  readonly plane: Readonly<Record<string, number>> | null;
}

/** The checkpoints of one run. */
export interface SurfacePath {
  readonly run: string;
  readonly loss: string;
  readonly points: readonly SurfacePathPoint[];
}

/** A surface with the values of some of its quantities. */
export interface SurfaceData {
  readonly info: SurfaceInfo;
  /** [b, a] by key, a fastest; NaN where nothing is. */
  readonly values: Readonly<Record<string, Float32Array>>;
  /** [b, a]: 0 nothing, 1 measured, 2 interpolated. */
  readonly states: Uint8Array;
  readonly paths: readonly SurfacePath[];
}

export interface SurfaceSnapshot {
  /** Folder of the surface to show first. */
  readonly folder: string;
  /** All surfaces of the runs that the panel is about, newest first. */
  readonly surfaces: readonly SurfaceInfo[];
  /** Surfaces that cannot be read, and why. */
  readonly problems: readonly string[];
  /** Images that networks can be tried on. */
  readonly dataset: { readonly train: readonly string[]; readonly test: readonly string[] };
  readonly trusted: boolean;
  /** Whether the data are generated. */
  readonly synthetic: boolean;
}

/** A photograph and its target, [H,W,3] and [H,W]. */
export type SurfacePhoto = Result<'image'> & { readonly photo: Uint8Array; readonly labels: Uint8Array | null };

/** What a network of the plane answers to an image, [h,w] of a region of it. */
export type SurfaceMargin = Result<'planeMargin'> & { readonly margin: Float32Array };

/** From the host to the surface panel. */
export interface SurfaceToPanel extends CurvatureToPanel {
  /** Points have landed, or the sweep has ended. */
  data(body: SurfaceData): void;
  /** The surface could not be read just now; what is shown is what was read last. */
  problem(body: { readonly message: string }): void;
  /** Show another surface. */
  go(body: { readonly folder: string }): void;
  /** A word about the inspector process; null when all is well again. */
  inspector(body: { readonly word: string | null }): void;
}

/** From the surface panel to the host. */
export interface SurfaceToHost extends CurvatureToHost {
  ready(body: null): SurfaceSnapshot;
  /** The values of some quantities of a surface, now and whenever they change. Replaces the wish before. */
  watch(body: { readonly folder: string; readonly keys: readonly string[] }): SurfaceData;
  /** The same once, without being told of changes: another surface beside the one that is watched. */
  read(body: { readonly folder: string; readonly keys: readonly string[] }): SurfaceData;
  image(body: { readonly folder: string; readonly image: ImageReference }): SurfacePhoto;
  /** The network at a point applied to an image. A newer question gives up the one before: then null. */
  margin(body: {
    readonly folder: string;
    readonly a: number;
    readonly b: number;
    readonly image: ImageReference;
    /** Whether it is the point that is looked at: panels that look into it follow. */
    readonly cursor: boolean;
  }): SurfaceMargin | null;
  /** Show what the network at a point makes of an image in the heatmap panel. */
  heatmap(body: {
    readonly folder: string;
    readonly a: number;
    readonly b: number;
    readonly image: ImageReference;
  }): void;
  /** Go on with a surface that was stopped or interrupted. */
  resume(body: { readonly folder: string }): void;
  chooseImage(body: null): ImageReference | null;
  save(body: ExportedFile): boolean;
}
