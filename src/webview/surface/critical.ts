import { extent, type Field, pointKinds } from './field';
import { valleys } from './persistence';

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

/** Of the whole range on the scale that is shown: valleys and hills that are shallower are ripples on a plateau. */
const leastDepth = 0.025;

/** A saddle point may lie so far, in cells, from the point of the grid where two valleys meet. */
const nearPass = 1.5;

/** A point may lie so far, in cells, from the middle of the nine points that it is found from. */
const reach = 0.75;

/**
 * Minima, saddle points and maxima between sampled points. An inner point is a candidate when all eight around it are higher (a
 * minimum), or lower, or when they are higher and lower in turn at least twice on the way around (a saddle point). Its place and
 * value are those of the paraboloid that fits the nine points best (least squares), where that agrees. Points at the edge are
 * none: beyond it the loss may go on falling. Only measured and interpolated points count, no estimates.
 *
 * Ripples are left out: a minimum must lie in a valley, a maximum on a hill and a saddle point between two of them that are
 * deeper than a fortieth of the range.
 *
 * @param place what is shown of a value, rising with it, from 0 to 1: depths are measured on it.
 * @param least the share of the range that a valley must be deep.
 */
export function criticalPoints(
  { a, b, values, kinds }: Field,
  place: (value: number) => number = linear(values),
  least = leastDepth,
): CriticalPoint[] {
  const width = a.length;
  const sampled = (index: number): boolean =>
    kinds[index] === pointKinds.measured || kinds[index] === pointKinds.interpolated;
  const heights = Array.from(values, (value, index) => (sampled(index) ? place(value) : NaN));
  const deep = (merges: ReturnType<typeof valleys>) => merges.filter(({ depth }) => depth >= least);
  const [down, up] = [
    deep(valleys(heights, width)),
    deep(
      valleys(
        heights.map((height) => -height),
        width,
      ),
    ),
  ];
  const bottoms = new Set([...down.map(({ bottom }) => bottom), extreme(heights, 1)]);
  const tops = new Set([...up.map(({ bottom }) => bottom), extreme(heights, -1)]);
  const passes = [...down, ...up].map(({ pass }) => [pass % width, Math.floor(pass / width)] as const);
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
      const kind = nine.length < 9 ? null : kindOf(nine);
      if (kind === null) continue;
      const index = row * width + column;
      if (kind === 'minimum' && !bottoms.has(index)) continue;
      if (kind === 'maximum' && !tops.has(index)) continue;
      const level = levelPoint(nine);
      const fits = level?.kind === kind;
      if (kind === 'saddle') {
        const near = passes.some(([x, y]) => Math.hypot(x - column, y - row) <= nearPass);
        if (!fits || !near) continue;
      }
      const { x, y, value } = fits ? level : { x: 0, y: 0, value: nine[4]! };
      const place = { a: between(a, column + x), b: between(b, row + y) };
      const off = Math.max(Math.abs(x), Math.abs(y));
      found.push({ kind, value, ...place, x: column + x, y: row + y, off });
    }
  }
  // One point on the border of two cells is found from both: the one nearer to its middle counts.
  const kept: typeof found = [];
  for (const one of found.sort((p, q) => p.off - q.off)) {
    const again = kept.some((other) => other.kind === one.kind && Math.hypot(other.x - one.x, other.y - one.y) <= 1.5);
    if (!again) kept.push(one);
  }
  return kept.map(({ kind, a: x, b: y, value }) => ({ kind, a: x, b: y, value })).sort((p, q) => p.value - q.value);
}

/** Places of the eight points around the middle of nine, on the way around. */
const ring = [0, 1, 2, 5, 8, 7, 6, 3] as const;

function kindOf(nine: readonly number[]): CriticalPoint['kind'] | null {
  const around = ring.map((place) => nine[place]! - nine[4]!);
  if (around.every((height) => height > 0)) return 'minimum';
  if (around.every((height) => height < 0)) return 'maximum';
  const turns = around.filter((height, index) => height > 0 !== around[(index + 1) % 8]! > 0).length;
  return turns >= 4 ? 'saddle' : null;
}

/** Index of the lowest (sign 1) or highest (sign -1) finite value; -1 without any. */
function extreme(heights: readonly number[], sign: 1 | -1): number {
  let best = -1;
  heights.forEach((height, index) => {
    if (Number.isFinite(height) && (best < 0 || sign * height < sign * heights[best]!)) best = index;
  });
  return best;
}

function linear(values: Float32Array): (value: number) => number {
  const [low, high] = extent(values) ?? [0, 1];
  return (value) => (value - low) / (high - low || 1);
}

/** @param f nine values, x fastest, x and y from -1 to 1. */
function levelPoint(f: readonly number[]): { x: number; y: number; kind: CriticalPoint['kind']; value: number } | null {
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
  if (weakest <= flat * strongest) return null;
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
