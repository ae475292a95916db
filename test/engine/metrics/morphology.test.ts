import { describe, expect, it } from 'vitest';
import { randomFor } from '../../../src/engine/data/random';
import { dilateSquare, edge, erodeSquare } from '../../../src/engine/metrics/morphology';

const HEIGHT = 9;
const WIDTH = 14;

type Reader = (y: number, x: number) => number;

const reader = (mask: Uint8Array, outside: number): Reader => {
  return (y, x) => (y < 0 || y >= HEIGHT || x < 0 || x >= WIDTH ? outside : mask[y * WIDTH + x]!);
};

/** Values in the square around a pixel. */
const square = (read: Reader, y: number, x: number, radius: number): number[] => {
  const offsets = Array.from({ length: 2 * radius + 1 }, (_, i) => i - radius);
  return offsets.flatMap((dy) => offsets.map((dx) => read(y + dy, x + dx)));
};

const everywhere = (value: (y: number, x: number) => number): number[] =>
  Array.from({ length: HEIGHT * WIDTH }, (_, i) => value(Math.floor(i / WIDTH), i % WIDTH));

const randomMask = (seed: number, share: number): Uint8Array => {
  const random = randomFor(seed);
  return Uint8Array.from({ length: HEIGHT * WIDTH }, () => (random.next() < share ? 1 : 0));
};

describe.each([1, 2, 5, 20])('a square of radius %d', (radius) => {
  it.each([false, true])('dilates and erodes as its definition says, outside = %s', (outside) => {
    for (const share of [0, 0.02, 0.5, 0.95, 1]) {
      const mask = randomMask(radius, share);
      const read = reader(mask, outside ? 1 : 0);
      expect([...dilateSquare(mask, HEIGHT, WIDTH, radius, outside)]).toEqual(
        everywhere((y, x) => Math.max(...square(read, y, x, radius))),
      );
      expect([...erodeSquare(mask, HEIGHT, WIDTH, radius, outside)]).toEqual(
        everywhere((y, x) => Math.min(...square(read, y, x, radius))),
      );
    }
  });
});

describe('edge', () => {
  it('is the mask without the pixels that a cross fits around', () => {
    for (const share of [0, 0.5, 0.9, 1]) {
      const mask = randomMask(3, share);
      const read = reader(mask, 0);
      expect([...edge(mask, HEIGHT, WIDTH)]).toEqual(
        everywhere((y, x) => {
          const inner = read(y - 1, x) & read(y + 1, x) & read(y, x - 1) & read(y, x + 1);
          return read(y, x) & (1 - inner);
        }),
      );
    }
  });
});
