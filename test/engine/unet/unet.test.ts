import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import type { ModelConfig } from '../../../src/engine/experiment/schema';
import { countParameters, unet, unetParameters } from '../../../src/engine/unet/unet';

const model = (overrides: Partial<ModelConfig> = {}): ModelConfig => ({
  filters: 2,
  depth: 2,
  padding: 'same',
  classes: 2,
  channels: 3,
  ...overrides,
});

const zeros = (config: ModelConfig): Record<string, tf.Tensor> =>
  Object.fromEntries(unetParameters(config).map((spec) => [spec.name, tf.zeros([...spec.shape])]));

const outputSize = (config: ModelConfig, height: number, width: number): number[] =>
  tf.tidy(() => unet(config, zeros(config), tf.zeros([1, height, width, config.channels])).shape);

beforeAll(async () => {
  await tf.setBackend('cpu');
});

describe('unetParameters', () => {
  it('has 7,760,130 values with 32 filters and depth 4, as the study', () => {
    const config = model({ filters: 32, depth: 4, padding: 'valid' });
    expect(countParameters(unetParameters(config))).toBe(7_760_130);
    expect(countParameters(unetParameters({ ...config, padding: 'same' }))).toBe(7_760_130);
  });

  it('names tensors in the order of the forward pass', () => {
    const names = unetParameters(model({ depth: 1 })).map((spec) => spec.name);
    expect(names.filter((name) => name.endsWith('.weight'))).toEqual([
      'encoder.0.conv1.weight',
      'encoder.0.conv2.weight',
      'bottom.conv1.weight',
      'bottom.conv2.weight',
      'decoder.0.up.weight',
      'decoder.0.conv1.weight',
      'decoder.0.conv2.weight',
      'head.weight',
    ]);
    expect(new Set(names).size).toBe(names.length);
  });

  it('gives the layouts of PyTorch', () => {
    const shapes = Object.fromEntries(unetParameters(model()).map((spec) => [spec.name, spec.shape]));
    expect(shapes['encoder.1.conv1.weight']).toEqual([4, 2, 3, 3]);
    expect(shapes['decoder.1.up.weight']).toEqual([8, 4, 2, 2]);
    expect(shapes['decoder.1.conv1.weight']).toEqual([4, 8, 3, 3]);
    expect(shapes['head.weight']).toEqual([2, 2, 1, 1]);
    expect(shapes['head.bias']).toEqual([2]);
  });
});

describe('unet', () => {
  it('maps 572 to 388 at depth 4 with valid padding', () => {
    // One filter keeps the slow reference backend quick; a narrow strip of 188 -> 4 covers the other axis.
    expect(outputSize(model({ filters: 1, depth: 4, padding: 'valid', channels: 1 }), 572, 188)).toEqual([
      1, 388, 4, 2,
    ]);
  });

  it('keeps the size with same padding', () => {
    expect(outputSize(model({ depth: 3 }), 16, 24)).toEqual([1, 16, 24, 2]);
  });

  it.each([
    [model({ depth: 3 }), 20, 16],
    [model({ depth: 2, padding: 'valid' }), 46, 44],
    [model({ depth: 2, padding: 'valid' }), 16, 44],
  ])('refuses a size that does not fit', (config, height, width) => {
    expect(() => outputSize(config, height, width)).toThrow(/does not fit a U-Net/);
  });
});
