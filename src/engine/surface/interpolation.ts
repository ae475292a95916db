import { pointStates, type SurfaceGrid } from '../../runs/surfaceGrid';
import { randomFor } from '../data/random';
import type { AdaptivePlan, GridPoint } from './adaptive';

/** Of how many interpolated points the true values are measured to see how large the error is: this share, within limits. */
const checkedShare = 0.01;
const [leastChecked, mostChecked] = [16, 200];

/** Points left out of an adaptive surface. */
type Interpolated = ReturnType<AdaptivePlan['interpolated']> extends Generator<infer T> ? T : never;

/** Puts values where an adaptive surface was not measured. Whatever is measured already stays. */
export function fillInterpolated(grid: SurfaceGrid, plan: AdaptivePlan, quantities: number): void {
  let row = -1;
  let states: Uint8Array = new Uint8Array();
  for (const point of plan.interpolated()) {
    if (point.b !== row) states = grid.doneInRow((row = point.b));
    if (states[point.a] === pointStates.measured) continue;
    grid.put(point.a, point.b, valuesOf(grid, point, quantities), 'interpolated');
  }
}

/** Interpolated points whose true values tell how good the interpolation is: chosen by chance, the same ones every time. */
export function pointsToCheck(plan: AdaptivePlan): Interpolated[] {
  const all = [...plan.interpolated()];
  const count = Math.min(all.length, mostChecked, Math.max(leastChecked, Math.round(checkedShare * all.length)));
  const chosen = randomFor(1, 'adaptive check')
    .shuffle([...all.keys()])
    .slice(0, count);
  return chosen.sort((i, j) => i - j).map((i) => all[i]!);
}

/**
 * How far the interpolation is off at points that have been measured after all: for each quantity the largest difference as a
 * share of its range over the measured points. A pair that is not finite on both sides counts when its kind differs, as 1.
 * @param scale range of each quantity.
 */
export function interpolationErrors(
  grid: SurfaceGrid,
  checked: readonly Interpolated[],
  scale: readonly number[],
): number[] {
  const largest = scale.map(() => 0);
  for (const point of checked) {
    const found = grid.valuesAt(point.a, point.b, scale.length);
    const expected = valuesOf(grid, point, scale.length);
    scale.forEach((range, q) => {
      const [x, y] = [found[q]!, expected[q]!];
      if (Object.is(x, y)) return;
      const error = Number.isFinite(x) && Number.isFinite(y) && range > 0 ? Math.abs(x - y) / range : 1;
      largest[q] = Math.max(largest[q]!, error);
    });
  }
  return largest;
}

/** Weighted sums of the measured points around; where some of those are not finite, their common value or NaN. */
function valuesOf(grid: SurfaceGrid, { from }: Interpolated, quantities: number): Float32Array {
  const sources = from.map(({ a, b, weight }) => ({ weight, values: grid.valuesAt(a, b, quantities) }));
  return Float32Array.from({ length: quantities }, (_, q) => {
    const first = sources[0]!.values[q]!;
    if (!Number.isFinite(first) && sources.every(({ values }) => Object.is(values[q], first))) return first;
    const sum = sources.reduce((total, { weight, values }) => total + weight * values[q]!, 0);
    return Number.isFinite(sum) ? sum : NaN;
  });
}

/** Largest minus smallest finite value of each quantity over the measured points of a grid. */
export function rangesOf(grid: SurfaceGrid, quantities: number): number[] {
  const low = new Float64Array(quantities).fill(Infinity);
  const high = new Float64Array(quantities).fill(-Infinity);
  eachMeasured(grid, ({ a, b }) => {
    grid.valuesAt(a, b, quantities).forEach((value, q) => {
      if (!Number.isFinite(value)) return;
      low[q] = Math.min(low[q]!, value);
      high[q] = Math.max(high[q]!, value);
    });
  });
  return Array.from(low, (value, q) => Math.max(0, high[q]! - value));
}

function eachMeasured(grid: SurfaceGrid, visit: (point: GridPoint) => void): void {
  for (let b = 0; b < grid.height; b++) {
    grid.doneInRow(b).forEach((state, a) => {
      if (state === pointStates.measured) visit({ a, b });
    });
  }
}
