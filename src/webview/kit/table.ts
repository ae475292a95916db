import type { ChartModel } from './chartModel';
import { type Cell, csvText } from './csv';
import { duration, halfText, valueText } from './format';

/** A chart's numbers as a table that can be read out: a row per point on the x axis, a column per line. */
export interface NumbersTable {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** How many rows were left out, so that a page stays light. */
  readonly leftOut: number;
}

/** The rows of a chart's table: evenly thinned to `most`, first and last always among them. */
export function numbersTable(model: ChartModel, most = 60): NumbersTable {
  const lines = model.lines.filter((line) => !model.hidden.has(line.key));
  const byLine = lines.map((line) => {
    const at = new Map<number, number>();
    for (let index = 0; index < line.x.length; index += 1) at.set(line.x[index]!, index);
    return at;
  });
  const every = [...new Set(byLine.flatMap((at) => [...at.keys()]))].filter(Number.isFinite).sort((a, b) => a - b);
  const shown = thinned(every, most);
  const x = (value: number): string =>
    model.xKind === 'time' ? duration(value) : String(Number(value.toPrecision(6)));
  return {
    columns: [model.xName, ...lines.map((line) => line.name)],
    rows: shown.map((at) => [
      x(at),
      ...lines.map((line, index) => {
        const point = byLine[index]!.get(at);
        if (point === undefined) return '';
        const value = valueText(line.y[point], model.digits);
        const high = line.high?.[point];
        const half = high === undefined ? NaN : high - (line.raw ?? line.y)[point]!;
        // The band of gathered steps has no middle that could be written ± something.
        return Number.isFinite(half) && model.id !== 'stepLoss' ? `${value} ± ${halfText(half, model.digits)}` : value;
      }),
    ]),
    leftOut: every.length - shown.length,
  };
}

/** A chart's numbers as a file: a row per point, whole and unrounded. */
export function chartCsv(model: ChartModel): string {
  const smoothed = model.lines.some((line) => line.raw);
  const banded = model.lines.some((line) => line.low);
  const columns = [
    'line',
    'folder',
    'epoch',
    ...(model.xName === 'epoch' ? [] : [model.xKind === 'time' ? 'seconds' : model.xName]),
    'value',
    ...(smoothed ? ['smoothed'] : []),
    ...(banded ? ['low', 'high'] : []),
  ];
  const rows = model.lines
    .filter((line) => !model.hidden.has(line.key))
    .flatMap((line) =>
      Array.from(line.x, (x, index): Cell[] => [
        line.name,
        line.folder,
        line.epochs[index]!,
        ...(model.xName === 'epoch' ? [] : [x]),
        (line.raw ?? line.y)[index]!,
        ...(smoothed ? [line.y[index]!] : []),
        ...(banded ? [line.low?.[index] ?? null, line.high?.[index] ?? null] : []),
      ]),
    );
  return csvText(columns, rows);
}

/** What a chart shows, in a sentence for those who cannot see it: the newest value of every line. */
export function chartSummary(model: ChartModel): string {
  const lines = model.lines.filter((line) => !model.hidden.has(line.key) && !line.key.startsWith('layer '));
  const newest = lines.slice(0, 8).map((line) => `${line.name} ${valueText(line.y[line.y.length - 1], model.digits)}`);
  const more = lines.length > 8 ? `, and ${lines.length - 8} more` : '';
  return `${model.title} by ${model.xName}${newest.length > 0 ? `. Newest: ${newest.join(', ')}${more}` : ''}. The numbers are in the table below.`;
}

function thinned(values: readonly number[], most: number): number[] {
  if (values.length <= most) return [...values];
  return Array.from({ length: most }, (_, index) => values[Math.round((index * (values.length - 1)) / (most - 1))]!);
}
