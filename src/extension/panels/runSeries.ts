import { type MetricName, metricNames } from '../../runs/metricsTable';
import { frameTail, type Frame, type FrameTail } from '../../webview/protocol/frame';
import type { RunInfo, RunSeries, SeriesName, Split } from '../../webview/protocol/run';
import { seriesNames } from '../../webview/protocol/run';
import type { RunMetrics, RunRecord, RunSteps, SplitMetrics } from '../runs/runData';

/** More rows of steps than this are gathered into buckets before they go to a panel. */
const mostStepRows = 2000;

/** What the panels say about a run besides its numbers. */
export function runInfo({ folder, entry, marks }: RunRecord, problems: readonly (string | undefined)[]): RunInfo {
  const told = problems.filter((problem) => problem !== undefined).join(' ');
  if (!entry.ok) {
    return {
      folder,
      id: entry.id,
      title: marks.title,
      loss: entry.id,
      experiment: '',
      status: 'unreadable',
      problem: entry.reason,
      started: null,
      epochsDone: 0,
      epochsTotal: 0,
      images: { train: 0, test: 0 },
      synthetic: false,
      configuration: {},
    };
  }
  const { document, status } = entry;
  const failure = document.error
    ? `${document.error.message}${document.error.hint ? ` ${document.error.hint}` : ''}`
    : '';
  return {
    folder,
    id: document.id,
    title: marks.title,
    loss: document.loss.label,
    experiment: document.experimentName,
    status,
    problem: [failure, told].filter(Boolean).join(' ') || null,
    started: document.started,
    epochsDone: document.epochsDone,
    epochsTotal: document.epochsTotal,
    images: { train: document.dataset.train.length, test: document.dataset.test.length },
    synthetic: document.dataset.synthetic,
    configuration: configurationOf(document.experiment, document.loss.spec, document.dataset.fingerprint),
  };
}

/** The same run after its folder has gone. */
export function removedInfo(info: RunInfo): RunInfo {
  return { ...info, status: 'removed' };
}

/** A run's own settings: the experiment without the losses of other runs, and its own loss. */
function configurationOf(experiment: unknown, loss: unknown, fingerprint: string): unknown {
  const { losses: _, file: _file, dataset, ...rest } = (experiment ?? {}) as Record<string, unknown>;
  return { loss, ...rest, dataset: { ...(dataset as object | undefined), fingerprint } };
}

/** A run's tables as the panels take them. `running` leaves the epoch that is not over yet out of the averages over epochs. */
export function runSeries(metrics: RunMetrics, steps: RunSteps, running: boolean): RunSeries {
  const ends = epochEnds(steps);
  return {
    train: splitFrame(metrics, 'train', ends),
    test: splitFrame(metrics, 'test', ends),
    layers: layersFrame(steps, ends, running),
    steps: stepsFrame(steps),
  };
}

/** The tails that bring a panel's tables up to date; null when nothing has changed. */
export function seriesTails(before: RunSeries, after: RunSeries): { [Name in SeriesName]?: FrameTail } | null {
  const tails: { [Name in SeriesName]?: FrameTail } = {};
  for (const name of seriesNames) {
    const tail = frameTail(before[name], after[name]);
    if (tail) tails[name] = tail;
  }
  return Object.keys(tails).length === 0 ? null : tails;
}

interface EpochEnds {
  /** By epoch: number of the last step, and seconds of training up to then. */
  readonly ends: ReadonlyMap<number, { readonly step: number; readonly seconds: number }>;
  readonly last: number;
}

function epochEnds({ length, epoch, step, seconds }: RunSteps): EpochEnds {
  const ends = new Map<number, { step: number; seconds: number }>();
  let total = 0;
  for (let row = 0; row < length; row += 1) {
    total += Number.isFinite(seconds[row]) ? seconds[row]! : 0;
    ends.set(epoch[row]!, { step: step[row]!, seconds: total });
  }
  return { ends, last: length === 0 ? 0 : epoch[length - 1]! };
}

function splitFrame({ epochs }: RunMetrics, split: Split, { ends }: EpochEnds): Frame {
  const evaluated = epochs.flatMap((one) => (one[split] ? [{ epoch: one.epoch, metrics: one[split] }] : []));
  const column = (value: (of: { epoch: number; metrics: SplitMetrics }) => number | null | undefined): Float64Array =>
    Float64Array.from(evaluated, (one) => value(one) ?? NaN);
  const columns: Record<string, Float64Array> = {
    epoch: column(({ epoch }) => epoch),
    step: column(({ epoch }) => ends.get(epoch)?.step),
    seconds: column(({ epoch }) => ends.get(epoch)?.seconds),
  };
  for (const name of metricNames) {
    columns[`mean/${name}`] = column(({ metrics }) => metrics.mean[name]);
    columns[`error/${name}`] = column(({ metrics }) => metrics.standardError[name]);
    columns[`n/${name}`] = column(({ metrics }) => defined(metrics, name));
  }
  return { rows: evaluated.length, columns };
}

function defined({ values }: SplitMetrics, name: MetricName): number {
  let count = 0;
  for (const value of values[name]) if (!Number.isNaN(value)) count += 1;
  return count;
}

/** Sums the tensors of a layer (its weight and its bias) and averages over the steps of each epoch. */
function layersFrame(steps: RunSteps, { ends, last }: EpochEnds, running: boolean): Frame {
  const epochs = [...ends.keys()].filter((epoch) => !(running && epoch === last));
  const rowOf = new Map(epochs.map((epoch, row) => [epoch, row]));
  const counts = new Float64Array(epochs.length);
  for (let index = 0; index < steps.length; index += 1) {
    const row = rowOf.get(steps.epoch[index]!);
    if (row !== undefined) counts[row]! += 1;
  }
  const columns: Record<string, Float64Array> = {
    epoch: Float64Array.from(epochs),
    step: Float64Array.from(epochs, (epoch) => ends.get(epoch)!.step),
    seconds: Float64Array.from(epochs, (epoch) => ends.get(epoch)!.seconds),
  };
  for (const parameter of steps.parameters) {
    const name = `change/${parameter.replace(/\.(weight|bias)$/, '')}`;
    const sums = (columns[name] ??= new Float64Array(epochs.length));
    const changes = steps.change[parameter]!;
    for (let index = 0; index < steps.length; index += 1) {
      const row = rowOf.get(steps.epoch[index]!);
      if (row !== undefined) sums[row]! += changes[index]! / counts[row]!;
    }
  }
  return { rows: epochs.length, columns };
}

/**
 * Steps in buckets of equal length, a power of two, so that there are at most `mostStepRows` of them and full buckets stay as
 * they are while a run goes on. Extremes are kept: a spike of one step stays visible.
 */
export function stepsFrame(steps: RunSteps): Frame {
  const { length } = steps;
  let size = 1;
  while (length / size > mostStepRows) size *= 2;
  const rows = Math.ceil(length / size);
  const names = ['epoch', 'step', 'seconds', 'loss', 'low', 'high', 'learningRate'] as const;
  const columns = Object.fromEntries(names.map((name) => [name, new Float64Array(rows)])) as Record<
    (typeof names)[number],
    Float64Array
  >;
  const places = placesInEpoch(steps);
  let seconds = 0;
  for (let row = 0; row < rows; row += 1) {
    const end = Math.min(length, (row + 1) * size);
    let [sum, count, low, high] = [0, 0, Infinity, -Infinity];
    for (let index = row * size; index < end; index += 1) {
      if (Number.isFinite(steps.seconds[index])) seconds += steps.seconds[index]!;
      const loss = steps.loss[index]!;
      if (!Number.isFinite(loss)) continue;
      sum += loss;
      count += 1;
      low = Math.min(low, loss);
      high = Math.max(high, loss);
    }
    columns.epoch[row] = places[end - 1]!;
    columns.step[row] = steps.step[end - 1]!;
    columns.seconds[row] = seconds;
    columns.loss[row] = count === 0 ? NaN : sum / count;
    columns.low[row] = count === 0 ? NaN : low;
    columns.high[row] = count === 0 ? NaN : high;
    columns.learningRate[row] = steps.learningRate[end - 1]!;
  }
  return { rows, columns };
}

/** Where each step ends on the axis of epochs: the last step of epoch 3 at 3. The steps of the first epoch say how many there are. */
function placesInEpoch({ length, epoch }: RunSteps): Float64Array {
  let perEpoch = 0;
  while (perEpoch < length && epoch[perEpoch] === epoch[0]) perEpoch += 1;
  const places = new Float64Array(length);
  let within = 0;
  for (let index = 0; index < length; index += 1) {
    within = index > 0 && epoch[index] === epoch[index - 1] ? within + 1 : 1;
    places[index] = epoch[index]! - 1 + Math.min(1, within / perEpoch);
  }
  return places;
}
