import * as tf from '@tensorflow/tfjs-core';

/**
 * Replaces the wasm backend's gradient of a convolution with respect to its input, which is also the transposed
 * convolution. The backend's own runs plain loops and took more than half of a training step's time; convolutions and
 * matrix products run on the processor's vector units. What neither case below covers is left to the backend's own.
 */
export function replaceInputGradient(backendName: string): void {
  const own = tf.getKernel(tf.Conv2DBackpropInput, backendName);
  tf.unregisterKernel(tf.Conv2DBackpropInput, backendName);
  tf.registerKernel({
    ...own,
    kernelFunc(parameters) {
      const { dy, filter } = parameters.inputs as { dy: tf.Tensor4D; filter: tf.Tensor4D };
      const { inputShape, strides, pad, dataFormat, dimRoundingMode } =
        parameters.attrs as unknown as tf.Conv2DBackpropInputAttrs;
      if (dataFormat !== 'NHWC') return own.kernelFunc(parameters);
      const geometry = tf.backend_util.computeConv2DInfo(inputShape, filter.shape, strides, 1, pad, dimRoundingMode);
      return ofUnitStride(dy, filter, geometry) ?? ofTiles(dy, filter, geometry) ?? own.kernelFunc(parameters);
    },
  });
}

/** Stride 1: the convolution of dy with the filter turned by 180 degrees, inputs and outputs swapped. */
function ofUnitStride(
  dy: tf.Tensor4D,
  filter: tf.Tensor4D,
  { strideHeight, strideWidth, filterHeight, filterWidth, padInfo }: tf.backend_util.Conv2DInfo,
): tf.Tensor | undefined {
  const rows: [number, number] = [filterHeight - 1 - padInfo.top, filterHeight - 1 - padInfo.bottom];
  const columns: [number, number] = [filterWidth - 1 - padInfo.left, filterWidth - 1 - padInfo.right];
  if (strideHeight !== 1 || strideWidth !== 1 || Math.min(...rows, ...columns) < 0) return undefined;
  return tf.tidy(() => {
    const turned = tf.transpose(tf.reverse(filter, [0, 1]), [0, 1, 3, 2]);
    return tf.conv2d(dy, turned, 1, [[0, 0], rows, columns, [0, 0]]);
  });
}

/** Stride = filter size, nothing padded or left over: every pixel of dy makes a tile of its own, one matrix product. */
function ofTiles(dy: tf.Tensor4D, filter: tf.Tensor4D, geometry: tf.backend_util.Conv2DInfo): tf.Tensor | undefined {
  const { batchSize, inChannels, outChannels, filterHeight, filterWidth, outHeight, outWidth } = geometry;
  const tiles =
    geometry.strideHeight === filterHeight &&
    geometry.strideWidth === filterWidth &&
    geometry.inHeight === outHeight * filterHeight &&
    geometry.inWidth === outWidth * filterWidth;
  if (!tiles) return undefined;
  return tf.tidy(() => {
    const weights = tf.reshape(tf.transpose(filter, [3, 0, 1, 2]), [outChannels, -1]);
    const products = tf.matMul(tf.reshape(dy, [-1, outChannels]), weights);
    const shape = [batchSize, outHeight, outWidth, filterHeight, filterWidth, inChannels];
    return tf.reshape(tf.transpose(tf.reshape(products, shape), [0, 1, 3, 2, 4, 5]), geometry.inShape);
  });
}
