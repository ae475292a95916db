import type { ExportedFile } from './run';

/** One line of the curve panel; arrays are as long as `pt`. */
export interface CurveLine {
  /** What tells lines apart, and stays the same while options are typed. */
  readonly key: string;
  /** The loss in words, with the class of pixel where that matters: "cross-entropy 1:3, foreground". */
  readonly name: string;
  /** `entry`: the loss that is looked at; `reference`: plain cross-entropy; `other`: another entry of the file. */
  readonly role: 'entry' | 'reference' | 'other';
  /** Place of its entry in the file; decides the colour. */
  readonly place: number;
  readonly pt: readonly number[];
  readonly loss: readonly number[];
  /** d loss / d pt. */
  readonly gradientPt: readonly number[];
  /** d loss / d x, where x is the logit of the true class minus that of the other. */
  readonly gradientLogit: readonly number[];
  /** The function that training really descends, where it is another one and known. */
  readonly effective: readonly number[] | null;
}

/** Everything that the curve panel shows. */
export interface CurveSnapshot {
  /** Name of the experiment file, and the entry of its `losses`. */
  readonly file: string;
  readonly index: number;
  /** The loss in words. */
  readonly label: string;
  readonly formulas: readonly string[];
  readonly notes: readonly string[];
  readonly lines: readonly CurveLine[];
  /** Why what is shown is not what the file says: an entry that is not valid while one types, or is gone. */
  readonly problem: string | null;
  /** To be found again after a reload. */
  readonly uri: string;
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
  /** Ask where to save a file; false when the user thought better of it. */
  save(body: ExportedFile): boolean;
}
