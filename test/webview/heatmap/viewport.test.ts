import { expect, test } from 'vitest';
import {
  clamped,
  gridOf,
  largestPixel,
  pannedBy,
  pixelAt,
  placeAt,
  placeOf,
  pointAt,
  scaleOf,
  showing,
  wholeView,
  zoomedAt,
} from '../../../src/webview/heatmap/viewport';

const plot = { left: 34, top: 6, width: 200, height: 100 };
const size = { width: 400, height: 200 };

test('the whole image fills the plot', () => {
  expect(scaleOf(wholeView, plot, size)).toBe(0.5);
  expect(pointAt(wholeView, plot, size, { x: 0, y: 0 })).toEqual({ x: 34, y: 6 });
  expect(pointAt(wholeView, plot, size, { x: 1, y: 1 })).toEqual({ x: 234, y: 106 });
});

test('points and places are each other’s inverse', () => {
  const view = { x: 0.3, y: 0.6, zoom: 5 };
  const place = placeAt(view, plot, size, { x: 77, y: 41 });
  const back = pointAt(view, plot, size, place);
  expect(back.x).toBeCloseTo(77, 9);
  expect(back.y).toBeCloseTo(41, 9);
});

test('zooming leaves the place under the pointer where it is', () => {
  const point = { x: 150, y: 80 };
  const view = zoomedAt({ x: 0.5, y: 0.5, zoom: 2 }, plot, size, point, 3);
  expect(view.zoom).toBe(6);
  const before = placeAt({ x: 0.5, y: 0.5, zoom: 2 }, plot, size, point);
  const after = placeAt(view, plot, size, point);
  expect(after.x).toBeCloseTo(before.x, 9);
  expect(after.y).toBeCloseTo(before.y, 9);
});

test('a view neither leaves the image nor comes closer than useful', () => {
  expect(clamped({ x: 0, y: 0, zoom: 4 }, plot, size)).toEqual({ x: 0.125, y: 0.125, zoom: 4 });
  expect(clamped({ x: 0.9, y: 0.1, zoom: 0.2 }, plot, size)).toEqual(wholeView);
  expect(scaleOf(clamped({ x: 0.5, y: 0.5, zoom: 1e9 }, plot, size), plot, size)).toBe(largestPixel);
  expect(pannedBy({ x: 0.5, y: 0.5, zoom: 2 }, plot, size, { x: 1e6, y: 0 }).x).toBe(0.25);
});

test('the same place is the same share of images of other sizes', () => {
  expect(pixelAt({ x: 0.5, y: 0.25 }, size)).toEqual({ row: 50, column: 200 });
  expect(pixelAt({ x: 0.5, y: 0.25 }, { width: 40, height: 20 })).toEqual({ row: 5, column: 20 });
  expect(pixelAt({ x: 1, y: -1 }, size)).toEqual({ row: 0, column: 399 });
  expect(pixelAt(placeOf({ row: 7, column: 3 }, size), size)).toEqual({ row: 7, column: 3 });
});

test('a cursor that leaves the sight is followed', () => {
  const view = { x: 0.2, y: 0.5, zoom: 4 };
  expect(showing(view, plot, size, { x: 0.21, y: 0.5 })).toEqual(view);
  const moved = showing(view, plot, size, { x: 0.8, y: 0.5 });
  expect(pointAt(moved, plot, size, { x: 0.8, y: 0.5 }).x).toBeLessThan(plot.left + plot.width);
});

test('tiles are as large as fits', () => {
  const extra = { width: 40, height: 50 };
  expect(gridOf(1, { width: 1000, height: 600 }, 1, extra, 10)).toEqual({ columns: 1, width: 550, height: 550 });
  expect(gridOf(6, { width: 1000, height: 600 }, 1, extra, 10).columns).toBe(3);
  expect(gridOf(6, { width: 300, height: 5000 }, 1, extra, 10).columns).toBe(1);
});
