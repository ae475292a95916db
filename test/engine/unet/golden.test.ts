import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-core/dist/register_all_gradients';
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import type { ModelConfig } from '../../../src/engine/experiment/schema';
import { crossEntropy } from '../../../src/engine/losses/crossEntropy';
import { unet, unetParameters, type ParameterSpec } from '../../../src/engine/unet/unet';

type Shape = [number, number, number, number];
interface Golden {
  model: { filters: number; depth: number; channels: 3; classes: 2 };
  cases: {
    padding: 'valid' | 'same';
    input: Shape;
    output: Shape;
    logits: number[];
    loss: number;
    gradients: Record<string, { norm: number; product: number }>;
  }[];
}
const golden = JSON.parse(readFileSync(new URL('../../fixtures/golden-unet.json', import.meta.url), 'utf8')) as Golden;

const size = (shape: readonly number[]): number => shape.reduce((product, length) => product * length, 1);
const wave = (length: number, step: number, phase: number): Float32Array =>
  Float32Array.from({ length }, (_, i) => Math.sin(step * i + phase));

/** The formulas of golden-unet.py. */
function formulaWeights({ name, shape, kind }: ParameterSpec): tf.Tensor {
  const phase = [...name].reduce((total, letter) => total + letter.charCodeAt(0), 0) % 7;
  const scale = kind === 'bias' ? 0.1 : 1.4 / Math.sqrt(size(shape.slice(1)));
  return tf.tensor(
    wave(size(shape), 1.3, phase).map((x) => scale * x),
    [...shape],
  );
}

const planar = (values: Float32Array, shape: Shape): tf.Tensor4D =>
  tf.transpose(tf.tensor4d(values, shape), [0, 2, 3, 1]);

beforeAll(async () => {
  await tf.setBackend('cpu');
});

describe.each(golden.cases)(
  'the U-Net with $padding padding',
  ({ padding, input, output, logits, loss, gradients }) => {
    const model: ModelConfig = { ...golden.model, padding };

    it('has the logits and gradients of PyTorch', () => {
      const specs = unetParameters(model);
      const images = planar(
        wave(size(input), 0.37, 0).map((x) => 0.5 + 0.5 * x),
        input,
      );
      const [batch, , height, width] = output;
      const labels = tf.tensor3d(
        Array.from({ length: batch * height * width }, (_, i) => (i % 3 === 0 ? 1 : 0)),
        [batch, height, width],
        'int32',
      );
      const target = tf.cast(tf.oneHot(labels, 2), 'float32') as tf.Tensor4D;

      let actual = new Float32Array();
      const { value, grads } = tf.valueAndGrads((...tensors: tf.Tensor[]) => {
        const parameters = Object.fromEntries(specs.map(({ name }, i) => [name, tensors[i]!]));
        const result = unet(model, parameters, images);
        actual = tf.transpose(result, [0, 3, 1, 2]).dataSync<'float32'>() as Float32Array<ArrayBuffer>;
        return crossEntropy().reported(result, target);
      })(specs.map(formulaWeights));

      expect(actual).toHaveLength(logits.length);
      logits.forEach((expected, i) => expect(Math.abs(actual[i]! - expected)).toBeLessThan(1e-6));
      expect(Math.abs(value.dataSync()[0]! - loss)).toBeLessThan(1e-6);

      expect(specs.map(({ name }) => name).sort()).toEqual(Object.keys(gradients).sort());
      specs.forEach(({ name }, i) => {
        const gradient = grads[i]!.dataSync<'float32'>();
        const { norm, product } = gradients[name]!;
        expect(Math.abs(Math.hypot(...gradient) - norm), name).toBeLessThan(1e-5 * norm);
        const actualProduct = gradient.reduce((total, g, k) => total + g * Math.cos(k), 0);
        expect(Math.abs(actualProduct - product), name).toBeLessThan(1e-5 * norm);
      });
    });
  },
);
