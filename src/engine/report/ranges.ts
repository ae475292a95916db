/** The ends and the labelled numbers of an axis. */
export interface AxisRange {
  readonly type: 'value' | 'log';
  readonly min: number;
  readonly max: number;
  readonly ticks: readonly number[];
}

/** An axis for shares that ends at 1 and begins at the next lower round number, with finer steps the closer that is to 1. */
export function shareRange(lowest: number): AxisRange {
  const [, step] = (
    [
      [0.98, 0.005],
      [0.95, 0.01],
      [0.8, 0.05],
      [0.5, 0.1],
      [0.25, 0.25],
      [-Infinity, 0.2],
    ] as const
  ).find(([above]) => lowest >= above)!;
  return linear(Math.max(0, Math.floor(lowest / step + 1e-9) * step), 1, step);
}

/** An axis from 0 to 1 in quarters. */
export const unitRange: AxisRange = linear(0, 1, 0.25);

/** An axis that holds all values: logarithmic when they are positive and span a factor of `logarithmicFrom`, else linear. */
export function valueRange(values: Iterable<number>, logarithmicFrom = 3): AxisRange {
  const finite = [...values].filter(Number.isFinite);
  if (finite.length === 0) return unitRange;
  const low = finite.reduce((least, value) => Math.min(least, value), Infinity);
  const high = finite.reduce((most, value) => Math.max(most, value), -Infinity);
  if (low > 0 && high / low >= logarithmicFrom) return logarithmic(low, high);
  const from = Math.min(0, low);
  const to = Math.max(0, high);
  if (from === to) return unitRange;
  const step = roundStep((to - from) / 4);
  return linear(Math.floor(from / step + 1e-9) * step, Math.ceil(to / step - 1e-9) * step, step);
}

/** A number on an axis: three digits, powers of ten where it is very small or very large. */
export function tickLabel(value: number): string {
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-3 || size >= 1e5))
    return value
      .toExponential()
      .replace(/(\.\d{2})\d+/, '$1')
      .replace('e+', 'e');
  return String(Number(value.toPrecision(3)));
}

function linear(min: number, max: number, step: number): AxisRange {
  const count = Math.round((max - min) / step);
  const ticks = Array.from({ length: count + 1 }, (_, index) => Number((min + index * step).toPrecision(10)));
  return { type: 'value', min: ticks[0]!, max: ticks.at(-1)!, ticks };
}

/** Ends at 1, 2 or 5 times a power of ten; those are the ticks too, unless only the powers find room. */
function logarithmic(low: number, high: number): AxisRange {
  const first = Math.floor(Math.log10(low) + 1e-9);
  const last = Math.ceil(Math.log10(high) - 1e-9);
  const fine = Array.from({ length: last - first + 1 }, (_, index) => first + index).flatMap((power) =>
    [1, 2, 5].map((factor) => Number(`${factor}e${power}`)),
  );
  const min = fine.findLast((tick) => tick <= low * (1 + 1e-9))!;
  const max = fine.find((tick) => tick >= high * (1 - 1e-9))!;
  const inside = fine.filter((tick) => tick >= min && tick <= max);
  const powers = inside.filter((tick) => Number.isInteger(Math.round(Math.log10(tick) * 1e9) / 1e9));
  if (inside.length <= 8) return { type: 'log', min, max, ticks: inside };
  const thinning = Math.ceil(powers.length / 6);
  return { type: 'log', min, max, ticks: powers.filter((_, index) => index % thinning === 0) };
}

function roundStep(least: number): number {
  const power = Math.floor(Math.log10(least) + 1e-9);
  return [1, 2, 2.5, 5, 10].map((factor) => factor * 10 ** power).find((step) => step >= least * (1 - 1e-9))!;
}
