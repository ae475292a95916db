import * as tf from '@tensorflow/tfjs-core';

/** What follows from the logits at every pixel; all [B,H,W,1]. */
export interface Pixels {
  /** 1 where the foreground logit is the larger one. */
  readonly predicted: tf.Tensor;
  readonly foreground: tf.Tensor;
  /** Foreground logit minus background logit. */
  readonly margin: tf.Tensor;
}

/** What measures have in common, computed once for the same logits. */
export const pixels = once((logits: tf.Tensor4D, target: tf.Tensor4D): Pixels => {
  const [background, foreground] = tf.split(logits, 2, 3) as [tf.Tensor4D, tf.Tensor4D];
  const margin = tf.sub(foreground, background);
  const [, truth] = tf.split(target, 2, 3) as [tf.Tensor4D, tf.Tensor4D];
  return { predicted: tf.cast(tf.greater(margin, 0), 'float32'), foreground: truth, margin };
});

/**
 * A function of the logits of images and what belongs to these, which is computed when it is first asked for. The graph
 * would otherwise hold the same operations once for every measure that uses them.
 */
export function once<Rest extends unknown[], T extends object>(
  compute: (logits: tf.Tensor4D, ...rest: Rest) => T,
): (logits: tf.Tensor4D, ...rest: Rest) => T {
  const known = new WeakMap<tf.Tensor, T>();
  return (logits, ...rest) => {
    const before = known.get(logits);
    if (before) return before;
    const result = compute(logits, ...rest);
    known.set(logits, result);
    return result;
  };
}
