/**
 * A network's answer for one image. With two classes every map follows from one number per pixel, the margin
 * z = logit of the foreground - logit of the background.
 */
export interface MarginMap {
  readonly height: number;
  readonly width: number;
  /** z, [H,W]. */
  readonly margin: Float32Array;
  /** The target, [H,W]: 1 foreground, 0 background. Null for an image without a mask. */
  readonly labels: Uint8Array | null;
}

/** A margin map whose target is known. */
export type LabelledMap = MarginMap & { readonly labels: Uint8Array };

/** Values of every pixel, or why there are none, in words that can be shown in their place. */
export type PixelValues<T = Float32Array> =
  { readonly values: T; readonly reason: null } | { readonly values: null; readonly reason: string };

/** Why a quantity of the target cannot be had without one. */
export const noTarget = 'This image has no mask, and so no target to compare with.';

export function isLabelled(map: MarginMap): map is LabelledMap {
  return map.labels !== null;
}

/** The part of a map inside a window that lies within it. */
export function cropMap(map: MarginMap, top: number, left: number, height: number, width: number): MarginMap {
  const cut = <T extends Float32Array | Uint8Array>(from: T, to: T): T => {
    for (let y = 0; y < height; y++) {
      const start = (top + y) * map.width + left;
      to.set(from.subarray(start, start + width), y * width);
    }
    return to;
  };
  return {
    height,
    width,
    margin: cut(map.margin, new Float32Array(height * width)),
    labels: map.labels === null ? null : cut(map.labels, new Uint8Array(height * width)),
  };
}
