import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { appendRows } from '../../src/runs/csv';
import {
  betterSummary,
  metricsCells,
  metricsColumns,
  type MetricsRow,
  metricsSummary,
  readMetrics,
  summarizeMetrics,
  summaryScore,
} from '../../src/runs/metricsTable';
import { readSteps, stepCells, stepsColumns } from '../../src/runs/stepsTable';
import { metricsRow, stepRow, temporaryFolder } from './support';

describe('metrics.csv', () => {
  it('has the columns of the format', () => {
    expect(metricsColumns.join()).toBe(
      'epoch,split,image,loss,accuracy,iou,dice,confidenceBackground,confidenceForeground,areaRatioBackground,' +
        'areaRatioForeground,ece,eceTopLabel,eceForeground,eceBoundary,nll,brier,boundaryIou,hd95,assd',
    );
  });

  it('is read as it was written, bit for bit, without its torn row', async () => {
    const folder = temporaryFolder();
    const rows: MetricsRow[] = [
      metricsRow(1, 'train', 'eye, left "1"', 1 / 3, { hd95: NaN, loss: Infinity }),
      metricsRow(1, 'test', 'b', Math.fround(0.1)),
    ];
    expect(await readMetrics(folder)).toEqual([]);
    await appendRows(join(folder, 'metrics.csv'), metricsColumns, rows.map(metricsCells));
    appendFileSync(join(folder, 'metrics.csv'), '2,train,a,0.1');
    expect(await readMetrics(folder)).toEqual(rows);
  });

  it('is read by column name, and without rows of an unknown split', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'metrics.csv'), 'split,iou,epoch,image,extra\ntest,0.5,3,a,x\nother,1,1,b,y\n');
    const rows = await readMetrics(folder);
    expect(rows).toEqual([metricsRow(3, 'test', 'a', NaN, { iou: 0.5 })]);
  });
});

describe('summaries', () => {
  const rows = [
    metricsRow(1, 'train', 'a', 0.2),
    metricsRow(1, 'train', 'b', 0.4, { hd95: NaN }),
    metricsRow(1, 'test', 'c', 0.5, { assd: NaN }),
    metricsRow(2, 'train', 'a', 0.9),
  ];

  it('are means over the images that have a value', () => {
    const { train, test } = metricsSummary(1, rows);
    expect(train?.iou).toBeCloseTo(0.3, 12);
    expect(train?.hd95).toBe(0.2);
    expect(test).toMatchObject({ iou: 0.5, assd: null });
    expect(metricsSummary(2, rows).test).toBeNull();
    expect(metricsSummary(3, rows)).toEqual({ epoch: 3, train: null, test: null });
  });

  it('score by the test split, or by the train split where there is none', () => {
    expect(summaryScore(metricsSummary(1, rows))).toBe(0.5);
    expect(summaryScore(metricsSummary(2, rows))).toBe(0.9);
    expect(summaryScore(metricsSummary(3, rows))).toBeNull();
  });

  it('give the better one, and the earlier one of equals', () => {
    const at = (epoch: number, iou: number | null) => ({ epoch, train: null, test: { iou } });
    expect(betterSummary(null, at(1, null)).epoch).toBe(1);
    expect(betterSummary(at(1, 0.5), at(2, 0.5)).epoch).toBe(1);
    expect(betterSummary(at(1, 0.5), at(2, 0.6)).epoch).toBe(2);
    expect(betterSummary(at(1, 0.5), at(2, null)).epoch).toBe(1);
    expect(betterSummary(at(1, null), at(2, 0)).epoch).toBe(2);
  });

  it('find the last and the best epoch of a table in any order', () => {
    const table = [metricsRow(3, 'test', 'a', 0.1), metricsRow(1, 'test', 'a', 0.3), metricsRow(2, 'test', 'a', 0.2)];
    const { last, best } = summarizeMetrics(table);
    expect([last?.epoch, best?.epoch]).toEqual([3, 1]);
    expect(summarizeMetrics([])).toEqual({ last: null, best: null });
  });
});

describe('steps.csv', () => {
  it('is read as it was written', async () => {
    const folder = temporaryFolder();
    expect(await readSteps(folder)).toEqual({ parameters: [], rows: [] });
    const parameters = ['encoder.0.conv1.weight', 'head.bias'];
    const rows = [stepRow(1, 1), stepRow(2, 1, NaN)];
    const cells = rows.map((row) => stepCells(row, parameters));
    expect(stepsColumns(parameters).join()).toBe(
      'step,epoch,loss,learningRate,seconds,imagesPerSecond,change/encoder.0.conv1.weight,change/head.bias',
    );
    await appendRows(join(folder, 'steps.csv'), stepsColumns(parameters), cells);
    appendFileSync(join(folder, 'steps.csv'), '3,1,0.');
    expect(await readSteps(folder)).toEqual({ parameters, rows });
  });

  it('refuses a step that lacks a parameter tensor', () => {
    expect(() => stepCells(stepRow(4, 1), ['other'])).toThrow('Step 4 has no change of "other"');
  });
});
