import { column, type Frame } from '../protocol/frame';
import type { RunData, Split } from '../protocol/run';
import type { ChartLine, ChartModel, XKind } from './chartModel';
import type { Measure } from './measures';
import { type AxisRange, countRange, linearRange, logRange, shareRange, timeRange, unitRange } from './ranges';
import { smooth, smoothingName } from './smoothing';
import { studentQuantile } from './statistics';
import type { Look } from './theme';

/** A run with the name and the place that it has among the runs that are shown. */
export interface NamedRun extends RunData {
  readonly name: string;
  /** Decides its colour; stays the same while other runs are hidden. */
  readonly place: number;
}

export type XBy = 'epoch' | 'step' | 'seconds';

/** What a band says. */
export type BandKind = 'errors' | 'interval' | 'none';

/** What all curves of a panel have in common. */
export interface CurveSettings {
  readonly xBy: XBy;
  readonly splits: readonly Split[];
  readonly band: BandKind;
  /** Weight of the moving average, 0 for none. */
  readonly smoothing: number;
  readonly logX: boolean;
  /** Ids of charts whose y axis the user switched between linear and logarithmic. */
  readonly switchedY: ReadonlySet<string>;
  readonly hidden: ReadonlySet<string>;
  /** All runs in one pane, or a pane for each. */
  readonly layout: 'overlay' | 'panes';
}

/** What bands say unless the user chose: many of them over each other would hide the lines. */
export function usualBand(layout: 'overlay' | 'panes', runs: number): BandKind {
  return layout === 'overlay' && runs > 8 ? 'none' : 'errors';
}

export const bandNames: Readonly<Record<BandKind, string>> = {
  errors: '±3 standard errors',
  interval: '95 % interval',
  none: 'no band',
};

const xNames: Readonly<Record<XBy, string>> = { epoch: 'epoch', step: 'step', seconds: 'training time' };

/** One metric of all runs over time; null when there is not a single value. */
export function metricChart(runs: readonly NamedRun[], measure: Measure, settings: CurveSettings): ChartModel | null {
  const splits = settings.splits.filter((split) => runs.some((run) => run.series[split].rows > 0));
  const panes = settings.layout === 'panes' || runs.length === 1;
  const lines = runs.flatMap((run, index) =>
    splits.flatMap((split) => {
      const frame = run.series[split];
      const mean = column(frame, `mean/${measure.key}`);
      if (!mean.some(Number.isFinite)) return [];
      const half = bandHalf(frame, measure.key, settings.band);
      return [
        {
          key: panes ? split : run.info.folder,
          name: runs.length === 1 ? split : `${run.name}, ${split}`,
          pane: panes ? index : 0,
          look: panes ? splitLook(split) : runLook(run.place, split === 'train' && splits.length > 1),
          x: column(frame, settings.xBy),
          epochs: column(frame, 'epoch'),
          folder: run.info.folder,
          ...smoothed(mean, settings.smoothing),
          ...(half
            ? { low: mean.map((value, at) => value - half[at]!), high: mean.map((value, at) => value + half[at]!) }
            : {}),
        } satisfies ChartLine,
      ];
    }),
  );
  if (lines.length === 0) return null;
  const shown = lines.filter((line) => !settings.hidden.has(line.key));
  const counted = shown.length > 0 ? shown : lines;
  // Losses of different kinds are on different scales: where each has a pane, each has an axis.
  const sharedY = !(panes && measure.key === 'loss');
  const range = (of: readonly ChartLine[]): AxisRange => valueAxis(measure, of, settings.switchedY.has(measure.key));
  const common = range(counted);
  return {
    ...frameOf(measure.key, measure.title, settings, lines),
    subtitle: describe(settings, splits),
    panes: panes ? runs.map((run) => (runs.length === 1 ? '' : run.name)) : [''],
    y: panes
      ? runs.map((_, pane) => {
          const own = lines.filter((line) => line.pane === pane);
          return sharedY || own.length === 0 ? common : range(own);
        })
      : [common],
    sharedY,
    digits: measure.digits,
    lines,
    ...(measure.key === 'iou' ? { reference: 0.5 } : {}),
    legend: panes
      ? splits.map((split) => ({ name: split, look: splitLook(split) }))
      : lines.filter((line) => !settings.hidden.has(line.key)).map(({ name, look }) => ({ name, look })),
  };
}

/** The loss of every training step, a mini-batch each: noisier than the evaluations, and there long before them. */
export function stepLossChart(runs: readonly NamedRun[], settings: CurveSettings): ChartModel | null {
  const lines = runs.flatMap((run) => {
    const frame = run.series.steps;
    if (frame.rows === 0) return [];
    return [
      {
        key: runs.length === 1 ? 'train' : run.info.folder,
        name: runs.length === 1 ? 'train' : run.name,
        pane: 0,
        look: runs.length === 1 ? splitLook('train') : runLook(run.place, false),
        x: column(frame, settings.xBy),
        epochs: column(frame, 'epoch').map(Math.ceil),
        folder: run.info.folder,
        ...smoothed(column(frame, 'loss'), settings.smoothing),
        ...(settings.band === 'none' ? {} : { low: column(frame, 'low'), high: column(frame, 'high') }),
      } satisfies ChartLine,
    ];
  });
  if (lines.length === 0) return null;
  const shown = lines.filter((line) => !settings.hidden.has(line.key));
  const values = extent((shown.length > 0 ? shown : lines).map((line) => line.y));
  const bucketed = runs.some((run) =>
    column(run.series.steps, 'low').some((low, at) => low < column(run.series.steps, 'high')[at]!),
  );
  return {
    ...frameOf('stepLoss', 'Loss of every training step', settings, lines),
    subtitle:
      (bucketed
        ? 'mean of consecutive steps, band from the lowest to the highest of them'
        : 'one mini-batch per step') + (settings.smoothing > 0 ? `; ${smoothingName(settings.smoothing)}` : ''),
    panes: [''],
    y: [freeAxis(values, settings.switchedY.has('stepLoss'))],
    sharedY: true,
    digits: 4,
    lines,
    legend: lines.filter((line) => !settings.hidden.has(line.key)).map(({ name, look }) => ({ name, look })),
  };
}

/** How far the weights of each layer move in a step: a pane per run, a line per layer. */
export function layersChart(runs: readonly NamedRun[], settings: CurveSettings): ChartModel | null {
  const visible = runs.filter((run) => runs.length === 1 || !settings.hidden.has(run.info.folder));
  const drawn = visible.filter((run) => run.series.layers.rows > 0);
  const lines = drawn.flatMap((run, pane) => {
    const frame = run.series.layers;
    const names = Object.keys(frame.columns).filter((name) => name.startsWith('change/'));
    return names.map((name, index): ChartLine => {
      const layer = name.slice('change/'.length);
      return {
        key: `layer ${layer}`,
        name: drawn.length === 1 ? layer : `${run.name}, ${layer}`,
        pane,
        look: { colour: { layer: names.length < 2 ? 0 : index / (names.length - 1) }, variant: index },
        x: column(frame, settings.xBy),
        epochs: column(frame, 'epoch'),
        folder: run.info.folder,
        ...smoothed(column(frame, name), settings.smoothing),
      };
    });
  });
  if (lines.length === 0) return null;
  const range = freeAxis(extent(lines.map((line) => line.y)), settings.switchedY.has('layers'));
  return {
    ...frameOf('layers', 'Weight change per layer', settings, lines),
    hidden: new Set(),
    subtitle:
      'sum over a layer’s weights and biases of |Δw| in one optimizer step, mean over the steps of an epoch' +
      (settings.smoothing > 0 ? `; ${smoothingName(settings.smoothing)}` : ''),
    panes: drawn.map((run) => (drawn.length === 1 ? '' : run.name)),
    y: drawn.map(() => range),
    sharedY: true,
    digits: 3,
    lines,
    scaleNames: ['first layer', 'last layer'],
    legend: [],
  };
}

/** In words: the splits, what the band is, how lines are smoothed. */
export function describe(settings: CurveSettings, splits: readonly Split[]): string {
  const parts = [
    `means over the ${splits.join(' and ')} images`,
    ...(settings.band === 'none' ? [] : [`band: ${bandNames[settings.band]} of that mean over images`]),
    ...(settings.smoothing > 0 ? [`${smoothingName(settings.smoothing)}; thin line: as measured`] : []),
  ];
  return parts.join('; ');
}

export function runLook(place: number, thin: boolean): Look {
  return { colour: { run: place }, variant: place, ...(thin ? { thin } : {}) };
}

function splitLook(split: Split): Look {
  return { colour: split, variant: split === 'test' ? 0 : 1 };
}

function smoothed(values: Float64Array, weight: number): { y: Float64Array; raw?: Float64Array } {
  return weight > 0 ? { y: smooth(values, weight), raw: values } : { y: values };
}

function bandHalf(frame: Frame, key: string, band: BandKind): Float64Array | null {
  if (band === 'none') return null;
  const errors = column(frame, `error/${key}`);
  const n = column(frame, `n/${key}`);
  return errors.map((error, at) => error * (band === 'errors' ? 3 : n[at]! < 2 ? NaN : studentQuantile(n[at]! - 1)));
}

/** What every chart over time takes from the settings. */
function frameOf(id: string, title: string, settings: CurveSettings, lines: readonly ChartLine[]) {
  const shown = lines.filter((line) => !settings.hidden.has(line.key));
  const { low, high } = extent((shown.length > 0 ? shown : lines).map((line) => line.x));
  const xKind: XKind = settings.xBy === 'seconds' ? 'time' : 'count';
  const least = extent(lines.map((line) => Array.from(line.x).filter((at) => at > 0))).low;
  const x = settings.logX
    ? logRange(least, Math.max(high, least * 2))
    : xKind === 'time'
      ? timeRange(0, high)
      : countRange(Math.min(low, id === 'stepLoss' ? 0 : low > 1 ? low : 0), high);
  return { id, title, xName: xNames[settings.xBy], xKind, x, hidden: settings.hidden };
}

/** The y axis that suits a metric; `switched` asks for the other kind where the values allow it. */
function valueAxis(measure: Measure, lines: readonly ChartLine[], switched: boolean): AxisRange {
  const values = extent(lines.map((line) => line.y));
  if (measure.scale === 'free') return freeAxis(values, switched);
  if (switched && values.least > 0) return logRange(values.least, values.high);
  return measure.scale === 'unit' ? unitRange : shareRange(values.low);
}

/** Logarithmic where values are positive and span a factor of three, else linear; or the other way round. */
export function freeAxis({ low, high, least }: Extent, switched: boolean): AxisRange {
  const natural = low > 0 && high / low >= 3;
  if (natural !== switched && least < Infinity) return logRange(low > 0 ? low : least, high);
  return linearRange(low, high);
}

interface Extent {
  readonly low: number;
  readonly high: number;
  /** The smallest positive value; Infinity when there is none. */
  readonly least: number;
}

/** The ends of all finite values; 0 to 1 where there are none. */
export function extent(arrays: readonly ArrayLike<number>[]): Extent {
  let [low, high, least] = [Infinity, -Infinity, Infinity];
  for (const values of arrays) {
    for (let index = 0; index < values.length; index += 1) {
      const value = values[index]!;
      if (!Number.isFinite(value)) continue;
      if (value < low) low = value;
      if (value > high) high = value;
      if (value > 0 && value < least) least = value;
    }
  }
  return low <= high ? { low, high, least } : { low: 0, high: 1, least: 1 };
}
