import { describe, expect, it } from 'vitest';
import { curveSettings, initialState, splitsOf, zoomOf } from '../../../src/webview/metrics/state';

describe('the metrics panel’s state', () => {
  it('shows both splits of one run, and of several the test images only', () => {
    expect(splitsOf(initialState, 1, true)).toEqual(['train', 'test']);
    expect(splitsOf(initialState, 3, true)).toEqual(['test']);
    expect(splitsOf({ ...initialState, layout: 'panes' }, 3, true)).toEqual(['train', 'test']);
    expect(splitsOf({ ...initialState, splits: ['test'] }, 3, false)).toEqual(['train']);
  });

  it('shares x between charts and keeps y to each', () => {
    const state = { ...initialState, zoomX: [2, 4] as const, zoomY: { iou: { 0: [0.5, 1] as const } } };
    expect(zoomOf(state, 'iou')).toEqual({ x: [2, 4], y: { 0: [0.5, 1] } });
    expect(zoomOf(state, 'loss')).toEqual({ x: [2, 4] });
  });

  it('survives being stored as JSON', () => {
    const stored = JSON.parse(JSON.stringify(initialState)) as typeof initialState;
    expect(curveSettings(stored, 2, true)).toEqual(curveSettings(initialState, 2, true));
  });
});
