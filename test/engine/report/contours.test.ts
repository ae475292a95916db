import { describe, expect, it } from 'vitest';
import { contours } from '../../../src/engine/report/contours';

/** A grid of a function of x and y. */
function grid(columns: number, rows: number, value: (x: number, y: number) => number): Float64Array {
  return Float64Array.from({ length: columns * rows }, (_, i) => value(i % columns, Math.floor(i / columns)));
}

describe('lines of equal value', () => {
  it('finds a circle as one closed line of the right radius', () => {
    const lines = contours(
      grid(41, 41, (x, y) => Math.hypot(x - 20, y - 20)),
      41,
      41,
      12.3,
    );
    expect(lines).toHaveLength(1);
    expect(lines[0]!.at(-1)).toEqual(lines[0]![0]);
    for (const [x, y] of lines[0]!) expect(Math.hypot(x - 20, y - 20)).toBeCloseTo(12.3, 1);
  });

  it('keeps two islands apart and leaves a line open at the border', () => {
    const two = grid(12, 6, (x, y) => (Math.hypot(x - 3, y - 3) < 2 || Math.hypot(x - 9, y - 3) < 2 ? 1 : 0));
    expect(contours(two, 12, 6, 0.5)).toHaveLength(2);
    const slope = contours(
      grid(5, 4, (x) => x),
      5,
      4,
      2.5,
    );
    expect(slope).toHaveLength(1);
    expect(slope[0]).toEqual([
      [2.5, 0],
      [2.5, 1],
      [2.5, 2],
      [2.5, 3],
    ]);
  });

  it('separates the high corners of a saddle with a low middle, and joins those with a high one', () => {
    expect(contours([1, 0, 0, 1], 2, 2, 0.6)).toHaveLength(2);
    const low = contours([1, 0, 0, 1], 2, 2, 0.6).map((line) => line.map(([x, y]) => x + y < 1));
    expect(low).toContainEqual([true, true]);
    const high = contours([1, 0, 0, 1], 2, 2, 0.4).map((line) => line.map(([x, y]) => x > y));
    expect(high).toContainEqual([true, true]);
  });

  it('leaves out cells that touch a missing value', () => {
    const values = grid(5, 4, (x) => x);
    values[2] = NaN;
    expect(contours(values, 5, 4, 2.5)[0]).toEqual([
      [2.5, 1],
      [2.5, 2],
      [2.5, 3],
    ]);
  });
});
