import { describe, expect, it } from 'vitest';
import { type MetricsRow, metricNames, metricsColumns } from '../../src/runs/metricsTable';
import { runPaths } from '../../src/runs/layout';
import { temporaryFolder } from '../runs/support';
import { pythonWith, runPython } from './python';
import { writeRun } from './trainedRun';

const python = pythonWith(['pandas']);

/** A row of fractions that need all their digits; what has no value for an image without a foreground is missing. */
function row(epoch: number, split: 'train' | 'test', image: string, foreground: boolean): MetricsRow {
  const values = metricNames.map((name, i) => {
    const undefinedHere = !foreground && ['iou', 'confidenceForeground', 'areaRatioForeground', 'hd95'].includes(name);
    return [name, undefinedHere ? NaN : 1 / (3 + i + 7 * epoch)];
  });
  return { epoch, split, image, ...(Object.fromEntries(values) as Record<(typeof metricNames)[number], number>) };
}

describe.skipIf(python === undefined)('metrics.csv in pandas', () => {
  it('loads as it is: float columns, missing values, names with commas and quotes', async () => {
    const metrics = [
      row(1, 'train', 'im0001', true),
      row(1, 'test', 'left, "blurred"', false),
      row(2, 'train', 'im0001', true),
      row(2, 'test', 'left, "blurred"', true),
      { ...row(2, 'test', 'apart', true), hd95: Infinity, loss: 1e-12 },
    ];
    const model = { filters: 1, depth: 0, padding: 'same', classes: 2, channels: 3 } as const;
    const { folder } = await writeRun(temporaryFolder(), model, { crop: [8, 8], metrics });
    const table = runPython(python!, 'read_metrics.py', [runPaths(folder).metrics]) as {
      types: Record<string, string>;
      missing: Record<string, number>;
      rows: Record<string, unknown>[];
    };
    expect(Object.keys(table.types)).toEqual(metricsColumns);
    expect(table.types.epoch).toBe('int64');
    for (const name of metricNames) expect(table.types[name]).toBe('float64');
    expect(table.missing).toMatchObject({ loss: 0, iou: 1, confidenceForeground: 1, hd95: 1, image: 0, split: 0 });
    expect(table.rows.map(({ image }) => image)).toEqual(metrics.map(({ image }) => image));
    expect(table.rows.map(({ split }) => split)).toEqual(metrics.map(({ split }) => split));
    for (const [i, { dice, ece }] of metrics.entries()) {
      expect(table.rows[i]!.dice).toBeCloseTo(dice, 14);
      expect(table.rows[i]!.ece).toBeCloseTo(ece, 14);
    }
  });
});
