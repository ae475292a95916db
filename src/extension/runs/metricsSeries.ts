import { csvNumber } from '../../runs/csv';
import { type MetricName, metricNames, type Split } from '../../runs/metricsTable';
import type { EpochMetrics, SplitMetrics } from './runData';
import type { TableReader } from './tailedTable';

/** Rows of one split at one epoch, by image. */
type Rows = Map<string, Float64Array>;

/** Gathers the rows of `metrics.csv` into epochs. Only epochs that got new rows are summed up again. */
export class MetricsSeries implements TableReader {
  private readonly rows = new Map<number, Record<Split, Rows>>();
  private readonly summed = new Map<number, EpochMetrics>();
  private columns: Record<string, number> = {};
  private list: readonly EpochMetrics[] | null = [];

  reset(columns: readonly string[]): void {
    this.rows.clear();
    this.summed.clear();
    this.list = [];
    this.columns = Object.fromEntries(columns.map((name, index) => [name, index]));
  }

  row(cells: readonly string[]): void {
    const cell = (name: string) => cells[this.columns[name] ?? -1];
    const split = cell('split');
    const epoch = csvNumber(cell('epoch'));
    if ((split !== 'train' && split !== 'test') || !Number.isFinite(epoch)) return;
    let ofEpoch = this.rows.get(epoch);
    if (!ofEpoch) this.rows.set(epoch, (ofEpoch = { train: new Map(), test: new Map() }));
    const values = Float64Array.from(metricNames, (name) => csvNumber(cell(name)));
    // An epoch that was measured twice (its process was killed right after the first time) counts once.
    ofEpoch[split].set(cell('image') ?? '', values);
    this.summed.delete(epoch);
    this.list = null;
  }

  /** The epochs so far, in their order. The same array as before when nothing has changed. */
  epochs(): readonly EpochMetrics[] {
    if (this.list) return this.list;
    for (const [epoch, { train, test }] of this.rows) {
      if (!this.summed.has(epoch)) this.summed.set(epoch, { epoch, train: summary(train), test: summary(test) });
    }
    this.list = [...this.summed.values()].sort((a, b) => a.epoch - b.epoch);
    return this.list;
  }
}

function summary(rows: Rows): SplitMetrics | null {
  if (rows.size === 0) return null;
  const images = [...rows.keys()];
  const perImage = [...rows.values()];
  const values = {} as Record<MetricName, Float64Array>;
  const mean = {} as Record<MetricName, number | null>;
  const standardError = {} as Record<MetricName, number | null>;
  metricNames.forEach((name, index) => {
    const column = Float64Array.from(perImage, (row) => row[index]!);
    const moments = momentsOf(column);
    values[name] = column;
    mean[name] = moments.mean;
    standardError[name] = moments.standardError;
  });
  return { n: images.length, images, values, mean, standardError };
}

/** Mean of the values that are numbers, and its standard error s / sqrt(n) with s over n - 1. */
export function momentsOf(column: Float64Array): { mean: number | null; standardError: number | null } {
  const defined = column.filter((value) => !Number.isNaN(value));
  const n = defined.length;
  if (n === 0) return { mean: null, standardError: null };
  const mean = defined.reduce((sum, value) => sum + value, 0) / n;
  if (n < 2 || !Number.isFinite(mean)) return { mean, standardError: null };
  const squares = defined.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, standardError: Math.sqrt(squares / (n - 1) / n) };
}
