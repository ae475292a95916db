import { expect, test } from 'vitest';
import { fittedRange, LayerValues, marginMap, rangeOf } from '../../../src/webview/heatmap/layers';
import type { HeatmapImage, HeatmapMargin } from '../../../src/webview/protocol/heatmap';
import { BudgetStore } from '../../../src/webview/heatmap/budgetStore';
import { focal, heatmapRun } from './support';

const image: HeatmapImage = {
  name: 'c',
  height: 3,
  width: 4,
  split: 'test',
  changed: null,
  compared: true,
  notes: [],
  photo: new Uint8Array(36),
  labels: Uint8Array.from([0, 0, 0, 0, 0, 1, 1, 0, 0, 1, 0, 0]),
};
const margin = (more: Partial<HeatmapMargin> = {}): HeatmapMargin => ({
  note: null,
  height: 3,
  width: 4,
  top: 0,
  left: 0,
  margin: Float32Array.from({ length: 12 }, (_, i) => i - 6),
  ...more,
});

test('the target is cut to the region that the network was asked about', () => {
  const part = margin({ top: 1, left: 1, height: 2, width: 2, margin: new Float32Array(4) });
  expect([...marginMap(image, part).labels!]).toEqual([1, 1, 1, 0]);
  expect(marginMap(image, margin()).labels).toBe(image.labels);
  expect(marginMap({ ...image, labels: null }, margin()).labels).toBeNull();
});

test('values are made once for each answer, layer and loss', () => {
  const values = new LayerValues();
  const one = margin();
  const first = values.of(image, one, 'loss', focal);
  expect(values.of(image, one, 'loss', focal)).toBe(first);
  expect(values.of(image, one, 'gradient', focal)).not.toBe(first);
  expect(values.keyOf(one, 'pt', null)).not.toBe(values.keyOf(margin(), 'pt', null));
  expect(values.of(image, one, 'pt', null).values![5]).toBeCloseTo(1 / (1 + Math.exp(1)), 6);
});

test('a loss that cannot be computed has a reason and no budget; others are not disturbed', () => {
  const values = new LayerValues();
  const odd = { key: 'odd', label: 'tversky', spec: { type: 'tversky' } };
  expect(values.of(image, margin(), 'loss', odd)).toMatchObject({ values: null, reason: expect.any(String) as string });
  const map = marginMap(image, margin());
  const store = new BudgetStore();
  const run = heatmapRun('/runs/a');
  store.count(run, { name: 'c' }, { epoch: 2 }, map, [odd, focal], 5);
  expect(store.get(run, { name: 'c' }, { epoch: 2 }, odd, 5)).toBeNull();
  expect(store.get(run, { name: 'c' }, { epoch: 2 }, focal, 5)).not.toBeNull();
});

test('ranges: natural, set, of this map, of all', () => {
  const [a, b] = [Float32Array.of(0, 0.5, 2), Float32Array.of(0, 4)];
  expect(rangeOf('pt', 'fixed', a, [a, b], undefined)).toEqual([0, 1]);
  expect(rangeOf('loss', 'fixed', a, [a, b], [0, 9])).toEqual([0, 9]);
  expect(rangeOf('loss', 'automatic', a, [a, b], undefined)).toEqual([0, 2]);
  expect(rangeOf('loss', 'shared', a, [a, b], undefined)).toEqual([0, 4]);
  const slopes = Float32Array.of(-5, 1);
  expect(rangeOf('gradient', 'shared', slopes, [slopes, Float32Array.of(0.5)], undefined)).toEqual([-5, 5]);
});

test('fitted ends are round and not stretched by a few pixels', () => {
  const values = Float32Array.from({ length: 10_000 }, (_, i) => (i < 5 ? 1000 : (i % 100) / 100));
  expect(fittedRange([values], 'sequential')).toEqual([0, 1]);
  expect(fittedRange([values.map((value) => -value)], 'diverging')).toEqual([-1, 1]);
  expect(fittedRange([Float32Array.of(0, 0)], 'sequential')).toEqual([0, 1]);
});
