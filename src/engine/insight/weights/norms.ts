import type { Weights } from '../../surface/directions';
import type { ParameterSpec } from '../../unet/unet';

/** Euclidean norms of the tensors of each layer. */
export interface LayerNorms {
  /** In the order of the forward pass. */
  readonly layers: readonly string[];
  /** Of the layer's filters, without their biases. */
  readonly weights: Float32Array;
  readonly biases: Float32Array;
}

/** The norms of a network's layers. */
export function layerNorms(specs: readonly ParameterSpec[], network: Weights): LayerNorms {
  return norms(specs, (name) => network[name]!);
}

/** The norms of the difference between two networks, layer by layer. */
export function layerDistances(specs: readonly ParameterSpec[], before: Weights, after: Weights): LayerNorms {
  return norms(specs, (name) => {
    const from = before[name]!;
    return after[name]!.map((value, i) => value - from[i]!);
  });
}

function norms(specs: readonly ParameterSpec[], values: (name: string) => Float32Array): LayerNorms {
  const layers = [...new Set(specs.map(({ layer }) => layer))];
  const weights = new Float32Array(layers.length);
  const biases = new Float32Array(layers.length);
  for (const { name, kind, layer } of specs) {
    let squares = 0;
    for (const value of values(name)) squares += value * value;
    (kind === 'bias' ? biases : weights)[layers.indexOf(layer)] = Math.sqrt(squares);
  }
  return { layers, weights, biases };
}
