import { describe, expect, it } from 'vitest';
import { csvText, fileName } from '../../../src/webview/kit/csv';
import { metricChart } from '../../../src/webview/kit/curves';
import { measureOf } from '../../../src/webview/kit/measures';
import { nearestIndex, pointsAt } from '../../../src/webview/kit/pick';
import { chartCsv, chartSummary, numbersTable } from '../../../src/webview/kit/table';
import { namedRun } from './support';

const model = metricChart([namedRun('dice', 0, [0.2, 0.6, 0.9]), namedRun('a, "b"', 1, [0.1, 0.3])], measureOf('iou'), {
  xBy: 'step',
  splits: ['test'],
  band: 'errors',
  smoothing: 0.5,
  logX: false,
  switchedY: new Set(),
  hidden: new Set(),
  layout: 'overlay',
})!;

describe('numbersTable', () => {
  it('has a row per point and a column per line, empty where a run has no such point', () => {
    const { columns, rows } = numbersTable(model);
    expect(columns).toEqual(['step', 'dice, test', 'a, "b", test']);
    expect(rows.map((row) => row[0])).toEqual(['10', '20', '30']);
    expect(rows[0]![1]).toBe('0.200 ± 0.030');
    expect(rows[2]![2]).toBe('');
  });

  it('thins long runs, first and last always there, and says so', () => {
    const { rows, leftOut } = numbersTable(model, 2);
    expect(rows.map((row) => row[0])).toEqual(['10', '30']);
    expect(leftOut).toBe(1);
  });
});

describe('chartCsv', () => {
  it('holds raw and smoothed values unrounded, with quotes where names need them', () => {
    const lines = chartCsv(model).trimEnd().split('\n');
    expect(lines[0]).toBe('line,folder,epoch,step,value,smoothed,low,high');
    expect(lines[1]).toBe('"dice, test",dice,1,10,0.2,0.2,0.17,0.23');
    expect(lines).toHaveLength(6);
    expect(lines[4]).toContain('"a, ""b"", test"');
  });

  it('writes undefined numbers as empty cells', () => {
    expect(csvText(['a', 'b'], [[NaN, null]])).toBe('a,b\n,\n');
  });

  it('makes file names of titles', () => {
    expect(fileName('losscape IoU / γ=2?', 'svg')).toBe('losscape-IoU-γ=2.svg');
    expect(fileName('///', 'csv')).toBe('figure.csv');
  });
});

describe('pointsAt', () => {
  it('orders the runs by value, and takes the nearest point of runs with other steps', () => {
    expect(pointsAt(model, 20, 0).map(({ line, x }) => [line.folder, x])).toEqual([
      ['dice', 20],
      ['a, "b"', 20],
    ]);
    expect(pointsAt(model, 30, 0).map(({ line }) => line.folder)).toEqual(['dice']);
  });

  it('finds the nearest of sorted numbers', () => {
    expect([0, 14, 15.1, 99].map((x) => nearestIndex([10, 20, 30], x))).toEqual([0, 0, 1, 2]);
    expect(nearestIndex([], 1)).toBe(-1);
  });
});

describe('chartSummary', () => {
  it('says the newest values in words', () => {
    expect(chartSummary(model)).toMatch(/^IoU of the foreground by step\. Newest: dice, test 0\.\d{3}, /);
  });
});
