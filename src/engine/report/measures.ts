/** A column of metrics.csv that the report shows. */
export interface Measure {
  readonly key: MeasureKey;
  readonly title: string;
  /** One sentence that says what is measured, per image. */
  readonly meaning: string;
  /** The axis: 0 to 1, from the data's lowest to 1, or fitted to the data. */
  readonly scale: 'unit' | 'share' | 'free';
}

export type MeasureKey =
  'accuracy' | 'iou' | 'confidenceBackground' | 'confidenceForeground' | 'loss' | OtherMeasureKey;
export type OtherMeasureKey = 'dice' | 'nll' | 'brier' | 'ece' | 'boundaryIou' | 'hd95' | 'assd';

/** The curves of the study, in its order; the sixth is the weight change. */
export const curves: readonly Measure[] = [
  {
    key: 'accuracy',
    title: 'Accuracy',
    meaning: 'Share of the pixels of an image that are predicted right, background included.',
    scale: 'share',
  },
  {
    key: 'iou',
    title: 'IoU of the foreground',
    meaning:
      'Intersection over union of the predicted and the true foreground: 1 is a perfect overlap, 0 none. ' +
      'The hairline marks 0.5.',
    scale: 'unit',
  },
  {
    key: 'confidenceBackground',
    title: 'Confidence, background',
    meaning:
      'Mean softmax probability of the true class over the pixels that truly are background: how sure the model is ' +
      'where it should say “background”.',
    scale: 'share',
  },
  {
    key: 'confidenceForeground',
    title: 'Confidence, foreground',
    meaning:
      'Mean softmax probability of the true class over the pixels that truly are foreground: how sure the model is ' +
      'where it should say “foreground”.',
    scale: 'share',
  },
  {
    key: 'loss',
    title: 'Loss',
    meaning: 'The loss that the run was trained with, on a logarithmic axis where it is positive throughout.',
    scale: 'free',
  },
];

/** The second table's columns. `digits` behind the point. */
export const otherMeasures: readonly { key: OtherMeasureKey; title: string; meaning: string; digits: number }[] = [
  { key: 'dice', title: 'Dice', meaning: 'overlap of the foreground, 1 is best', digits: 3 },
  { key: 'boundaryIou', title: 'Boundary IoU', meaning: 'IoU of a thin band along the contours, 1 is best', digits: 3 },
  {
    key: 'hd95',
    title: 'HD95 (px)',
    meaning: '95th percentile of the distance between the contours in pixels',
    digits: 1,
  },
  { key: 'assd', title: 'ASSD (px)', meaning: 'mean distance between the contours in pixels', digits: 1 },
  { key: 'nll', title: 'NLL', meaning: 'mean −log p of the true class in nats, whatever the loss', digits: 3 },
  { key: 'brier', title: 'Brier', meaning: 'squared error of the probabilities, 0 is best', digits: 4 },
  { key: 'ece', title: 'ECE', meaning: 'expected calibration error, 0 is best', digits: 3 },
];
