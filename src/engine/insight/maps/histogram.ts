/** Counts of values in equal bins between two ends. Values beyond them count in the outer bins, NaN nowhere. */
export interface Histogram {
  readonly minimum: number;
  readonly maximum: number;
  /** Over all pixels. */
  readonly all: Uint32Array;
  /** Over the target's foreground and background; null without a target. */
  readonly foreground: Uint32Array | null;
  readonly background: Uint32Array | null;
}

/**
 * The histogram of a quantity, for foreground and background.
 *
 * @param values [H,W]
 * @param labels [H,W] or null.
 * @param range of the bins; its ends must differ.
 */
export function histogram(
  values: ArrayLike<number>,
  labels: Uint8Array | null,
  [minimum, maximum]: readonly [number, number],
  bins = 64,
): Histogram {
  const all = new Uint32Array(bins);
  const foreground = labels === null ? null : new Uint32Array(bins);
  const scale = bins / (maximum - minimum);
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (Number.isNaN(value)) continue;
    const bin = Math.min(bins - 1, Math.max(0, Math.floor((value - minimum) * scale)));
    all[bin]! += 1;
    if (labels?.[i] === 1) foreground![bin]! += 1;
  }
  const background = foreground === null ? null : all.map((count, bin) => count - foreground[bin]!);
  return { minimum, maximum, all, foreground, background };
}
