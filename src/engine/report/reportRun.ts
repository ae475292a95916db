import { type EffectiveStatus, type RunDocument } from '../../runs/document';
import { type MetricsRow, readMetrics, type Split } from '../../runs/metricsTable';
import { Problem } from '../../runs/problem';
import { readRun } from '../../runs/scan';
import { readSteps, type StepRow } from '../../runs/stepsTable';
import { curves, type MeasureKey, otherMeasures } from './measures';
import { type Prediction, readPredictions } from './predictions';
import { type Estimate, estimate } from './statistics';
import { readSurfaces, type Surface } from './surfaces';

export type { Split };

/** A measure at one epoch: its mean over the images of a split. */
export interface CurvePoint extends Estimate {
  readonly epoch: number;
}

/** Every measure of one split over the evaluated epochs, oldest first. */
export type Curves = Record<MeasureKey, CurvePoint[]>;

/** Mean over an epoch's steps of the sum of |weight change| in one step. */
export interface LayerChange {
  readonly layer: string;
  readonly points: readonly { epoch: number; change: number }[];
}

/** Everything about one run that a report shows. */
export interface ReportRun {
  readonly folder: string;
  readonly document: RunDocument;
  readonly status: EffectiveStatus;
  /** The loss in words, told apart from other runs of the same loss. */
  readonly label: string;
  readonly curves: Record<Split, Curves | null>;
  /** In the order of the network, first layer first. */
  readonly layers: readonly LayerChange[];
  readonly predictions: readonly Prediction[];
  readonly surfaces: readonly Surface[];
  /** What could not be read, in words. */
  readonly warnings: readonly string[];
}

/**
 * Reads run folders, in the order given. Runs may still be going on: what is whole is read.
 * @throws Problem when a folder holds no readable run.
 */
export async function readReportRuns(folders: readonly string[]): Promise<ReportRun[]> {
  const runs: ReportRun[] = [];
  for (const folder of folders) runs.push(await readReportRun(folder));
  const labels = distinctLabels(runs.map((run) => run.document));
  return runs.map((run, index) => ({ ...run, label: labels[index]! }));
}

async function readReportRun(folder: string): Promise<ReportRun> {
  const entry = await readRun(folder);
  if (!entry.ok)
    throw new Problem(`not a run that can be reported: ${entry.reason}`, { place: { file: entry.folder } });
  const [rows, steps, predictions, surfaces] = await Promise.all([
    readMetrics(entry.folder),
    readSteps(entry.folder),
    readPredictions(entry.folder),
    readSurfaces(entry.folder),
  ]);
  return {
    folder: entry.folder,
    document: entry.document,
    status: entry.status,
    label: entry.document.loss.label,
    curves: { train: curvesOf(rows, 'train'), test: curvesOf(rows, 'test') },
    layers: layerChanges(steps.parameters, steps.rows),
    predictions: predictions.predictions,
    surfaces: surfaces.surfaces,
    warnings: [...predictions.warnings, ...surfaces.warnings],
  };
}

/** The estimates of a split by epoch, or null when it was never evaluated. */
export function curvesOf(rows: readonly MetricsRow[], split: Split): Curves | null {
  const epochs = byEpoch(rows.filter((row) => row.split === split));
  if (epochs.length === 0) return null;
  const keys = [...curves, ...otherMeasures].map((measure) => measure.key);
  const points = (key: MeasureKey): CurvePoint[] =>
    epochs.map(([epoch, images]) => ({ epoch, ...estimate(images.map((image) => image[key])) }));
  return Object.fromEntries(keys.map((key) => [key, points(key)])) as Curves;
}

/** Sums the tensors of a layer (its weight and its bias) and averages over the steps of each epoch. */
export function layerChanges(parameters: readonly string[], rows: readonly StepRow[]): LayerChange[] {
  const layers = new Map<string, string[]>();
  for (const name of parameters) {
    const layer = name.replace(/\.(weight|bias)$/, '');
    layers.set(layer, [...(layers.get(layer) ?? []), name]);
  }
  const epochs = byEpoch(rows);
  return [...layers].map(([layer, names]) => ({
    layer,
    points: epochs.map(([epoch, steps]) => {
      const sums = steps.map((step) => names.reduce((sum, name) => sum + (step.changes[name] ?? 0), 0));
      return { epoch, change: sums.reduce((sum, value) => sum + value, 0) / sums.length };
    }),
  }));
}

/** Rows by epoch, oldest epoch first. */
function byEpoch<Row extends { epoch: number }>(rows: readonly Row[]): [epoch: number, rows: Row[]][] {
  const groups = new Map<number, Row[]>();
  for (const row of rows) {
    const group = groups.get(row.epoch);
    if (group) group.push(row);
    else groups.set(row.epoch, [row]);
  }
  return [...groups].sort(([first], [second]) => first - second);
}

/** Labels that differ: the loss in words, with the experiment's name, then the folder's letters, where that is not enough. */
export function distinctLabels(documents: readonly RunDocument[]): string[] {
  const labels = documents.map((document) => document.loss.label);
  const repeated = (all: readonly string[], label: string): boolean =>
    all.filter((other) => other === label).length > 1;
  const named = documents.map((document, index) =>
    repeated(labels, labels[index]!) ? `${labels[index]} · ${document.experimentName}` : labels[index]!,
  );
  return documents.map((document, index) =>
    repeated(named, named[index]!) ? `${labels[index]} · ${document.id.slice(-4)}` : named[index]!,
  );
}

/** The estimate at an epoch, if that epoch was evaluated. */
export function atEpoch(points: readonly CurvePoint[] | undefined, epoch: number | undefined): CurvePoint | undefined {
  return points?.find((point) => point.epoch === epoch);
}
