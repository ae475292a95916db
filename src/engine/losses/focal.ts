import * as tf from '@tensorflow/tfjs-core';
import { Problem } from '../../runs/problem';
import type { LossFunction, PixelLossFunction, UnlabelledLoss } from './loss';
import { stopGradient } from './stopGradient';
import {
  type ClassWeights,
  dropClassAxis,
  negativeLogLikelihoods,
  perClass,
  type PerClass,
  sumOfProducts,
  weighted,
} from './twoClasses';

export interface FocalOptions {
  /** g >= 0; 0 is cross-entropy. Default 2. */
  readonly gamma?: number | undefined;
  /** Whether the gradient goes through the modulator (1 - pt)^g (`full`, the paper) or not. Default `full`. */
  readonly modulator?: 'full' | 'detached' | undefined;
  /** Weights w, each above 0. The mean is over pixels and is not divided by them. Default [1, 1]. */
  readonly classWeights?: ClassWeights | undefined;
  /** a in [0,1]: a further factor, a for the foreground and 1 - a for the background. Default: no such factor. */
  readonly alpha?: number | undefined;
}

/**
 * Focal loss: mean over pixels of w a (1 - pt)^g (-log pt), pt = softmax probability of the true class.
 *
 * Lin et al., "Focal loss for dense object detection", 2017. MONAI's softmax variant is half of this (it also takes the
 * mean over the classes). Shapes as of a `LossFunction`. Range [0, inf).
 *
 * With a detached modulator the reported value is the same, but training descends another function: the gradient
 * -(1 - pt)^g / pt belongs to -log pt - sum over j = 1..g of (1 - pt)^j / j, which is `effective`. That sum exists for a
 * whole g only; for others `effective` throws a Problem.
 */
export function focal(options: FocalOptions = {}): UnlabelledLoss {
  const { gamma = 2, modulator = 'full', classWeights = [1, 1], alpha } = options;
  const detached = modulator === 'detached';
  const weights: ClassWeights =
    alpha === undefined ? classWeights : [classWeights[0] * (1 - alpha), classWeights[1] * alpha];

  const perPixel = (logits: tf.Tensor4D, target: tf.Tensor4D): tf.Tensor4D => {
    const likelihoods = negativeLogLikelihoods(logits);
    const factors = modulators(likelihoods, gamma);
    return sumOfProducts(
      multiplied(weighted(perClass(target), weights), detached ? stopped(factors) : factors),
      likelihoods,
    );
  };
  const reported: LossFunction = (logits, target, axes) => tf.mean(perPixel(logits, target), axes);
  const pixels: PixelLossFunction = (logits, target) => dropClassAxis(perPixel(logits, target));
  const effective: LossFunction = detached
    ? (logits, target, axes) =>
        tf.mean(
          sumOfProducts(weighted(perClass(target), weights), potentials(negativeLogLikelihoods(logits), gamma)),
          axes,
        )
    : reported;
  return { kind: 'pixel', reported, descended: reported, effective, pixels };
}

/**
 * (1 - p)^g of each class. With two classes 1 - p of one is p of the other, so the power is exp(-g · (-log p of the
 * other)): unlike a power, its gradient is finite where 1 - p is 0 and g < 1.
 */
function modulators({ background, foreground }: PerClass, gamma: number): PerClass {
  return { background: tf.exp(tf.mul(foreground, -gamma)), foreground: tf.exp(tf.mul(background, -gamma)) };
}

/** -log p - sum over j = 1..g of q^j / j for each class, q = 1 - p. */
function potentials(likelihoods: PerClass, gamma: number): PerClass {
  if (!Number.isInteger(gamma)) {
    throw new Problem(`The effective focal loss of a detached modulator is not known for γ = ${gamma}.`, {
      hint: 'Choose a whole number for "gamma", or look at the reported loss instead.',
    });
  }
  const complements = modulators(likelihoods, 1);
  const subtractSeries = (likelihood: tf.Tensor4D, q: tf.Tensor4D): tf.Tensor4D => {
    let series: tf.Tensor4D | undefined;
    for (let j = gamma; j >= 1; j--) {
      // Horner's rule, from the innermost term: q (1 + q (1/2 + q (1/3 + …))).
      series = series === undefined ? tf.mul(q, 1 / j) : tf.mul(q, tf.add(series, 1 / j));
    }
    return series === undefined ? likelihood : tf.sub(likelihood, series);
  };
  return {
    background: subtractSeries(likelihoods.background, complements.background),
    foreground: subtractSeries(likelihoods.foreground, complements.foreground),
  };
}

function multiplied(a: PerClass, b: PerClass): PerClass {
  return { background: tf.mul(a.background, b.background), foreground: tf.mul(a.foreground, b.foreground) };
}

function stopped(x: PerClass): PerClass {
  return { background: stopGradient(x.background), foreground: stopGradient(x.foreground) };
}
