import * as tf from '@tensorflow/tfjs-core';

/** From PyTorch's filter layouts ([O,I,kh,kw], transposed convolution [I,O,kh,kw]) to those of tfjs. */
const TO_TFJS = [2, 3, 1, 0];

/**
 * Convolution with stride 1 and a bias.
 *
 * @param x [B,H,W,I]
 * @param weight [O,I,kh,kw]
 * @param bias [O]
 * @returns [B,h,w,O]
 */
export function convolution(
  x: tf.Tensor4D,
  weight: tf.Tensor,
  bias: tf.Tensor,
  padding: 'valid' | 'same',
): tf.Tensor4D {
  const filter = tf.transpose(weight as tf.Tensor4D, TO_TFJS);
  return tf.add(tf.conv2d(x, filter, 1, padding), bias);
}

/**
 * 2x2 transposed convolution with stride 2 and a bias: doubles height and width.
 *
 * @param x [B,H,W,I]
 * @param weight [I,O,2,2]
 * @param bias [O]
 * @returns [B,2H,2W,O]
 */
export function transposedConvolution(x: tf.Tensor4D, weight: tf.Tensor, bias: tf.Tensor): tf.Tensor4D {
  const filter = tf.transpose(weight as tf.Tensor4D, TO_TFJS);
  const [batch, height, width] = x.shape;
  const outputs = filter.shape[2];
  return tf.add(tf.conv2dTranspose(x, filter, [batch, 2 * height, 2 * width, outputs], 2, 'valid'), bias);
}
