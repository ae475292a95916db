import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { momentsOf } from '../../../src/extension/runs/metricsSeries';
import { RunTables } from '../../../src/extension/runs/runTables';
import { csvRow } from '../../../src/runs/csv';
import { runPaths } from '../../../src/runs/layout';
import { metricNames, metricsColumns } from '../../../src/runs/metricsTable';
import { temporaryFolder } from './support';

const metricsLine = (epoch: number, split: string, image: string, iou: number): string =>
  `${csvRow([epoch, split, image, ...metricNames.map((name) => (name === 'iou' ? iou : 0.5))])}\n`;

test('metrics by epoch and split, with means over the images that have a value', async () => {
  const folder = temporaryFolder();
  const { metrics } = runPaths(folder);
  writeFileSync(
    metrics,
    `${metricsColumns.join(',')}\n` +
      metricsLine(1, 'train', 'a', 0.2) +
      metricsLine(1, 'test', 'x, "1"', 0.4) +
      metricsLine(1, 'test', 'y', 0.6) +
      metricsLine(1, 'test', 'z', NaN),
  );
  const tables = new RunTables();
  const { epochs, problem } = await tables.metrics(folder);
  expect(problem).toBeUndefined();
  expect(epochs.map(({ epoch }) => epoch)).toEqual([1]);
  const test1 = epochs[0]!.test!;
  expect(test1.images).toEqual(['x, "1"', 'y', 'z']);
  expect(test1.n).toBe(3);
  expect([...test1.values.iou]).toEqual([0.4, 0.6, NaN]);
  expect(test1.mean.iou).toBeCloseTo(0.5, 12);
  expect(test1.standardError.iou).toBeCloseTo(Math.sqrt(0.02 / 2), 12);
  expect(epochs[0]!.train!.standardError.iou).toBeNull();

  const before = (await tables.metrics(folder)).epochs;
  expect((await tables.metrics(folder)).epochs).toBe(before);
  appendFileSync(metrics, metricsLine(2, 'test', 'y', 0.7));
  const after = (await tables.metrics(folder)).epochs;
  expect(after.map(({ epoch, train }) => [epoch, train === null])).toEqual([
    [1, false],
    [2, true],
  ]);
  // An epoch without new rows is not summed up again.
  expect(after[0]).toBe(before[0]);
});

test('an epoch that was measured twice counts once', async () => {
  const folder = temporaryFolder();
  writeFileSync(
    runPaths(folder).metrics,
    `${metricsColumns.join(',')}\n${metricsLine(1, 'test', 'a', 0.1)}${metricsLine(1, 'test', 'a', 0.9)}`,
  );
  const { epochs } = await new RunTables().metrics(folder);
  expect(epochs[0]!.test!.n).toBe(1);
  expect(epochs[0]!.test!.mean.iou).toBe(0.9);
});

test('steps by column, with the changes of each parameter tensor', async () => {
  const folder = temporaryFolder();
  const { steps } = runPaths(folder);
  const header = 'step,epoch,loss,learningRate,seconds,imagesPerSecond,change/head.weight,change/head.bias\n';
  writeFileSync(steps, `${header}1,1,0.7,0.001,0.5,8,0.25,0.125\n`);
  const tables = new RunTables();
  const first = await tables.steps(folder);
  expect(first.parameters).toEqual(['head.weight', 'head.bias']);
  appendFileSync(steps, Array.from({ length: 100 }, (_, i) => `${i + 2},1,inf,0.001,0.5,8,1,2\n`).join(''));
  const second = await tables.steps(folder);
  expect(first.length).toBe(1);
  expect([...first.loss]).toEqual([0.7]);
  expect(second.length).toBe(101);
  expect(second.step[100]).toBe(101);
  expect(second.loss[1]).toBe(Infinity);
  expect(second.change['head.bias']![100]).toBe(2);
});

test('nothing there, and something that is no file', async () => {
  const folder = temporaryFolder();
  const tables = new RunTables();
  expect(await tables.metrics(folder)).toEqual({ epochs: [] });
  expect((await tables.steps(folder)).length).toBe(0);
  mkdirSync(join(folder, 'metrics.csv'));
  expect((await tables.metrics(folder)).problem).toMatch(/EISDIR/);
});

test('moments', () => {
  expect(momentsOf(new Float64Array([]))).toEqual({ mean: null, standardError: null });
  expect(momentsOf(new Float64Array([NaN, 3]))).toEqual({ mean: 3, standardError: null });
  expect(momentsOf(new Float64Array([1, 2, 3, NaN]))).toEqual({ mean: 2, standardError: Math.sqrt(1 / 3) });
  expect(momentsOf(new Float64Array([1, Infinity]))).toEqual({ mean: Infinity, standardError: null });
});
