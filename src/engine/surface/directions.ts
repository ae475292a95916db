import { randomFor } from '../data/random';
import type { ParameterSpec } from '../unet/unet';

/** Values of every parameter by name, flat in the layout of its spec. */
export type Weights = Readonly<Record<string, Float32Array>>;

/**
 * What a direction is scaled to: every output filter to the norm of that filter of the network, every tensor to the norm of
 * that tensor, or nothing.
 */
export type Normalization = 'filter' | 'layer' | 'none';

/** Whether biases stay where they are, or take part, each as a filter of one value. */
export type BiasTreatment = 'ignore' | 'keep';

export interface DirectionOptions {
  readonly seed: number;
  /** Tells directions of one seed apart. */
  readonly axis: 'a' | 'b';
  readonly normalization: Normalization;
  readonly biases: BiasTreatment;
}

/** Keeps a filter that is zero all over from dividing by zero; the value is that of the paper's own code. */
const epsilon = 1e-10;

/**
 * A random direction in weight space: standard normal, then normalised. With `filter` (Li et al., "Visualizing the Loss
 * Landscape of Neural Nets", NeurIPS 2018, section 4) every filter d of the direction becomes d · |w| / |d|, w being the
 * same filter of the network, so that surfaces of networks with differently scaled weights can be compared.
 *
 * Biases are zero with `ignore`, as in the paper's pictures; with `keep` each one is a filter of its own, ± its size.
 * Each tensor has a random stream of its own, keyed by its name.
 */
export function randomDirection(
  specs: readonly ParameterSpec[],
  weights: Weights,
  { seed, axis, normalization, biases }: DirectionOptions,
): Record<string, Float32Array> {
  const direction: Record<string, Float32Array> = {};
  for (const spec of specs) {
    const own = weights[spec.name]!;
    const values = new Float32Array(own.length);
    if (spec.kind !== 'bias' || biases === 'keep') {
      const random = randomFor(seed, 'direction', axis, spec.name);
      for (let i = 0; i < values.length; i++) values[i] = random.normal();
      normalize(spec, values, own, normalization);
    }
    direction[spec.name] = values;
  }
  return direction;
}

/** Scales one tensor of a direction in place to the norms of the same tensor of the network. */
export function normalize(
  spec: ParameterSpec,
  direction: Float32Array,
  weights: Float32Array,
  normalization: Normalization,
): void {
  if (normalization === 'none') return;
  const filterOf = normalization === 'filter' ? filterIndex(spec) : () => 0;
  const wanted = norms(weights, filterOf);
  const scales = norms(direction, filterOf).map((norm, filter) => wanted[filter]! / (norm + epsilon));
  for (let i = 0; i < direction.length; i++) direction[i]! *= scales[filterOf(i)]!;
}

/** Euclidean norm of every output filter of a tensor. */
export function filterNorms(spec: ParameterSpec, values: Float32Array): number[] {
  return norms(values, filterIndex(spec));
}

/**
 * The output filter that an element of a tensor belongs to. The outputs of a convolution [O,I,kh,kw] are its first axis,
 * those of a transposed convolution [I,O,kh,kw] its second; every bias is one.
 */
function filterIndex({ kind, shape }: ParameterSpec): (element: number) => number {
  const [, second = 1, height = 1, width = 1] = shape;
  const taps = height * width;
  if (kind === 'transposedConvolution') return (element) => Math.floor(element / taps) % second;
  return (element) => Math.floor(element / (second * taps));
}

function norms(values: Float32Array, filterOf: (element: number) => number): number[] {
  const squares: number[] = [];
  for (let i = 0; i < values.length; i++) {
    const filter = filterOf(i);
    squares[filter] = (squares[filter] ?? 0) + values[i]! * values[i]!;
  }
  return squares.map(Math.sqrt);
}
