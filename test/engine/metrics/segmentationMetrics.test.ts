import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { MetricName } from '../../../src/runs/metricsTable';
import { metricNames } from '../../../src/runs/metricsTable';
import { type ImageMetrics, segmentationMetrics } from '../../../src/engine/metrics/segmentationMetrics';

interface Case {
  name: string;
  height: number;
  width: number;
  hundredths: number[];
  labels: string;
  metrics: Record<keyof ImageMetrics, number | null>;
}
const { cases } = JSON.parse(
  readFileSync(new URL('../../fixtures/metrics-reference.json', import.meta.url), 'utf8'),
) as { cases: Case[] };

const measured = ({ hundredths, labels, height, width }: Case): ImageMetrics =>
  segmentationMetrics(
    Float32Array.from(hundredths, (x) => x / 100),
    Uint8Array.from(labels, Number),
    height,
    width,
  );

/** A disc's labels and noisy logits, of the size of the study's photographs. */
function photograph(height: number, width: number, noise: number): { logits: Float32Array; labels: Uint8Array } {
  const logits = new Float32Array(2 * height * width);
  const labels = new Uint8Array(height * width);
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      const inside = 90 - Math.hypot(y - 200, x - 300);
      labels[i] = inside > 0 ? 1 : 0;
      logits[height * width + i] = inside / 20 + noise * Math.sin(i * 12.9898) * Math.cos(i * 78.233);
    }
  }
  return { logits, labels };
}

describe('segmentationMetrics', () => {
  it.each(cases.map((entry) => [entry.name, entry] as const))(
    'agrees with NumPy, SciPy and scikit-learn: %s',
    (_name, entry) => {
      const actual = measured(entry);
      expect(Object.keys(actual).sort()).toEqual(Object.keys(entry.metrics).sort());
      for (const [name, expected] of Object.entries(entry.metrics)) {
        const value = actual[name as keyof ImageMetrics];
        if (expected === null) expect(value, name).toBeNaN();
        else expect(Math.abs(value - expected), name).toBeLessThan(1e-6 * Math.max(1, Math.abs(expected)));
      }
    },
  );

  it('has the quantities of metrics.csv except the loss', () => {
    const actual: Record<Exclude<MetricName, 'loss'>, number> = measured(cases[0]!);
    expect(Object.keys(actual).sort()).toEqual(metricNames.filter((name) => name !== 'loss').sort());
  });

  it('takes labels of either integer type', () => {
    const entry = cases[0]!;
    const logits = Float32Array.from(entry.hundredths, (x) => x / 100);
    const labels = Int32Array.from(entry.labels, Number);
    expect(segmentationMetrics(logits, labels, entry.height, entry.width)).toEqual(measured(entry));
  });

  it('stays finite at saturated logits', () => {
    const logits = Float32Array.from([0, 0, 0, 0, 1e4, -1e4, 1e4, -1e4]);
    const { nll, brier, ece } = segmentationMetrics(logits, Uint8Array.from([1, 0, 0, 1]), 2, 2);
    expect(nll).toBe(5000);
    expect(brier).toBe(0.5);
    expect(ece).toBe(0.5);
  });

  it('refuses arrays that do not fit the size', () => {
    expect(() => segmentationMetrics(new Float32Array(8), new Uint8Array(4), 2, 3)).toThrow(RangeError);
  });

  it.each([
    ['a clean prediction', 0],
    ['a noisy one', 8],
  ])('measures a photograph of 428 x 569 quickly: %s', (_name, noise) => {
    const { logits, labels } = photograph(428, 569, noise);
    const times = Array.from({ length: 9 }, () => {
      const start = performance.now();
      segmentationMetrics(logits, labels, 428, 569);
      return performance.now() - start;
    });
    // 26 ms on one core of a quiet machine; the bound is for a busy one, and still far below a quadratic algorithm.
    expect(Math.min(...times)).toBeLessThan(250);
  });
});
