import { describe, expect, it } from 'vitest';
import { minimumOf } from '../../../src/engine/surface/minima';
import { axisThroughZero, axisValues } from '../../../src/engine/surface/order';

const axis = axisValues(-1, 1, 41);
const grid = (formula: (a: number, b: number) => number): Float32Array =>
  Float32Array.from(axis.flatMap((b) => axis.map((a) => formula(a, b))));

describe('the minimum of a surface', () => {
  it('has the curvature and the width of a parabola, in weight distance', () => {
    // Directions of lengths 2 and 5: f = 3 (2a)² + 0.5 (5b)² in distances x = 2a, y = 5b.
    const minimum = minimumOf(
      grid((a, b) => 1 + 12 * a * a + 12.5 * b * b),
      { a: axis, b: axis },
      [2, 5],
    )!;
    expect(minimum).toMatchObject({ value: 1, a: 0, b: 0, onEdge: false });
    expect(minimum.curvature[0]).toBeCloseTo(6, 2);
    expect(minimum.curvature[1]).toBeCloseTo(1, 2);
    // 10 % of the range 24.5 is 2.45: 3 x² = 2.45.
    expect(minimum.width[0]).toBeCloseTo(2 * Math.sqrt(2.45 / 3), 1);
    expect(minimum.width[1]).toBeCloseTo(2 * Math.sqrt(2.45 / 0.5), 1);
    // The ellipse 12 a² + 12.5 b² <= 2.45 as a share of the square of 4.
    expect(minimum.flatShare).toBeCloseTo((Math.PI * 2.45) / Math.sqrt(12 * 12.5) / 4, 1);
    expect(minimum.sharpness).toBeCloseTo((100 * 24.5) / 2, 3);
  });

  it('on the edge has no width', () => {
    const minimum = minimumOf(
      grid((a, b) => a + b * b),
      { a: axis, b: axis },
      [1, 1],
    )!;
    expect(minimum).toMatchObject({ a: -1, b: 0, onEdge: true, width: [null, null] });
    expect(minimum.curvature[0]).toBeNull();
    expect(minimum.curvature[1]).toBeCloseTo(2, 3);
  });

  it('is looked for among finite values, and may be missing', () => {
    const holes = grid((a, b) => (a < -0.5 ? -Infinity : b > 0.5 ? NaN : a * a + (b - 0.1) ** 2));
    expect(minimumOf(holes, { a: axis, b: axis }, [1, 1])).toMatchObject({ a: 0, b: axis[22]!, sharpness: null });
    expect(
      minimumOf(
        grid(() => NaN),
        { a: axis, b: axis },
        [1, 1],
      ),
    ).toBeUndefined();
  });

  it('of a line has one curvature', () => {
    const values = Float32Array.from(axis, (a) => (a - 0.25) ** 2);
    const minimum = minimumOf(values, { a: axis, b: [0] }, [2, 0])!;
    expect(minimum).toMatchObject({ a: 0.25, b: 0, onEdge: false });
    expect(minimum.curvature[0]).toBeCloseTo(0.5, 2);
    expect([minimum.curvature[1], minimum.width[1]]).toEqual([null, null]);
  });
});

describe('an axis around checkpoints', () => {
  it.each([
    [-1, 1, 17],
    [-0.3, 7.1, 51],
    [-5, 0.01, 9],
    [-2, 2, 4],
  ])('has 0 among its values, and reaches from %d to %d', (from, to, count) => {
    const values = axisThroughZero(from, to, count);
    expect(values).toHaveLength(count);
    expect(values).toContain(0);
    expect(values[0]).toBeLessThanOrEqual(from);
    expect(values.at(-1)).toBeGreaterThanOrEqual(to);
    const step = values[1]! - values[0]!;
    values.slice(1).forEach((value, i) => expect(value - values[i]!).toBeCloseTo(step, 9));
  });

  it('stays as it is where 0 is not between', () => {
    expect(axisThroughZero(1, 2, 3)).toEqual([1, 1.5, 2]);
  });
});
