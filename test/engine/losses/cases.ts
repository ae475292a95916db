import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-core/dist/register_all_gradients';
import * as tf from '@tensorflow/tfjs-core';
import { readFileSync } from 'node:fs';
import type { LossFunction } from '../../../src/engine/losses/loss';

interface Golden {
  shape: [batch: number, classes: number, height: number, width: number];
  logits: number[];
  labels: number[];
  losses: Record<string, { value: number; dlogits: number[] }>;
}

/** Values and gradients of PyTorch's and other libraries' losses on one fixed case; flat arrays in N,C,H,W order. */
export const golden = JSON.parse(
  readFileSync(new URL('../../fixtures/golden-losses.json', import.meta.url), 'utf8'),
) as Golden;

/** Flat N,C,H,W values as a tensor [N,H,W,C]. */
export function fromPlanar(values: ArrayLike<number>, shape: readonly number[]): tf.Tensor4D {
  const planar = tf.tensor4d(Float32Array.from(values), shape as [number, number, number, number]);
  return tf.transpose(planar, [0, 2, 3, 1]);
}

/** A tensor [N,H,W,C] as flat N,C,H,W values. */
export const toPlanar = (x: tf.Tensor): Float32Array => tf.transpose(x, [0, 3, 1, 2]).dataSync<'float32'>();

/** Labels [N,H,W] as a one-hot target [N,H,W,2]. */
export const oneHot = (labels: readonly number[], [batch, height, width]: [number, number, number]): tf.Tensor4D =>
  tf.cast(tf.oneHot(tf.tensor3d([...labels], [batch, height, width], 'int32'), 2), 'float32') as tf.Tensor4D;

/** The golden case's logits and target. */
export function goldenCase(): { logits: tf.Tensor4D; target: tf.Tensor4D } {
  const [batch, , height, width] = golden.shape;
  return { logits: fromPlanar(golden.logits, golden.shape), target: oneHot(golden.labels, [batch, height, width]) };
}

/** Value and dL/dlogits (flat, N,C,H,W). */
export function evaluate(
  loss: LossFunction,
  logits: tf.Tensor4D,
  target: tf.Tensor4D,
): { value: number; gradient: Float32Array } {
  const { value, grad } = tf.valueAndGrad((x: tf.Tensor) => loss(x as tf.Tensor4D, target))(logits);
  return { value: value.dataSync()[0]!, gradient: toPlanar(grad) };
}

/** Largest difference over the largest expected magnitude. */
export function relativeError(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  let difference = 0;
  let magnitude = 0;
  for (let i = 0; i < expected.length; i++) {
    const error = Math.abs(actual[i]! - expected[i]!);
    if (!(error <= difference)) difference = error; // keeps NaN
    magnitude = Math.max(magnitude, Math.abs(expected[i]!));
  }
  return actual.length === expected.length ? difference / magnitude : Number.NaN;
}
