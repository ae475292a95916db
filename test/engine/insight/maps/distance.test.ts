import { describe, expect, it } from 'vitest';
import { randomFor } from '../../../../src/engine/data/random';
import { squaredDistances } from '../../../../src/engine/insight/maps/distance';

const bruteForce = (sources: Uint8Array, height: number, width: number): number[] => {
  const points = [...sources].flatMap((value, i) => (value === 1 ? [[Math.floor(i / width), i % width] as const] : []));
  return Array.from({ length: height * width }, (_, i) => {
    const y = Math.floor(i / width);
    const x = i % width;
    return Math.min(...points.map(([sy, sx]) => (y - sy) ** 2 + (x - sx) ** 2));
  });
};

describe('squaredDistances', () => {
  it.each([
    [1, 1, 1],
    [1, 30, 0.1],
    [30, 1, 0.1],
    [17, 23, 0.01],
    [23, 17, 0.05],
    [20, 20, 0.5],
  ])('is exact on %d x %d pixels with a share of %d sources', (height, width, share) => {
    const random = randomFor(7, height, width);
    for (let repeat = 0; repeat < 20; repeat++) {
      const sources = Uint8Array.from({ length: height * width }, () => (random.next() < share ? 1 : 0));
      sources[random.integer(sources.length)] = 1;
      expect([...squaredDistances(sources, height, width)]).toEqual(bruteForce(sources, height, width));
    }
  });

  it('does not overflow across a large image', () => {
    const sources = new Uint8Array(2 * 20_000);
    sources[0] = 1;
    expect(squaredDistances(sources, 2, 20_000)[2 * 20_000 - 1]).toBe(19_999 ** 2 + 1);
  });
});
