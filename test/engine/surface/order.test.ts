import { describe, expect, it } from 'vitest';
import { axisValues, coarseToFine, passes, reachedAfter } from '../../../src/engine/surface/order';

const reached = (count: number, pass: number): number[] =>
  [...passes(count)].flatMap((own, place) => (own <= pass ? [place] : []));

describe('the order of points', () => {
  it('is that of grids of 5, 9, 17, 33, … where the size is 2^k + 1', () => {
    expect(reached(33, 0)).toEqual([0, 8, 16, 24, 32]);
    expect(reached(33, 1)).toEqual([0, 4, 8, 12, 16, 20, 24, 28, 32]);
    expect([0, 1, 2, 3].map((pass) => reachedAfter(33, pass))).toEqual([5, 9, 17, 33]);
  });

  it.each([2, 3, 4, 5, 6, 7, 10, 13, 51, 100])('halves the gaps for %i points, too', (count) => {
    const last = Math.max(...passes(count));
    expect(reached(count, last)).toHaveLength(count);
    for (let pass = 0; pass <= last; pass++) {
      const places = reached(count, pass);
      expect([places[0], places.at(-1)]).toEqual([0, count - 1]);
      const gaps = places.slice(1).map((place, i) => place - places[i]!);
      expect(Math.max(...gaps) - Math.min(...gaps)).toBeLessThanOrEqual(pass + 1);
    }
  });

  it('is symmetric around the middle', () => {
    for (const count of [13, 51, 17, 21]) expect([...passes(count)].reverse()).toEqual([...passes(count)]);
  });

  it('reaches every point of a grid once, coarse ones first', () => {
    const seen = new Map<string, number>();
    for (const { pass, b, a } of coarseToFine(13, 7)) {
      for (const place of a) {
        expect(seen.has(`${place},${b}`)).toBe(false);
        seen.set(`${place},${b}`, pass);
      }
    }
    expect(seen.size).toBe(13 * 7);
    expect([...seen.values()]).toEqual([...seen.values()].sort((x, y) => x - y));
    expect([...seen.values()].filter((pass) => pass === 0)).toHaveLength(25);
  });
});

describe('axis values', () => {
  it('have both ends and an exact zero', () => {
    expect(axisValues(-1, 1, 5)).toEqual([-1, -0.5, 0, 0.5, 1]);
    expect(axisValues(-0.3, 0.6, 10)[3]).toBe(0);
    expect(axisValues(-0.5, 1.5, 17)[4]).toBe(0);
  });
});
