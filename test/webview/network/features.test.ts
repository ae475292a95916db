import { expect, test } from 'vitest';
import { colourAt } from '../../../src/engine/insight/maps';
import {
  factsOf,
  mapOf,
  ordered,
  ownRange,
  paintValues,
  sharedRange,
  shrunkMap,
} from '../../../src/webview/network/features';

const maps = {
  features: Float32Array.of(0, 1, 2, 3, 0, 0, 0, 0, -4, 0, 0, 8),
  shape: [3, 2, 2] as const,
};

test('the numbers of each map; a map that is 0 everywhere is silent', () => {
  const facts = factsOf(maps);
  expect(facts[0]).toEqual({ channel: 0, mean: 1.5, low: 0, high: 3, active: 0.75, silent: false, reach: 3 });
  expect(facts[1]).toEqual({ channel: 1, mean: 0, low: 0, high: 0, active: 0, silent: true, reach: 0 });
  expect(facts[2]).toMatchObject({ mean: 1, low: -4, high: 8, active: 0.5, silent: false, reach: 8 });
  expect([...mapOf(maps, 2)]).toEqual([-4, 0, 0, 8]);
  expect(ordered(facts, 'strength').map(({ channel }) => channel)).toEqual([0, 2, 1]);
  expect(ordered(facts, 'number').map(({ channel }) => channel)).toEqual([0, 1, 2]);
});

test('scales begin at 0 after a ReLU, else they are as wide on either side; they are never empty', () => {
  const [strong, silent] = factsOf(maps);
  expect(ownRange(strong!, true)).toEqual([0, 3]);
  expect(ownRange(strong!, false)).toEqual([-3, 3]);
  expect(ownRange(silent!, true)).toEqual([0, 1]);
  expect(sharedRange(maps, false)).toEqual([-8, 8]);
  expect(sharedRange({ features: new Float32Array(9) }, true)).toEqual([0, 1]);
});

test('single peaks do not darken a map', () => {
  const features = Float32Array.from({ length: 10_000 }, (_, i) => (i < 5000 ? 0 : i === 9999 ? 1000 : 1));
  expect(sharedRange({ features }, true)).toEqual([0, 1]);
  const [facts] = factsOf({ features, shape: [1, 100, 100] });
  expect(facts).toMatchObject({ reach: 1, high: 1000 });
});

test('a peak that sampling misses still gives a scale', () => {
  const features = new Float32Array(20_001);
  features[1] = 5;
  expect(factsOf({ features, shape: [1, 1, 20_001] })[0]).toMatchObject({ reach: 5, silent: false });
});

test('maps are made smaller by means, also where blocks do not fit', () => {
  const small = shrunkMap(Float32Array.of(1, 2, 3, 4, 5, 6), 2, 3, 2);
  expect([small.height, small.width]).toEqual([1, 2]);
  expect([...small.values]).toEqual([3, 4.5]);
  const same = Float32Array.of(1, 2);
  expect(shrunkMap(same, 1, 2, 2).values).toBe(same);
});

test('colours begin and end with the range; what lies beyond takes the outer ones, what is no number none', () => {
  const data = paintValues([-5, 0, 2, 99, NaN], [0, 2], 'viridis');
  const first = colourAt('viridis', 0);
  const last = colourAt('viridis', 1);
  expect([...data.subarray(0, 4)]).toEqual([...first, 255]);
  expect([...data.subarray(4, 8)]).toEqual([...first, 255]);
  expect([...data.subarray(8, 12)]).toEqual([...last, 255]);
  expect([...data.subarray(12, 16)]).toEqual([...last, 255]);
  expect(data[19]).toBe(0);
});
