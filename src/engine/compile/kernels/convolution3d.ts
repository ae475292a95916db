import * as tf from '@tensorflow/tfjs-core';
import { Problem } from '../../../runs/problem';
import { layout } from '../layout';
import { compose, lower, type Attributes } from './register';
import { taps, type Windows } from './windows';

/** Convolutions of volumes [B,D,H,W,I] with filters [kd,kh,kw,I,O]. */

const ncdhw = layout('0 4 1 2 3');
const oidhw = layout('4 3 0 1 2');

interface ConvolutionAttributes {
  strides: number | [number, number, number];
  pad: 'valid' | 'same';
  dilations?: number | [number, number, number];
  dataFormat?: 'NDHWC' | 'NCDHW';
}

function windowsOf(input: readonly number[], filter: readonly number[], attributes: Attributes) {
  const { strides, pad, dilations, dataFormat } = attributes as unknown as ConvolutionAttributes;
  if (dataFormat === 'NCDHW') {
    throw new Problem('the operation Conv3D with dataFormat NCDHW cannot be compiled', {
      hint: 'Transpose to NDHWC first: it costs nothing here, only the view changes.',
    });
  }
  const shape5d = (shape: readonly number[]) => shape as [number, number, number, number, number];
  const info = tf.backend_util.computeConv3DInfo(shape5d(input), shape5d(filter), strides, dilations ?? 1, pad);
  const { padInfo } = info;
  const windows: Windows = {
    kernel: [info.filterDepth, info.filterHeight, info.filterWidth],
    strides: [info.strideDepth, info.strideHeight, info.strideWidth],
    dilations: [info.dilationDepth, info.dilationHeight, info.dilationWidth],
    before: [padInfo.front, padInfo.top, padInfo.left],
    count: [info.outDepth, info.outHeight, info.outWidth],
  };
  const pads = [...windows.before, padInfo.back, padInfo.bottom, padInfo.right];
  const { kernel, strides: steps, dilations: gaps } = windows;
  return {
    windows,
    outShape: info.outShape,
    operator: { kernel_shape: kernel, strides: steps, dilations: gaps, pads },
  };
}

lower('Conv3D', (tracer, { x, filter }, attributes) => {
  const { outShape, operator } = windowsOf(x!.shape, filter!.shape, attributes);
  const [batch, depth, height, width, channels] = outShape;
  const dims = [batch, channels, depth, height, width];
  const name = tracer.graph.add('Conv', [tracer.read(x!, ncdhw), tracer.read(filter!, oidhw)], { dims }, operator);
  return tracer.result('Conv3D', name, outShape, 'float32', ncdhw);
});

lower('Conv3DBackpropInputV2', (tracer, { dy, filter }, attributes) => {
  const { inputShape } = attributes as { inputShape: number[] };
  const { windows, operator } = windowsOf(inputShape, filter!.shape, attributes);
  const [batch, depth, height, width, channels] = inputShape as [number, number, number, number, number];
  // Rows that no window covered get zeros by output padding.
  const rest = [depth, height, width].map(
    (size, d) =>
      size -
      ((windows.count[d]! - 1) * windows.strides[d]! +
        (windows.kernel[d]! - 1) * windows.dilations[d]! +
        1 -
        operator.pads[d]! -
        operator.pads[d + 3]!),
  );
  const name = tracer.graph.add(
    'ConvTranspose',
    [tracer.read(dy!, ncdhw), tracer.read(filter!, oidhw)],
    { dims: [batch, channels, depth, height, width] },
    { ...operator, output_padding: rest },
  );
  return tracer.result('Conv3DBackpropInputV2', name, inputShape, 'float32', ncdhw);
});

/** dW of each tap: the elements of all windows at that tap, times dy. */
compose('Conv3DBackpropFilterV2', ({ x, dy }, attributes) => {
  const { filterShape } = attributes as { filterShape: number[] };
  const { windows } = windowsOf(x!.shape, filterShape, attributes);
  const [inputs, outputs] = filterShape.slice(3) as [number, number];
  const gradient = tf.reshape(dy!, [-1, outputs]);
  const perTap = taps(x!, windows, 0).map((tap) => tf.matMul(tf.reshape(tap, [-1, inputs]), gradient, true, false));
  return tf.reshape(tf.stack(perTap), filterShape);
});
