import type { ChartLine, ChartModel } from '../kit/chartModel';
import { extent } from '../kit/curves';
import { type AxisRange, countRange, linearRange, logRange, unitRange } from '../kit/ranges';
import type { NetworkWeights } from '../protocol/network';
import { type MatrixModel, threeDigits } from './matrix';
import type { ChangeBy } from './state';

/** The smallest changes that still get a colour of their own: this share of them lies below the scale. */
const belowScale = 0.005;

/** How much each layer moves by step, on a logarithmic scale; null when nothing has been trained. */
export function changeMatrix(weights: NetworkWeights, by: ChangeBy, about: string): MatrixModel | null {
  const { layers, firstSteps, lastSteps, stepChanges } = weights;
  const columns = firstSteps.map((first, i) => [first, lastSteps[i]!] as const);
  if (columns.length === 0) return null;
  const values = stepChanges.map((change, i) =>
    by === 'weight' ? change / layers[Math.floor(i / columns.length)]!.parameters : change,
  );
  const several = columns.some(([first, last]) => first !== last);
  return {
    id: 'change',
    title: 'Weight change per layer',
    subtitle: `${by === 'weight' ? 'mean of |Δw| over the weights of a layer' : 'sum of |Δw| over a layer'} in one step${several ? ', mean over the steps of a column' : ''}; ${about}`,
    rows: layers.map(({ name }) => name),
    columnName: 'step',
    columns,
    values,
    quantity: by === 'weight' ? 'mean |Δw| of a weight per step' : 'sum of |Δw| per step',
    scale: logScale(values),
    text: (value) => (value === 0 ? 'no change' : threeDigits(value)),
  };
}

/** Part of each layer's filters that never fire, by measured epoch; null when none were measured. */
export function deadMatrix(weights: NetworkWeights, about: string): MatrixModel | null {
  const { layers, measuredEpochs: epochs, deadFilters } = weights;
  if (epochs.length === 0) return null;
  const values = Float32Array.from(deadFilters, (dead, i) => {
    const { channels } = layers[Math.floor(i / epochs.length)]!;
    return dead < 0 ? NaN : (100 * dead) / channels;
  });
  const { high } = extent([values]);
  return {
    id: 'dead',
    title: 'Dead filters per layer',
    subtitle: `share of a layer’s filters that never fire; ${about}`,
    rows: layers.map(({ name }) => name),
    columnName: 'epoch',
    columns: epochs.map((epoch) => [epoch, epoch] as const),
    values,
    quantity: '% of the filters',
    scale: high > 0 ? linearRange(0, high) : { ...unitRange, max: 100, ticks: [0, 25, 50, 75, 100] },
    text: (value) => (Number.isNaN(value) ? 'no ReLU' : `${threeDigits(value)} %`),
  };
}

/** A logarithmic scale for positive values, not stretched by a few tiny ones. */
export function logScale(values: ArrayLike<number>): AxisRange {
  const positive = Float32Array.from(values as Float32Array)
    .filter((value) => value > 0 && Number.isFinite(value))
    .sort();
  if (positive.length === 0) return logRange(1e-6, 1);
  return logRange(positive[Math.floor(belowScale * positive.length)]!, positive.at(-1)!);
}

export type NormKind = 'norms' | 'changes';

const normTitles: Readonly<Record<NormKind, string>> = {
  norms: 'Norm of the weights per layer',
  changes: 'Distance to the checkpoint before',
};

/** Norms of each layer over epochs: a line per layer. Null when there are no two points. */
export function normChart(weights: NetworkWeights, kind: NormKind, about: string, linear: boolean): ChartModel | null {
  const { layers, epochs } = weights;
  const x = Float64Array.from(epochs);
  const lines = layers.map(({ name }, row): ChartLine => {
    const y = Float64Array.from(weights[kind].subarray(row * epochs.length, (row + 1) * epochs.length));
    const look = { colour: { layer: layers.length < 2 ? 0 : row / (layers.length - 1) }, variant: row };
    return { key: `layer ${name}`, name, pane: 0, look, x, y, epochs: x, folder: '' };
  });
  const values = extent(lines.map(({ y }) => y));
  if (epochs.length < 2 || !(values.high > 0)) return null;
  return {
    id: kind,
    title: normTitles[kind],
    subtitle: `Euclidean norm, without biases; ${about}`,
    panes: [''],
    xName: 'epoch',
    xKind: 'count',
    x: countRange(epochs[0]!, epochs.at(-1)!),
    y: [linear || values.least === Infinity ? linearRange(0, values.high) : logRange(values.least, values.high)],
    sharedY: true,
    digits: 3,
    lines,
    scaleNames: ['first layer', 'last layer'],
    legend: [],
    hidden: new Set(),
  };
}

/** Numbers of dead filters of each layer that has any, at the last measured epoch. */
export function deadList({
  layers,
  dead,
}: NetworkWeights): { layer: string; channels: number; filters: readonly number[] }[] {
  return layers.flatMap(({ name, channels }, i) => {
    const filters = dead[i] ?? [];
    return filters.length === 0 ? [] : [{ layer: name, channels, filters }];
  });
}

/** What counts as dead here, in words. */
export function deadDefinition({ images, measuredEpochs }: NetworkWeights): string {
  if (measuredEpochs.length === 0) return 'Filters were not measured.';
  const count = images.length === 1 ? 'one training image' : `${images.length} training images`;
  return (
    `A filter is called dead when its answer after the ReLU is exactly 0 at every place of ${count} (${images.join(', ')}). ` +
    'It then adds nothing, and as no gradient passes a ReLU that is shut, these images cannot wake it. ' +
    'Layers without a ReLU are hatched.'
  );
}
