import { expect, test } from 'vitest';
import {
  allLosses,
  chosen,
  epochsOf,
  type HeatmapState,
  initialState,
  nearestEpoch,
  spreadOut,
  tilesOf,
} from '../../../src/webview/heatmap/state';
import { tileTitles } from '../../../src/webview/heatmap/titles';
import { crossEntropy, focal, heatmapRun } from './support';

const runs = [heatmapRun('x'), heatmapRun('y', { trainedWith: 'ce', epochs: [1, 4] })];
const state = (more: Partial<HeatmapState>): HeatmapState => ({ ...initialState, runs: ['x'], ...more });
const titles = (of: HeatmapState) =>
  tileTitles(
    tilesOf(of, runs).tiles,
    new Map([
      ['x', 'first'],
      ['y', 'second'],
    ]),
  );

test('every layer of every run under every loss is a tile', () => {
  const both = state({ runs: ['x', 'y'], layers: ['pt', 'gradient'], losses: ['ce', 'focal'] });
  const { tiles, leftOut } = tilesOf(both, runs);
  expect(tiles.map(({ run, layer, loss }) => `${run.info.folder} ${layer} ${loss?.label ?? ''}`.trim())).toEqual([
    'x pt',
    'y pt',
    'x gradient cross-entropy',
    'x gradient focal γ=2',
    'y gradient cross-entropy',
    'y gradient focal γ=2',
  ]);
  expect(leftOut).toBe(0);
});

test('a photograph is shown once, and six tiles are the most', () => {
  const many = state({
    runs: ['x', 'y'],
    layers: ['photo', 'target', 'pt', 'entropy', 'loss'],
    losses: ['ce', 'focal'],
  });
  const { tiles, leftOut } = tilesOf(many, runs);
  expect(tiles.map(({ layer }) => layer)).toEqual(['photo', 'target', 'pt', 'pt', 'entropy', 'entropy']);
  expect(leftOut).toBe(4);
});

test('without a chosen loss, the one that the run was trained with', () => {
  const { tiles } = tilesOf(state({ runs: ['x', 'y'], layers: ['loss'] }), runs);
  expect(tiles.map(({ loss }) => loss?.key)).toEqual(['focal', 'ce']);
});

test('titles say what differs', () => {
  expect(titles(state({ layers: ['photo', 'pt'] }))).toEqual(['Photograph', 'Confidence pt']);
  expect(titles(state({ layers: ['pt'] }))).toEqual(['Confidence pt']);
  expect(titles(state({ runs: ['x', 'y'], layers: ['pt'] }))).toEqual(['first', 'second']);
  expect(titles(state({ layers: ['loss'], losses: ['ce', 'focal'] }))).toEqual([
    'under cross-entropy',
    'under focal γ=2',
  ]);
  expect(titles(state({ runs: ['x', 'y'], layers: ['pt', 'loss'], losses: ['ce'] }))).toEqual([
    'first · Confidence pt',
    'second · Confidence pt',
    'first · Loss under cross-entropy',
    'second · Loss under cross-entropy',
  ]);
});

test('a choice replaces the others or stands beside them, and is never empty', () => {
  expect(chosen(['a'], 'b', false)).toEqual(['b']);
  expect(chosen(['a'], 'b', true)).toEqual(['a', 'b']);
  expect(chosen(['a', 'b'], 'a', true)).toEqual(['b']);
  expect(chosen(['a'], 'a', true)).toEqual(['a']);
});

test('epochs of several runs, the nearest one, and a few out of many', () => {
  expect(epochsOf(runs)).toEqual([0, 1, 2, 4]);
  expect(nearestEpoch([1, 4], 2)).toBe(1);
  expect(nearestEpoch([1, 3], 2)).toBe(1);
  expect(nearestEpoch([], 2)).toBeNull();
  expect(spreadOut([0, 1, 2, 3, 4, 5, 6, 7, 8], 3)).toEqual([0, 4, 8]);
  expect(spreadOut([0, 1], 3)).toEqual([0, 1]);
});

test('the same loss of two runs is one loss, and typed ones come after', () => {
  const typed = { key: 't', label: 'focal γ=7', spec: { type: 'focal', gamma: 7 } };
  expect(allLosses(runs, [typed, focal])).toEqual([crossEntropy, focal, typed]);
});
