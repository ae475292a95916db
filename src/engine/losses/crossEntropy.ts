import * as tf from '@tensorflow/tfjs-core';
import type { LossFunction, PixelLossFunction, UnlabelledLoss } from './loss';
import {
  type ClassWeights,
  dropClassAxis,
  negativeLogLikelihoods,
  perClass,
  type PerClass,
  sumOfProducts,
  weighted,
} from './twoClasses';

export interface CrossEntropyOptions {
  /** Weights w, each above 0. Default [1, 1]. */
  readonly classWeights?: ClassWeights | undefined;
  /** e in [0,1): the share of the target that is spread evenly over the classes. Default 0. */
  readonly labelSmoothing?: number | undefined;
  /**
   * What the sum over pixels is divided by: the weights of the true classes (PyTorch with class indices), or the number
   * of pixels (PyTorch with probabilities as targets). Equal without class weights. Default `weights`.
   */
  readonly divideBy?: 'weights' | 'pixels' | undefined;
}

/**
 * Cross-entropy, as `torch.nn.CrossEntropyLoss`: sum over pixels i and classes c of -w_c t'_ic log p_ic, divided by the
 * sum over pixels of w_c t_ic, where p = softmax(logits), t = target and t' = (1 - e) t + e / 2.
 *
 * Label smoothing: Szegedy et al., "Rethinking the Inception architecture for computer vision", 2016.
 * Shapes as of a `LossFunction`. Range [0, inf).
 */
export function crossEntropy(options: CrossEntropyOptions = {}): UnlabelledLoss {
  const { classWeights = [1, 1], labelSmoothing = 0, divideBy = 'weights' } = options;
  const plain = divideBy === 'pixels' || (classWeights[0] === 1 && classWeights[1] === 1);

  const unscaled = (logits: tf.Tensor4D, target: PerClass): tf.Tensor4D =>
    sumOfProducts(weighted(smoothed(target, labelSmoothing), classWeights), negativeLogLikelihoods(logits));
  const sumOfWeights = (target: PerClass, axes?: number[]): tf.Tensor => {
    const { background, foreground } = weighted(target, classWeights);
    return tf.sum(tf.add(background, foreground), axes);
  };

  const reported: LossFunction = (logits, target, axes) => {
    const classes = perClass(target);
    const pixels = unscaled(logits, classes);
    return plain ? tf.mean(pixels, axes) : tf.div(tf.sum(pixels, axes), sumOfWeights(classes, axes));
  };
  const pixels: PixelLossFunction = (logits, target) => {
    const classes = perClass(target);
    const values = dropClassAxis(unscaled(logits, classes));
    return plain ? values : tf.mul(values, tf.div(values.size, sumOfWeights(classes)));
  };
  return { kind: 'pixel', reported, descended: reported, effective: reported, pixels };
}

function smoothed({ background, foreground }: PerClass, share: number): PerClass {
  if (share === 0) return { background, foreground };
  const smooth = (x: tf.Tensor4D): tf.Tensor4D => tf.add(tf.mul(x, 1 - share), share / 2);
  return { background: smooth(background), foreground: smooth(foreground) };
}
