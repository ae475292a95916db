import * as tf from '@tensorflow/tfjs-core';

/**
 * The same values, treated as a constant by differentiation (`detach` in PyTorch).
 *
 * The custom gradient has no inputs, which cuts `x` off the tape: nothing behind it is differentiated. A gradient of
 * zeros would be as right, but every step would carry the zeros through all operations behind `x`.
 */
export function stopGradient<T extends tf.Tensor>(x: T): T {
  const detached = tf.customGrad(() => ({ value: tf.clone(x), gradFunc: () => [] }));
  return detached();
}
