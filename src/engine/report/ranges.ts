/** The next lower round number for the foot of an axis that ends at 1: steps of 0.1, or finer ones close to 1. */
export function niceFloor(lowest: number): number {
  for (const [above, step] of [
    [0.98, 0.005],
    [0.95, 0.01],
    [0.85, 0.05],
  ] as const) {
    if (lowest >= above) return round(Math.floor(lowest / step + 1e-9) * step);
  }
  return Math.max(0, round(Math.floor(lowest * 10 + 1e-9) / 10));
}

/** An axis that holds all values: logarithmic, between 1, 2 or 5 times a power of ten, when they span a factor of 3. */
export function valueRange(values: readonly number[]): { min: number; max: number; type: 'value' | 'log' } {
  const finite = values.filter(Number.isFinite);
  if (finite.length === 0) return { min: 0, max: 1, type: 'value' };
  const low = Math.min(...finite);
  const high = Math.max(...finite);
  if (low > 0 && high / low >= 3) return { min: roundDown(low), max: roundUp(high), type: 'log' };
  if (low >= 0) return { min: 0, max: high > 0 ? roundUp(high) : 1, type: 'value' };
  return { min: -roundUp(-low), max: high > 0 ? roundUp(high) : 0, type: 'value' };
}

function roundDown(value: number): number {
  return steps(value).findLast((step) => step <= value * (1 + 1e-9))!;
}

function roundUp(value: number): number {
  return steps(value).find((step) => step >= value * (1 - 1e-9))!;
}

function steps(value: number): number[] {
  const power = Math.floor(Math.log10(value));
  return [1, 2, 5, 10, 20].map((step) => Number((step * 10 ** power).toPrecision(6)));
}

function round(value: number): number {
  return Number(value.toPrecision(6));
}
