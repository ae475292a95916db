/** The ends of an axis and the numbers that are written on it. */
export interface AxisRange {
  readonly type: 'value' | 'log';
  readonly min: number;
  readonly max: number;
  readonly ticks: readonly number[];
}

/** An axis for shares that ends at 1 and begins at a round number below the lowest value, in finer steps the closer that is to 1. */
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

/** A linear axis that holds all values and zero. */
export function linearRange(low: number, high: number): AxisRange {
  const from = Math.min(0, low);
  const to = Math.max(0, high);
  if (!(to > from)) return unitRange;
  const step = roundStep((to - from) / 4);
  return linear(Math.floor(from / step + 1e-9) * step, Math.ceil(to / step - 1e-9) * step, step);
}

/** A linear axis that fits the values closely, zero or not: for the parameter on the x axis of a plot. */
export function closeRange(low: number, high: number): AxisRange {
  if (!(high > low)) {
    const around = low === 0 ? 1 : Math.abs(low) / 2;
    return closeRange(low - around, low + around);
  }
  const step = roundStep((high - low) / 4);
  return linear(Math.floor(low / step + 1e-9) * step, Math.ceil(high / step - 1e-9) * step, step);
}

/** A logarithmic axis that holds positive values and ends at 1, 2 or 5 times a power of ten. */
export function logRange(low: number, high: number): AxisRange {
  const fine = decades(low, high);
  const min = fine.findLast((tick) => tick <= low * (1 + 1e-9))!;
  const max = fine.find((tick) => tick >= high * (1 - 1e-9) && tick > min)!;
  return { type: 'log', min, max, ticks: logTicks(min, max) };
}

/** The part of an axis from `min` to `max`, with round ticks inside. */
export function zoomedRange(type: AxisRange['type'], min: number, max: number, most = 5): AxisRange {
  if (type === 'log') {
    const ticks = logTicks(min, max);
    if (ticks.length >= 2) return { type, min, max, ticks };
  }
  const step = roundStep((max - min) / most);
  const first = Math.ceil(min / step - 1e-9);
  const last = Math.floor(max / step + 1e-9);
  const ticks = Array.from({ length: Math.max(0, last - first + 1) }, (_, index) =>
    Number(((first + index) * step).toPrecision(12)),
  );
  return { type, min, max, ticks };
}

/** An axis of whole numbers from `low` to `high`: epochs and steps. */
export function countRange(low: number, high: number, most = 5): AxisRange {
  const to = Math.max(high, low + 1);
  const step = Math.max(1, roundStep((to - low) / most));
  const whole = Math.max(1, Math.round(step));
  const ticks: number[] = [];
  for (let tick = Math.ceil(low / whole) * whole; tick <= to; tick += whole) ticks.push(tick);
  return { type: 'value', min: low, max: to, ticks };
}

/** Seconds from 0, with ticks at whole seconds, minutes, hours or days. */
export function timeRange(low: number, high: number, most = 5): AxisRange {
  const to = high > low ? high : low + 1;
  const steps = [1, 2, 5, 10, 15, 30].flatMap((factor) => [factor, factor * 60]);
  const long = [3600, 7200, 10_800, 21_600, 43_200, 86_400, 172_800, 432_000, 864_000];
  const step = [...steps, ...long].sort((a, b) => a - b).find((one) => (to - low) / one <= most) ?? (to - low) / most;
  const ticks: number[] = [];
  for (let tick = Math.ceil(low / step) * step; tick <= to; tick += step) ticks.push(tick);
  return { type: 'value', min: low, max: to, ticks };
}

/** Where a value lies on an axis: 0 at its lower end, 1 at its upper. */
export function positionOf({ type, min, max }: Pick<AxisRange, 'type' | 'min' | 'max'>, value: number): number {
  return type === 'log' ? Math.log(value / min) / Math.log(max / min) : (value - min) / (max - min);
}

/** The value at a position on an axis: the inverse of `positionOf`. */
export function valueAt({ type, min, max }: Pick<AxisRange, 'type' | 'min' | 'max'>, position: number): number {
  return type === 'log' ? min * (max / min) ** position : min + (max - min) * position;
}

function linear(min: number, max: number, step: number): AxisRange {
  const count = Math.round((max - min) / step);
  const ticks = Array.from({ length: count + 1 }, (_, index) => Number((min + index * step).toPrecision(10)));
  return { type: 'value', min: ticks[0]!, max: ticks.at(-1)!, ticks };
}

/** 1, 2 and 5 times the powers of ten around two positive numbers. */
function decades(low: number, high: number): number[] {
  const first = Math.floor(Math.log10(low) + 1e-9);
  const last = Math.ceil(Math.log10(high) - 1e-9) + 1;
  return Array.from({ length: last - first + 1 }, (_, index) => first + index).flatMap((power) =>
    [1, 2, 5].map((factor) => Number(`${factor}e${power}`)),
  );
}

/** Ticks at 1, 2, 5 times the powers of ten, or at some of the powers only where there is no room for all. */
function logTicks(min: number, max: number): number[] {
  const inside = decades(min, max).filter((tick) => tick >= min * (1 - 1e-9) && tick <= max * (1 + 1e-9));
  if (inside.length <= 7) return inside;
  const powers = inside.filter((tick) => Math.abs(Math.log10(tick) - Math.round(Math.log10(tick))) < 1e-9);
  const thinning = Math.ceil(powers.length / 6);
  return powers.filter((_, index) => index % thinning === 0);
}

function roundStep(least: number): number {
  const power = Math.floor(Math.log10(least) + 1e-9);
  return [1, 2, 2.5, 5, 10].map((factor) => factor * 10 ** power).find((step) => step >= least * (1 - 1e-9))!;
}
