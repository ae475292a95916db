import { describe, expect, it } from 'vitest';
import { criticalPoints } from '../../../src/webview/surface/critical';
import { fieldOf } from '../../../src/webview/surface/field';
import { valleys } from '../../../src/webview/surface/persistence';
import { axis, sampled } from './support';

const himmelblau = (x: number, y: number): number => (x * x + y - 11) ** 2 + (x + y * y - 7) ** 2;

describe('valleys', () => {
  it('end where they run into a lower one', () => {
    // Bottoms at 0, 2 and 4; the walls between them are 5 and 3 high.
    expect(valleys([0, 5, 2, 3, 1.5, 9, 4, NaN, 3.5], 9)).toEqual([
      { pass: 3, bottom: 2, depth: 1 },
      { pass: 1, bottom: 4, depth: 3.5 },
      { pass: 5, bottom: 6, depth: 5 },
    ]);
    expect(valleys([3, 2, 1, 2], 2)).toEqual([]);
  });
});

describe('critical points', () => {
  it('of Himmelblau’s function are its four minima, four saddles and one maximum', () => {
    const grid = axis(-4, 4, 81);
    const field = sampled(grid, grid, himmelblau);
    const [low, high] = [Math.min(...field.values), Math.max(...field.values)];
    const found = criticalPoints(field, (value) => (value - low) / (high - low), 0.005);
    const expected = {
      minimum: [
        [3, 2],
        [-2.805118, 3.131312],
        [-3.77931, -3.283186],
        [3.584428, -1.848126],
      ],
      saddle: [
        [0.086678, 2.884255],
        [3.385154, 0.073852],
        [-0.127961, -1.953715],
        [-3.073026, -0.081353],
      ],
      maximum: [[-0.270845, -0.923039]],
    };
    for (const [kind, places] of Object.entries(expected)) {
      const own = found.filter((point) => point.kind === kind);
      expect(own, kind).toHaveLength(places.length);
      for (const [x, y] of places) {
        const near = own.find(({ a, b }) => Math.hypot(a - x!, b - y!) < 0.05);
        expect(near, `${kind} at ${x}, ${y}`).toBeDefined();
      }
    }
    expect(found[0]!.value).toBeCloseTo(0, 0);
    // Its hill rises by a hundredth of the range above the way around it: too little to be marked.
    const marked = criticalPoints(field).map(({ kind }) => kind);
    expect(marked.sort()).toEqual([...Array<string>(4).fill('minimum'), ...Array<string>(3).fill('saddle')]);
  });

  it('lie between points: a paraboloid is found exactly', () => {
    const grid = axis(-2, 2, 17);
    const [point, ...more] = criticalPoints(sampled(grid, grid, (x, y) => (x - 0.1) ** 2 + 3 * (y + 0.07) ** 2 + 4));
    expect(more).toEqual([]);
    expect(point).toMatchObject({ kind: 'minimum' });
    expect([point!.a, point!.b, point!.value].map((value) => Math.round(value * 1e4) / 1e4)).toEqual([0.1, -0.07, 4]);
  });

  it('are none on a slope, in a straight valley and at the edge; of ripples on a plateau only the lowest counts', () => {
    const grid = axis(-2, 2, 17);
    expect(criticalPoints(sampled(grid, grid, (x, y) => Math.exp(3 * x) + y))).toEqual([]);
    const noisy = (x: number, y: number): number => (x > 0 ? 10 * x : 1e-4 * Math.sin(1e4 * (x + 2 * y)));
    expect(criticalPoints(sampled(grid, grid, noisy)).map(({ kind }) => kind)).toEqual(['minimum']);
    expect(criticalPoints(sampled(grid, grid, (x) => x * x))).toEqual([]);
    expect(criticalPoints(sampled(grid, grid, (x, y) => (x - 2) ** 2 + y * y))).toEqual([]);
  });

  it('need sampled points: an estimate is no evidence', () => {
    const grid = axis(-2, 2, 9);
    const values = Float32Array.from(grid.flatMap((y) => grid.map((x) => x * x + y * y)));
    const states = new Uint8Array(values.length).fill(1);
    states[3 * 9 + 4] = 0;
    expect(criticalPoints(fieldOf(grid, grid, values, states))).toEqual([]);
    states[3 * 9 + 4] = 2;
    expect(criticalPoints(fieldOf(grid, grid, values, states))).toHaveLength(1);
  });
});
