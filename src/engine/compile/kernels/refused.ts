import * as tf from '@tensorflow/tfjs-core';
import { Problem } from '../../../runs/problem';
import { lower, refuse } from './register';

/** tfjs's operations that have no place in a compiled loss, each with the reason. */

const size = 'how large its result is depends on the values, and the shapes of a compiled loss are fixed';
const mask = 'Keep all elements and weigh them with 0 and 1 (tf.where, or a product with a mask) instead.';
for (const kernel of [
  'Unique',
  'SparseFillEmptyRows',
  'SparseReshape',
  'SparseSegmentMean',
  'SparseSegmentSum',
  'RaggedGather',
  'RaggedRange',
  'RaggedTensorToTensor',
  'NonMaxSuppressionV3',
  'NonMaxSuppressionV4',
  'NonMaxSuppressionV5',
]) {
  refuse(kernel, size, mask);
}

const complex = 'ONNX has no complex numbers';
for (const kernel of ['Complex', 'Real', 'Imag', 'ComplexAbs', 'FFT', 'IFFT']) {
  refuse(kernel, complex, 'Work with the real and the imaginary part as two tensors, or with convolutions.');
}

for (const kernel of ['StaticRegexReplace', 'StringNGrams', 'StringSplit', 'StringToHashBucketFast']) {
  refuse(kernel, 'it works on text', 'Use float32, int32 or bool tensors in losses.');
}

for (const kernel of ['Transform', 'RotateWithOffset']) {
  refuse(
    kernel,
    'it warps images, which no gradient of tfjs passes through',
    'Warp images where they are read, before the network; in a loss shift them with tf.slice and tf.pad.',
  );
}

for (const kernel of ['FromPixels', 'Draw']) {
  refuse(kernel, 'it exchanges pixels with a web page', 'A loss sees the network’s output and the target only.');
}

refuse(
  'Multinomial',
  'it draws random numbers, and a compiled loss computes the same from the same input',
  'Use the probabilities themselves, or an expectation over them.',
);

for (const kernel of ['Pool', 'MatrixBandPart']) {
  refuse(kernel, 'tfjs has the name but no such operation', 'Use tf.pool and tf.linalg.bandPart.');
}

/** The shape two shapes broadcast to: shapes are known when the trace is written. */
lower('BroadcastArgs', (tracer, { s0, s1 }) => {
  const shapes = [s0!, s1!].map((tensor) => tracer.constantValues(tensor));
  const [a, b] = shapes as (tf.TypedArray | undefined)[];
  if (!a || !b) {
    throw new Problem('the operation BroadcastArgs cannot be compiled: its shapes are computed', {
      hint: 'Take shapes from the shape property of tensors.',
    });
  }
  const shape = tf.backend_util.assertAndGetBroadcastShape(Array.from(a), Array.from(b));
  return tracer.info(tracer.constant(Int32Array.from(shape), [shape.length], 'int32'));
});
