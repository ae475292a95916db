import { type NamedRun } from '../kit/curves';
import { type Cell, csvText } from '../kit/csv';
import { type Measure, measureOf } from '../kit/measures';
import { type Difference, difference, type Estimate, estimate } from '../kit/statistics';
import type { ComparedImages } from '../protocol/comparison';
import { column } from '../protocol/frame';
import type { ImageValues, Split } from '../protocol/run';

/** A run with its place, its name and its per-image values. */
export interface ComparedNamedRun extends NamedRun {
  readonly images: ComparedImages;
}

/** Which evaluation of each run is compared. */
export type At = 'last' | 'best';

export interface TableSettings {
  readonly at: At;
  readonly split: Split;
  /** Folder of the run that the others are compared with. */
  readonly baseline: string;
  readonly metrics: readonly string[];
  readonly sort: { readonly column: string; readonly descending: boolean };
}

/** A metric of one run. */
export interface MetricCell extends Estimate {
  /** Against the baseline; null for the baseline itself, and where one of them has no value. */
  readonly difference: Difference | null;
  /** Whether the 95 % interval of the difference leaves zero out, and on which side: better, worse, or just higher or lower. */
  readonly verdict: 'better' | 'worse' | 'higher' | 'lower' | null;
}

export interface ResultsRow {
  readonly run: ComparedNamedRun;
  readonly isBaseline: boolean;
  /** The evaluation that is shown; null before the first one. */
  readonly epoch: number | null;
  /** First evaluated epoch with a mean IoU of at least one half: the end of the plateau. */
  readonly half: number | null;
  readonly cells: readonly MetricCell[];
}

export interface ResultsTable {
  readonly measures: readonly Measure[];
  readonly rows: readonly ResultsRow[];
  /** How the differences were taken; null when there are none. */
  readonly pairing: 'paired' | 'unpaired' | 'mixed' | null;
}

/** Metrics of the table unless the user picks others. */
export const usualMetrics = ['iou', 'accuracy', 'confidenceBackground', 'confidenceForeground', 'nll', 'hd95'];

/** The runs with their metrics at an evaluation, and how far each lies from the baseline, sorted. */
export function resultsTable(runs: readonly ComparedNamedRun[], settings: TableSettings): ResultsTable {
  const measures = settings.metrics.map(measureOf);
  const valuesOf = (run: ComparedNamedRun): ImageValues | null => run.images[settings.at][settings.split];
  const baseline = runs.find((run) => run.info.folder === settings.baseline);
  const base = baseline ? valuesOf(baseline) : null;
  const rows = runs.map((run): ResultsRow => {
    const values = valuesOf(run);
    return {
      run,
      isBaseline: run === baseline,
      epoch: values?.epoch ?? null,
      half: firstHalf(run, settings.split),
      cells: measures.map((measure) => cell(measure, values, run === baseline ? null : base)),
    };
  });
  const kinds = new Set(
    rows.flatMap(({ cells }) => cells.flatMap((one) => (one.difference ? [one.difference.paired] : []))),
  );
  return {
    measures,
    rows: sorted(rows, measures, settings.sort),
    pairing: kinds.size === 0 ? null : kinds.size === 2 ? 'mixed' : kinds.has(true) ? 'paired' : 'unpaired',
  };
}

/** What the table says in a sentence or two. */
export function findings({ rows, measures, pairing }: ResultsTable, settings: TableSettings): string[] {
  const index = measures.findIndex((measure) => measure.key === 'iou');
  const known = rows.filter((row) => Number.isFinite(row.cells[index]?.mean));
  if (index < 0 || known.length < 2) return [];
  const byIou = known.toSorted((a, b) => b.cells[index]!.mean - a.cells[index]!.mean);
  const [top, bottom] = [byIou[0]!, byIou.at(-1)!];
  const baseline = rows.find((row) => row.isBaseline);
  const others = known.filter((row) => !row.isBaseline);
  const clear = others.filter((row) => row.cells[index]!.verdict !== null);
  const words = (row: ResultsRow): string => `${row.run.name} (${row.cells[index]!.verdict})`;
  return [
    `Highest ${settings.split} IoU: ${top.run.name}, ${top.cells[index]!.mean.toFixed(3)} at epoch ${top.epoch}; lowest: ` +
      `${bottom.run.name}, ${bottom.cells[index]!.mean.toFixed(3)}.`,
    ...(baseline && pairing !== null
      ? [
          clear.length === 0
            ? `No run differs from ${baseline.run.name} in IoU by more than these images can tell: every 95 % interval of the difference holds 0.`
            : `${clear.length} of ${others.length} differ from ${baseline.run.name} in IoU on these images: ${listed(clear.map(words))}.`,
        ]
      : []),
  ];
}

/** The first few of a list, and how many more there are. */
function listed(texts: readonly string[], most = 6): string {
  return texts.length <= most ? texts.join(', ') : `${texts.slice(0, most).join(', ')} and ${texts.length - most} more`;
}

/** The table as a file, unrounded. */
export function resultsCsv({ rows, measures }: ResultsTable, settings: TableSettings): string {
  const columns = [
    'run',
    'folder',
    'status',
    'split',
    'evaluation',
    'epoch',
    'baseline',
    'firstEpochWithIouOfOneHalf',
    ...measures.flatMap(({ key }) => [
      key,
      `${key}_half95`,
      `${key}_n`,
      `${key}_difference`,
      `${key}_difference_half95`,
      `${key}_paired`,
    ]),
  ];
  return csvText(
    columns,
    rows.map((row): Cell[] => [
      row.run.name,
      row.run.info.folder,
      row.run.info.status,
      settings.split,
      settings.at,
      row.epoch,
      String(row.isBaseline),
      row.half,
      ...row.cells.flatMap(({ mean, half, n, difference: apart }): Cell[] => [
        mean,
        half,
        n,
        apart?.mean ?? null,
        apart?.half ?? null,
        apart ? String(apart.paired) : null,
      ]),
    ]),
  );
}

function cell(measure: Measure, values: ImageValues | null, base: ImageValues | null): MetricCell {
  const own = values?.values[measure.key];
  if (!values || !own) return { mean: NaN, half: NaN, n: 0, difference: null, verdict: null };
  const theirs = base?.values[measure.key];
  const apart =
    base && theirs ? difference({ images: values.images, values: own }, { images: base.images, values: theirs }) : null;
  return {
    ...estimate(own),
    difference: apart && Number.isFinite(apart.mean) ? apart : null,
    verdict: verdict(measure, apart),
  };
}

function verdict({ better }: Measure, apart: Difference | null): MetricCell['verdict'] {
  if (!apart || !Number.isFinite(apart.half) || Math.abs(apart.mean) <= apart.half) return null;
  const higher = apart.mean > 0;
  if (better === null) return higher ? 'higher' : 'lower';
  return higher === (better === 'higher') ? 'better' : 'worse';
}

function firstHalf(run: NamedRun, split: Split): number | null {
  const at = column(run.series[split], 'mean/iou').findIndex((mean) => mean >= 0.5);
  return at < 0 ? null : column(run.series[split], 'epoch')[at]!;
}

/** Rows in order of a column; those without a value come last, whichever way. */
function sorted(
  rows: readonly ResultsRow[],
  measures: readonly Measure[],
  { column: name, descending }: TableSettings['sort'],
): ResultsRow[] {
  const metric = measures.findIndex((measure) => measure.key === name);
  const number = (row: ResultsRow): number =>
    metric >= 0
      ? row.cells[metric]!.mean
      : name === 'epoch'
        ? (row.epoch ?? NaN)
        : name === 'half'
          ? (row.half ?? NaN)
          : row.run.place;
  return rows.toSorted((a, b) => {
    if (name === 'name')
      return (descending ? -1 : 1) * a.run.name.localeCompare(b.run.name, undefined, { numeric: true });
    const [x, y] = [number(a), number(b)];
    if (Number.isNaN(x) || Number.isNaN(y)) return Number(Number.isNaN(x)) - Number(Number.isNaN(y));
    return descending ? y - x : x - y;
  });
}
