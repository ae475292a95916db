import { expect, test } from 'vitest';
import { rectangleStatistics } from '../../../src/engine/insight/maps';
import { quickStatistics } from '../../../src/webview/heatmap/quickStatistics';

test('of many pixels the same as of few, the median to a 65,536th of the range', () => {
  const [height, width] = [600, 500];
  const values = Float32Array.from({ length: height * width }, (_, i) => Math.sin(i * 0.37) ** 3 + (i % 7) * 0.01);
  values[77] = NaN;
  const labels = Uint8Array.from({ length: height * width }, (_, i) => (i % 9 === 0 ? 1 : 0));
  const rectangle = { top: -5, left: 10, height: 700, width: 470 };
  const quick = quickStatistics(values, labels, width, rectangle);
  const exact = rectangleStatistics(values, labels, width, rectangle);
  for (const of of ['all', 'foreground', 'background'] as const) {
    const [a, b] = [quick[of]!, exact[of]!];
    expect([a.pixels, a.minimum, a.maximum]).toEqual([b.pixels, b.minimum, b.maximum]);
    expect(a.mean).toBeCloseTo(b.mean, 9);
    expect(a.standardDeviation).toBeCloseTo(b.standardDeviation, 9);
    expect(Math.abs(a.median - b.median)).toBeLessThan((b.maximum - b.minimum) / 65_536);
  }
});

test('an image of one value, and one without a target', () => {
  const values = new Float32Array(500 * 500).fill(0.25);
  const { all, foreground } = quickStatistics(values, null, 500, { top: 0, left: 0, height: 500, width: 500 });
  expect(all).toMatchObject({
    pixels: 250_000,
    mean: 0.25,
    standardDeviation: 0,
    minimum: 0.25,
    median: 0.25,
    maximum: 0.25,
  });
  expect(foreground).toBeNull();
});
