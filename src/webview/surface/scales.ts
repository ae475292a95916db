import { extent } from './field';

/** How a loss is laid out on colours, levels and heights. */
export type ScaleName = 'linear' | 'log' | 'rank' | 'offset';

export const scaleTitles: Readonly<Record<ScaleName, string>> = {
  linear: 'linear',
  log: 'logarithmic',
  rank: 'rank',
  offset: 'above the minimum (log)',
};

/** A scale fitted to values. */
export interface Scale {
  /** What it really is: a logarithm of values that are not positive is none. */
  readonly name: ScaleName;
  /** In words, when it is not what was asked for, or leaves something out. */
  readonly note: string | null;
  /** Values at 0 and at 1. */
  readonly range: readonly [number, number];
  /** The value's place from 0 to 1; what lies beyond the range is taken to its end. NaN stays NaN. */
  readonly place: (value: number) => number;
  /** The value at a place. */
  readonly value: (place: number) => number;
}

/** Of the range of a loss: what is added to the height above the minimum, so that the minimum has a logarithm. */
export const offsetShare = 1e-3;
const middleShare = 0.05;

/**
 * Fits a scale to all finite values.
 * - `linear`: from the lowest to the highest.
 * - `log`: logarithm of the value; where a value is not positive, `offset` takes its place, with a note.
 * - `offset`: log(value - minimum + d), d being a thousandth of the range, or a twentieth of what the median lies above the minimum
 *   where that is less: works for losses below 0, too.
 * - `rank`: the share of all values that are lower; ties share their middle. Every colour covers as many points.
 *
 * @param keep the share of the values, from the lowest, that the range covers: infinite or huge losses far away then do not
 *   take the colours away from the rest.
 */
export function fitScale(name: ScaleName, values: Iterable<number>, keep = 1): Scale | null {
  const finite = Float64Array.from([...values].filter(Number.isFinite)).sort();
  const whole = extent(finite);
  if (whole === null) return null;
  const low = whole[0];
  const high = keep >= 1 ? whole[1] : finite[Math.max(0, Math.ceil(keep * finite.length) - 1)]!;
  const ends = [low, finite[finite.length >> 1]!, high] as const;
  const capped = high < whole[1] ? `The colours end at ${short(high)}; the highest value is ${short(whole[1])}.` : null;
  if (name === 'rank')
    return rankScale(
      finite.filter((value) => value <= high),
      capped,
    );
  if (name === 'log' && low <= 0) {
    const note = `The lowest value is ${short(low)}, which has no logarithm: shown above the minimum instead.`;
    return bent('offset', ends, [note, capped].filter(Boolean).join(' '));
  }
  return bent(name, ends, capped);
}

function bent(name: ScaleName, [low, middle, high]: readonly [number, number, number], note: string | null): Scale {
  const step =
    middle > low ? Math.min(offsetShare * (high - low), middleShare * (middle - low)) : offsetShare * (high - low || 1);
  const shift = name === 'offset' ? step - low : 0;
  const straight = name === 'linear' ? (value: number) => value : (value: number) => Math.log(value + shift);
  const back = name === 'linear' ? (value: number) => value : (value: number) => Math.exp(value) - shift;
  const [from, to] = [straight(low), straight(high)];
  const length = to - from || 1;
  return {
    name,
    note,
    range: [low, high],
    place: (value) => (Number.isNaN(value) ? NaN : clamp((straight(Math.max(value, low)) - from) / length)),
    value: (place) => (place <= 0 ? low : place >= 1 ? high : back(from + place * length)),
  };
}

function rankScale(sorted: Float64Array, note: string | null): Scale {
  // Distinct values with the middle of their ranks, from 0 to 1.
  const values: number[] = [];
  const ranks: number[] = [];
  for (let from = 0; from < sorted.length;) {
    let to = from;
    while (to + 1 < sorted.length && sorted[to + 1] === sorted[from]) to += 1;
    values.push(sorted[from]!);
    ranks.push(sorted.length === 1 ? 0 : (from + to) / 2 / (sorted.length - 1));
    from = to + 1;
  }
  const [first, last] = [ranks[0]!, ranks.at(-1)!];
  const even = ranks.map((rank) => (last === first ? 0 : (rank - first) / (last - first)));
  return {
    name: 'rank',
    note,
    range: [values[0]!, values.at(-1)!],
    place: (value) => (Number.isNaN(value) ? NaN : along(values, even, value)),
    value: (place) => along(even, values, clamp(place)),
  };
}

/** Straight lines between (from, to), both ascending; the ends beyond. */
function along(from: readonly number[], to: readonly number[], value: number): number {
  let low = 0;
  let high = from.length - 1;
  if (value <= from[low]!) return to[low]!;
  if (value >= from[high]!) return to[high]!;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (from[middle]! <= value) low = middle;
    else high = middle;
  }
  const part = (value - from[low]!) / (from[high]! - from[low]!);
  return to[low]! + part * (to[high]! - to[low]!);
}

/** Values that reach so many times farther than their middle are looked at on a logarithmic scale. */
const wide = 8;

/** The scale that shows most of some values: a logarithm where a few of them are far larger than the rest. */
export function bestScale(values: Iterable<number>): 'linear' | 'log' | 'offset' {
  const sorted = Float64Array.from([...values].filter(Number.isFinite)).sort();
  if (sorted.length === 0) return 'linear';
  const [low, middle, high] = [sorted[0]!, sorted[sorted.length >> 1]!, sorted[sorted.length - 1]!];
  if (high - low <= wide * (middle - low)) return 'linear';
  return low > 0 ? 'log' : 'offset';
}

/** Values between `count` bands that are equally wide on a scale: `count - 1` of them, ascending and distinct. */
export function levelsOf(scale: Scale, count: number): number[] {
  const levels = Array.from({ length: count - 1 }, (_, index) => scale.value((index + 1) / count));
  return levels.filter((level, index) => index === 0 || level > levels[index - 1]!);
}

const clamp = (value: number): number => Math.min(1, Math.max(0, value));

const short = (value: number): string => String(Number(value.toPrecision(3))).replace('-', '−');
