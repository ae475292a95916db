import { describe, expect, it } from 'vitest';
import { bandOf, bands, isolines } from '../../../src/webview/surface/contours';
import { areaOf, axis, sampled } from './support';

const grid = axis(-2, 2, 81);
const bowl = sampled(grid, grid, (x, y) => x * x + y * y);

describe('lines of equal value', () => {
  it('of a bowl is one closed circle of the right radius and length', () => {
    const lines = isolines(bowl, 1);
    expect(lines).toHaveLength(1);
    const [line] = lines;
    expect([line!.at(-2), line!.at(-1)]).toEqual([line![0], line![1]]);
    let length = 0;
    for (let at = 0; at < line!.length; at += 2) {
      expect(Math.hypot(line![at]!, line![at + 1]!)).toBeCloseTo(1, 2);
      if (at > 0) length += Math.hypot(line![at]! - line![at - 2]!, line![at + 1]! - line![at - 1]!);
    }
    expect(length).toBeCloseTo(2 * Math.PI, 1);
  });

  it('at a saddle meet only at its own level', () => {
    const saddle = sampled(grid, grid, (x, y) => x * x - y * y);
    for (const level of [-0.5, 0.5]) {
      const lines = isolines(saddle, level);
      expect(lines).toHaveLength(2);
      for (const line of lines) {
        for (let at = 0; at < line.length; at += 2) expect(line[at]! ** 2 - line[at + 1]! ** 2).toBeCloseTo(level, 1);
      }
    }
  });

  it('end at points without a finite value instead of running through them', () => {
    const holed = sampled(grid, grid, (x, y) => (x > 0 ? Infinity : x * x + y * y));
    const lines = isolines(holed, 1);
    expect(lines).toHaveLength(1);
    for (let at = 0; at < lines[0]!.length; at += 2) expect(lines[0]![at]).toBeLessThanOrEqual(0);
  });
});

describe('areas between levels', () => {
  it('cover the grid once, and rings have the area of rings', () => {
    const areas = bands(bowl, [0.25, 1, 2.25]).map(areaOf);
    expect(areas.reduce((sum, area) => sum + area)).toBeCloseTo(16, 6);
    expect(areas[0]).toBeCloseTo(0.25 * Math.PI, 1);
    expect(areas[1]).toBeCloseTo(0.75 * Math.PI, 1);
    expect(areas[2]).toBeCloseTo(1.25 * Math.PI, 1);
  });

  it('take a plateau on a level into the area above it, once', () => {
    const flat = sampled([0, 1, 2], [0, 1], () => 5);
    expect(bands(flat, [5]).map(areaOf)).toEqual([0, 2]);
    expect([bandOf([5], 4.9), bandOf([5], 5), bandOf([1, 2, 3], 2.5)]).toEqual([0, 1, 2]);
  });
});
