import { expect, test } from 'vitest';
import { cellAt, cellWords, colourShare, matrixCsv, matrixTable } from '../../../src/webview/network/matrix';
import {
  changeMatrix,
  deadDefinition,
  deadList,
  deadMatrix,
  logScale,
  normChart,
} from '../../../src/webview/network/weightsModel';
import { weights } from './support';

const change = changeMatrix(weights, 'layer', 'about')!;

test('changes by layer and step, of the layer or of each of its weights', () => {
  expect(change.rows).toEqual(['encoder.0.conv1', 'head']);
  expect(change.columns).toEqual([
    [1, 2],
    [3, 3],
  ]);
  expect([...change.values]).toEqual([1, 2, 50, 0]);
  expect([...changeMatrix(weights, 'weight', '')!.values].map((value) => Number(value.toFixed(4)))).toEqual([
    0.1, 0.2, 0.5, 0,
  ]);
  expect(
    changeMatrix({ ...weights, firstSteps: [], lastSteps: [], stepChanges: new Float32Array(0) }, 'layer', ''),
  ).toBeNull();
});

test('the scale is logarithmic and holds the values; no change has no colour', () => {
  expect(change.scale).toMatchObject({ type: 'log', min: 1, max: 50 });
  expect(colourShare(change.scale, 1)).toBe(0);
  expect(colourShare(change.scale, 50)).toBeCloseTo(1, 12);
  expect(colourShare(change.scale, Math.sqrt(50))).toBeCloseTo(0.5, 12);
  expect(colourShare(change.scale, 0)).toBeNaN();
  const many = Float32Array.from({ length: 1000 }, (_, i) => (i === 0 ? 1e-20 : 1 + i / 1000));
  expect(logScale(many).min).toBe(1);
});

test('a cell in words, by its place', () => {
  expect(cellAt(change, 0.2, 0.7)).toEqual({ row: 1, column: 0 });
  expect(cellAt(change, 1, 0.5)).toBeNull();
  expect(cellWords(change, { row: 0, column: 0 })).toBe('encoder.0.conv1, steps 1 to 2: 1');
  expect(cellWords(change, { row: 1, column: 1 })).toBe('head, step 3: no change');
});

test('numbers as CSV and as a table', () => {
  expect(matrixCsv(change)).toBe('first_step,last_step,encoder.0.conv1,head\n1,2,1,50\n3,3,2,0\n');
  expect(matrixTable(change)).toEqual({
    columns: ['layer', 'step 1', 'step 3'],
    rows: [
      ['encoder.0.conv1', '1', '2'],
      ['head', '50', 'no change'],
    ],
    leftOut: 0,
  });
  expect(matrixTable(change, 1)).toMatchObject({ columns: ['layer', 'step 1'], leftOut: 1 });
});

test('dead filters as parts of the layer; a layer without a ReLU has none to show', () => {
  const dead = deadMatrix(weights, '')!;
  expect([...dead.values]).toEqual([0, 50, NaN, NaN]);
  expect(cellWords(dead, { row: 0, column: 1 })).toBe('encoder.0.conv1, epoch 2: 50 %');
  expect(cellWords(dead, { row: 1, column: 1 })).toBe('head, epoch 2: no ReLU');
  expect(matrixCsv(dead)).toBe('epoch,encoder.0.conv1,head\n0,0,\n2,50,\n');
  expect(deadList(weights)).toEqual([{ layer: 'encoder.0.conv1', channels: 4, filters: [1, 3] }]);
  expect(deadDefinition(weights)).toContain('exactly 0 at every place of 2 training images (a, b)');
  expect(deadMatrix({ ...weights, measuredEpochs: [] }, '')).toBeNull();
});

test('norms by epoch, a line per layer; none where there is one checkpoint', () => {
  const chart = normChart(weights, 'norms', '', false)!;
  expect(chart.lines.map(({ name, y }) => [name, ...Array.from(y)])).toEqual([
    ['encoder.0.conv1', 1, 2],
    ['head', 3, 4],
  ]);
  expect(chart.y[0]!.type).toBe('log');
  expect(normChart(weights, 'changes', '', true)!.y[0]).toMatchObject({ type: 'value', min: 0 });
  expect(normChart({ ...weights, epochs: [0] }, 'norms', '', false)).toBeNull();
});
