import * as tf from '@tensorflow/tfjs-core';
import type { LossFunction, UnlabelledLoss } from './loss';
import { perClass, probabilities } from './twoClasses';

export interface DiceOptions {
  /** Whether sums run over each image, with the mean over images taken last, or over the whole batch. Default `image`. */
  readonly reduce?: 'image' | 'batch' | undefined;
  /** s >= 0, in numerator and denominator. Default 1e-5. */
  readonly smooth?: number | undefined;
  /** Whether the background counts as a class, with the same weight as the foreground. Default true. */
  readonly includeBackground?: boolean | undefined;
  /** Whether the denominator sums squares. Default false. */
  readonly squared?: boolean | undefined;
}

/**
 * Soft Dice loss: mean over images (or of the batch) and classes of 1 - (2 sum p t + s) / (sum p + sum t + s), with
 * p = softmax(logits), t = target. Squared: sum p² + sum t² in the denominator.
 *
 * Milletari et al., "V-Net: Fully convolutional neural networks for volumetric medical image segmentation", 2016 (which
 * has the squares); defaults as MONAI's `DiceLoss(softmax=True, to_onehot_y=True)`. Shapes as of a `LossFunction`.
 * Range [0,1]. A class without true pixels costs about 1 unless s outweighs the predicted sum.
 */
export function dice(options: DiceOptions = {}): UnlabelledLoss {
  const { reduce = 'image', smooth = 1e-5, includeBackground = true, squared = false } = options;
  const total = (x: tf.Tensor4D): tf.Tensor => tf.sum(x, reduce === 'image' ? [1, 2, 3] : [0, 1, 2, 3]);

  /** [B] or scalar. */
  const ofClass = (p: tf.Tensor4D, t: tf.Tensor4D): tf.Tensor => {
    const sums = squared ? total(tf.add(tf.square(p), tf.square(t))) : total(tf.add(p, t));
    // Without smoothing an absent class whose probabilities all vanish would be 0 / 0.
    const denominator = tf.add(sums, Math.max(smooth, 1e-7));
    return tf.sub(1, tf.div(tf.add(tf.mul(total(tf.mul(p, t)), 2), smooth), denominator));
  };
  const reported: LossFunction = (logits, target) => {
    const p = probabilities(logits);
    const t = perClass(target);
    const foreground = ofClass(p.foreground, t.foreground);
    if (!includeBackground) return tf.mean(foreground);
    return tf.mul(tf.mean(tf.add(ofClass(p.background, t.background), foreground)), 0.5);
  };
  return { kind: 'region', reported, descended: reported, effective: reported };
}
