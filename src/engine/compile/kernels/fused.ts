import * as tf from '@tensorflow/tfjs-core';
import { Problem } from '../../../runs/problem';
import { compose, type Attributes } from './register';

/**
 * tfjs's fused operations, taken apart again: bias and ReLU are fused with convolutions anyway (`fusion.ts`). tfjs uses them
 * for forward passes only; where a gradient is asked for, it takes them apart itself.
 */

interface Activation {
  activation?: string;
  leakyreluAlpha?: number;
}

/** `x` + bias, then the activation. */
function finish(kernel: string, x: tf.Tensor, inputs: Record<string, tf.Tensor>, attributes: Attributes): tf.Tensor {
  const { activation, leakyreluAlpha } = attributes as Activation;
  const sum = inputs.bias ? tf.add(x, inputs.bias) : x;
  switch (activation) {
    case undefined:
    case null:
    case 'linear':
      return sum;
    case 'relu':
      return tf.relu(sum);
    case 'relu6':
      return tf.relu6(sum);
    case 'elu':
      return tf.elu(sum);
    case 'sigmoid':
      return tf.sigmoid(sum);
    case 'leakyrelu':
      return tf.leakyRelu(sum, leakyreluAlpha);
    case 'prelu':
      return tf.prelu(sum, inputs.preluActivationWeights!);
    default:
      throw new Problem(`the operation ${kernel} with activation "${activation}" cannot be compiled`, {
        hint: 'Apply the activation as an operation of its own.',
      });
  }
}

compose('_FusedMatMul', (inputs, attributes) => {
  const { transposeA, transposeB } = attributes as { transposeA: boolean; transposeB: boolean };
  return finish('_FusedMatMul', tf.matMul(inputs.a!, inputs.b!, transposeA, transposeB), inputs, attributes);
});

interface ConvolutionAttributes {
  strides: number | [number, number];
  pad: 'valid' | 'same' | number | tf.backend_util.ExplicitPadding;
  dataFormat: 'NHWC' | 'NCHW';
  dilations: number | [number, number];
  dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

for (const [kernel, convolution] of [
  ['FusedConv2D', tf.conv2d],
  ['FusedDepthwiseConv2D', tf.depthwiseConv2d],
] as const) {
  compose(kernel, (inputs, attributes) => {
    const { strides, pad, dataFormat, dilations, dimRoundingMode } = attributes as unknown as ConvolutionAttributes;
    const image = inputs.x as tf.Tensor4D;
    const filter = inputs.filter as tf.Tensor4D;
    const result = convolution(image, filter, strides, pad, dataFormat, dilations, dimRoundingMode);
    return finish(kernel, result, inputs, attributes);
  });
}
