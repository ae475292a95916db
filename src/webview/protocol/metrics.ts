import type { ExportedFile, ImageValues, Liveness, RunData, RunUpdate, Split } from './run';

/** What a panel that has just loaded needs. */
export interface MetricsSnapshot {
  readonly runs: readonly RunData[];
  readonly liveness: Liveness;
}

/** What an epoch of a run can show. */
export interface EpochDetails {
  readonly folder: string;
  readonly epoch: number;
  readonly splits: Readonly<Record<Split, ImageValues | null>>;
  /** Predicted masks that are on the disk, as addresses that the page may load. */
  readonly predictions: readonly { readonly image: string; readonly source: string }[];
  /** Whether the weights of this epoch are on the disk. */
  readonly checkpoint: boolean;
}

/** From the host to the metrics panel. */
export interface MetricsToPanel {
  /** Some runs have changed; at most 5 times a second. */
  update(body: { readonly runs: readonly RunUpdate[]; readonly liveness: Liveness }): void;
}

/** From the metrics panel to the host. */
export interface MetricsToHost {
  /** The page has loaded, or was shown again: everything it needs, as it is now. */
  ready(body: null): MetricsSnapshot;
  /** The per-image values and predictions of an epoch. */
  epoch(body: { readonly folder: string; readonly epoch: number }): EpochDetails;
  /** Open the prediction of an image at an epoch, the image itself or its mask, in the editor. */
  openImage(body: {
    readonly folder: string;
    readonly epoch: number;
    readonly image: string;
    readonly what: 'prediction' | 'image' | 'mask';
  }): void;
  /** Show the maps of an epoch, of one image or of the first. */
  openHeatmap(body: { readonly folder: string; readonly epoch: number; readonly image?: string }): void;
  /** Show a run's folder, log or experiment file. */
  openRun(body: { readonly folder: string; readonly what: 'folder' | 'log' | 'experiment' }): void;
  /** Compare these runs in the comparison panel. */
  compare(body: { readonly folders: readonly string[] }): void;
  /** Ask where to save a file; false when the user thought better of it. */
  save(body: ExportedFile): boolean;
}
