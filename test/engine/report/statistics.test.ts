import { describe, expect, it } from 'vitest';
import { estimate, intervalHalfWidth, studentQuantile } from '../../../src/engine/report/statistics';

describe('statistics over images', () => {
  it('gives the mean and its standard error, leaving undefined values out', () => {
    const { mean, standardError, n } = estimate([1, 2, NaN, 3, 4]);
    expect([mean, n]).toEqual([2.5, 4]);
    expect(standardError).toBeCloseTo(Math.sqrt(5 / 3 / 4), 12);
  });

  it('knows no standard error for one value, and no mean for none', () => {
    expect(estimate([7])).toEqual({ mean: 7, standardError: NaN, n: 1 });
    expect(estimate([NaN, Infinity])).toEqual({ mean: NaN, standardError: NaN, n: 0 });
    expect(intervalHalfWidth(estimate([7]))).toBeNaN();
  });

  // Tabulated values of t(0.975).
  it.each([
    [1, 12.7062],
    [2, 4.3027],
    [4, 2.7764],
    [5, 2.5706],
    [8, 2.306],
    [20, 2.086],
    [149, 1.976],
    [1e6, 1.96],
  ])('quantile of Student’s t with %i degrees of freedom', (degrees, tabulated) => {
    expect(Math.abs(studentQuantile(degrees) - tabulated)).toBeLessThan(5e-4);
  });

  it('widens the interval for few images', () => {
    expect(intervalHalfWidth(estimate([0, 1]))).toBeCloseTo(12.7062 * 0.5, 4);
  });
});
