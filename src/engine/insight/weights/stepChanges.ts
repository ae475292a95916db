import type { StepRow } from '../../../runs/stepsTable';

/** How much each layer moved, over the steps of a training. */
export interface StepChanges {
  /** In the order of the forward pass. */
  readonly layers: readonly string[];
  /** Number of the first step of each column. */
  readonly firstSteps: readonly number[];
  /** Number of the last step of each column. */
  readonly lastSteps: readonly number[];
  /** [layers, columns]: sum of |weight change| of the layer's tensors, the mean over the steps of a column. */
  readonly values: Float32Array;
}

/**
 * The weight change of each layer by step, from the rows of `steps.csv`: of a layer's weights and biases together. A
 * training with more steps than `columns` gets columns of several steps each, as equal in length as can be.
 * @param parameters names of the tensors, as `readSteps` gives them.
 */
export function stepChanges(
  parameters: readonly string[],
  rows: readonly Pick<StepRow, 'step' | 'changes'>[],
  columns: number,
): StepChanges {
  const layers = [...new Set(parameters.map(layerOf))];
  const places = parameters.map((name) => layers.indexOf(layerOf(name)));
  const count = Math.min(columns, rows.length);
  const starts = Array.from({ length: count + 1 }, (_, column) => Math.floor((column * rows.length) / (count || 1)));
  const values = new Float32Array(layers.length * count);
  for (let column = 0; column < count; column++) {
    const own = rows.slice(starts[column], starts[column + 1]);
    const sums = new Float64Array(layers.length);
    for (const { changes } of own) parameters.forEach((name, i) => (sums[places[i]!]! += changes[name] ?? NaN));
    sums.forEach((sum, layer) => (values[layer * count + column] = sum / own.length));
  }
  return {
    layers,
    firstSteps: starts.slice(0, count).map((start) => rows[start]!.step),
    lastSteps: starts.slice(1).map((end) => rows[end - 1]!.step),
    values,
  };
}

/** The layer of a tensor: its name without `.weight` or `.bias`. */
const layerOf = (parameter: string): string => parameter.replace(/\.(?:weight|bias)$/, '');
