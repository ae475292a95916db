import type * as tf from '@tensorflow/tfjs-core';

/**
 * A loss of a batch of images.
 *
 * @param logits [B,H,W,2], any finite values.
 * @param target [B,H,W,2] float32, one-hot (class 0 is the background), or probabilities that sum to 1 per pixel.
 * @param axes over which to reduce: all of them when left out; `eachImage` gives the loss of each image as if it were alone.
 * @returns scalar, or [B] for each image.
 *
 * Loss functions are pure, read no tensor values and have no control flow that depends on values, so that they can be
 * traced into a graph. Intermediate tensors belong to the caller's `tf.tidy`.
 */
export type LossFunction = <T extends tf.Tensor = tf.Scalar>(
  logits: tf.Tensor4D,
  target: tf.Tensor4D,
  axes?: typeof eachImage,
) => T;

/** The axes of a batch [B,H,W,C] that make up an image. */
export const eachImage: [1, 2, 3] = [1, 2, 3];

/** The loss of every pixel, [B,H,W]. Arguments as of a `LossFunction`. */
export type PixelLossFunction = (logits: tf.Tensor4D, target: tf.Tensor4D) => tf.Tensor3D;

/** A loss as training and surfaces use it. */
export interface Loss {
  /** In words, for titles and tables: "focal γ=2". */
  readonly label: string;
  /** `pixel`: a mean over pixels. `region`: of sums over an image or a batch. `sum`: a weighted sum of others. */
  readonly kind: 'pixel' | 'region' | 'sum';
  /** The value that is written down. Its gradient is the one that training follows. */
  readonly reported: LossFunction;
  /** What training calls: the same value and gradient as `reported`. */
  readonly descended: LossFunction;
  /**
   * The function that training really descends: one without a stopped gradient, whose plain gradient is the training
   * gradient. Differs from `reported` only where a factor of the loss is detached.
   */
  readonly effective: LossFunction;
  /** The loss per pixel, scaled so that its mean over the batch is `reported`. Missing where a loss has no pixels. */
  readonly pixels?: PixelLossFunction;
}

/** A loss before it has a label. */
export type UnlabelledLoss = Omit<Loss, 'label'>;
