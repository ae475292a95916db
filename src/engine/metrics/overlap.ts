import type { Prediction } from './prediction';

/** How well the predicted mask covers the true one. */
export interface OverlapMetrics {
  /** Share of pixels predicted right, in [0,1]. */
  accuracy: number;
  /**
   * Intersection over union of the foregrounds (Jaccard index), in [0,1]. 1 when both masks are empty, 0 when only one
   * is: libraries disagree about these two cases.
   */
  iou: number;
  /** Dice coefficient of the foregrounds (F1 score), in [0,1]; empty masks as for `iou`. */
  dice: number;
  /** Predicted over true background area, >= 0; NaN when there is no true background. */
  areaRatioBackground: number;
  /** Predicted over true foreground area, >= 0; NaN when there is no true foreground. */
  areaRatioForeground: number;
}

/** @param labels [H,W], 1 for the foreground, 0 for the background. */
export function overlapMetrics(prediction: Prediction, labels: ArrayLike<number>): OverlapMetrics {
  const { mask } = prediction;
  let predicted = 0;
  let truth = 0;
  let intersection = 0;
  for (let i = 0; i < mask.length; i++) {
    const p = mask[i]!;
    const t = labels[i]!;
    predicted += p;
    truth += t;
    intersection += p & t;
  }
  const size = mask.length;
  const union = predicted + truth - intersection;
  return {
    accuracy: (size - union + intersection) / size,
    iou: union === 0 ? 1 : intersection / union,
    dice: union === 0 ? 1 : (2 * intersection) / (predicted + truth),
    areaRatioBackground: truth === size ? Number.NaN : (size - predicted) / (size - truth),
    areaRatioForeground: truth === 0 ? Number.NaN : predicted / truth,
  };
}
