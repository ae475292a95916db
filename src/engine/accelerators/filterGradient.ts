import * as tf from '@tensorflow/tfjs-core';

/**
 * The gradient of a convolution with respect to its filter, which tfjs's wasm backend lacks, from kernels that it has:
 *
 *   dW[i,j,c,o] = sum over b,h,w of x[b, s h + i - p, s w + j - p, c] · dy[b,h,w,o]
 *
 * For each tap (i,j) a shifted slice of x, channels first, times dy: one matrix product [C, B·h·w] x [B·h·w, O]. The
 * backend packs dy for its vector units once, at the first tap. Of seven arrangements of the copies (one product for all
 * taps, shifts of dy in place of x, blocks that stay in the cache, a convolution with dy as the filter …) this was the
 * fastest or close to it at every size of a U-Net's layers: 1.5 to 4 times a forward convolution. Loops over typed
 * arrays, in JavaScript, take 5 to 13 times as long as this.
 *
 * @param x [B,H,W,C], float32.
 * @param dy [B,h,w,O], float32.
 * @returns [kh,kw,C,O].
 */
export function filterGradient(
  x: tf.Tensor4D,
  dy: tf.Tensor4D,
  { strides, pad, dataFormat, dimRoundingMode, filterShape }: tf.Conv2DBackpropFilterAttrs,
): tf.Tensor {
  if (dataFormat !== 'NHWC') throw new Error(`the wasm backend has no gradient of a convolution in ${dataFormat}`);
  const information = tf.backend_util.computeConv2DInfo(x.shape, filterShape, strides, 1, pad, dimRoundingMode);
  const { inChannels, outChannels, filterHeight, filterWidth, outHeight, outWidth } = information;
  const { strideHeight, strideWidth, batchSize, padInfo } = information;
  const pixels = batchSize * outHeight * outWidth;
  return tf.tidy(() => {
    const padded = tf.pad(x, [
      [0, 0],
      [padInfo.top, padInfo.bottom],
      [padInfo.left, padInfo.right],
      [0, 0],
    ]);
    const planes = tf.transpose(padded, [3, 0, 1, 2]);
    const gradient = tf.reshape(dy, [pixels, outChannels]);
    const taps: tf.Tensor[] = [];
    for (let row = 0; row < filterHeight; row++) {
      for (let column = 0; column < filterWidth; column++) {
        const end = [row + (outHeight - 1) * strideHeight + 1, column + (outWidth - 1) * strideWidth + 1];
        taps.push(
          tf.tidy(() => {
            const window =
              strideHeight === 1 && strideWidth === 1
                ? tf.slice(planes, [0, 0, row, column], [inChannels, batchSize, outHeight, outWidth])
                : tf.stridedSlice(
                    planes,
                    [0, 0, row, column],
                    [inChannels, batchSize, ...end],
                    [1, 1, strideHeight, strideWidth],
                  );
            return tf.matMul(tf.reshape(window, [inChannels, pixels]), gradient);
          }),
        );
      }
    }
    return tf.reshape(tf.stack(taps), [filterHeight, filterWidth, inChannels, outChannels]);
  });
}

/** Gives the wasm backend the kernel. */
export function registerFilterGradient(backendName: string): void {
  tf.registerKernel({
    kernelName: tf.Conv2DBackpropFilter,
    backendName,
    kernelFunc: ({ inputs, attrs }) =>
      // Operations hand tensors to kernels, and a kernel may be made of operations: none of them is put on the tape.
      filterGradient(
        inputs.x as tf.Tensor4D,
        inputs.dy as tf.Tensor4D,
        attrs as unknown as tf.Conv2DBackpropFilterAttrs,
      ),
  });
}
