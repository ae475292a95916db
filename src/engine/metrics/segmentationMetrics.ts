import { boundaryBand, boundaryMetrics, type BoundaryMetrics } from './boundary';
import { calibrationMetrics, type CalibrationMetrics } from './calibration';
import { confidenceMetrics, type ConfidenceMetrics } from './confidence';
import { overlapMetrics, type OverlapMetrics } from './overlap';
import { readPrediction } from './prediction';

/** Everything that is measured on one image, under the names of the columns of `metrics.csv`. */
export interface ImageMetrics extends OverlapMetrics, ConfidenceMetrics, CalibrationMetrics, BoundaryMetrics {}

/**
 * Measures one image. A metric that is not defined for the image is NaN; see each metric for when that is.
 *
 * @param logits planar [2,H,W], background first.
 * @param labels [H,W], 1 for the foreground, 0 for the background.
 * @throws RangeError when the arrays do not have the given size.
 */
export function segmentationMetrics(
  logits: Float32Array,
  labels: Uint8Array | Int32Array,
  height: number,
  width: number,
): ImageMetrics {
  if (logits.length !== 2 * height * width || labels.length !== height * width) {
    throw new RangeError(
      `${logits.length} logits and ${labels.length} labels do not make up two classes of ${height} x ${width} pixels`,
    );
  }
  const truth = labels instanceof Uint8Array ? labels : Uint8Array.from(labels);
  const prediction = readPrediction(logits, height, width);
  return {
    ...overlapMetrics(prediction, truth),
    ...confidenceMetrics(prediction, truth),
    ...calibrationMetrics(prediction, truth, boundaryBand(truth, height, width)),
    ...boundaryMetrics(prediction.mask, truth, height, width),
  };
}
