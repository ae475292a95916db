import { describe, expect, it } from 'vitest';
import { parameters, settingsOf } from '../../../src/webview/kit/configuration';
import { measureOf } from '../../../src/webview/kit/measures';
import { parameterChart } from '../../../src/webview/comparison/parameterChart';
import {
  type ComparedNamedRun,
  findings,
  resultsCsv,
  resultsTable,
  type TableSettings,
} from '../../../src/webview/comparison/resultsTable';
import { namedRun } from '../kit/support';

const images = ['a', 'b', 'c', 'd', 'e'];

function compared(
  name: string,
  place: number,
  iou: readonly number[],
  names = images,
  gamma?: number,
): ComparedNamedRun {
  const mean = iou.reduce((sum, value) => sum + value, 0) / iou.length;
  const values = {
    epoch: 3,
    images: names,
    values: { iou: Float64Array.from(iou), confidenceForeground: Float64Array.from(iou, (value) => value / 2) },
  };
  return {
    ...namedRun(name, place, [0.1, 0.5, mean], { configuration: { loss: { type: 'focal', gamma } } }),
    images: { last: { train: null, test: values }, best: { train: null, test: { ...values, epoch: 2 } } },
  };
}

const base = compared('cross-entropy', 0, [0.9, 0.8, 0.85, 0.7, 0.95], images, 0);
const better = compared('dice', 1, [0.93, 0.83, 0.89, 0.73, 0.98], images, 1);
const worse = compared('focal γ=5', 2, [0.7, 0.62, 0.6, 0.5, 0.77], images, 5);
const other = compared('elsewhere', 3, [0.9, 0.8, 0.85, 0.7, 0.95], ['p', 'q', 'r', 's', 't']);
const settings: TableSettings = {
  at: 'last',
  split: 'test',
  baseline: 'cross-entropy',
  metrics: ['iou', 'confidenceForeground', 'hd95'],
  sort: { column: 'place', descending: false },
};

describe('resultsTable', () => {
  const table = resultsTable([base, better, worse], settings);
  const cell = (row: number, column: number) => table.rows[row]!.cells[column]!;

  it('gives means with intervals and paired differences to the baseline', () => {
    expect(cell(0, 0)).toMatchObject({ n: 5, difference: null, verdict: null });
    expect(cell(0, 0).mean).toBeCloseTo(0.84, 10);
    expect(cell(1, 0).difference).toMatchObject({ paired: true, n: 5 });
    expect(cell(1, 0).difference!.mean).toBeCloseTo(0.032, 10);
    expect(table.pairing).toBe('paired');
  });

  it('judges only metrics that have a better side', () => {
    expect([cell(1, 0).verdict, cell(2, 0).verdict]).toEqual(['better', 'worse']);
    expect([cell(1, 1).verdict, cell(2, 1).verdict]).toEqual(['higher', 'lower']);
  });

  it('leaves empty what was not measured', () => {
    expect(cell(0, 2)).toMatchObject({ mean: NaN, difference: null });
  });

  it('does not pair different images', () => {
    const mixed = resultsTable([base, better, other], settings);
    expect(mixed.pairing).toBe('mixed');
    expect(mixed.rows[2]!.cells[0]!.verdict).toBeNull();
  });

  it('sorts by any column, what has no value last', () => {
    const names = (column: string, descending: boolean) =>
      resultsTable([base, better, worse], { ...settings, sort: { column, descending } }).rows.map(
        (row) => row.run.name,
      );
    expect(names('iou', true)).toEqual(['dice', 'cross-entropy', 'focal γ=5']);
    expect(names('iou', false)).toEqual(['focal γ=5', 'cross-entropy', 'dice']);
    expect(names('name', false)).toEqual(['cross-entropy', 'dice', 'focal γ=5']);
    expect(names('hd95', true)).toHaveLength(3);
  });

  it('knows the end of the plateau and the epoch of the evaluation', () => {
    expect(table.rows[0]).toMatchObject({ epoch: 3, half: 2 });
    expect(resultsTable([base], { ...settings, at: 'best' }).rows[0]!.epoch).toBe(2);
  });

  it('says what it shows in words', () => {
    expect(findings(table, settings)).toEqual([
      'Highest test IoU: dice, 0.872 at epoch 3; lowest: focal γ=5, 0.638.',
      '2 of 2 differ from cross-entropy in IoU on these images: dice (better), focal γ=5 (worse).',
    ]);
    expect(findings(resultsTable([base], settings), settings)).toEqual([]);
  });

  it('is written to a file unrounded', () => {
    const [head, first, second] = resultsCsv(table, settings).split('\n');
    expect(head).toMatch(
      /^run,folder,status,split,evaluation,epoch,baseline,firstEpochWithIouOfOneHalf,iou,iou_half95,/,
    );
    expect(first!.split(',').length).toBe(head!.split(',').length);
    expect(second).toContain(',5,0.03200000000000001,');
  });
});

describe('parameterChart', () => {
  it('puts runs over a number of their configuration and leaves out those without', () => {
    const all = [base, better, worse, other];
    const [gamma] = parameters(all.map((run) => settingsOf(run.info.configuration)));
    expect(gamma!.values).toEqual([0, 1, 5, null]);
    const model = parameterChart(all, gamma!, measureOf('iou'), {
      at: 'last',
      split: 'test',
      hidden: new Set(),
      switchedY: new Set(),
    })!;
    expect(model.xName).toBe('γ');
    expect(model.lines.map((line) => [line.name, line.x[0]])).toEqual([
      ['cross-entropy', 0],
      ['dice', 1],
      ['focal γ=5', 5],
    ]);
    expect(model.x.min).toBeLessThan(0);
  });
});
