import { expect, test } from 'vitest';
import { addition, arrival, journey, typing } from '../../../src/webview/heatmap/moves';
import { type HeatmapState, initialState } from '../../../src/webview/heatmap/state';
import { crossEntropy, heatmapRun } from './support';

const runs = [heatmapRun('x'), heatmapRun('y')];
const apply = (state: HeatmapState, patch: Partial<HeatmapState>): HeatmapState => ({ ...state, ...patch });

test('one run is shown beside the photograph, several by their confidence; a test image comes first', () => {
  const one = apply(initialState, arrival(initialState, runs.slice(0, 1)));
  expect([one.runs, one.layers, one.image]).toEqual([['x'], ['photo', 'pt'], { name: 'c', split: 'test' }]);
  expect(arrival(initialState, runs)).toMatchObject({ runs: ['x', 'y'], layers: ['pt'], folders: ['x', 'y'] });
});

test('a page that was hidden comes back as it was, without the runs that have gone', () => {
  const before: HeatmapState = { ...initialState, runs: ['x', 'gone'], layers: ['gradient'], image: { name: 'a' } };
  expect(arrival(before, runs)).toMatchObject({ runs: ['x'], layers: ['gradient'], image: { name: 'a' } });
});

test('added runs are shown beside the others; news about known ones change nothing that is shown', () => {
  const state: HeatmapState = { ...initialState, runs: ['x'], sideBySide: false };
  expect(addition(state, runs.slice(0, 1), runs)).toEqual({
    folders: ['x', 'y'],
    points: [],
    runs: ['x', 'y'],
    sideBySide: true,
  });
  expect(addition(state, runs, runs)).toEqual({ folders: ['x', 'y'], points: [], runs: ['x'] });
});

test('an image by name is found in its split; one without a mask has no confidence', () => {
  expect(journey(initialState, runs, { epoch: 3, image: { name: 'b' } })).toMatchObject({
    epoch: 3,
    image: { name: 'b', split: 'train' },
    layers: ['photo', 'pt'],
  });
  const file = journey({ ...initialState, layers: ['photo', 'pt', 'loss'] }, runs, { image: { path: '/i.png' } });
  expect(file.layers).toEqual(['photo', 'foreground']);
  expect(journey(initialState, runs, { image: { path: '/i.png', mask: '/m.png' } }).layers).toEqual(['photo', 'pt']);
});

test('a typed loss is drawn beside the one that the run was trained with, or in its place', () => {
  const state: HeatmapState = { ...initialState, runs: ['x'] };
  const typed = { key: 't', label: 'focal γ=7', spec: {} };
  expect(typing(state, runs, typed)).toEqual({ typed: [typed], losses: ['focal', 't'] });
  expect(typing({ ...state, sideBySide: false }, runs, crossEntropy)).toEqual({ typed: [], losses: ['ce'] });
});
