import { describe, expect, it } from 'vitest';
import { shareRange, tickLabel, valueRange } from '../../../src/engine/report/ranges';

describe('axes', () => {
  it.each([
    [0.991, 0.99],
    [0.963, 0.96],
    [0.86, 0.85],
    [0.62, 0.6],
    [0.31, 0.25],
    [0.07, 0],
  ])('of shares from %f begin at %f and end at 1', (lowest, min) => {
    const range = shareRange(lowest);
    expect(range).toMatchObject({ type: 'value', min, max: 1 });
    expect(range.ticks.length).toBeLessThan(8);
    expect([range.ticks[0], range.ticks.at(-1)]).toEqual([min, 1]);
  });

  it('are logarithmic where positive values span a factor of three', () => {
    expect(valueRange([0.03, 0.41])).toEqual({ type: 'log', min: 0.02, max: 0.5, ticks: [0.02, 0.05, 0.1, 0.2, 0.5] });
    expect(valueRange([3e-6, 20]).ticks).toEqual([1e-5, 1e-3, 0.1, 10]);
    expect(valueRange([0.3, 0.5])).toMatchObject({ type: 'value', min: 0 });
    expect(valueRange([-0.2, 5])).toMatchObject({ type: 'value', min: -2, max: 6 });
  });

  it('exist for no values, and for zeros', () => {
    expect(valueRange([])).toMatchObject({ min: 0, max: 1 });
    expect(valueRange([0, 0])).toMatchObject({ min: 0, max: 1 });
  });

  it('hold every value', () => {
    for (const values of [
      [1e-9, 1],
      [0.999, 1.001],
      [12, 1234],
      [-7, -3],
      [5, 5],
    ]) {
      const { min, max } = valueRange(values);
      expect(min).toBeLessThanOrEqual(Math.min(...values));
      expect(max).toBeGreaterThanOrEqual(Math.max(...values));
    }
  });

  it('carry short numbers', () => {
    expect([0.1, 0.30000000000000004, 1e-5, 250000, 0, -2.5].map(tickLabel)).toEqual([
      '0.1',
      '0.3',
      '1e-5',
      '2.5e5',
      '0',
      '-2.5',
    ]);
  });
});
