import type { ShapedArray } from '../arrays';
import type { ImageReference } from './image';
import type { RegionOfImage } from './margin';

/** The answer of the network at one point of a surface's plane. */
export interface PlaneMarginMethod {
  readonly params: {
    /** Absolute path of the surface's folder. */
    readonly surface: string;
    /** Coordinates in the plane, in the surface's own units. */
    readonly a: number;
    readonly b: number;
    readonly image: ImageReference;
  };
  readonly result: RegionOfImage;
  readonly arrays: {
    /** [h,w] of the region: logit of the foreground - logit of the background. */
    readonly margin: ShapedArray<Float32Array>;
  };
}
