/**
 * Which points of a line to draw: per bucket of the axis the lowest and the highest, so that no peak is lost, besides the first
 * and the last of all. All points that are seen when they are few anyway; the nearest ones outside, so that a line that is
 * zoomed into reaches the edge.
 *
 * @param position where a point lies on the axis: 0 at its left end, 1 at its right one.
 * @param buckets about half as many as the pane is wide in pixels.
 */
export function drawnPoints(
  length: number,
  position: (index: number) => number,
  value: (index: number) => number,
  buckets: number,
): number[] {
  let first = 0;
  while (first + 1 < length && position(first + 1) < 0) first += 1;
  let last = length - 1;
  while (last - 1 > first && position(last - 1) > 1) last -= 1;
  const seen = Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => first + index);
  if (seen.length <= 2 * buckets) return seen;
  const drawn: number[] = [];
  let bucket = NaN;
  let [low, high] = [-1, -1];
  const close = (): void => {
    if (low >= 0) drawn.push(...(low === high ? [low] : [Math.min(low, high), Math.max(low, high)]));
    [low, high] = [-1, -1];
  };
  for (const index of seen) {
    const at = Math.floor(position(index) * buckets);
    if (at !== bucket) close();
    bucket = at;
    const here = value(index);
    if (Number.isNaN(here)) continue;
    if (low < 0 || here < value(low)) low = index;
    if (high < 0 || here > value(high)) high = index;
  }
  close();
  if (drawn[0] !== first) drawn.unshift(first);
  if (drawn.at(-1) !== last) drawn.push(last);
  return drawn;
}

/** A band with as many points: per bucket the lowest of its lower and the highest of its upper ends, at the same x. */
export function drawnBand(
  indices: readonly number[],
  position: (index: number) => number,
  low: ArrayLike<number>,
  high: ArrayLike<number>,
  buckets: number,
): { index: number; low: number; high: number }[] {
  const points = indices.map((index) => ({ index, low: low[index]!, high: high[index]! }));
  if (points.length <= 2 * buckets) return points;
  const drawn: { index: number; low: number; high: number }[] = [];
  let bucket = NaN;
  for (const point of points) {
    const at = Math.floor(position(point.index) * buckets);
    const before = drawn.at(-1);
    if (at === bucket && before) {
      before.low = Math.min(before.low, point.low);
      before.high = Math.max(before.high, point.high);
    } else drawn.push({ ...point });
    bucket = at;
  }
  return drawn;
}
