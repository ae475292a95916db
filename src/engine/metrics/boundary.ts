import { squaredDistances } from '../insight/maps/distance';
import { dilateSquare, edge, erodeSquare } from './morphology';

/** How well the boundaries of two masks agree. */
export interface BoundaryMetrics {
  /** Intersection over union of the masks' inner rims, in [0,1]. 1 when both masks are empty, 0 when only one is. */
  boundaryIou: number;
  /** 95 % Hausdorff distance in pixels, >= 0; NaN when a mask is empty. */
  hd95: number;
  /** Average symmetric surface distance in pixels, >= 0; NaN when a mask is empty. */
  assd: number;
}

/** Width in pixels of the rim and the band: 2 % of the image's diagonal, at least 1. */
export function boundaryWidth(height: number, width: number): number {
  return Math.max(1, Math.round(0.02 * Math.hypot(height, width)));
}

/**
 * The band around a mask's boundary: pixels whose surrounding square of side 2 `boundaryWidth` + 1 holds both classes.
 *
 * @param mask [H,W] of 0 and 1.
 * @returns [H,W] of 0 and 1.
 */
export function boundaryBand(mask: Uint8Array, height: number, width: number): Uint8Array {
  const radius = boundaryWidth(height, width);
  const band = dilateSquare(mask, height, width, radius, false);
  const inner = erodeSquare(mask, height, width, radius, true);
  for (let i = 0; i < band.length; i++) band[i]! &= 1 - inner[i]!;
  return band;
}

/**
 * Boundary IoU (Cheng et al., "Boundary IoU: Improving object-centric image segmentation evaluation", 2021): IoU of the
 * pixels that an erosion with a square of side 2 `boundaryWidth` + 1 takes away, beyond the image being background.
 *
 * Distances are between edges, an edge being a mask minus its erosion with a cross. Directed distances go from every
 * edge pixel to the nearest of the other edge; HD95 is the larger of the two directed 95th percentiles (linear
 * interpolation), ASSD the mean over both directions pooled.
 *
 * @param predicted [H,W] of 0 and 1.
 * @param truth [H,W] of 0 and 1.
 */
export function boundaryMetrics(
  predicted: Uint8Array,
  truth: Uint8Array,
  height: number,
  width: number,
): BoundaryMetrics {
  return {
    boundaryIou: boundaryIou(predicted, truth, height, width),
    ...distanceMetrics(predicted, truth, height, width),
  };
}

function boundaryIou(predicted: Uint8Array, truth: Uint8Array, height: number, width: number): number {
  const radius = boundaryWidth(height, width);
  const predictedInner = erodeSquare(predicted, height, width, radius, false);
  const trueInner = erodeSquare(truth, height, width, radius, false);
  let intersection = 0;
  let union = 0;
  for (let i = 0; i < predicted.length; i++) {
    const p = predicted[i]! - predictedInner[i]!;
    const t = truth[i]! - trueInner[i]!;
    intersection += p & t;
    union += p | t;
  }
  return union === 0 ? 1 : intersection / union;
}

function distanceMetrics(
  predicted: Uint8Array,
  truth: Uint8Array,
  height: number,
  width: number,
): { hd95: number; assd: number } {
  const predictedEdge = edge(predicted, height, width);
  const trueEdge = edge(truth, height, width);
  if (!predictedEdge.includes(1) || !trueEdge.includes(1)) return { hd95: Number.NaN, assd: Number.NaN };
  const fromPredicted = distancesFrom(predictedEdge, squaredDistances(trueEdge, height, width));
  const fromTruth = distancesFrom(trueEdge, squaredDistances(predictedEdge, height, width));
  return {
    hd95: Math.max(percentile(fromPredicted, 0.95), percentile(fromTruth, 0.95)),
    assd: (sum(fromPredicted) + sum(fromTruth)) / (fromPredicted.length + fromTruth.length),
  };
}

/** Distances at the pixels of an edge, ascending. */
function distancesFrom(edgePixels: Uint8Array, squared: Int32Array): Float64Array {
  const distances = new Float64Array(sum(edgePixels));
  for (let i = 0, k = 0; i < edgePixels.length; i++) {
    if (edgePixels[i] === 1) distances[k++] = Math.sqrt(squared[i]!);
  }
  return distances.sort();
}

/** Of ascending values, with linear interpolation between neighbours. */
function percentile(values: Float64Array, share: number): number {
  const position = share * (values.length - 1);
  const below = Math.floor(position);
  const above = Math.min(below + 1, values.length - 1);
  return values[below]! + (position - below) * (values[above]! - values[below]!);
}

function sum(values: Uint8Array | Float64Array): number {
  let total = 0;
  for (let i = 0; i < values.length; i++) total += values[i]!;
  return total;
}
