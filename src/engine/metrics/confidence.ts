import type { Prediction } from './prediction';

/** Prediction confidence: softmax probability of the true class. */
export interface ConfidenceMetrics {
  /** Its mean over the true background pixels, in [0,1]; NaN when there are none. */
  confidenceBackground: number;
  /** Its mean over the true foreground pixels, in [0,1]; NaN when there are none. */
  confidenceForeground: number;
}

/** @param labels [H,W], 1 for the foreground, 0 for the background. */
export function confidenceMetrics(prediction: Prediction, labels: ArrayLike<number>): ConfidenceMetrics {
  const { foreground } = prediction;
  const size = foreground.length;
  let truth = 0;
  let total = 0;
  let overTruth = 0;
  for (let i = 0; i < size; i++) {
    const t = labels[i]!;
    const p = foreground[i]!;
    truth += t;
    total += p;
    overTruth += t * p;
  }
  const background = size - truth;
  return {
    confidenceBackground: background === 0 ? Number.NaN : 1 - (total - overTruth) / background,
    confidenceForeground: truth === 0 ? Number.NaN : overTruth / truth,
  };
}
