import { randomFor } from '../data/random';
import type { ParameterSpec } from './unet';

/** How the weights start. */
export type Initializer = 'he' | 'study' | 'default';

/**
 * Starting values for every parameter, flat in the layout of its spec. Each tensor has a random stream of its own, keyed
 * by its name, so that the same layer starts alike whatever else the network has.
 *
 * - `he`: weights N(0, sqrt(2 / fan-in)), bias 0 (He et al., "Delving deep into rectifiers", 2015, equation 10).
 * - `study`: weights N(0, sqrt(2 / number of weights in the tensor)), bias 0: far too small for wide layers, which
 *   training first has to grow out of.
 * - `default`: PyTorch's: weights and bias U(-b, b) with b = 1 / sqrt(f), which is kaiming_uniform(a = sqrt 5). PyTorch
 *   takes f from the second axis of the weight tensor, which for a transposed convolution counts outputs.
 */
export function initializeParameters(
  specs: readonly ParameterSpec[],
  kind: Initializer,
  seed: number,
): Record<string, Float32Array> {
  const weightShapes = new Map(specs.filter((spec) => spec.kind !== 'bias').map((spec) => [spec.layer, spec.shape]));
  const parameters: Record<string, Float32Array> = {};
  for (const spec of specs) {
    const values = new Float32Array(size(spec.shape));
    const random = randomFor(seed, 'initializer', spec.name);
    if (kind === 'default') {
      const bound = 1 / Math.sqrt(torchFanIn(weightShapes.get(spec.layer) ?? spec.shape));
      for (let i = 0; i < values.length; i++) values[i] = bound * (2 * random.next() - 1);
    } else if (spec.kind !== 'bias') {
      const deviation = Math.sqrt(2 / (kind === 'he' ? spec.fanIn : values.length));
      for (let i = 0; i < values.length; i++) values[i] = deviation * random.normal();
    }
    parameters[spec.name] = values;
  }
  return parameters;
}

const size = (shape: readonly number[]): number => shape.reduce((product, length) => product * length, 1);

/** PyTorch's fan-in: everything but the first axis of the weight tensor. */
const torchFanIn = (shape: readonly number[]): number => size(shape.slice(1));
