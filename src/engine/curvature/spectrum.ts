/** What Lanczos' method from one probe says of the spectrum: point masses. */
export interface SpectrumProbe {
  readonly values: readonly number[];
  /** Squares of the first components of the Ritz vectors; they sum to 1. */
  readonly weights: readonly number[];
}

/** Places at which the density is given. */
const count = 401;
/** Width of the curves as a share of the spectrum's extent. */
const widthShare = 0.01;

/**
 * Spectral density by stochastic Lanczos quadrature (Ghorbani, Krishnan & Xiao, "An investigation into neural net optimization via
 * Hessian eigenvalue density", 2019; Golub & Welsch 1969): the mean over probes of normal curves around the Ritz values, with the
 * weights of the quadrature. Its integral is 1; times the number of weights it counts eigenvalues.
 */
export function spectralDensity(probes: readonly SpectrumProbe[]): {
  sigma: number;
  values: number[];
  density: number[];
} {
  const all = probes.flatMap(({ values }) => values);
  const low = all.reduce((least, value) => Math.min(least, value), Infinity);
  const high = all.reduce((most, value) => Math.max(most, value), -Infinity);
  const sigma = Math.max((high - low) * widthShare, 1e-12);
  // Beyond five deviations there is nothing to see.
  const [from, to] = [low - 5 * sigma, high + 5 * sigma];
  const values = Array.from({ length: count }, (_, i) => from + ((to - from) * i) / (count - 1));
  const scale = 1 / (Math.sqrt(2 * Math.PI) * sigma * probes.length);
  const density = values.map((at) => {
    let sum = 0;
    for (const probe of probes) {
      probe.values.forEach((value, i) => (sum += probe.weights[i]! * Math.exp(-(((at - value) / sigma) ** 2) / 2)));
    }
    return sum * scale;
  });
  return { sigma, values, density };
}

/** Mean and its standard error. */
export function estimate(values: readonly number[]): { mean: number; standardError: number | null } {
  const n = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, standardError: n > 1 ? Math.sqrt(squares / (n - 1) / n) : null };
}
