import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SurfaceDocument, SurfaceMinimum } from '../../runs/surfaceDocument';
import { decodeNpy } from '../report/npy';

/** How far above its minimum, as a share of its range, a loss still counts as in the valley. */
const valley = 0.1;

/** What each loss of a finished surface tells about its minimum; a loss without a finite value is left out. */
export async function minimaOf(
  folder: string,
  document: Pick<SurfaceDocument, 'quantities' | 'axes' | 'plane'>,
): Promise<Record<string, SurfaceMinimum>> {
  const minima: Record<string, SurfaceMinimum> = {};
  for (const [key, { kind, file, standardErrorOf }] of Object.entries(document.quantities)) {
    if (kind !== 'loss' || standardErrorOf !== undefined) continue;
    const path = join(folder, file);
    const { data } = decodeNpy(await readFile(path), path);
    const minimum = minimumOf(data, document.axes, document.plane.lengths);
    if (minimum) minima[key] = minimum;
  }
  return minima;
}

/**
 * Place, curvature, width and sharpness of a surface's lowest point.
 * @param values [b, a]; @param lengths of the directions: what a step of 1 along an axis is in weight distance.
 */
export function minimumOf(
  values: Float32Array,
  { a, b }: { readonly a: readonly number[]; readonly b: readonly number[] },
  lengths: readonly [number, number],
): SurfaceMinimum | undefined {
  let lowest = -1;
  let highest = -Infinity;
  values.forEach((value, i) => {
    if (!Number.isFinite(value)) return;
    if (lowest < 0 || value < values[lowest]!) lowest = i;
    highest = Math.max(highest, value);
  });
  if (lowest < 0) return undefined;
  const value = values[lowest]!;
  const [column, row] = [lowest % a.length, Math.floor(lowest / a.length)];
  const limit = value + valley * (highest - value);
  const alongA = profile(a, lengths[0], (i) => values[row * a.length + i]!);
  const alongB = profile(b, lengths[1], (j) => values[j * a.length + column]!);
  const onEdge = alongA.onEdge(column) || (b.length > 1 && alongB.onEdge(row));
  return {
    value,
    a: a[column]!,
    b: b[row]!,
    onEdge,
    curvature: [alongA.curvature(column), alongB.curvature(row)],
    width: onEdge ? [null, null] : [alongA.width(column, limit), alongB.width(row, limit)],
    flatShare: values.filter((other) => other <= limit).length / values.length,
    sharpness: sharpness(values, a, b, highest),
  };
}

/** Values along one axis. */
function profile(axis: readonly number[], length: number, at: (place: number) => number) {
  const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);
  return {
    onEdge: (place: number): boolean => place === 0 || place === axis.length - 1,
    curvature(place: number): number | null {
      if (axis.length < 3 || place === 0 || place === axis.length - 1) return null;
      const step = (axis[place + 1]! - axis[place - 1]!) / 2;
      return finite((at(place - 1) - 2 * at(place) + at(place + 1)) / (step * length) ** 2);
    },
    /** Distance between the two places where the values cross `limit`, linear between points. */
    width(place: number, limit: number): number | null {
      const reach = (direction: 1 | -1): number => {
        for (let i = place; i + direction >= 0 && i + direction < axis.length; i += direction) {
          const [here, next] = [at(i), at(i + direction)];
          if (next <= limit) continue;
          const share = Number.isFinite(next) && next > here ? (limit - here) / (next - here) : 0;
          return Math.abs(axis[i]! + share * (axis[i + direction]! - axis[i]!) - axis[place]!);
        }
        return NaN;
      };
      return axis.length < 2 ? null : finite((reach(1) + reach(-1)) * length);
    },
  };
}

function sharpness(values: Float32Array, a: readonly number[], b: readonly number[], highest: number): number | null {
  const [column, row] = [a.indexOf(0), b.indexOf(0)];
  if (column < 0 || row < 0 || !values.every(Number.isFinite)) return null;
  const centre = values[row * a.length + column]!;
  return (100 * (highest - centre)) / (1 + centre);
}
