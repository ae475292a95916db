import { colourTable, type ColourMapName } from '../../engine/insight/maps';

/** What a layer answers: one map per filter. */
export interface FeatureMaps {
  /** [channels, height, width] */
  readonly features: Float32Array;
  readonly shape: readonly [channels: number, height: number, width: number];
}

/** A map in numbers. */
export interface MapFacts {
  readonly channel: number;
  readonly mean: number;
  readonly low: number;
  readonly high: number;
  /** Share of its places where the answer is not 0, in [0,1]. */
  readonly active: number;
  /** The answer is 0 at every place of this image. */
  readonly silent: boolean;
  /** Size at which its colours end when it has its own: above most of its values other than 0. 0 of a silent map. */
  readonly reach: number;
}

/** One feature map, [height, width]. */
export function mapOf({ features, shape: [, height, width] }: FeatureMaps, channel: number): Float32Array {
  return features.subarray(channel * height * width, (channel + 1) * height * width);
}

/** The numbers of every map. */
export function factsOf(maps: FeatureMaps): MapFacts[] {
  return Array.from({ length: maps.shape[0] }, (_, channel) => {
    const values = mapOf(maps, channel);
    let [sum, low, high, active] = [0, Infinity, -Infinity, 0];
    for (const value of values) {
      sum += value;
      if (value < low) low = value;
      if (value > high) high = value;
      if (value !== 0) active += 1;
    }
    const count = values.length;
    return {
      channel,
      mean: sum / count,
      low,
      high,
      active: active / count,
      silent: active === 0,
      reach: reachOf(values, mostSampledOfMap),
    };
  });
}

export type Order = 'number' | 'strength';

/** The maps in an order: by number, or those with the largest mean size first. */
export function ordered(facts: readonly MapFacts[], order: Order): MapFacts[] {
  if (order === 'number') return [...facts];
  return [...facts].sort((a, b) => Math.abs(b.mean) - Math.abs(a.mean) || a.channel - b.channel);
}

/** So large a share of the values other than 0 lies within the colours: single peaks would darken the rest. */
export const shownShare = 0.99;

/** How many values are looked at for the end of a scale: of a layer, and of a map. */
const mostSampled = 200_000;
const mostSampledOfMap = 8192;

/** The size that `shownShare` of the values other than 0 do not exceed; 0 where all are 0. */
function reachOf(values: Float32Array, most: number): number {
  const step = Math.max(1, Math.floor(values.length / most));
  const sizes = new Float32Array(Math.ceil(values.length / step));
  let count = 0;
  for (let i = 0; i < values.length; i += step) if (values[i] !== 0) sizes[count++] = Math.abs(values[i]!);
  const sorted = sizes.subarray(0, count).sort();
  return (
    sorted[Math.min(count - 1, Math.ceil(shownShare * count))] ??
    values.reduce((most, v) => Math.max(most, Math.abs(v)), 0)
  );
}

/**
 * The ends of colours for all maps of a layer: from 0 where a ReLU leaves nothing below it, else as far to either side.
 * Never empty.
 */
export function sharedRange({ features }: Pick<FeatureMaps, 'features'>, relu: boolean): [number, number] {
  return rangeTo(reachOf(features, mostSampled), relu);
}

/** The ends of colours for one map by itself. Never empty. */
export function ownRange({ reach }: MapFacts, relu: boolean): [number, number] {
  return rangeTo(reach, relu);
}

function rangeTo(reach: number, relu: boolean): [number, number] {
  const end = reach || 1;
  return relu ? [0, end] : [-end, end];
}

/** The colours of a layer's maps: one-sided after a ReLU, two-sided without one. */
export function coloursOf(relu: boolean): ColourMapName {
  return relu ? 'viridis' : 'coolWarm';
}

/** A map made smaller by means over blocks of whole pixels, so that its longer side is at most `longest`. */
export function shrunkMap(
  values: Float32Array,
  height: number,
  width: number,
  longest: number,
): { values: Float32Array; height: number; width: number } {
  const factor = Math.ceil(Math.max(height, width) / longest);
  if (factor <= 1) return { values, height, width };
  const rows = Math.ceil(height / factor);
  const columns = Math.ceil(width / factor);
  const sums = new Float32Array(rows * columns);
  const counts = new Float32Array(rows * columns);
  for (let y = 0, i = 0; y < height; y += 1) {
    const row = Math.floor(y / factor) * columns;
    for (let x = 0; x < width; x += 1, i += 1) {
      const to = row + Math.floor(x / factor);
      sums[to]! += values[i]!;
      counts[to]! += 1;
    }
  }
  return { values: sums.map((sum, i) => sum / counts[i]!), height: rows, width: columns };
}

/** Values in colours, RGBA as image data of a canvas; what lies beyond the range takes its outer colours. */
export function paintValues(
  values: ArrayLike<number>,
  [low, high]: readonly [number, number],
  colours: ColourMapName,
  out: Uint8ClampedArray = new Uint8ClampedArray(4 * values.length),
): Uint8ClampedArray {
  const steps = 512;
  const table = colourTable(colours, steps);
  const factor = (steps - 1) / (high - low);
  for (let i = 0; i < values.length; i += 1) {
    const value = values[i]!;
    if (Number.isNaN(value)) continue;
    const step = 3 * Math.min(steps - 1, Math.max(0, Math.round((value - low) * factor)));
    out[4 * i] = table[step]!;
    out[4 * i + 1] = table[step + 1]!;
    out[4 * i + 2] = table[step + 2]!;
    out[4 * i + 3] = 255;
  }
  return out;
}
