import type { ChartLine, ChartModel } from './chartModel';

/** A point of a line, by its number. */
export interface PointAt {
  readonly line: ChartLine;
  /** Place of the line in the model. */
  readonly index: number;
  readonly point: number;
  readonly x: number;
  readonly value: number;
}

/** The x of the nearest point of any shown line; null when there is none. */
export function nearestX(model: ChartModel, pane: number | null, x: number): number | null {
  let best: number | null = null;
  for (const line of model.lines) {
    if (model.hidden.has(line.key) || (pane !== null && line.pane !== pane)) continue;
    const at = line.x[nearestIndex(line.x, x)];
    if (at !== undefined && (best === null || distance(model, at, x) < distance(model, best, x))) best = at;
  }
  return best;
}

/**
 * All shown lines at an x, the highest value first. Runs need not have points at the same steps and times: each says what it
 * has nearest, from its first point to its last, and `reach` beyond.
 */
export function pointsAt(model: ChartModel, x: number, reach: number): PointAt[] {
  return model.lines
    .flatMap((line, index): PointAt[] => {
      if (model.hidden.has(line.key)) return [];
      const point = nearestIndex(line.x, x);
      const at = line.x[point];
      const value = line.y[point];
      if (at === undefined || value === undefined || !Number.isFinite(value)) return [];
      const first = line.x[0]!;
      const last = line.x[line.x.length - 1]!;
      return x >= first - reach && x <= last + reach ? [{ line, index, point, x: at, value }] : [];
    })
    .sort((a, b) => b.value - a.value);
}

/** Place of the number that is nearest to `wanted`; -1 when there are none. `sorted` rises, as epochs do. */
export function nearestIndex(sorted: ArrayLike<number>, wanted: number): number {
  let [low, high] = [0, sorted.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! < wanted) low = middle + 1;
    else high = middle;
  }
  if (low > 0 && wanted - sorted[low - 1]! <= sorted[low]! - wanted) return low - 1;
  return sorted.length === 0 ? -1 : low;
}

function distance(model: ChartModel, a: number, b: number): number {
  return model.x.type === 'log' ? Math.abs(Math.log(a / b)) : Math.abs(a - b);
}
