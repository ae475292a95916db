import * as tf from '@tensorflow/tfjs-core';
import type { WasmBackend } from './backends';

/** Replaces kernels of the wasm backend whose results are wrong. */
export function replaceKernels(backendName: string): void {
  const cast = tf.getKernel(tf.Cast, backendName).kernelFunc;
  const replace = (kernelName: string, kernelFunc: tf.KernelFunc): void => {
    tf.unregisterKernel(kernelName, backendName);
    tf.registerKernel({ kernelName, backendName, kernelFunc });
  };
  replace(tf.OneHot, oneHot);
  replace(tf.MaxPoolGrad, maxPoolGradient);
  replace(tf.Cast, (parameters) => (parameters.attrs?.dtype === 'bool' ? castToBool(parameters) : cast(parameters)));
}

/**
 * The backend's own writes whole numbers whatever the type is: the ones of a float32 one-hot come out as 1.4e-45, the
 * float that has the bits of the integer 1.
 */
const oneHot: tf.KernelFunc = ({ inputs, attrs, backend }) => {
  const wasm = backend as WasmBackend;
  const { depth, onValue, offValue, dtype } = attrs as unknown as tf.OneHotAttrs;
  const { shape, dataId } = inputs.indices as tf.TensorInfo;
  const indices = wasm.readSync(dataId) as Int32Array;
  const values = tf.util.getTypedArrayFromDType(dtype as tf.NumericDataType, indices.length * depth).fill(offValue);
  indices.forEach((index, i) => {
    if (index >= 0 && index < depth) values[i * depth + index] = onValue;
  });
  return wasm.makeOutput([...shape, depth], dtype, undefined, values);
};

/** The backend's own looks for a maximum above 0 only: windows without one have no gradient, or a wrong one. */
const maxPoolGradient: tf.KernelFunc = ({ inputs, attrs, backend }) => {
  const wasm = backend as WasmBackend;
  const { filterSize, strides, pad, dimRoundingMode } = attrs as unknown as tf.MaxPoolGradAttrs;
  const { shape, dtype, dataId } = inputs.input as tf.TensorInfo;
  const pool = tf.backend_util.computePool2DInfo(
    shape as [number, number, number, number],
    filterSize,
    strides,
    1,
    pad,
    dimRoundingMode,
  );
  const { batchSize, inChannels: channels, inHeight, inWidth, outHeight, outWidth } = pool;
  const x = wasm.readSync(dataId) as Float32Array;
  const dy = wasm.readSync((inputs.dy as tf.TensorInfo).dataId) as Float32Array;
  const dx = new Float32Array(x.length);
  for (let item = 0; item < batchSize; item++) {
    for (let row = 0; row < outHeight; row++) {
      const top = Math.max(0, row * pool.strideHeight - pool.padInfo.top);
      const bottom = Math.min(inHeight, row * pool.strideHeight - pool.padInfo.top + pool.filterHeight);
      for (let column = 0; column < outWidth; column++) {
        const left = Math.max(0, column * pool.strideWidth - pool.padInfo.left);
        const right = Math.min(inWidth, column * pool.strideWidth - pool.padInfo.left + pool.filterWidth);
        const answer = ((item * outHeight + row) * outWidth + column) * channels;
        for (let channel = 0; channel < channels; channel++) {
          // Of equal values the first counts, as in the other backends.
          let highest = -Infinity;
          let position = -1;
          for (let y = top; y < bottom; y++) {
            for (let at = left; at < right; at++) {
              const index = ((item * inHeight + y) * inWidth + at) * channels + channel;
              if (x[index]! > highest) {
                highest = x[index]!;
                position = index;
              }
            }
          }
          if (position >= 0) dx[position]! += dy[answer + channel]!;
        }
      }
    }
  }
  return wasm.makeOutput(shape, dtype, undefined, dx);
};

/** The backend's own keeps the lowest byte of the number, so that 0.5 and 256 are false. */
const castToBool: tf.KernelFunc = ({ inputs, backend }) => {
  const wasm = backend as WasmBackend;
  const { shape, dataId } = inputs.x as tf.TensorInfo;
  const values = Uint8Array.from(wasm.readSync(dataId) as Float32Array, (value) => (value === 0 ? 0 : 1));
  return wasm.makeOutput(shape, 'bool', undefined, values);
};
