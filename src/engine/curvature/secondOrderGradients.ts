import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-core/dist/register_all_gradients';
import '../compile/kernels/gradients';

/*
 * Gradients of gradient kernels. tfjs can differentiate a gradient once more wherever all kernels of the first one have
 * gradients themselves; for a U-Net two are missing. Both kernels are linear in what is differentiated here.
 */

/** f = Σ x * dy: the filter's gradient is bilinear in image and output gradient, as the convolution is in image and filter. */
tf.registerGradient({
  kernelName: 'Conv2DBackpropFilter',
  inputsToSave: ['x', 'dy'],
  gradFunc: (ddf, [x, dy], attributes) => {
    // As the attributes of its kernels, but for the shapes.
    const { strides, pad, dataFormat, dimRoundingMode } = attributes;
    const [image, gradient, filter] = [x, dy, ddf] as tf.Tensor4D[] as [tf.Tensor4D, tf.Tensor4D, tf.Tensor4D];
    const common = { strides: strides!, pad: pad!, dataFormat: dataFormat!, dimRoundingMode: dimRoundingMode! };
    return {
      x: () =>
        tf.engine().runKernel('Conv2DBackpropInput', { dy: gradient, filter }, { ...common, inputShape: image.shape }),
      dy: () => tf.engine().runKernel('Conv2D', { x: image, filter }, { ...common, dilations: 1 }),
    };
  },
});

/**
 * Max pooling hands each window's gradient to the place of its maximum. Backwards, the window takes the value from there: the
 * mean over the window of value · [is the maximum], times its size. Where the maximum is does not change with the input, almost
 * everywhere.
 */
tf.registerGradient({
  kernelName: 'MaxPoolGrad',
  inputsToSave: ['dy', 'input', 'output'],
  gradFunc: (ddx, [dy, input, output], attributes) => {
    const { filterSize, strides, pad } = attributes as unknown as tf.MaxPoolGradAttrs;
    const [height, width] = typeof filterSize === 'number' ? [filterSize, filterSize] : filterSize;
    return {
      dy: () => {
        const ones = tf.onesLike(dy!);
        const chosen = tf.engine().runKernel('MaxPoolGrad', { dy: ones, input: input!, output: output! }, attributes);
        const value = tf.mul<tf.Tensor4D>(ddx as tf.Tensor, chosen as tf.Tensor);
        const mean = tf.avgPool(value, filterSize, strides, pad);
        return tf.mul(mean, height * width);
      },
      input: () => tf.zerosLike(input!),
      output: () => tf.zerosLike(output!),
    };
  },
});

/*
 * Some gradients make use of the kernel's saved result. tfjs saves a copy of it that it notes on its tape before the kernel itself,
 * so the copy seems to depend on nothing, and whatever is differentiated through it once more is lost: second derivatives would
 * be wrong without a word. Here the result is computed again from the input, which keeps the dependence.
 */
for (const [kernelName, input] of Object.entries({
  Exp: 'x',
  Sigmoid: 'x',
  Tanh: 'x',
  Softmax: 'logits',
  LogSoftmax: 'logits',
})) {
  const { gradFunc } = tf.getGradient(kernelName);
  tf.registerGradient({
    kernelName,
    inputsToSave: [input],
    gradFunc: (dy, [x], attributes) => {
      const again: tf.Tensor = tf.engine().runKernel(kernelName, { [input]: x! }, attributes);
      return gradFunc(dy, [again], attributes);
    },
  });
}
