import * as tf from '@tensorflow/tfjs-core';
import type { Tracer } from '../tracer';
import { asNumber } from './elementwise';
import { compose, lower } from './register';

/** A matrix as the last two dimensions, transposed by changing the view only. */
function turned(tracer: Tracer, x: tf.TensorInfo, turn: boolean): tf.TensorInfo {
  if (!turn) return x;
  const { storage, dimensions } = tracer.value(x);
  const order = [...dimensions.slice(0, -2), dimensions[dimensions.length - 1]!, dimensions[dimensions.length - 2]!];
  return tracer.info({ storage, dimensions: order });
}

lower('BatchMatMul', (tracer, { a, b }, { transposeA, transposeB }) => {
  const left = turned(tracer, a!, transposeA === true);
  const right = turned(tracer, b!, transposeB === true);
  const batch = tf.broadcast_util.assertAndGetBroadcastShape(left.shape.slice(0, -2), right.shape.slice(0, -2));
  const shape = [...batch, left.shape[left.shape.length - 2]!, right.shape[right.shape.length - 1]!];
  const factors = [left, right].map((x) => asNumber(tracer, tracer.read(x)));
  return tracer.result('BatchMatMul', tracer.graph.add('MatMul', factors, { dims: shape }), shape, a!.dtype);
});

lower('Einsum', (tracer, inputs, { equation }) => {
  const tensors = Object.values(inputs);
  const text = (equation as string).replace(/\s/g, '');
  const { allDims, idDims } = tf.backend_util.decodeEinsumEquation(text, tensors.length);
  tf.backend_util.checkEinsumDimSizes(allDims.length, idDims, tensors as tf.Tensor[]);
  const [terms, output] = text.split('->') as [string, string];
  const sizes = new Map<string, number>();
  terms.split(',').forEach((term, t) => [...term].forEach((letter, d) => sizes.set(letter, tensors[t]!.shape[d]!)));
  const shape = [...output].map((letter) => sizes.get(letter)!);
  const name = tracer.graph.add(
    'Einsum',
    tensors.map((x) => tracer.read(x)),
    { dims: shape },
    { equation: text },
  );
  return tracer.result('Einsum', name, shape, tensors[0]!.dtype);
});

/** A square matrix (or higher tensor) with `x` on its diagonal. */
compose('Diag', ({ x }) => {
  const size = x!.size;
  const places = tf.range(0, size, 1, 'int32');
  const onDiagonal = tf.equal(tf.reshape(places, [size, 1]), places);
  const square = tf.where(onDiagonal, tf.reshape(x!, [size, 1]), tf.zerosLike(tf.reshape(x!, [1, size])));
  return tf.reshape(square, [...x!.shape, ...x!.shape]);
});
