import * as tf from '@tensorflow/tfjs-core';
import { compose, type Attributes } from './register';
import { greatest, taps, untap, type Windows } from './windows';

/**
 * Grey-scale morphological dilation: the maximum over each window of image + filter. The gradient goes to the first maximum
 * in reading order, as in tfjs.
 */

/** What tfjs takes for the pixels outside the image. */
const outside = Number.MIN_SAFE_INTEGER;

function windowsOf(x: tf.Tensor, filter: tf.Tensor, attributes: Attributes): Windows {
  const { strides, pad, dilations } = attributes as {
    strides: number | [number, number];
    pad: 'valid' | 'same' | number;
    dilations: number | [number, number];
  };
  const info = tf.backend_util.computeDilation2DInfo(
    x.shape as [number, number, number, number],
    filter.shape as [number, number, number],
    strides,
    pad,
    'NHWC',
    dilations,
  );
  return {
    kernel: [info.filterHeight, info.filterWidth],
    strides: [info.strideHeight, info.strideWidth],
    dilations: [info.dilationHeight, info.dilationWidth],
    before: [info.padInfo.top, info.padInfo.left],
    count: [info.outHeight, info.outWidth],
  };
}

/** Image + filter at each tap of every window. */
function sums(x: tf.Tensor, filter: tf.Tensor, windows: Windows): tf.Tensor[] {
  const weights = tf.unstack(tf.reshape(filter, [-1, filter.shape[2]!]));
  return taps(x, windows, outside).map((tap, t) => tf.add(tap, weights[t]!));
}

compose('Dilation2D', ({ x, filter }, attributes) =>
  sums(x!, filter!, windowsOf(x!, filter!, attributes)).reduce((a, b) => tf.maximum(a, b)),
);

/** dy at the tap that won each window, 0 at the others. */
function gradients({ x, filter, dy }: Record<string, tf.Tensor>, windows: Windows): tf.Tensor[] {
  return greatest(sums(x!, filter!, windows), 'first').map((mask) => tf.mul(mask, dy!));
}

compose('Dilation2DBackpropInput', (inputs, attributes) => {
  const windows = windowsOf(inputs.x!, inputs.filter!, attributes);
  return untap(gradients(inputs, windows), windows, inputs.x!.shape);
});

compose('Dilation2DBackpropFilter', (inputs, attributes) => {
  const perTap = gradients(inputs, windowsOf(inputs.x!, inputs.filter!, attributes));
  return tf.reshape(tf.stack(perTap.map((gradient) => tf.sum(gradient, [0, 1, 2]))), inputs.filter!.shape);
});
