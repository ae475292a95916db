import { describe, expect, it } from 'vitest';
import { shownAxes } from '../../../src/webview/kit/chartOption';
import { metricChart } from '../../../src/webview/kit/curves';
import { measureOf } from '../../../src/webview/kit/measures';
import { isZoomed, stretchOf, zoomedAround, zoomedTo } from '../../../src/webview/kit/zoom';
import { namedRun } from './support';

const rect = { left: 50, top: 10, width: 200, height: 100 };
const at = (x: number, y: number) => ({ x, y });

describe('stretchOf', () => {
  it('takes a box on both axes', () => {
    expect(stretchOf(rect, 0, at(100, 20), at(150, 60), false)).toEqual({ pane: 0, x: [0.25, 0.5], y: [0.5, 0.9] });
  });
  it('zooms x alone by a flat box, y alone by a narrow one or with Shift', () => {
    expect(stretchOf(rect, 0, at(100, 20), at(150, 24), false)).toMatchObject({ x: [0.25, 0.5], y: null });
    expect(stretchOf(rect, 0, at(100, 20), at(104, 60), false)).toMatchObject({ x: null });
    expect(stretchOf(rect, 0, at(100, 20), at(150, 60), true)).toMatchObject({ x: null, y: [0.5, 0.9] });
  });
  it('ends at the pane’s edges, and takes no notice of a tremble', () => {
    expect(stretchOf(rect, 0, at(100, 20), at(900, 900), false)).toMatchObject({ x: [0.25, 1], y: [0, 0.9] });
    expect(stretchOf(rect, 0, at(100, 20), at(102, 21), false)).toBeNull();
  });
});

describe('zoomedTo and zoomedAround', () => {
  const model = metricChart([namedRun('dice', 0, [0.2, 0.6, 0.9])], measureOf('iou'), {
    xBy: 'epoch',
    splits: ['test'],
    band: 'none',
    smoothing: 0,
    logX: false,
    switchedY: new Set(),
    hidden: new Set(),
    layout: 'overlay',
  })!;
  const axes = shownAxes(model, {}, 300);

  it('turns shares of what is shown into values', () => {
    expect(zoomedTo(model, axes, {}, { pane: 0, x: [0, 0.5], y: null })).toEqual({ x: [0, 1.5] });
    expect(zoomedTo(model, axes, { x: [1, 2] }, { pane: 0, x: null, y: [0.5, 1] })).toEqual({
      x: [1, 2],
      y: { 0: [0.5, 1] },
    });
  });

  it('comes closer around a place, and never shows more than there is', () => {
    const closer = zoomedAround(model, axes, {}, { axis: 'y', pane: 0, around: 1, factor: 0.5 });
    expect(closer).toEqual({ y: { 0: [0.5, 1] } });
    const further = zoomedAround(model, shownAxes(model, closer, 300), closer, {
      axis: 'y',
      pane: 0,
      around: 0.5,
      factor: 4,
    });
    expect(isZoomed(further)).toBe(false);
  });

  it('shows the zoomed part with ticks of its own', () => {
    const { x } = shownAxes(model, { x: [1, 3] }, 300);
    expect(x).toMatchObject({ min: 1, max: 3, ticks: [1, 2, 3] });
  });
});
