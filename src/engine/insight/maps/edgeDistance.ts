import { squaredDistances } from './distance';

/**
 * Distance in pixels from every pixel's centre to the target's edge, [H,W]: to the nearest pixel of the other class, less
 * half a pixel, so that both sides of an edge count alike and pixels at it have 0.5. Infinity everywhere when the target
 * has one class only.
 *
 * @param labels [H,W] of 0 and 1.
 */
export function edgeDistance(labels: Uint8Array, height: number, width: number): Float32Array {
  const distances = new Float32Array(labels.length).fill(Number.POSITIVE_INFINITY);
  if (!labels.includes(1) || !labels.includes(0)) return distances;
  const background = labels.map((label) => 1 - label);
  const toForeground = squaredDistances(labels, height, width);
  const toBackground = squaredDistances(background, height, width);
  for (let i = 0; i < labels.length; i++) {
    distances[i] = Math.sqrt(labels[i] === 1 ? toBackground[i]! : toForeground[i]!) - 0.5;
  }
  return distances;
}
