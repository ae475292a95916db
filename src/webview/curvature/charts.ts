import type { ChartLine, ChartModel } from '../kit/chartModel';
import { type AxisRange, closeRange, countRange, linearRange, logRange } from '../kit/ranges';
import type { CurvatureInfo } from '../protocol/curvature';
import { bestAt, type CurvatureSeries, epochsOf, imagesWords, lossWords, qualities } from './series';

/** What all charts over epochs have in common. */
export interface ChartSettings {
  /** Keys of lines that are switched off. */
  readonly hidden: ReadonlySet<string>;
  /** Ids of charts whose y axis the user switched between linear and logarithmic. */
  readonly switchedY: ReadonlySet<string>;
}

const lowered = '₀₁₂₃₄₅₆₇₈₉';

/** λ₁ for the largest eigenvalue. */
export const lambda = (rank: number): string => `λ${[...String(rank)].map((digit) => lowered[Number(digit)]).join('')}`;

/** From this ratio of the largest to the smallest on, values are drawn on a logarithmic axis. */
const wide = 30;

/** The largest eigenvalues of every line over epochs: the first thick, the next ones thin. Null when none is known. */
export function largestChart(series: readonly CurvatureSeries[], settings: ChartSettings): ChartModel | null {
  const lines = series.flatMap((one) => {
    const at = epochsOf(one, qualities.eigenvalues).map((epoch) => bestAt(one, epoch, qualities.eigenvalues)!);
    const most = Math.max(0, ...at.map(({ eigenvalues }) => eigenvalues!.largest.length));
    return Array.from({ length: most }, (_, index) => {
      const known = at.filter(({ eigenvalues }) => eigenvalues!.largest[index]);
      const pairs = known.map(({ eigenvalues }) => eigenvalues!.largest[index]!);
      const values = pairs.map(({ value, residual }) => ({ value, half: residual }));
      return lineOf(one, `${one.name}, ${lambda(index + 1)}`, known, values, index > 0);
    });
  });
  return overEpochs('largest', 'Largest eigenvalues', 'whiskers and ±: residual', lines, series, settings);
}

/** The most negative eigenvalue of every line over epochs. */
export function smallestChart(series: readonly CurvatureSeries[], settings: ChartSettings): ChartModel | null {
  const lines = series.flatMap((one) => {
    const known = epochsOf(one, qualities.eigenvalues).map((epoch) => bestAt(one, epoch, qualities.eigenvalues)!);
    const values = known.map(({ eigenvalues }) => {
      const { value, residual } = eigenvalues!.smallest;
      return { value, half: residual };
    });
    return known.length === 0 ? [] : [lineOf(one, one.name, known, values)];
  });
  return overEpochs('smallest', 'Smallest eigenvalue', '±: residual', lines, series, settings);
}

/** The trace of every line over epochs, with its standard error. */
export function traceChart(series: readonly CurvatureSeries[], settings: ChartSettings): ChartModel | null {
  const lines = series.flatMap((one) => {
    const known = epochsOf(one, qualities.trace).map((epoch) => bestAt(one, epoch, qualities.trace)!);
    const values = known.map(({ trace }) => ({ value: trace!.mean, half: trace!.standardError ?? NaN }));
    return known.length === 0 ? [] : [lineOf(one, one.name, known, values)];
  });
  return overEpochs('trace', 'Trace: sum of all eigenvalues', '±: standard error over probes', lines, series, settings);
}

function lineOf(
  series: CurvatureSeries,
  name: string,
  at: readonly CurvatureInfo[],
  values: readonly { value: number; half: number }[],
  thin = false,
): ChartLine {
  const epochs = at.map(({ epoch }) => epoch);
  return {
    key: series.key,
    name,
    pane: 0,
    look: { colour: { run: series.place }, variant: series.place, thin },
    x: epochs,
    y: values.map(({ value }) => value),
    low: values.map(({ value, half }) => value - half),
    high: values.map(({ value, half }) => value + half),
    epochs,
    folder: series.run,
    // A band needs two points: a single one has a whisker.
    ...(at.length === 1 && !thin ? { points: true } : {}),
  };
}

function overEpochs(
  id: string,
  title: string,
  subtitle: string,
  lines: readonly ChartLine[],
  series: readonly CurvatureSeries[],
  { hidden, switchedY }: ChartSettings,
): ChartModel | null {
  if (lines.length === 0) return null;
  const shown = lines.filter(({ key }) => !hidden.has(key));
  const counted = shown.length > 0 ? shown : lines;
  const epochs = lines.flatMap(({ x }) => Array.from(x));
  const [first, last] = [Math.min(...epochs), Math.max(...epochs)];
  const y = valueRange(counted, switchedY.has(id));
  return {
    id,
    title,
    subtitle,
    panes: [''],
    xName: 'epoch',
    xKind: 'count',
    x: first === last ? countRange(Math.max(0, first - 1), last + 1) : countRange(first, last),
    y: [y],
    sharedY: true,
    digits: digitsFor(counted),
    lines,
    ...(y.type === 'value' && y.min < 0 ? { reference: 0 } : {}),
    legend: series
      .filter(({ key }) => !hidden.has(key))
      .map(({ name, place }) => ({ name, look: { colour: { run: place }, variant: place } })),
    hidden,
  };
}

function valueRange(lines: readonly ChartLine[], switched: boolean): AxisRange {
  const ends = lines.flatMap(({ y, low, high }) => [...Array.from(y), ...Array.from(low!), ...Array.from(high!)]);
  const finite = ends.filter(Number.isFinite);
  const [low, high] = [Math.min(...finite), Math.max(...finite)];
  const values = lines.flatMap(({ y }) => Array.from(y));
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const log = least > 0 && most / least > wide !== switched;
  return log ? logRange(least, most) : linearRange(low, high);
}

/** As many digits behind the point as give the middle value three. */
function digitsFor(lines: readonly ChartLine[]): number {
  const sizes = lines
    .flatMap(({ y }) => Array.from(y, Math.abs))
    .filter((size) => size > 0)
    .sort((a, b) => a - b);
  const middle = sizes[Math.floor(sizes.length / 2)] ?? 1;
  return Math.min(6, Math.max(1, 2 - Math.floor(Math.log10(middle))));
}

/** How high a single eigenvalue of all stands in the density. */
export const singleHeight = ({ parameters }: CurvatureInfo, sigma: number): number =>
  1 / (parameters * Math.sqrt(2 * Math.PI) * sigma);

/** The spectral density of one measurement, with the eigenvalues that are known one by one. Null without a density. */
export function densityChart(info: CurvatureInfo, settings: ChartSettings): ChartModel | null {
  const { spectrum, eigenvalues, epoch } = info;
  if (!spectrum) return null;
  const { values, density, sigma } = spectrum;
  const single = singleHeight(info, sigma);
  const log = !settings.switchedY.has('density');
  const floor = single / 20;
  const most = Math.max(...density);
  // Far below a single eigenvalue there is nothing; the line leaves the picture there.
  const drawn = density.map((value) => Math.max(value, floor / 1000));
  const common = { pane: 0, folder: info.run };
  const found = eigenvalues
    ? [eigenvalues.smallest, ...eigenvalues.largest.toReversed()].map(({ value }, index, all) => ({
        value,
        label: index === 0 ? 'smallest' : all.length - index <= 3 ? lambda(all.length - index) : '',
      }))
    : [];
  const ordered = found.sort((a, b) => a.value - b.value);
  const x = closeRange(values[0]!, values.at(-1)!);
  return {
    id: 'density',
    title: 'Spectral density',
    subtitle: `${lossWords(info)}, epoch ${epoch} of ${info.run}; ${imagesWords(info)}; curves of width ${sigma.toPrecision(2)}`,
    panes: [''],
    xName: 'eigenvalue',
    xKind: 'value',
    x: { ...x, min: values[0]!, max: values.at(-1)! },
    y: [log ? logRange(floor, most) : linearRange(0, most)],
    sharedY: true,
    digits: 3,
    lines: [
      {
        ...common,
        key: 'density',
        name: 'density',
        look: { colour: { run: 0 }, variant: 0 },
        x: values,
        y: drawn,
        epochs: values.map(() => NaN),
      },
      {
        ...common,
        key: 'one',
        name: 'height of one eigenvalue',
        look: { colour: { run: 1 }, variant: 1, thin: true },
        x: [values[0]!, values.at(-1)!],
        y: [single, single],
        epochs: [NaN, NaN],
      },
      ...(ordered.length > 0
        ? [
            {
              ...common,
              key: 'eigenvalues',
              name: 'eigenvalue found by itself',
              look: { colour: { run: 1 }, variant: 1 } as const,
              x: ordered.map(({ value }) => value),
              y: ordered.map(() => single),
              labels: ordered.map(({ label }) => label),
              points: true,
              epochs: ordered.map(() => NaN),
            },
          ]
        : []),
    ],
    legend: [
      { name: 'density', look: { colour: { run: 0 }, variant: 0 } },
      {
        name: `height of one eigenvalue${ordered.length > 0 ? ', and those found one by one' : ''}`,
        look: { colour: { run: 1 }, variant: 1, thin: true },
      },
    ],
    hidden: new Set(),
  };
}
