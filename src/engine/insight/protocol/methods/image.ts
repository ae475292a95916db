import type { ShapedArray } from '../arrays';

/** One image: of the run's data by name, or any file. */
export type ImageReference =
  /** `split` only where a training and a test image share a name; without it the training image is looked for last. */
  | { readonly name: string; readonly split?: 'train' | 'test' }
  /** Absolute paths. Without a mask there is no target. */
  | { readonly path: string; readonly mask?: string };

/** The photograph and its target, scaled as the run's experiment says. */
export interface ImageMethod {
  readonly params: {
    /** Absolute path of the run folder. */
    readonly run: string;
    readonly image: ImageReference;
  };
  readonly result: {
    readonly name: string;
    readonly height: number;
    readonly width: number;
    /** Null for an image that is not of the run's data. */
    readonly split: 'train' | 'test' | null;
    /** In words, when the files are not the ones that the run was trained with. Null when they are, or nobody can tell. */
    readonly changed: string | null;
    /** False where the run did not write down what its files were like, so that `changed` says nothing. */
    readonly compared: boolean;
    /** Further words to show beside the picture: other channels, 16 bits brought to 8, … */
    readonly notes: readonly string[];
  };
  readonly arrays: {
    /** [H,W,3] */
    readonly photo: ShapedArray<Uint8Array>;
    /** [H,W], 1 foreground, 0 background. Absent without a mask. */
    readonly labels?: ShapedArray<Uint8Array>;
  };
}
