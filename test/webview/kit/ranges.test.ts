import { describe, expect, it } from 'vitest';
import {
  closeRange,
  countRange,
  linearRange,
  logRange,
  positionOf,
  shareRange,
  timeRange,
  valueAt,
  zoomedRange,
} from '../../../src/webview/kit/ranges';

describe('axes', () => {
  it('begins shares at a round number below the lowest', () => {
    expect(shareRange(0.861)).toMatchObject({ min: 0.85, max: 1, ticks: [0.85, 0.9, 0.95, 1] });
    expect(shareRange(0.17).min).toBe(0);
  });

  it('ends logarithms at 1, 2 or 5 times a power of ten', () => {
    expect(logRange(0.03, 0.4)).toEqual({ type: 'log', min: 0.02, max: 0.5, ticks: [0.02, 0.05, 0.1, 0.2, 0.5] });
    expect(logRange(0.5, 0.5).max).toBeGreaterThan(0.5);
    expect(logRange(1e-6, 1e3).ticks.length).toBeLessThan(8);
  });

  it('holds zero on a linear axis, and not on a close one', () => {
    expect(linearRange(3, 9)).toMatchObject({ min: 0, max: 10 });
    expect(closeRange(0.81, 0.92).min).toBeGreaterThan(0.7);
    expect(closeRange(2, 2)).toMatchObject({ type: 'value' });
  });

  it('ticks whole epochs and round times', () => {
    expect(countRange(0, 3).ticks).toEqual([0, 1, 2, 3]);
    expect(countRange(0, 1000).ticks).toEqual([0, 200, 400, 600, 800, 1000]);
    expect(timeRange(0, 290).ticks).toEqual([0, 60, 120, 180, 240]);
  });

  it('puts ticks inside a zoomed part', () => {
    const { ticks } = zoomedRange('value', 0.812, 0.874);
    expect(ticks.every((tick) => tick >= 0.812 && tick <= 0.874)).toBe(true);
    expect(ticks.length).toBeGreaterThan(1);
    expect(zoomedRange('log', 0.11, 0.19).ticks.length).toBeGreaterThan(1);
  });

  it.each(['value', 'log'] as const)('goes from value to position and back on a %s axis', (type) => {
    const axis = { type, min: 0.01, max: 10 };
    expect(positionOf(axis, 0.01)).toBe(0);
    expect(positionOf(axis, 10)).toBe(1);
    expect(valueAt(axis, positionOf(axis, 0.7))).toBeCloseTo(0.7, 12);
  });
});
