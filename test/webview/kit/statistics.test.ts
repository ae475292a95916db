import { describe, expect, it } from 'vitest';
import { difference, estimate, studentQuantile } from '../../../src/webview/kit/statistics';

describe('studentQuantile', () => {
  // scipy.stats.t.ppf(0.975, degrees)
  it.each([
    [1, 12.7062],
    [4, 2.7764],
    [5, 2.5706],
    [8, 2.306],
    [30, 2.0423],
    [1000, 1.9623],
  ])('%d degrees: %d', (degrees, quantile) => expect(studentQuantile(degrees)).toBeCloseTo(quantile, 3));

  it('stays on the safe side between whole numbers below five', () => {
    expect(studentQuantile(1.8)).toBe(12.7062);
  });
});

describe('estimate', () => {
  it('gives mean and half of the 95 % interval, undefined images left out', () => {
    // statistics.stdev([1, 2, 3, 4]) = 1.290994; 3.1824 * 1.290994 / 2 = 2.054245
    const { mean, half, n } = estimate([1, 2, NaN, 3, 4]);
    expect([mean, n]).toEqual([2.5, 4]);
    expect(half).toBeCloseTo(2.054245, 4);
  });

  it('has no interval for one image and no mean for none', () => {
    expect(estimate([0.5])).toEqual({ mean: 0.5, half: NaN, n: 1 });
    expect(estimate([NaN])).toEqual({ mean: NaN, half: NaN, n: 0 });
  });
});

describe('difference', () => {
  const baseline = { images: ['a', 'b', 'c', 'd'], values: [0.5, 0.7, 0.9, 0.3] };

  it('pairs images by name, in whatever order they were measured', () => {
    const run = { images: ['d', 'c', 'b', 'a'], values: [0.41, 0.99, 0.81, 0.59] };
    const result = difference(run, baseline);
    expect(result.paired).toBe(true);
    expect(result.n).toBe(4);
    expect(result.mean).toBeCloseTo(0.1, 10);
    // Differences .09 .11 .09 .11: sd 0.011547, half = 3.1824 * 0.011547 / 2
    expect(result.half).toBeCloseTo(0.018374, 5);
  });

  it('leaves out images that are undefined in either run', () => {
    const run = { images: ['a', 'b', 'c', 'd'], values: [0.6, NaN, 1, 0.4] };
    expect(difference(run, baseline)).toMatchObject({ paired: true, n: 3 });
  });

  it('compares means by Welch where the images are others', () => {
    // Variances 2.5 and 14: standard error sqrt(2.5/5 + 14/6), degrees of freedom (2.8333)² / (0.5²/4 + 2.3333²/5) = 6.972.
    const result = difference(
      { images: ['1', '2', '3', '4', '5'], values: [1, 2, 3, 4, 5] },
      { images: ['u', 'v', 'w', 'x', 'y', 'z'], values: [2, 4, 6, 8, 10, 12] },
    );
    expect(result).toMatchObject({ paired: false, mean: -4 });
    const standardError = Math.sqrt(2.5 / 5 + 14 / 6);
    expect(result.half / standardError).toBeCloseTo(2.3667, 3);
  });

  it('has no interval when one run measured a single image', () => {
    expect(difference({ images: ['q'], values: [0.4] }, baseline)).toMatchObject({ paired: false, half: NaN });
  });
});
