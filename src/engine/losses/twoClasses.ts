import * as tf from '@tensorflow/tfjs-core';

/** A weight for each of the two classes. */
export type ClassWeights = readonly [background: number, foreground: number];

/** A quantity of both classes, each [B,H,W,1]. */
export interface PerClass {
  readonly background: tf.Tensor4D;
  readonly foreground: tf.Tensor4D;
}

/*
 * With two classes, everything follows from x = foreground logit - background logit. These functions never form
 * log(softmax): softplus and sigmoid of x and -x are exact to float32 in both tails, and their gradients (sigmoid, and
 * sigmoid times one minus sigmoid) are finite for every x. They also need no reduction over the class axis.
 */

/** Splits [B,H,W,2] into its classes. */
export function perClass(x: tf.Tensor4D): PerClass {
  const [background, foreground] = tf.split(x, 2, 3);
  return { background: background as tf.Tensor4D, foreground: foreground as tf.Tensor4D };
}

/** x = foreground logit - background logit, [B,H,W,1]. */
function margin(logits: tf.Tensor4D): tf.Tensor4D {
  const { background, foreground } = perClass(logits);
  return tf.sub(foreground, background);
}

/** -log softmax of each class: softplus(x) for the background, softplus(-x) for the foreground. Range [0, inf). */
export function negativeLogLikelihoods(logits: tf.Tensor4D): PerClass {
  const x = margin(logits);
  return { background: tf.softplus(x), foreground: tf.softplus(tf.neg(x)) };
}

/** Softmax of each class: sigmoid(-x) for the background, sigmoid(x) for the foreground. Range [0,1]. */
export function probabilities(logits: tf.Tensor4D): PerClass {
  const x = margin(logits);
  return { background: tf.sigmoid(tf.neg(x)), foreground: tf.sigmoid(x) };
}

/** Sum over the classes of a · b, [B,H,W,1]: with a one-hot `a`, the b of the true class. */
export function sumOfProducts(a: PerClass, b: PerClass): tf.Tensor4D {
  return tf.add(tf.mul(a.background, b.background), tf.mul(a.foreground, b.foreground));
}

/** Each class times its weight; the same tensors where a weight is 1. */
export function weighted(x: PerClass, [background, foreground]: ClassWeights): PerClass {
  return {
    background: background === 1 ? x.background : tf.mul(x.background, background),
    foreground: foreground === 1 ? x.foreground : tf.mul(x.foreground, foreground),
  };
}

/** [B,H,W,1] -> [B,H,W]. */
export function dropClassAxis(x: tf.Tensor4D): tf.Tensor3D {
  const [batch, height, width] = x.shape;
  return tf.reshape(x, [batch, height, width]);
}
