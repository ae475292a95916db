import { describe, expect, it } from 'vitest';
import { smooth } from '../../../src/webview/kit/smoothing';

describe('smooth', () => {
  it('changes nothing without weight', () => {
    expect([...smooth([3, 1, 2], 0)]).toEqual([3, 1, 2]);
  });

  it('begins at the first value instead of being drawn to zero', () => {
    expect([...smooth([2, 2, 2], 0.9)].map((value) => Number(value.toFixed(12)))).toEqual([2, 2, 2]);
  });

  it('is the mean of the values so far, weighted by how long ago they were', () => {
    const [, second, third] = smooth([1, 2, 4], 0.5);
    expect(second).toBeCloseTo((0.5 * 1 + 2) / 1.5, 12);
    expect(third).toBeCloseTo((0.25 * 1 + 0.5 * 2 + 4) / 1.75, 12);
  });

  it('passes over what is not a number', () => {
    const smoothed = smooth([1, NaN, 3], 0.5);
    expect(smoothed[1]).toBeNaN();
    expect(smoothed[2]).toBeCloseTo((0.5 * 1 + 3) / 1.5, 12);
  });
});
