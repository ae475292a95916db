/** Values on a grid of points, as they are and as they are drawn. */
export interface Field {
  /** Coordinates of the columns and of the rows, ascending. */
  readonly a: readonly number[];
  readonly b: readonly number[];
  /** [b, a]: what was measured or interpolated on disk, between them estimates; NaN where nothing can be drawn. */
  readonly values: Float32Array;
  /** [b, a]: one of `pointKinds`. */
  readonly kinds: Uint8Array;
}

/** Where a value comes from. `estimated` points have not been sampled yet; `infinite` ones have no finite value. */
export const pointKinds = { missing: 0, measured: 1, interpolated: 2, estimated: 3, infinite: 4 } as const;

/**
 * A field out of what is on the disk. Points that have not been sampled yet are estimated on the line between the nearest
 * points to either side that have, along whichever axis these are nearer: so that a sweep from coarse to fine shows a whole
 * picture from its first pass on. Estimates are marked, and none is made beyond sampled points or beside infinite ones.
 *
 * @param states [b, a]: 0 nothing, 1 measured, 2 interpolated.
 */
export function fieldOf(a: readonly number[], b: readonly number[], from: Float32Array, states: Uint8Array): Field {
  const values = Float32Array.from(from);
  const kinds = new Uint8Array(values.length);
  values.forEach((value, index) => {
    if (states[index] === 0) values[index] = NaN;
    else kinds[index] = Number.isFinite(value) ? (states[index] === 2 ? 2 : 1) : pointKinds.infinite;
  });
  // Twice: rows that were only reached along b are then complete.
  for (let round = 0; round < 2; round += 1) estimate(a, b, values, kinds);
  return { a, b, values, kinds };
}

function estimate(a: readonly number[], b: readonly number[], values: Float32Array, kinds: Uint8Array): void {
  const width = a.length;
  const known = Uint8Array.from(kinds);
  const before = Float32Array.from(values);
  const gaps = new Float32Array(values.length).fill(Infinity);
  const along = (count: number, at: (place: number) => number, axis: readonly number[]): void => {
    let last = -1;
    for (let place = 0; place < count; place += 1) {
      if (known[at(place)] === pointKinds.missing) continue;
      const [start, end] = [before[at(last)], before[at(place)]!];
      if (last >= 0 && start !== undefined && Number.isFinite(start) && Number.isFinite(end)) {
        for (let between = last + 1; between < place; between += 1) {
          const index = at(between);
          const gap = (place - last) / count;
          if (gap >= gaps[index]!) continue;
          gaps[index] = gap;
          const share = (axis[between]! - axis[last]!) / (axis[place]! - axis[last]!);
          values[index] = start + share * (end - start);
          kinds[index] = pointKinds.estimated;
        }
      }
      last = place;
    }
  };
  for (let row = 0; row < b.length; row += 1) along(width, (place) => row * width + place, a);
  for (let column = 0; column < width; column += 1) along(b.length, (place) => place * width + column, b);
}

/** The value of a field anywhere inside it, bilinear between its points; NaN outside and beside points without a value. */
export function valueAt({ a, b, values }: Field, x: number, y: number): number {
  const column = cellOf(a, x);
  const row = cellOf(b, y);
  if (column === null || row === null) return NaN;
  const at = (i: number, j: number): number => values[j * a.length + i]!;
  const u = share(a, column, x);
  const v = share(b, row, y);
  const right = Math.min(column + 1, a.length - 1);
  const above = Math.min(row + 1, b.length - 1);
  // A corner that has no part in it must not spoil the others.
  const mix = (first: number, second: number, part: number): number =>
    part === 0 ? first : part === 1 ? second : first + part * (second - first);
  return mix(mix(at(column, row), at(right, row), u), mix(at(column, above), at(right, above), u), v);
}

/** Index of the grid's point nearest to a place. */
export function nearestPoint({ a, b }: Pick<Field, 'a' | 'b'>, x: number, y: number): { column: number; row: number } {
  return { column: nearest(a, x), row: nearest(b, y) };
}

/** Smallest and largest finite value; null when there is none. */
export function extent(values: Iterable<number>): readonly [number, number] | null {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return low <= high ? [low, high] : null;
}

function cellOf(axis: readonly number[], value: number): number | null {
  const last = axis.length - 1;
  if (last === 0) return 0;
  if (!(value >= axis[0]! && value <= axis[last]!)) return null;
  let low = 0;
  let high = last;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (axis[middle]! <= value) low = middle;
    else high = middle;
  }
  return low;
}

function share(axis: readonly number[], cell: number, value: number): number {
  const next = axis[cell + 1];
  return next === undefined ? 0 : (value - axis[cell]!) / (next - axis[cell]!);
}

function nearest(axis: readonly number[], value: number): number {
  let best = 0;
  axis.forEach((one, index) => {
    if (Math.abs(one - value) < Math.abs(axis[best]! - value)) best = index;
  });
  return best;
}
