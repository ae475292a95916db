import type { Prediction } from './prediction';

/** Whether probabilities mean what they say. */
export interface CalibrationMetrics {
  /** Expected calibration error of P(foreground) over all pixels, in [0,1]. */
  ece: number;
  /** Expected calibration error of the top label (P of the predicted class, right or wrong) over all pixels, in [0,1]. */
  eceTopLabel: number;
  /** `eceTopLabel` over the true foreground pixels only; NaN when there are none. */
  eceForeground: number;
  /** `eceTopLabel` over the band around the true boundary; NaN when there is none. */
  eceBoundary: number;
  /** Negative log-likelihood, the mean of -log P(true class), >= 0. */
  nll: number;
  /** Brier score, the mean of (P(foreground) - label)², in [0,1]. */
  brier: number;
}

const BINS = 15;

/**
 * Expected calibration error (Guo et al., "On calibration of modern neural networks", 2017): pixels are sorted into 15
 * equal bins of probability; the error is the sum over bins of |mean probability - share of hits|, weighted by the
 * share of pixels.
 *
 * The background swamps the global figures, so the error is taken again over the foreground and around the boundary.
 * Within the true foreground P(foreground) has nothing to be calibrated against (every label is 1: the error would be 1
 * minus the confidence), which is why both restricted figures are those of the top label.
 *
 * @param labels [H,W], 1 for the foreground, 0 for the background.
 * @param band [H,W], 1 around the true boundary, else 0.
 */
export function calibrationMetrics(
  prediction: Prediction,
  labels: ArrayLike<number>,
  band: Uint8Array,
): CalibrationMetrics {
  const { margin, foreground } = prediction;
  const size = foreground.length;
  // Sums of (probability - hit) per bin: pixel counts cancel out of share · |mean probability - share of hits|.
  const global = new Float64Array(BINS);
  const top = new Float64Array(BINS);
  const topForeground = new Float64Array(BINS);
  const topBand = new Float64Array(BINS);
  let truth = 0;
  let inBand = 0;
  let nll = 0;
  let brier = 0;
  for (let i = 0; i < size; i++) {
    const p = foreground[i]!;
    const t = labels[i]!;
    const difference = p - t;
    global[bin(p)]! += difference;
    brier += difference * difference;

    // For the top label q = max(p, 1 - p), hit = prediction is right: q - hit is +-(p - label).
    const x = margin[i]!;
    const topBin = bin(x > 0 ? p : 1 - p);
    const topDifference = x > 0 ? difference : -difference;
    top[topBin]! += topDifference;
    if (t === 1) {
      truth++;
      topForeground[topBin]! += topDifference;
    }
    if (band[i] === 1) {
      inBand++;
      topBand[topBin]! += topDifference;
    }

    // -log P(true class) = log(1 + exp(-m)), m = margin towards the true class; written so that exp cannot overflow.
    const m = t === 1 ? x : -x;
    nll += (m < 0 ? -m : 0) + Math.log1p(Math.exp(m < 0 ? m : -m));
  }
  return {
    ece: sumOfMagnitudes(global) / size,
    eceTopLabel: sumOfMagnitudes(top) / size,
    eceForeground: truth === 0 ? Number.NaN : sumOfMagnitudes(topForeground) / truth,
    eceBoundary: inBand === 0 ? Number.NaN : sumOfMagnitudes(topBand) / inBand,
    nll: nll / size,
    brier: brier / size,
  };
}

/** Bin k holds [k/15, (k+1)/15); the last one also holds 1. */
function bin(probability: number): number {
  return probability >= 1 ? BINS - 1 : Math.trunc(probability * BINS);
}

function sumOfMagnitudes(values: Float64Array): number {
  let total = 0;
  for (const value of values) total += Math.abs(value);
  return total;
}
