import * as tf from '@tensorflow/tfjs-core';
import { eachImage, type LossFunction, type UnlabelledLoss } from './loss';
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

  /** [B] or scalar. */
  const ofClass = (p: tf.Tensor4D, t: tf.Tensor4D, axes: number[] | undefined): tf.Tensor => {
    const total = (x: tf.Tensor4D): tf.Tensor => tf.sum(x, axes);
    const sums = squared ? total(tf.add(tf.square(p), tf.square(t))) : total(tf.add(p, t));
    // Without smoothing an absent class whose probabilities all vanish would be 0 / 0.
    const denominator = tf.add(sums, Math.max(smooth, 1e-7));
    return tf.sub(1, tf.div(tf.add(tf.mul(total(tf.mul(p, t)), 2), smooth), denominator));
  };
  const reported: LossFunction = <T extends tf.Tensor = tf.Scalar>(
    logits: tf.Tensor4D,
    target: tf.Tensor4D,
    axes?: typeof eachImage,
  ): T => {
    const p = probabilities(logits);
    const t = perClass(target);
    const inner = reduce === 'image' ? eachImage : axes;
    const together = (values: tf.Tensor): T => (axes ? (values as T) : tf.mean(values));
    const foreground = ofClass(p.foreground, t.foreground, inner);
    if (!includeBackground) return together(foreground);
    return tf.mul(together(tf.add(ofClass(p.background, t.background, inner), foreground)), 0.5);
  };
  return { kind: 'region', reported, descended: reported, effective: reported };
}
