import { describe, expect, it } from 'vitest';
import { resample } from '../../../src/engine/insight/resample';

describe('resample', () => {
  it('leaves values alone where nothing changes', () => {
    const values = Float32Array.of(1, 2, 3, 4);
    expect(resample(values, 2, 2, 2, 2)).toBe(values);
  });

  it('keeps a slope a slope, and repeats the outer half pixels', () => {
    expect([...resample(Float32Array.of(0, 4), 1, 2, 1, 4)]).toEqual([0, 1, 3, 4]);
    expect([...resample(Float32Array.of(0, 4), 2, 1, 4, 2)]).toEqual([0, 0, 1, 1, 3, 3, 4, 4]);
  });

  it('averages neighbours where it halves', () => {
    expect([...resample(Float32Array.of(0, 2, 4, 6), 1, 4, 1, 2)]).toEqual([1, 5]);
  });
});
