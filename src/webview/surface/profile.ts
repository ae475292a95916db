import { tickText } from '../kit/format';
import { type Field, nearestPoint, pointKinds } from './field';
import type { Scale } from './scales';
import type { Place } from './state';

/** One loss along an axis through the cursor. */
export interface ProfileLine {
  readonly name: string;
  readonly field: Field;
  readonly scale: Scale;
  /** Standard errors [b, a], or null. */
  readonly errors: Float32Array | null;
}

export interface Profile {
  /** Of the points that are sampled. */
  readonly x: readonly number[];
  readonly y: readonly number[];
  readonly error: readonly number[];
  /** Whether every point of the axis is there. */
  readonly whole: boolean;
  /** In words, where along the other axis: "b = 0.25". */
  readonly at: string;
}

/** The values of a field along an axis, through the row or column of points nearest to a place. */
export function profileOf(
  { field, errors }: Pick<ProfileLine, 'field' | 'errors'>,
  along: 'a' | 'b',
  place: Place,
): Profile {
  const { column, row } = nearestPoint(field, place.a, place.b);
  const axis = field[along];
  const width = field.a.length;
  const index = (at: number): number => (along === 'a' ? row * width + at : at * width + column);
  const other = along === 'a' ? `b = ${tickText(field.b[row]!)}` : `a = ${tickText(field.a[column]!)}`;
  // What has not been sampled is left out of the line: it would look like a measurement.
  const places = axis.flatMap((_, at) => {
    const kind = field.kinds[index(at)];
    return kind === pointKinds.estimated || kind === pointKinds.missing ? [] : [at];
  });
  return {
    x: places.map((at) => axis[at]!),
    y: places.map((at) => field.values[index(at)]!),
    error: places.map((at) => (field.kinds[index(at)] === pointKinds.measured ? (errors?.[index(at)] ?? NaN) : NaN)),
    whole: places.length === axis.length,
    at: other,
  };
}
