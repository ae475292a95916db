import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { decodeNpy } from '../../../src/engine/report/npy';
import { AdaptivePlan, type GridPoint } from '../../../src/engine/surface/adaptive';
import { axisValues } from '../../../src/engine/surface/order';
import { lastingFolder, sampled, trainedRuns, type Sampled } from './trainedRuns';

type Formula = (a: number, b: number) => number;

/** Refines a formula to the end; gives what was measured, and the largest error of the rest as a share of the range. */
function refine(formula: Formula, points: number, tolerance: number, rows = points) {
  const [a, b] = [axisValues(-1, 1, points), axisValues(-1, 1, rows)];
  const measured = new Set<string>();
  const at = (point: GridPoint): number => formula(a[point.a]!, b[point.b]!);
  const take = (some: readonly GridPoint[]): void => {
    for (const point of some) {
      expect(measured.has(`${point.a},${point.b}`)).toBe(false);
      measured.add(`${point.a},${point.b}`);
    }
  };
  take(AdaptivePlan.first(points, rows));
  const read = (i: number, j: number): number[] => {
    // Decisions may rest on measured points only.
    expect(measured.has(`${i},${j}`)).toBe(true);
    return [at({ a: i, b: j })];
  };
  const plan = new AdaptivePlan(a, b, tolerance, read);
  for (let next = plan.next(); next; next = plan.next()) take(next);
  const all = a.flatMap((_, i) => b.map((__, j) => at({ a: i, b: j }))).filter(Number.isFinite);
  const range = Math.max(...all) - Math.min(...all);
  let worst = 0;
  let filled = 0;
  for (const { from, ...point } of plan.interpolated()) {
    expect(measured.has(`${point.a},${point.b}`)).toBe(false);
    const value = from.reduce((sum, { weight, ...node }) => sum + weight * at(node), 0);
    expect(from.reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(1, 9);
    if (Number.isFinite(at(point))) worst = Math.max(worst, Math.abs(value - at(point)) / range);
    filled += 1;
  }
  expect(measured.size + filled).toBe(points * rows);
  return { measured: measured.size, share: measured.size / (points * rows), worst };
}

describe('an adaptive plan', () => {
  const smooth: Formula = (a, b) => Math.exp(1.5 * a) + 2 * b * b + Math.sin(2 * a * b);
  const bent: Formula = (a, b) => Math.abs(a - 0.3 * b) + 0.2 * b * b;
  const steep: Formula = (a, b) => Math.exp(4 * Math.hypot(a, b));

  it.each([
    [33, 0.5],
    [51, 1 / 3],
    [65, 1 / 4],
  ])('of a smooth function on %i² points stays within the tolerance with few points', (points, most) => {
    for (const formula of [smooth, steep]) {
      const { share, worst } = refine(formula, points, 0.01);
      expect(share).toBeLessThan(most);
      expect(worst).toBeLessThan(0.01);
    }
  });

  it('refines along a bend, and stays within the tolerance there, too', () => {
    const { share, worst } = refine(bent, 65, 0.01);
    expect(share).toBeGreaterThan(refine(smooth, 65, 0.01).share);
    expect(share).toBeLessThan(0.6);
    expect(worst).toBeLessThan(0.01);
  });

  it('measures more for a smaller tolerance, and everything where nothing can be predicted', () => {
    expect(refine(smooth, 65, 0.0005).measured).toBeGreaterThan(refine(smooth, 65, 0.02).measured);
    const noise: Formula = (a, b) => Math.sin(1e4 * a + 3e4 * b);
    expect(refine(noise, 17, 0.01).share).toBe(1);
  });

  it('measures the edge of what is not finite, and leaves out what is NaN or infinite all over', () => {
    const hole: Formula = (a, b) => (a > 0.2 ? NaN : b > 0.3 ? Infinity : a + b);
    const { share, worst } = refine(hole, 65, 0.01);
    expect(share).toBeLessThan(0.6);
    expect(worst).toBeLessThan(1e-9);
  });

  it('can have sides of different numbers of points', () => {
    const { share, worst } = refine(smooth, 41, 0.01, 19);
    expect(share).toBeLessThan(1);
    expect(worst).toBeLessThan(0.01);
  });
});

describe('an adaptive surface of a trained network', () => {
  let full: Sampled;
  let adaptive: Sampled;
  let states: Uint8Array;
  beforeAll(async () => {
    const [run] = await trainedRuns(lastingFolder(), [{ type: 'crossEntropy' }, { type: 'dice' }], 6);
    const common = [run!, '--points', '51', '--split', 'train', '--images', '2', '--no-trajectories'];
    [full] = (await sampled(...common)) as [Sampled];
    [adaptive] = (await sampled(...common, '--adaptive', '0.01')) as [Sampled];
    states = new Uint8Array((await readFile(join(adaptive.folder, 'done.npy'))).subarray(128));
  });

  it('has at least three times fewer measured points', () => {
    const measured = states.filter((state) => state === 1).length;
    console.log(`measured ${measured} of ${states.length} points`);
    expect(states).toHaveLength(51 * 51);
    expect(states.includes(0)).toBe(false);
    expect(measured).toBeLessThan(states.length / 3);
  });

  it.each(['loss.cross-entropy', 'loss.dice'])(
    'is within a hundredth of the range of the full one: %s',
    async (key) => {
      const [whole, own] = [await full.values(key), await adaptive.values(key)];
      const range = Math.max(...whole) - Math.min(...whole);
      let worst = 0;
      whole.forEach((value, i) => {
        if (states[i] === 1) expect(own[i]).toBe(value);
        worst = Math.max(worst, Math.abs(own[i]! - value) / range);
      });
      console.log(`${key}: off by ${(100 * worst).toFixed(3)} % of the range`);
      expect(worst).toBeGreaterThan(0);
      expect(worst).toBeLessThan(0.01);
      // And it says so itself, from points that it measured afterwards.
      const { checked, tolerance } = adaptive.document.adaptive!;
      expect(tolerance).toBe(0.01);
      expect(checked!.points).toBeGreaterThanOrEqual(16);
      expect(checked!.largest[key]).toBeGreaterThan(0);
      expect(checked!.largest[key]).toBeLessThan(0.01);
    },
  );

  it('states what holds for it', async () => {
    expect(adaptive.document.provenance).toContain('within 0.4 % of every loss’s range');
    expect(adaptive.document).toMatchObject({ status: 'finished', done: 2601, total: 2601 });
    const errors = decodeNpy(await readFile(join(adaptive.folder, 'loss.dice.error.npy')), 'dice').data;
    expect(errors.every(Number.isFinite)).toBe(true);
    expect(adaptive.document.minima!['loss.dice']).toMatchObject({ onEdge: expect.any(Boolean) as boolean });
  });
});
