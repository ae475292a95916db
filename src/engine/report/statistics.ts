/** A mean over images and how far it can be trusted. */
export interface Estimate {
  /** NaN when no image has a value. */
  readonly mean: number;
  /** Standard error of the mean; NaN for fewer than two images. */
  readonly standardError: number;
  /** Images with a value; those where the metric is undefined do not count. */
  readonly n: number;
}

/** Mean and standard error (sample standard deviation over root n) of the finite values. */
export function estimate(values: Iterable<number>): Estimate {
  const finite = [...values].filter(Number.isFinite);
  const n = finite.length;
  if (n === 0) return { mean: NaN, standardError: NaN, n };
  const mean = finite.reduce((sum, value) => sum + value, 0) / n;
  if (n === 1) return { mean, standardError: NaN, n };
  const squares = finite.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, standardError: Math.sqrt(squares / (n - 1) / n), n };
}

/** Half the width of the 95 % interval of a mean, by Student's t; NaN for fewer than two images. */
export function intervalHalfWidth({ standardError, n }: Estimate): number {
  return n < 2 ? NaN : studentQuantile(n - 1) * standardError;
}

/**
 * The 97.5 % quantile of Student's t distribution with `degrees` degrees of freedom, within 0.0005.
 * From five degrees on: the Cornish-Fisher expansion around the normal quantile (Abramowitz and Stegun, 26.7.5).
 */
export function studentQuantile(degrees: number): number {
  const small = [12.7062, 4.3027, 3.1824, 2.7764][degrees - 1];
  if (small !== undefined) return small;
  const z = 1.959964;
  return (
    z +
    (z ** 3 + z) / (4 * degrees) +
    (5 * z ** 5 + 16 * z ** 3 + 3 * z) / (96 * degrees ** 2) +
    (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / (384 * degrees ** 3) +
    (79 * z ** 9 + 776 * z ** 7 + 1482 * z ** 5 - 1920 * z ** 3 - 945 * z) / (92160 * degrees ** 4)
  );
}
