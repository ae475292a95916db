import { describe, expect, it } from 'vitest';
import { bestScale, fitScale, levelsOf, offsetShare } from '../../../src/webview/surface/scales';

const there = (name: Parameters<typeof fitScale>[0], values: number[], keep?: number) => fitScale(name, values, keep)!;

describe('scales', () => {
  it('linear and logarithmic ones place values where they belong', () => {
    expect([2, 4, 6].map(there('linear', [2, 6]).place)).toEqual([0, 0.5, 1]);
    const log = there('log', [0.01, 100]);
    expect(log.place(1)).toBeCloseTo(0.5, 12);
    expect(log.value(0.75)).toBeCloseTo(10, 9);
    expect([log.place(1e9), log.place(Infinity), log.place(1e-9)]).toEqual([1, 1, 0]);
    expect(log.place(NaN)).toBeNaN();
  });

  it('above the minimum works for losses below 0, and a logarithm of them says that it is none', () => {
    const offset = there('offset', [-3, -2, 7]);
    expect([offset.place(-3), offset.place(7)]).toEqual([0, 1]);
    const shift = offsetShare * 10;
    const expected = (Math.log(1 + shift) - Math.log(shift)) / (Math.log(10 + shift) - Math.log(shift));
    expect(offset.place(-2)).toBeCloseTo(expected, 12);
    // One huge value must not flatten the rest.
    const towering = there('offset', [-1, 0, 1, 2, 1e6]);
    expect(towering.place(1)).toBeCloseTo(Math.log(2.1 / 0.1) / Math.log((1e6 + 1.1) / 0.1), 9);
    const log = there('log', [-3, -2, 7]);
    expect(log.name).toBe('offset');
    expect(log.note).toContain('−3');
    expect(log.place(-2)).toBeCloseTo(expected, 12);
  });

  it('rank gives every value the same room; ties share it', () => {
    const rank = there('rank', [5, 1, 1000, 2]);
    expect([1, 2, 5, 1000].map((value) => Math.round(3 * rank.place(value)))).toEqual([0, 1, 2, 3]);
    const tied = there('rank', [1, 2, 2, 2, 3]);
    expect(tied.place(2)).toBeCloseTo(0.5, 12);
    expect(there('rank', [4, 4]).place(4)).toBe(0);
  });

  it('leave a few huge values out of the colours, and say so', () => {
    const values = [...Array.from({ length: 9 }, (_, index) => index), 1e6];
    const capped = there('linear', values, 0.9);
    expect(capped.range).toEqual([0, 8]);
    expect(capped.place(1e6)).toBe(1);
    expect(capped.note).toContain('1000000');
    expect(there('linear', values).note).toBeNull();
  });

  it('survive constant values, and there is none without values', () => {
    for (const name of ['linear', 'log', 'offset', 'rank'] as const) expect(there(name, [2, 2]).place(2)).toBe(0);
    expect(fitScale('linear', [NaN, Infinity])).toBeNull();
  });

  it('value is the way back of place', () => {
    for (const name of ['linear', 'log', 'offset', 'rank'] as const) {
      const scale = there(name, [0.1, 0.2, 0.7, 3]);
      for (const place of [0, 0.2, 0.5, 0.9, 1]) expect(scale.place(scale.value(place))).toBeCloseTo(place, 9);
    }
  });

  it('levels rise and lie inside', () => {
    expect(levelsOf(there('linear', [0, 10]), 5)).toEqual([2, 4, 6, 8]);
    expect(levelsOf(there('rank', [1, 1, 1, 1, 9]), 4).every((level, i, all) => i === 0 || level > all[i - 1]!)).toBe(
      true,
    );
  });

  it('the best one is logarithmic when few values tower over the rest', () => {
    expect(bestScale([1, 2, 3, 4])).toBe('linear');
    expect(bestScale([0.1, 0.2, 0.3, 1e5])).toBe('log');
    expect(bestScale([-1, -0.9, -0.8, 1e5])).toBe('offset');
    expect(bestScale([])).toBe('linear');
  });
});
