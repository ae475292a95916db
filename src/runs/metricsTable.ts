import { type Cell, csvNumber, readTable } from './csv';
import type { MetricsSummary } from './document';
import { runPaths } from './layout';

/** The measured quantities, in the order of their columns. */
export const metricNames = [
  'loss',
  'accuracy',
  'iou',
  'dice',
  'confidenceBackground',
  'confidenceForeground',
  'areaRatioBackground',
  'areaRatioForeground',
  'ece',
  'eceTopLabel',
  'eceForeground',
  'eceBoundary',
  'nll',
  'brier',
  'boundaryIou',
  'hd95',
  'assd',
] as const;

export type MetricName = (typeof metricNames)[number];

export type Split = 'train' | 'test';

/** One row of `metrics.csv`: an image of a split at an epoch. NaN where a metric is undefined for the image. */
export type MetricsRow = { epoch: number; split: Split; image: string } & Record<MetricName, number>;

/** Columns of `metrics.csv`. */
export const metricsColumns: readonly string[] = ['epoch', 'split', 'image', ...metricNames];

/** A row as the cells of `metrics.csv`. */
export function metricsCells(row: MetricsRow): Cell[] {
  return [row.epoch, row.split, row.image, ...metricNames.map((name) => row[name])];
}

/** The whole rows of a run's `metrics.csv`, in the order in which they were written; none when there is no such file. */
export async function readMetrics(folder: string): Promise<MetricsRow[]> {
  const table = await readTable(runPaths(folder).metrics);
  if (table === null) return [];
  const index = Object.fromEntries(table.columns.map((name, position) => [name, position]));
  const cell = (row: readonly string[], name: string) => row[index[name] ?? -1];
  return table.rows.flatMap((row) => {
    const split = cell(row, 'split');
    if (split !== 'train' && split !== 'test') return [];
    const metrics = Object.fromEntries(metricNames.map((name) => [name, csvNumber(cell(row, name))]));
    return [
      {
        epoch: csvNumber(cell(row, 'epoch')),
        split,
        image: cell(row, 'image') ?? '',
        ...(metrics as Record<MetricName, number>),
      },
    ];
  });
}

/**
 * Means over the images of each split at one epoch. An image for which a metric is undefined does not count for that
 * metric. A split without rows is null.
 *
 * @param rows of any epochs and splits.
 */
export function metricsSummary(epoch: number, rows: readonly MetricsRow[]): MetricsSummary {
  const ofEpoch = rows.filter((row) => row.epoch === epoch);
  return { epoch, train: means(ofEpoch, 'train'), test: means(ofEpoch, 'test') };
}

function means(rows: readonly MetricsRow[], split: Split): Record<MetricName, number | null> | null {
  const ofSplit = rows.filter((row) => row.split === split);
  if (ofSplit.length === 0) return null;
  const entries = metricNames.map((name) => {
    const values = ofSplit.map((row) => row[name]).filter((value) => !Number.isNaN(value));
    return [name, values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length];
  });
  return Object.fromEntries(entries) as Record<MetricName, number | null>;
}

/** By what the best epoch is chosen: the mean test IoU, or the mean train IoU when there is no test split. */
export function summaryScore(summary: MetricsSummary): number | null {
  return (summary.test ?? summary.train)?.iou ?? null;
}

/** The better one of two summaries; the earlier one when they score the same. */
export function betterSummary(before: MetricsSummary | null, now: MetricsSummary): MetricsSummary {
  return before !== null && (summaryScore(before) ?? -Infinity) >= (summaryScore(now) ?? -Infinity) ? before : now;
}

/** The last and the best epoch of a run's metrics; null when there are none. */
export function summarizeMetrics(rows: readonly MetricsRow[]): {
  last: MetricsSummary | null;
  best: MetricsSummary | null;
} {
  const byEpoch = new Map<number, MetricsRow[]>();
  for (const row of rows) {
    const ofEpoch = byEpoch.get(row.epoch);
    if (ofEpoch) ofEpoch.push(row);
    else byEpoch.set(row.epoch, [row]);
  }
  let last: MetricsSummary | null = null;
  let best: MetricsSummary | null = null;
  for (const [epoch, ofEpoch] of [...byEpoch].sort(([a], [b]) => a - b)) {
    last = metricsSummary(epoch, ofEpoch);
    best = betterSummary(best, last);
  }
  return { last, best };
}
