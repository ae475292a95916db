/** A window of an image in pixels. */
export interface Rectangle {
  readonly top: number;
  readonly left: number;
  readonly height: number;
  readonly width: number;
}

/** Of the values of some pixels. All but `pixels` are NaN when there are none. */
export interface Statistics {
  readonly pixels: number;
  readonly mean: number;
  /** Of the pixels themselves: divided by their number. */
  readonly standardDeviation: number;
  readonly minimum: number;
  readonly median: number;
  readonly maximum: number;
}

/** Statistics of a rectangle, and of the target's foreground and background in it (null without a target). */
export interface RectangleStatistics {
  readonly all: Statistics;
  readonly foreground: Statistics | null;
  readonly background: Statistics | null;
}

/**
 * Statistics of a quantity within a rectangle, of which only what lies inside the image counts.
 *
 * @param values [H,W]; values that are not finite are left out.
 * @param labels [H,W] or null.
 * @param width of the image.
 */
export function rectangleStatistics(
  values: ArrayLike<number>,
  labels: Uint8Array | null,
  width: number,
  { top, left, height: rows, width: columns }: Rectangle,
): RectangleStatistics {
  const height = values.length / width;
  const all: number[] = [];
  const foreground: number[] = [];
  const background: number[] = [];
  for (let y = Math.max(0, top); y < Math.min(height, top + rows); y++) {
    for (let x = Math.max(0, left); x < Math.min(width, left + columns); x++) {
      const i = y * width + x;
      const value = values[i]!;
      if (!Number.isFinite(value)) continue;
      all.push(value);
      if (labels !== null) (labels[i] === 1 ? foreground : background).push(value);
    }
  }
  return {
    all: statistics(all),
    foreground: labels === null ? null : statistics(foreground),
    background: labels === null ? null : statistics(background),
  };
}

/** @param values finite. */
export function statistics(values: ArrayLike<number>): Statistics {
  const pixels = values.length;
  if (pixels === 0) {
    return { pixels, mean: NaN, standardDeviation: NaN, minimum: NaN, median: NaN, maximum: NaN };
  }
  const sorted = Float64Array.from(values).sort();
  const mean = sorted.reduce((sum, value) => sum + value, 0) / pixels;
  const variance = sorted.reduce((sum, value) => sum + (value - mean) ** 2, 0) / pixels;
  const middle = pixels >> 1;
  return {
    pixels,
    mean,
    standardDeviation: Math.sqrt(variance),
    minimum: sorted[0]!,
    median: pixels % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2,
    maximum: sorted[pixels - 1]!,
  };
}
