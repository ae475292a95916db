import { expect, test } from 'vitest';
import { compareNaturally } from '../../../src/engine/data/naturalOrder';
import { randomFor } from '../../../src/engine/data/random';

const draw = (n: number, ...keys: [number, ...(string | number)[]]) => {
  const random = randomFor(...keys);
  return Array.from({ length: n }, () => random.next());
};

test('the same keys give the same numbers, other keys others', () => {
  expect(draw(5, 99, 'order', 1)).toEqual(draw(5, 99, 'order', 1));
  const firsts = [draw(1, 1, 'a'), draw(1, 1, 'b'), draw(1, 2, 'a'), draw(1, 1, 'a', 0), draw(1, 1, 'a', '0')];
  expect(new Set(firsts.flat()).size).toBe(firsts.length);
});

test('the numbers are the ones they have always been: an old run can be resumed', () => {
  expect(draw(3, 99, 'order', 1)).toMatchInlineSnapshot(`
    [
      0.48659665673039854,
      0.9271277671214193,
      0.3475073918234557,
    ]
  `);
});

test('uniform, integers and normal numbers have the moments they should have', () => {
  const random = randomFor(7, 'moments');
  const n = 100_000;
  const uniform = Array.from({ length: n }, () => random.next());
  expect(Math.min(...uniform.slice(0, 1000))).toBeGreaterThanOrEqual(0);
  expect(mean(uniform)).toBeCloseTo(0.5, 2);
  expect(mean(uniform.map((x) => (x - 0.5) ** 2))).toBeCloseTo(1 / 12, 3);
  const normal = Array.from({ length: n }, () => random.normal());
  expect(Math.abs(mean(normal))).toBeLessThan(0.02);
  expect(mean(normal.map((x) => x * x))).toBeCloseTo(1, 1);
  expect(mean(normal.map((x) => x ** 4))).toBeGreaterThan(2.8);
  const counts = new Array<number>(6).fill(0);
  for (let i = 0; i < 60_000; i++) counts[random.integer(6)]!++;
  for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(500);
});

test('neighbouring seeds and indices are not alike', () => {
  const first = Array.from({ length: 2000 }, (_, i) => randomFor(99, 'sample', 1, i).next());
  expect(mean(first)).toBeCloseTo(0.5, 1);
  const products = first.slice(1).map((x, i) => (x - 0.5) * (first[i]! - 0.5));
  expect(Math.abs(mean(products))).toBeLessThan(0.01);
});

test('a shuffle keeps every element and moves every one somewhere', () => {
  const places = new Set<number>();
  for (let epoch = 0; epoch < 200; epoch++) {
    const order = randomFor(3, epoch).shuffle([0, 1, 2, 3, 4]);
    expect([...order].sort()).toEqual([0, 1, 2, 3, 4]);
    places.add(order.indexOf(0));
  }
  expect(places.size).toBe(5);
});

test('names sort as people count, on every machine alike', () => {
  const names = ['b', 'image10', 'image2', 'Image1', 'image02', 'image2b', 'a', 'ä', '9', '10', 'IDRiD_1'];
  expect([...names].sort(compareNaturally)).toEqual([
    '9',
    '10',
    'IDRiD_1',
    'Image1',
    'a',
    'b',
    'image02',
    'image2',
    'image2b',
    'image10',
    'ä',
  ]);
  expect(compareNaturally('x99999999999999999998', 'x99999999999999999999')).toBeLessThan(0);
});

function mean(values: number[]): number {
  return values.reduce((a, b) => a + b, 0) / values.length;
}
