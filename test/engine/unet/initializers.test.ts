import { describe, expect, it } from 'vitest';
import type { ModelConfig } from '../../../src/engine/experiment/schema';
import { initializeParameters } from '../../../src/engine/unet/initializers';
import { unetParameters } from '../../../src/engine/unet/unet';

const model: ModelConfig = { filters: 16, depth: 2, padding: 'same', classes: 2, channels: 3 };
const specs = unetParameters(model);

const mean = (values: Float32Array): number => values.reduce((total, x) => total + x, 0) / values.length;
const deviation = (values: Float32Array): number => {
  const centre = mean(values);
  return Math.sqrt(values.reduce((total, x) => total + (x - centre) ** 2, 0) / values.length);
};

/** encoder.1.conv2 has 32 x 32 x 3 x 3 weights, decoder.1.up has 64 x 32 x 2 x 2. */
const CONVOLUTION = 'encoder.1.conv2';
const TRANSPOSED = 'decoder.1.up';

describe('initializeParameters', () => {
  it.each(['he', 'study', 'default'] as const)('%s fills every tensor and repeats itself for a seed', (kind) => {
    const parameters = initializeParameters(specs, kind, 99);
    expect(Object.keys(parameters)).toEqual(specs.map((spec) => spec.name));
    for (const { name, shape } of specs) {
      expect(parameters[name]).toHaveLength(shape.reduce((product, length) => product * length, 1));
      expect(parameters[name]!.every(Number.isFinite)).toBe(true);
    }
    expect(initializeParameters(specs, kind, 99)).toEqual(parameters);
    expect(initializeParameters(specs, kind, 100)).not.toEqual(parameters);
  });

  it('gives a layer the same start whatever else the network has', () => {
    const deeper = initializeParameters(unetParameters({ ...model, depth: 3 }), 'he', 99);
    expect(deeper['encoder.0.conv1.weight']).toEqual(initializeParameters(specs, 'he', 99)['encoder.0.conv1.weight']);
  });

  it.each([
    ['he', CONVOLUTION, Math.sqrt(2 / (32 * 9))],
    ['he', TRANSPOSED, Math.sqrt(2 / 64)],
    ['study', CONVOLUTION, Math.sqrt(2 / (32 * 32 * 9))],
    ['study', TRANSPOSED, Math.sqrt(2 / (64 * 32 * 4))],
  ] as const)('%s draws the weights of %s from a normal distribution', (kind, layer, expected) => {
    const parameters = initializeParameters(specs, kind, 1);
    const weights = parameters[`${layer}.weight`]!;
    expect(Math.abs(deviation(weights) / expected - 1)).toBeLessThan(0.05);
    expect(Math.abs(mean(weights))).toBeLessThan(0.05 * expected);
    // A normal distribution has 4.55 % beyond two deviations, a uniform one none.
    const beyond = weights.filter((x) => Math.abs(x) > 2 * expected).length / weights.length;
    expect(Math.abs(beyond - 0.0455)).toBeLessThan(0.01);
    expect(parameters[`${layer}.bias`]!.every((x) => x === 0)).toBe(true);
  });

  it.each([
    // PyTorch counts the second axis of the weights: inputs of a convolution, outputs of a transposed one.
    [CONVOLUTION, 1 / Math.sqrt(32 * 9)],
    [TRANSPOSED, 1 / Math.sqrt(32 * 4)],
  ])('default draws weights and bias of %s uniformly between the bounds of PyTorch', (layer, bound) => {
    const parameters = initializeParameters(specs, 'default', 1);
    const weights = parameters[`${layer}.weight`]!;
    const bias = parameters[`${layer}.bias`]!;
    expect(Math.max(...weights)).toBeLessThanOrEqual(bound);
    expect(Math.min(...weights)).toBeGreaterThanOrEqual(-bound);
    expect(Math.abs(deviation(weights) / (bound / Math.sqrt(3)) - 1)).toBeLessThan(0.05);
    expect(bias.every((x) => Math.abs(x) <= bound)).toBe(true);
    expect(Math.abs(deviation(bias) / (bound / Math.sqrt(3)) - 1)).toBeLessThan(0.3);
  });
});
