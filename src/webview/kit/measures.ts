/** A metric as the panels show it. `key` is its column in metrics.csv. */
export interface Measure {
  readonly key: string;
  readonly title: string;
  /** For table heads and narrow panes. */
  readonly short: string;
  /** One sentence that says what is measured, per image. */
  readonly meaning: string;
  /** The axis: 0 to 1, from the data's lowest to 1, or fitted to the data. */
  readonly scale: 'unit' | 'share' | 'free';
  /** Digits behind the point. */
  readonly digits: number;
  /** Which way is better; null where neither is (confidence: sure is not right; losses of different kinds). */
  readonly better: 'higher' | 'lower' | null;
}

/** The curves of the study, in its order; the sixth is the weight change. */
export const studyMeasures: readonly Measure[] = [
  {
    key: 'accuracy',
    title: 'Accuracy',
    short: 'accuracy',
    meaning: 'Share of the pixels of an image that are predicted right, background included.',
    scale: 'share',
    digits: 3,
    better: 'higher',
  },
  {
    key: 'iou',
    title: 'IoU of the foreground',
    short: 'IoU',
    meaning:
      'Intersection over union of the predicted and the true foreground: 1 is a perfect overlap, 0 none. The dashed line marks 0.5.',
    scale: 'unit',
    digits: 3,
    better: 'higher',
  },
  {
    key: 'confidenceBackground',
    title: 'Confidence, background',
    short: 'conf. background',
    meaning:
      'Mean softmax probability of the true class over the pixels that truly are background: how sure the model is where it should say “background”.',
    scale: 'share',
    digits: 3,
    better: null,
  },
  {
    key: 'confidenceForeground',
    title: 'Confidence, foreground',
    short: 'conf. foreground',
    meaning:
      'Mean softmax probability of the true class over the pixels that truly are foreground: how sure the model is where it should say “foreground”.',
    scale: 'share',
    digits: 3,
    better: null,
  },
  {
    key: 'loss',
    title: 'Loss',
    short: 'loss',
    meaning:
      'The loss that the run was trained with. Different losses are on different scales: compare shapes, not heights.',
    scale: 'free',
    digits: 4,
    better: null,
  },
];

/** What else is measured. */
export const otherMeasures: readonly Measure[] = [
  {
    key: 'dice',
    title: 'Dice',
    short: 'Dice',
    meaning: 'Twice the intersection over the sum of the predicted and the true foreground; 1 is best.',
    scale: 'unit',
    digits: 3,
    better: 'higher',
  },
  {
    key: 'boundaryIou',
    title: 'Boundary IoU',
    short: 'boundary IoU',
    meaning: 'IoU of a thin band along the contours; 1 is best.',
    scale: 'unit',
    digits: 3,
    better: 'higher',
  },
  {
    key: 'hd95',
    title: 'Hausdorff distance (95 %)',
    short: 'HD95 (px)',
    meaning: '95th percentile of the distance between the contours, in pixels; 0 is best.',
    scale: 'free',
    digits: 1,
    better: 'lower',
  },
  {
    key: 'assd',
    title: 'Mean surface distance',
    short: 'ASSD (px)',
    meaning: 'Mean distance between the contours, in pixels; 0 is best.',
    scale: 'free',
    digits: 1,
    better: 'lower',
  },
  {
    key: 'nll',
    title: 'Negative log-likelihood',
    short: 'NLL',
    meaning: 'Mean −log p of the true class in nats, whatever the loss: the same yardstick for every run; 0 is best.',
    scale: 'free',
    digits: 3,
    better: 'lower',
  },
  {
    key: 'brier',
    title: 'Brier score',
    short: 'Brier',
    meaning: 'Mean squared error of the probabilities; 0 is best.',
    scale: 'free',
    digits: 4,
    better: 'lower',
  },
  {
    key: 'ece',
    title: 'Calibration error',
    short: 'ECE',
    meaning: 'Expected calibration error of the foreground probability over all pixels; 0 is best.',
    scale: 'free',
    digits: 3,
    better: 'lower',
  },
  {
    key: 'eceForeground',
    title: 'Calibration error, foreground',
    short: 'ECE foreground',
    meaning: 'Expected calibration error of the predicted class over the pixels that truly are foreground; 0 is best.',
    scale: 'free',
    digits: 3,
    better: 'lower',
  },
  {
    key: 'eceBoundary',
    title: 'Calibration error, boundary',
    short: 'ECE boundary',
    meaning: 'Expected calibration error of the predicted class near the true contour; 0 is best.',
    scale: 'free',
    digits: 3,
    better: 'lower',
  },
  {
    key: 'eceTopLabel',
    title: 'Calibration error, top label',
    short: 'ECE top label',
    meaning: 'Expected calibration error of the predicted class; 0 is best.',
    scale: 'free',
    digits: 3,
    better: 'lower',
  },
  {
    key: 'areaRatioForeground',
    title: 'Area ratio, foreground',
    short: 'area ratio fg',
    meaning: 'Predicted over true foreground area: 1 is right, above 1 too large, below 1 too small.',
    scale: 'free',
    digits: 3,
    better: null,
  },
  {
    key: 'areaRatioBackground',
    title: 'Area ratio, background',
    short: 'area ratio bg',
    meaning: 'Predicted over true background area: 1 is right.',
    scale: 'free',
    digits: 3,
    better: null,
  },
];

export const measures: readonly Measure[] = [...studyMeasures, ...otherMeasures];

/** The measure with this key. */
export function measureOf(key: string): Measure {
  const found = measures.find((measure) => measure.key === key);
  if (found === undefined) throw new Error(`No measure "${key}"`);
  return found;
}
