import * as tf from '@tensorflow/tfjs-core';
import { Problem } from '../../../runs/problem';
import { castTo, scalar } from './elementwise';
import { lower, type Inputs } from './register';

/** Matrices as the last two dimensions, transposed by changing the view only. */
lower('BatchMatMul', (tracer, { a, b }, { transposeA, transposeB }) => {
  const turned = (x: tf.TensorInfo, turn: unknown): tf.TensorInfo => {
    if (!turn) return x;
    const { storage, dimensions } = tracer.value(x);
    const order = [...dimensions.slice(0, -2), dimensions[dimensions.length - 1]!, dimensions[dimensions.length - 2]!];
    return tracer.info({ storage, dimensions: order });
  };
  const left = turned(a!, transposeA);
  const right = turned(b!, transposeB);
  const batch = tf.broadcast_util.assertAndGetBroadcastShape(left.shape.slice(0, -2), right.shape.slice(0, -2));
  const shape = [...batch, left.shape[left.shape.length - 2]!, right.shape[right.shape.length - 1]!];
  const name = tracer.graph.add(
    'MatMul',
    [castTo(tracer, tracer.read(left), 'float32'), castTo(tracer, tracer.read(right), 'float32')],
    { dims: shape },
  );
  return tracer.result('BatchMatMul', name, shape, 'float32');
});

lower('Einsum', (tracer, inputs: Inputs, { equation }) => {
  const tensors = Object.values(inputs);
  const { allDims, summedDims, idDims } = tf.backend_util.decodeEinsumEquation(equation as string, tensors.length);
  tf.backend_util.checkEinsumDimSizes(allDims.length, idDims, tensors as tf.Tensor[]);
  const sizes = new Map<string, number>();
  const terms = (equation as string).replace(/\s/g, '').split('->')[0]!.split(',');
  terms.forEach((term, t) => [...term].forEach((letter, d) => sizes.set(letter, tensors[t]!.shape[d]!)));
  const output = (equation as string).replace(/\s/g, '').split('->')[1];
  if (output === undefined) {
    throw new Problem(`einsum "${equation as string}" has no "->"`, {
      hint: 'Write the output dimensions out, as in "ij,jk->ik".',
    });
  }
  const shape = [...output].map((letter) => sizes.get(letter)!);
  const name = tracer.graph.add(
    'Einsum',
    tensors.map((x) => tracer.read(x)),
    { dims: shape },
    { equation: (equation as string).replace(/\s/g, '') },
  );
  void summedDims;
  return tracer.result('Einsum', name, shape, tensors[0]!.dtype);
});

/** dy y' of a fused activation is written by tfjs itself; here only the forward chain product + bias + activation. */
lower('_FusedMatMul', (tracer, { a, b, bias, preluActivationWeights }, attributes) => {
  const { transposeA, transposeB, activation, leakyreluAlpha } = attributes as {
    transposeA: boolean;
    transposeB: boolean;
    activation: string;
    leakyreluAlpha?: number;
  };
  const turned = (x: tf.TensorInfo, turn: boolean): tf.TensorInfo => {
    if (!turn) return x;
    const { storage, dimensions } = tracer.value(x);
    const order = [...dimensions.slice(0, -2), dimensions[dimensions.length - 1]!, dimensions[dimensions.length - 2]!];
    return tracer.info({ storage, dimensions: order });
  };
  const left = turned(a!, transposeA);
  const right = turned(b!, transposeB);
  const batch = tf.broadcast_util.assertAndGetBroadcastShape(left.shape.slice(0, -2), right.shape.slice(0, -2));
  const dims = [...batch, left.shape[left.shape.length - 2]!, right.shape[right.shape.length - 1]!];
  const { graph } = tracer;
  let name = graph.add('MatMul', [tracer.read(left), tracer.read(right)], { dims });
  if (bias) name = graph.add('Add', [name, tracer.read(bias)], { dims });
  switch (activation) {
    case 'linear':
      break;
    case 'relu':
      name = graph.add('Relu', [name], { dims });
      break;
    case 'relu6':
      name = graph.add('Clip', [name, scalar(tracer, 0), scalar(tracer, 6)], { dims });
      break;
    case 'elu':
      name = graph.add('Elu', [name], { dims }, { alpha: { float: 1 } });
      break;
    case 'sigmoid':
      name = graph.add('Sigmoid', [name], { dims });
      break;
    case 'leakyrelu':
      name = graph.add('LeakyRelu', [name], { dims }, { alpha: { float: leakyreluAlpha ?? 0.2 } });
      break;
    default:
      throw new Problem(`fused matMul with activation "${activation}" cannot be compiled`, {
        hint: 'Apply the activation as an operation of its own.',
      });
  }
  void preluActivationWeights;
  return tracer.result('_FusedMatMul', name, dims, 'float32');
});
