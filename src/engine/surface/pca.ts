import { Problem } from '../../runs/problem';
import { symmetricEigen } from '../curvature/symmetricEigen';
import type { ParameterSpec } from '../unet/unet';
import type { CheckpointFiles } from './checkpointFiles';
import type { Weights } from './directions';

/** The principal components of some checkpoints. */
export interface PrincipalComponents {
  readonly mean: Weights;
  /** Of length 1, at right angles to each other. */
  readonly directions: readonly Weights[];
  /** Share of the variance along each component (all there are), largest first; they sum to 1. */
  readonly explained: readonly number[];
}

/** Below this share of the variance a component is rounding. */
const leastShare = 1e-10;

/**
 * The first `count` principal components of checkpoints, as points in weight space (Li et al., "Visualizing the Loss Landscape
 * of Neural Nets", NeurIPS 2018, section 7; Pearson 1901). The same as scikit-learn's `PCA`: the mean is subtracted, and of
 * the two signs of a component that one counts which makes its largest element positive.
 *
 * The n x n Gram matrix of the n checkpoints stands in for the covariance matrix of all weights, which has the same
 * eigenvalues: G = X Xᵀ with X the differences from the mean; a component is Xᵀ u / √λ. The files are read twice, a piece at a
 * time; memory is that of the result.
 *
 * @throws Problem when there are not more than `count` checkpoints, or they span fewer dimensions.
 */
export async function principalComponents(
  files: CheckpointFiles,
  specs: readonly ParameterSpec[],
  count: number,
): Promise<PrincipalComponents> {
  const n = files.count;
  if (n <= count) {
    throw new Problem(`${n === 1 ? 'one checkpoint is' : `${n} checkpoints are`} too few for ${count} components`, {
      hint: `Give runs with at least ${count + 1} checkpoints together, or choose another plane.`,
    });
  }
  const gram = Array.from({ length: n }, () => new Float64Array(n));
  for await (const { rows } of files.chunks()) {
    const { centred } = centre(rows);
    for (let i = 0; i < n; i++) for (let j = 0; j <= i; j++) gram[i]![j]! += dot(centred[i]!, centred[j]!);
  }
  for (let i = 0; i < n; i++) for (let j = 0; j < i; j++) gram[j]![i] = gram[i]![j]!;
  if (!gram.every((row) => row.every(Number.isFinite))) {
    throw new Problem('a checkpoint has weights that are not finite numbers', {
      hint: 'Its training diverged; leave the run out, or choose another plane.',
    });
  }
  const { values, vectors } = symmetricEigen(gram);
  const total = values.reduce((sum, value) => sum + Math.max(0, value), 0);
  const explained = Array.from(values, (value) => (total === 0 ? 0 : Math.max(0, value) / total));
  const rank = explained.filter((share) => share > leastShare).length;
  if (rank < count) {
    throw new Problem(
      `the checkpoints span ${rank} of the ${count} dimensions that are needed: they are too much alike`,
      {
        hint: 'Choose a run that moved further, or several runs.',
      },
    );
  }

  const mean = zeros(specs);
  const directions = Array.from({ length: count }, () => zeros(specs));
  const largest = directions.map(() => 0);
  for await (const { name, first, rows } of files.chunks()) {
    const { means, centred } = centre(rows);
    mean[name]!.set(means, first);
    directions.forEach((direction, k) => {
      const scale = 1 / Math.sqrt(values[k]!);
      const sum = new Float64Array(means.length);
      centred.forEach((row, i) => {
        const weight = vectors[k]![i]! * scale;
        for (let e = 0; e < sum.length; e++) sum[e]! += weight * row[e]!;
      });
      for (const value of sum) if (Math.abs(value) > Math.abs(largest[k]!)) largest[k] = value;
      direction[name]!.set(sum, first);
    });
  }
  directions.forEach((direction, k) => {
    if (largest[k]! >= 0) return;
    for (const values of Object.values(direction)) for (let e = 0; e < values.length; e++) values[e] = -values[e]!;
  });
  return { mean, directions, explained };
}

/** Mean of the rows, and what is left of each without it. */
function centre(rows: readonly Float32Array[]): { means: Float64Array; centred: Float64Array[] } {
  const means = new Float64Array(rows[0]!.length);
  for (const row of rows) for (let e = 0; e < means.length; e++) means[e]! += row[e]!;
  for (let e = 0; e < means.length; e++) means[e]! /= rows.length;
  const centred = rows.map((row) => {
    const rest = new Float64Array(row.length);
    for (let e = 0; e < rest.length; e++) rest[e] = row[e]! - means[e]!;
    return rest;
  });
  return { means, centred };
}

function dot(x: Float64Array, y: Float64Array): number {
  let sum = 0;
  for (let e = 0; e < x.length; e++) sum += x[e]! * y[e]!;
  return sum;
}

function zeros(specs: readonly ParameterSpec[]): Record<string, Float32Array> {
  return Object.fromEntries(specs.map(({ name, shape }) => [name, new Float32Array(shape.reduce((a, b) => a * b, 1))]));
}
