import type { ExportedFile } from './run';

/** A number of the Hessian's spectrum, as Lanczos' method found it. */
export interface CurvatureEigenvalue {
  readonly value: number;
  /** An eigenvalue lies at most so far from `value`. */
  readonly residual: number;
}

/** A mean over random vectors. */
export interface CurvatureEstimate {
  readonly mean: number;
  /** Null for a single vector. */
  readonly standardError: number | null;
}

/** One layer's own block of the Hessian. */
export interface CurvatureLayer {
  readonly name: string;
  readonly trace: CurvatureEstimate | null;
  readonly largest: CurvatureEigenvalue | null;
}

/** One measurement: the Hessian of one loss at one checkpoint. */
export interface CurvatureInfo {
  /** Path of its file; what tells measurements apart. */
  readonly file: string;
  /** Name of the run's folder, and the loss that the run was trained with, in words. */
  readonly run: string;
  readonly trained: string;
  readonly epoch: number;
  /** The loss that is differentiated; `effective` is the function that training descends where a factor is detached. */
  readonly loss: { readonly name: string; readonly label: string; readonly variant: 'reported' | 'effective' };
  readonly images: {
    readonly split: 'train' | 'test';
    readonly count: number;
    readonly available: number;
    readonly region: 'whole' | 'center';
    /** Of the pixels: measurements over different images are not comparable. */
    readonly digest: string;
  };
  /** Number of weights. */
  readonly parameters: number;
  readonly status: 'measuring' | 'stopped' | 'interrupted' | 'failed' | 'finished';
  readonly settings: {
    readonly top: number;
    readonly probes: number;
    readonly spectrumProbes: number;
    readonly spectrumSteps: number;
    readonly layers: boolean;
  };
  readonly progress: {
    readonly part: 'eigenvalues' | 'trace' | 'layers' | 'spectrum';
    readonly step: number;
    readonly steps: number;
  } | null;
  /** Null until it is known, as everything below. */
  readonly gradientNorm: number | null;
  readonly eigenvalues: {
    /** Largest first. */
    readonly largest: readonly CurvatureEigenvalue[];
    readonly smallest: CurvatureEigenvalue;
    readonly products: number;
    readonly converged: boolean;
  } | null;
  readonly trace: CurvatureEstimate | null;
  /** In the order of the network. */
  readonly layers: readonly CurvatureLayer[];
  /** Its integral is 1. */
  readonly spectrum: {
    readonly sigma: number;
    readonly values: readonly number[];
    readonly density: readonly number[];
  } | null;
  readonly seconds: number;
  /** In words: "onnx (cpu), 2 threads". */
  readonly machine: string;
  /** ISO 8601. */
  readonly created: string;
}

/** What has been measured of some runs. */
export interface CurvatureFound {
  /** By run, epoch and time. */
  readonly measured: readonly CurvatureInfo[];
  /** Files that cannot be read, and why. */
  readonly problems: readonly string[];
}

/** From the host to a panel that shows curvature. */
export interface CurvatureToPanel {
  /** Something has been measured, or has gone on. */
  curvature(body: CurvatureFound): void;
}

/** From a panel that shows curvature to the host. */
export interface CurvatureToHost {
  /** The curvature of some runs, now and whenever it changes. Replaces the wish before. @param body absolute paths. */
  watchCurvature(body: { readonly folders: readonly string[] }): CurvatureFound;
  /** Asks the user what to measure, and measures it. @param body absolute paths of runs. */
  measureCurvature(body: { readonly folders: readonly string[] }): void;
  /** Asks the process that measures to stop after the product under way. */
  stopCurvature(body: { readonly file: string }): void;
  /** Goes on with one that was stopped, interrupted or has failed. */
  resumeCurvature(body: { readonly file: string }): void;
}

/** What axes of a surface have to do with curvature. */
export interface CurvatureAxes {
  /** The loss whose gradient and Hessian they are from, in words. */
  readonly loss: string;
  /** The network at which they were found. */
  readonly run: string;
  readonly epoch: number;
  readonly images: { readonly split: 'train' | 'test'; readonly count: number };
  readonly gradientNorm: number;
  /** Of a and b; null for the missing second one of a line. `eigenvalue` is null where the axis is the gradient. */
  readonly axes: readonly ({
    readonly kind: 'gradient' | 'eigenvector';
    /** 1 for the largest eigenvalue. */
    readonly rank: number;
    readonly eigenvalue: number | null;
  } | null)[];
  /** Whether the surface lies around another network than that one. */
  readonly moved: boolean;
}

/** What the panel of curvature is about. */
export interface CurvatureSnapshot {
  /** Absolute paths. */
  readonly folders: readonly string[];
  /** Of each, the name of its folder and the loss that it was trained with, in words; null where it cannot be read. */
  readonly runs: readonly { readonly name: string; readonly loss: string | null }[];
  readonly trusted: boolean;
  /** Whether the data of any run are generated. */
  readonly synthetic: boolean;
}

/** From the panel of curvature to the host. */
export interface CurvaturePanelToHost extends CurvatureToHost {
  ready(body: null): CurvatureSnapshot;
  /** Opens the loss surface of the runs, or lets one be sampled. */
  openSurface(body: null): void;
  /** Saves a file where the user wants it; whether they did not think better of it. */
  save(body: ExportedFile): boolean;
}
