import * as tf from '@tensorflow/tfjs-core';
import { layout } from '../layout';
import { compose, lower, type Attributes } from './register';
import { greatest, taps, untap, type Windows } from './windows';

/** Pooling of volumes [B,D,H,W,C]. */

const ncdhw = layout('0 4 1 2 3');

function poolInfo(shape: readonly number[], attributes: Attributes): tf.backend_util.Conv3DInfo {
  const { filterSize, strides, pad, dimRoundingMode } = attributes as unknown as {
    filterSize: number | [number, number, number];
    strides: number | [number, number, number];
    pad: 'valid' | 'same' | number;
    dimRoundingMode?: 'floor' | 'round' | 'ceil';
  };
  return tf.backend_util.computePool3DInfo(
    shape as [number, number, number, number, number],
    filterSize,
    strides,
    1,
    pad,
    dimRoundingMode,
  );
}

function windowsOf(info: tf.backend_util.Conv3DInfo): Windows {
  return {
    kernel: [info.effectiveFilterDepth, info.effectiveFilterHeight, info.effectiveFilterWidth],
    strides: [info.strideDepth, info.strideHeight, info.strideWidth],
    dilations: [1, 1, 1],
    before: [info.padInfo.front, info.padInfo.top, info.padInfo.left],
    count: [info.outDepth, info.outHeight, info.outWidth],
  };
}

for (const [kernel, op] of [
  ['MaxPool3D', 'MaxPool'],
  ['AvgPool3D', 'AveragePool'],
] as const) {
  lower(kernel, (tracer, { x }, attributes) => {
    const info = poolInfo(x!.shape, attributes);
    const windows = windowsOf(info);
    const after = x!.shape
      .slice(1, 4)
      .map((size, d) =>
        Math.max(0, (windows.count[d]! - 1) * windows.strides[d]! + windows.kernel[d]! - size - windows.before[d]!),
      );
    const [batch, depth, height, width, channels] = info.outShape;
    const name = tracer.graph.add(
      op,
      [tracer.read(x!, ncdhw)],
      { dims: [batch, channels, depth, height, width] },
      { kernel_shape: windows.kernel, strides: windows.strides, pads: [...windows.before, ...after] },
    );
    return tracer.result(kernel, name, info.outShape, x!.dtype, ncdhw);
  });
}

/**
 * The gradient goes to the maximum of each window, and of several to the last, as tfjs does for volumes (for images: the
 * first). For windows that are not cubes tfjs loses part of the gradient; here it is complete.
 */
compose('MaxPool3DGrad', ({ dy, input }, attributes) => {
  const windows = windowsOf(poolInfo(input!.shape, attributes));
  const masks = greatest(taps(input!, windows, -Infinity), 'last');
  return untap(
    masks.map((mask) => tf.mul(mask, dy!)),
    windows,
    input!.shape,
  );
});

// tfjs divides by the whole window in the gradient, padded or not.
compose('AvgPool3DGrad', ({ dy, input }, attributes) => {
  const windows = windowsOf(poolInfo(input!.shape, attributes));
  const size = windows.kernel.reduce((a, b) => a * b, 1);
  const share = tf.div(dy!, tf.scalar(size));
  return untap(
    Array.from({ length: size }, () => share),
    windows,
    input!.shape,
  );
});
