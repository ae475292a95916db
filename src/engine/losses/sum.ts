import * as tf from '@tensorflow/tfjs-core';
import type { eachImage, LossFunction, PixelLossFunction, UnlabelledLoss } from './loss';

/** One term of a sum. */
export interface LossTerm {
  readonly weight: number;
  readonly loss: UnlabelledLoss;
}

/**
 * Weighted sum of losses: sum over terms of weight · loss. Has a loss per pixel when every term has one.
 *
 * @throws Error without terms (the experiment's schema demands at least one).
 */
export function sum(terms: readonly LossTerm[]): UnlabelledLoss {
  const add = (key: 'reported' | 'descended' | 'effective'): LossFunction => {
    return <T extends tf.Tensor = tf.Scalar>(logits: tf.Tensor4D, target: tf.Tensor4D, axes?: typeof eachImage): T =>
      addAll(terms.map(({ weight, loss }) => scaled(loss[key]<T>(logits, target, axes), weight)));
  };
  const reported = add('reported');
  const perPixel = terms.map(({ loss }) => loss.pixels);
  const pixels: PixelLossFunction = (logits, target) =>
    addAll(terms.map(({ weight }, i) => scaled((perPixel[i] as PixelLossFunction)(logits, target), weight)));
  return {
    kind: 'sum',
    reported,
    descended: add('descended'),
    effective: terms.every(({ loss }) => loss.effective === loss.reported) ? reported : add('effective'),
    ...(perPixel.every((term) => term !== undefined) ? { pixels } : {}),
  };
}

function scaled<T extends tf.Tensor>(x: T, weight: number): T {
  return weight === 1 ? x : tf.mul(x, weight);
}

function addAll<T extends tf.Tensor>(values: readonly T[]): T {
  return values.reduce((total, value) => tf.add(total, value));
}
