import { type Field, pointKinds } from './field';

/** A place where the surface is level. */
export interface CriticalPoint {
  readonly kind: 'minimum' | 'maximum' | 'saddle';
  readonly a: number;
  readonly b: number;
  /** Of the fitted paraboloid there. */
  readonly value: number;
}

/** So flat, in comparison with its strongest curvature, a place is a valley's floor rather than a point. */
const flat = 1e-3;

/** Of the range of all values: what is less curved within a cell is noise of the numbers. */
const noise = 1e-5;

/** A point may lie so far, in cells, from the middle of the nine points that it is found from. */
const reach = 0.55;

/**
 * Minima, saddle points and maxima between sampled points: around each inner point a paraboloid is fitted to the nine points
 * (least squares), and its level point counts when it lies within the cell around that point. Points at the edge are none: beyond
 * it the loss may go on falling. Only measured and interpolated points count, no estimates.
 */
export function criticalPoints({ a, b, values, kinds }: Field): CriticalPoint[] {
  const width = a.length;
  const sampled = (index: number): boolean =>
    kinds[index] === pointKinds.measured || kinds[index] === pointKinds.interpolated;
  let [low, high] = [Infinity, -Infinity];
  values.forEach((value, index) => {
    if (!sampled(index)) return;
    low = Math.min(low, value);
    high = Math.max(high, value);
  });
  const found: (CriticalPoint & { x: number; y: number; off: number })[] = [];
  for (let row = 1; row + 1 < b.length; row += 1) {
    for (let column = 1; column + 1 < width; column += 1) {
      const nine: number[] = [];
      for (let y = -1; y <= 1; y += 1) {
        for (let x = -1; x <= 1; x += 1) {
          const index = (row + y) * width + column + x;
          if (sampled(index)) nine.push(values[index]!);
        }
      }
      if (nine.length < 9) continue;
      const level = levelPoint(nine, noise * (high - low));
      if (!level) continue;
      const { x, y, kind, value } = level;
      found.push({
        kind,
        value,
        a: between(a, column + x),
        b: between(b, row + y),
        x: column + x,
        y: row + y,
        off: Math.max(Math.abs(x), Math.abs(y)),
      });
    }
  }
  // One point on the border of two cells is found from both: the one nearer to its middle counts.
  const kept: typeof found = [];
  for (const one of found.sort((p, q) => p.off - q.off)) {
    if (kept.every((other) => other.kind !== one.kind || Math.hypot(other.x - one.x, other.y - one.y) > 1))
      kept.push(one);
  }
  return kept.map(({ kind, a: x, b: y, value }) => ({ kind, a: x, b: y, value })).sort((p, q) => p.value - q.value);
}

/** @param f nine values, x fastest, x and y from -1 to 1. */
function levelPoint(
  f: readonly number[],
  least: number,
): { x: number; y: number; kind: CriticalPoint['kind']; value: number } | null {
  const sum = (weight: (x: number, y: number) => number): number =>
    f.reduce((total, value, index) => total + value * weight((index % 3) - 1, Math.floor(index / 3) - 1), 0);
  const fx = sum((x) => x) / 6;
  const fy = sum((_, y) => y) / 6;
  const fxx = sum((x) => x * x - 2 / 3);
  const fyy = sum((_, y) => y * y - 2 / 3);
  const fxy = sum((x, y) => x * y) / 4;
  const determinant = fxx * fyy - fxy * fxy;
  const middle = (fxx + fyy) / 2;
  const radius = Math.hypot((fxx - fyy) / 2, fxy);
  const strongest = Math.max(Math.abs(middle + radius), Math.abs(middle - radius));
  const weakest = Math.min(Math.abs(middle + radius), Math.abs(middle - radius));
  if (strongest <= least || weakest <= flat * strongest) return null;
  const x = (fxy * fy - fyy * fx) / determinant;
  const y = (fxy * fx - fxx * fy) / determinant;
  if (Math.abs(x) > reach || Math.abs(y) > reach) return null;
  // The paraboloid's own height in the middle of the nine points.
  const height = sum(() => 1) / 9 - (fxx + fyy) / 3;
  const value = height + (fx * x + fy * y) / 2;
  return { x, y, value, kind: determinant < 0 ? 'saddle' : middle > 0 ? 'minimum' : 'maximum' };
}

function between(axis: readonly number[], place: number): number {
  const from = Math.min(axis.length - 2, Math.max(0, Math.floor(place)));
  return axis[from]! + (place - from) * (axis[from + 1]! - axis[from]!);
}
