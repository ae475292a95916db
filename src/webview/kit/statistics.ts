/** A mean over images and how far it can be trusted. */
export interface Estimate {
  /** NaN when no image has a value. */
  readonly mean: number;
  /** Half the width of the 95 % interval of the mean, by Student's t; NaN for fewer than two images. */
  readonly half: number;
  /** Images with a value; those where the metric is undefined do not count. */
  readonly n: number;
}

/** The difference of two runs in a metric: what comes after minus the baseline. */
export interface Difference extends Estimate {
  /** Whether image was compared with image, because both runs measured the same images. */
  readonly paired: boolean;
}

/** Mean and 95 % interval of the finite values (sample standard deviation over root n, times Student's quantile). */
export function estimate(values: Iterable<number>): Estimate {
  const { mean, variance, n } = moments(values);
  return { mean, half: n < 2 ? NaN : studentQuantile(n - 1) * Math.sqrt(variance / n), n };
}

/** Values of a metric by image. */
export interface Measured {
  readonly images: readonly string[];
  readonly values: ArrayLike<number>;
}

/**
 * How far a run lies from the baseline, with the 95 % interval of that difference.
 *
 * Where both measured the same images, the differences of single images are averaged: most of the variation between images
 * cancels out. Otherwise the means are compared, by Welch's method (Biometrika 34, 1947), which assumes no equal variances.
 */
export function difference(run: Measured, baseline: Measured): Difference {
  const inBaseline = new Map(baseline.images.map((image, index) => [image, baseline.values[index]!]));
  const same = run.images.length === inBaseline.size && run.images.every((image) => inBaseline.has(image));
  if (same) {
    const differences = run.images.map((image, index) => run.values[index]! - inBaseline.get(image)!);
    return { ...estimate(differences), paired: true };
  }
  const a = moments(Array.from(run.values));
  const b = moments(Array.from(baseline.values));
  const n = Math.min(a.n, b.n);
  const mean = a.mean - b.mean;
  if (n < 2) return { mean, half: NaN, n, paired: false };
  const [ofRun, ofBaseline] = [a.variance / a.n, b.variance / b.n];
  const squared = ofRun + ofBaseline;
  if (squared === 0) return { mean, half: 0, n, paired: false };
  const degrees = squared ** 2 / (ofRun ** 2 / (a.n - 1) + ofBaseline ** 2 / (b.n - 1));
  return { mean, half: studentQuantile(degrees) * Math.sqrt(squared), n, paired: false };
}

/**
 * The 97.5 % quantile of Student's t distribution with `degrees` degrees of freedom (at least 1, not necessarily whole),
 * within 0.0005 from five degrees on: the Cornish-Fisher expansion around the normal quantile (Abramowitz and Stegun, 26.7.5).
 * Below that the tabulated quantile of the next lower whole number, which is on the safe side.
 */
export function studentQuantile(degrees: number): number {
  const small = [12.7062, 4.3027, 3.1824, 2.7764][Math.floor(degrees) - 1];
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

function moments(values: Iterable<number>): { mean: number; variance: number; n: number } {
  const finite = [...values].filter(Number.isFinite);
  const n = finite.length;
  if (n === 0) return { mean: NaN, variance: NaN, n };
  const mean = finite.reduce((sum, value) => sum + value, 0) / n;
  if (n === 1) return { mean, variance: NaN, n };
  return { mean, variance: finite.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (n - 1), n };
}
