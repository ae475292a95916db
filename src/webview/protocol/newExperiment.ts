/** An image and its mask, as addresses that the page may fetch. */
export interface PreviewPair {
  readonly name: string;
  readonly image: string;
  readonly mask: string;
}

export interface NewExperimentView {
  /** Path of the experiment file that was written. */
  readonly file: string;
  /** What the engine found out about the data, line by line. */
  readonly findings: readonly string[];
  /** A few pairs, spread over the whole data set. */
  readonly pairs: readonly PreviewPair[];
  /** How many pairs there are. */
  readonly total: number;
  /** Mask values above this are foreground. */
  readonly maskThreshold: number;
  /** The losses in words. */
  readonly losses: readonly string[];
}

/** From the host to the page: nothing beyond the answer to `ready`. */
export interface NewExperimentToPanel {
  [message: string]: never;
}

/** From the page to the host. */
export interface NewExperimentToHost {
  ready(body: null): NewExperimentView;
  train(body: null): void;
  /** Open the experiment file beside the page. */
  edit(body: null): void;
  /** Delete the file and choose another folder. */
  otherFolder(body: null): void;
  openImage(body: { readonly name: string; readonly which: 'image' | 'mask' }): void;
}
