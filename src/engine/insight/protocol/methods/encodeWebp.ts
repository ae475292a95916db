import type { ShapedArray } from '../arrays';

/** Pictures as one animated file. */
export interface EncodeWebpMethod {
  readonly params: {
    /** PNG files of one size, in base64, in the order in which they are shown. */
    readonly frames: readonly string[];
    /** How long each of them is shown. */
    readonly milliseconds: number;
  };
  readonly result: { readonly frames: number; readonly width: number; readonly height: number };
  readonly arrays: {
    /** The WebP file. */
    readonly file: ShapedArray<Uint8Array>;
  };
}
