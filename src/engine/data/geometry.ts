/** [height, width] in pixels. */
export type Size = readonly [height: number, width: number];

export interface UnetGeometry {
  /** What was asked for: the crop or image whose every pixel gets an answer. */
  readonly size: Size;
  /** What the network reads. */
  readonly tile: Size;
  /** What the network answers: the tile itself for `same` padding, smaller for `valid`. */
  readonly output: Size;
  /** Pixels to add on each side of `size` to make it a `tile`. */
  readonly pad: { readonly top: number; readonly left: number; readonly bottom: number; readonly right: number };
  /** Where `size` begins inside `output`. */
  readonly offset: { readonly top: number; readonly left: number };
}

/**
 * The smallest tile that a U-Net can read such that its answer covers `size`, which lies centred in it.
 *
 * A U-Net of depth d halves its input d times, so a `same` network needs sides that are multiples of 2^d. A `valid` one
 * loses 4 pixels to every pair of 3x3 convolutions: with b pixels left at the bottom (after its convolutions) the answer
 * has 2^d (b - 4) + 4 and the tile 2^d (b + 8) - 4 pixels, and b >= 4. The study: d = 4, b = 28: 572 -> 388.
 */
export function unetGeometry(model: { depth: number; padding: 'valid' | 'same' }, size: Size): UnetGeometry {
  const rows = along(model, size[0]);
  const columns = along(model, size[1]);
  return {
    size,
    tile: [rows.tile, columns.tile],
    output: [rows.output, columns.output],
    pad: { top: rows.before, bottom: rows.after, left: columns.before, right: columns.after },
    offset: { top: rows.offset, left: columns.offset },
  };
}

/** Pixels that a `valid` U-Net's answer is narrower than its tile, on each side; 0 for `same`. */
export function validMargin(model: { depth: number; padding: 'valid' | 'same' }): number {
  return model.padding === 'valid' ? 6 * 2 ** model.depth - 4 : 0;
}

function along(model: { depth: number; padding: 'valid' | 'same' }, size: number) {
  const step = 2 ** model.depth;
  const output =
    model.padding === 'same' ? step * Math.ceil(size / step) : 4 + step * Math.max(0, Math.ceil((size - 4) / step));
  const margin = validMargin(model);
  const offset = (output - size) >> 1;
  return { tile: output + 2 * margin, output, offset, before: margin + offset, after: margin + output - size - offset };
}
