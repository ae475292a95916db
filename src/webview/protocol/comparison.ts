import type { ExportedFile, ImageValues, Liveness, RunData, RunUpdate, Split } from './run';

/** Per-image values at the epochs that the table compares. `best` is by mean IoU of the split `test`, or `train` without one. */
export interface ComparedImages {
  readonly last: Readonly<Record<Split, ImageValues | null>>;
  readonly best: Readonly<Record<Split, ImageValues | null>>;
}

/** A run with its per-image values. */
export interface ComparedRun extends RunData {
  readonly images: ComparedImages;
}

/** What a panel that has just loaded needs. */
export interface ComparisonSnapshot {
  readonly runs: readonly ComparedRun[];
  readonly liveness: Liveness;
}

/** From the host to the comparison panel. */
export interface ComparisonToPanel {
  /** Some runs have changed; at most 5 times a second. `images` is there when the last or best evaluation has changed. */
  update(body: {
    readonly runs: readonly (RunUpdate & { readonly images?: ComparedImages })[];
    readonly liveness: Liveness;
  }): void;
}

/** From the comparison panel to the host. */
export interface ComparisonToHost {
  /** The page has loaded, or was shown again: everything it needs, as it is now. */
  ready(body: null): ComparisonSnapshot;
  /** Open these runs in the metrics panel. */
  openMetrics(body: { readonly folders: readonly string[] }): void;
  /** Show the settings of two runs in the editor's own diff. */
  diff(body: { readonly before: string; readonly after: string }): void;
  /** Ask where to save a file; false when the user thought better of it. */
  save(body: ExportedFile): boolean;
}
