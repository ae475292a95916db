import { describe, expect, it } from 'vitest';
import { drawnBand, drawnPoints } from '../../../src/webview/kit/downsample';

const length = 10_000;
const values = Float64Array.from({ length }, (_, index) => Math.sin(index / 500));
values[4321] = 9;
values[7000] = -9;
values[5000] = NaN;
const position = (index: number) => index / (length - 1);

describe('drawnPoints', () => {
  const drawn = drawnPoints(length, position, (index) => values[index]!, 150);

  it('keeps every peak, both ends and the order, with two points per bucket at most', () => {
    expect(drawn).toEqual(expect.arrayContaining([0, 4321, 7000, length - 1]));
    expect(drawn).toEqual(drawn.toSorted((a, b) => a - b));
    expect(new Set(drawn).size).toBe(drawn.length);
    expect(drawn.length).toBeLessThanOrEqual(304);
    expect(drawn).not.toContain(5000);
  });

  it('keeps all points of a short line', () => {
    expect(
      drawnPoints(
        5,
        (index) => index / 4,
        () => 1,
        150,
      ),
    ).toEqual([0, 1, 2, 3, 4]);
    expect(
      drawnPoints(
        0,
        () => 0,
        () => 1,
        150,
      ),
    ).toEqual([]);
  });

  it('reaches one point beyond the edges of what is zoomed into', () => {
    expect(
      drawnPoints(
        10,
        (index) => (index - 3.5) / 2,
        () => 1,
        150,
      ),
    ).toEqual([3, 4, 5, 6]);
  });
});

describe('drawnBand', () => {
  it('holds the whole band', () => {
    const low = values.map((value) => value - 1);
    const high = values.map((value) => value + 1);
    const indices = Array.from({ length }, (_, index) => index).filter((index) => index !== 5000);
    const drawn = drawnBand(indices, position, low, high, 150);
    expect(drawn.length).toBeLessThanOrEqual(151);
    expect(Math.max(...drawn.map((point) => point.high))).toBe(10);
    expect(Math.min(...drawn.map((point) => point.low))).toBe(-10);
    expect(drawnBand([1, 2], position, low, high, 150)).toHaveLength(2);
  });
});
