import { describe, expect, it } from 'vitest';
import { extent, fieldOf, nearestPoint, pointKinds, valueAt } from '../../../src/webview/surface/field';
import { profileOf } from '../../../src/webview/surface/profile';
import { axis, sampled } from './support';

const plane = (x: number, y: number): number => 2 * x - 3 * y + 1;

describe('a field', () => {
  it('estimates what a coarse pass has not reached, and says so', () => {
    const grid = axis(0, 8, 9);
    const values = Float32Array.from(grid.flatMap((y) => grid.map((x) => plane(x, y))));
    const states = Uint8Array.from(grid.flatMap((y) => grid.map((x) => Number(x % 4 === 0 && y % 4 === 0))));
    const { values: filled, kinds } = fieldOf(
      grid,
      grid,
      values.map((value, i) => (states[i] ? value : NaN)),
      states,
    );
    expect(kinds.filter((kind) => kind === pointKinds.measured)).toHaveLength(9);
    expect(kinds.filter((kind) => kind === pointKinds.estimated)).toHaveLength(72);
    filled.forEach((value, index) => expect(value).toBeCloseTo(values[index]!, 4));
  });

  it('keeps infinite values and estimates nothing beside them or beyond sampled points', () => {
    const field = fieldOf(
      [0, 1, 2, 3, 4],
      [0],
      Float32Array.of(1, NaN, Infinity, NaN, NaN),
      Uint8Array.of(1, 0, 1, 0, 0),
    );
    expect([...field.kinds]).toEqual([1, 0, pointKinds.infinite, 0, 0]);
    expect([...field.values]).toEqual([1, NaN, Infinity, NaN, NaN]);
    // Measured and not a number is not the same as not measured.
    const nan = fieldOf([0, 1], [0], Float32Array.of(NaN, 2), Uint8Array.of(1, 1));
    expect([...nan.kinds]).toEqual([pointKinds.infinite, 1]);
  });

  it('does not show what stands at a point that is not marked as done', () => {
    const field = fieldOf([0, 1], [0], Float32Array.of(7, 2), Uint8Array.of(0, 1));
    expect([...field.values]).toEqual([NaN, 2]);
  });

  it('is bilinear between points, and nothing outside', () => {
    const field = sampled([0, 1, 3], [0, 2], (x, y) => x * y);
    expect(valueAt(field, 2, 1)).toBeCloseTo(2, 6);
    expect(valueAt(field, 3, 2)).toBe(6);
    expect(valueAt(field, 3.01, 1)).toBeNaN();
    const line = sampled([0, 1, 2], [0], (x) => x * x);
    expect(valueAt(line, 1.5, 0)).toBeCloseTo(2.5, 6);
    const wall = sampled([0, 1, 2], [0, 1], (x) => (x === 2 ? Infinity : x));
    expect(valueAt(wall, 1, 0.5)).toBe(1);
  });

  it('knows nearest points and extents', () => {
    expect(nearestPoint({ a: [0, 1, 3], b: [-1, 1] }, 1.9, 0.2)).toEqual({ column: 1, row: 1 });
    expect(extent([NaN, 3, Infinity, -2])).toEqual([-2, 3]);
    expect(extent([NaN, -Infinity])).toBeNull();
  });
});

describe('a profile', () => {
  it('runs through the sampled points nearest to the cursor', () => {
    const a = [0, 1, 2];
    const states = Uint8Array.of(1, 0, 1, 1, 1, 1);
    const field = fieldOf(a, [0, 1], Float32Array.of(1, NaN, 3, 4, 5, 6), states);
    const errors = Float32Array.of(0.1, 0, 0.3, 0.4, 0.5, 0.6);
    const along = profileOf({ field, errors }, 'a', { a: 0.2, b: 0.1 });
    expect([along.x, along.y, along.at, along.whole]).toEqual([[0, 2], [1, 3], 'b = 0', false]);
    expect([along.error.length, along.error[0]!.toFixed(6)]).toEqual([2, '0.100000']);
    const across = profileOf({ field, errors }, 'b', { a: 1.8, b: 0 });
    expect([across.y, across.at, across.whole]).toEqual([[3, 6], 'a = 2', true]);
  });
});
