import * as tf from '@tensorflow/tfjs-core';
import type { Tracer } from '../tracer';
import { lower } from './register';
import { slice } from './shape';

/** Dimensions cut into pieces and put in another order: what space-to-batch and its relatives are made of. */
function regroup(
  tracer: Tracer,
  kernel: string,
  name: string,
  dims: readonly number[],
  permutation: readonly number[],
  shape: readonly number[],
  dtype: tf.DataType,
): tf.TensorInfo {
  const moved = tracer.graph.transpose(tracer.graph.reshape(name, dims), permutation);
  return tracer.result(kernel, tracer.graph.reshape(moved, shape), shape, dtype);
}

lower('BatchToSpaceND', (tracer, { x }, { blockShape, crops }) => {
  const blocks = blockShape as number[];
  const product = blocks.reduce((a, b) => a * b, 1);
  const reshaped = tf.backend_util.getReshaped(x!.shape, blocks, product);
  const permuted = tf.backend_util.getPermuted(reshaped.length, blocks.length);
  const shape = tf.backend_util.getReshapedPermuted(x!.shape, blocks, product);
  const cropped = crops as number[][];
  const begin = shape.map((_, d) => cropped[d - 1]?.[0] ?? 0);
  const size = shape.map((extent, d) => extent - begin[d]! - (cropped[d - 1]?.[1] ?? 0));
  const whole = regroup(tracer, 'BatchToSpaceND', tracer.read(x!), reshaped, permuted, shape, x!.dtype);
  return slice(tracer, 'BatchToSpaceND', whole, begin, size);
});

lower('SpaceToBatchND', (tracer, { x }, { blockShape, paddings }) => {
  const blocks = blockShape as number[];
  const product = blocks.reduce((a, b) => a * b, 1);
  const pads = [[0, 0], ...(paddings as number[][])];
  for (let i = 1 + blocks.length; i < x!.shape.length; i++) pads.push([0, 0]);
  const { graph } = tracer;
  const padded = x!.shape.map((size, d) => size + pads[d]![0]! + pads[d]![1]!);
  const name = graph.add(
    'Pad',
    [tracer.read(x!), graph.integers([...pads.map((p) => p[0]!), ...pads.map((p) => p[1]!)])],
    { dims: padded },
  );
  const reshaped = tf.backend_util.getReshaped(padded, blocks, product, false);
  const permuted = tf.backend_util.getPermuted(reshaped.length, blocks.length, false);
  const shape = tf.backend_util.getReshapedPermuted(padded, blocks, product, false);
  return regroup(tracer, 'SpaceToBatchND', name, reshaped, permuted, shape, x!.dtype);
});

lower('DepthToSpace', (tracer, { x }, { blockSize, dataFormat }) => {
  const size = blockSize as number;
  const nhwc = dataFormat === 'NHWC';
  const [batch, height, width, channels] = (nhwc ? x!.shape : [x!.shape[0], x!.shape[2], x!.shape[3], x!.shape[1]]) as [
    number,
    number,
    number,
    number,
  ];
  const depth = channels / (size * size);
  if (!nhwc) {
    const shape = [batch, depth, height * size, width * size];
    return regroup(
      tracer,
      'DepthToSpace',
      tracer.read(x!),
      [batch, size, size, depth, height, width],
      [0, 3, 4, 1, 5, 2],
      shape,
      x!.dtype,
    );
  }
  const shape = [batch, height * size, width * size, depth];
  return regroup(
    tracer,
    'DepthToSpace',
    tracer.read(x!),
    [batch, height, width, size, size, depth],
    [0, 1, 3, 2, 4, 5],
    shape,
    x!.dtype,
  );
});
