import * as tf from '@tensorflow/tfjs-core';
import type { Tracer } from '../tracer';
import { castTo, choose, scalar } from './elementwise';
import { compose, lower } from './register';
import { filled } from './constants';

/**
 * Writing rows to places given by a tensor. All of it goes through ONNX's ScatterElements: ScatterND adds up equal places in
 * parallel without locks in ONNX Runtime, and loses some.
 */

/**
 * Scatters rows into `base`.
 * @param base [n, width]
 * @param places which row of `base` each update goes to: int32 [m, 1]
 * @param updates [m, width]
 */
function scatterRows(tracer: Tracer, base: string, places: string, updates: string, reduction: 'add' | 'none'): string {
  const { graph } = tracer;
  const dims = graph.dims(updates);
  const spread = dims[1] === 1 ? places : graph.add('Expand', [places, graph.integers(dims)], { dims });
  return graph.add(
    'ScatterElements',
    [base, spread, updates],
    { dims: graph.dims(base), type: graph.type(base) },
    { axis: 0, reduction },
  );
}

/** Scatters slices `updates` of `base` to index tuples: [..., depth], each tuple naming the first `depth` dimensions. */
function scatterSlices(
  tracer: Tracer,
  base: tf.TensorInfo,
  indices: tf.TensorInfo,
  updates: tf.TensorInfo,
  reduction: 'add' | 'none',
): string {
  const { graph } = tracer;
  const depth = indices.shape.length < 1 ? 1 : indices.shape[indices.shape.length - 1]!;
  const outer = base.shape.slice(0, depth);
  const rows = tf.util.sizeFromShape(outer);
  const width = tf.util.sizeFromShape(base.shape.slice(depth));
  const count = tf.util.sizeFromShape(indices.shape) / depth;
  const strides = outer.map((_, d) => tf.util.sizeFromShape(outer.slice(d + 1)));
  const tuples = graph.reshape(castTo(tracer, tracer.read(indices), 'int32'), [count, depth]);
  const weighted = graph.add('Mul', [tuples, graph.constant(strides, [depth], 'int32')], { dims: [count, depth] });
  const places = graph.add('ReduceSum', [weighted, graph.integers([1])], { dims: [count, 1] }, { keepdims: 1 });
  const name = scatterRows(
    tracer,
    graph.reshape(tracer.read(base), [rows, width]),
    places,
    graph.reshape(tracer.read(updates), [count, width]),
    reduction,
  );
  return graph.reshape(name, base.shape);
}

lower('ScatterNd', (tracer, { indices, updates }, { shape }) => {
  const base = filled(tracer, 'ScatterNd', shape as number[], 0, updates!.dtype);
  const name = scatterSlices(tracer, base, indices!, updates!, 'add');
  return tracer.result('ScatterNd', name, base.shape, base.dtype);
});

// Of several updates of one place the last wins, as in tfjs.
lower('TensorScatterUpdate', (tracer, { tensor, indices, updates }) => {
  const name = scatterSlices(tracer, tensor!, indices!, updates!, 'none');
  return tracer.result('TensorScatterUpdate', name, tensor!.shape, tensor!.dtype);
});

/** Sums rows of `x` that carry the same segment number: the gradient of picking rows. Negative numbers drop their row. */
lower('UnsortedSegmentSum', (tracer, { x, segmentIds }, { numSegments }) => {
  const { graph } = tracer;
  const count = numSegments as number;
  const picked = segmentIds!.shape;
  const slice = x!.shape.slice(picked.length);
  const rows = tf.util.sizeFromShape(picked);
  const width = tf.util.sizeFromShape(slice);
  const dims = [rows, 1];
  // One row more takes what belongs nowhere.
  const ids = graph.reshape(castTo(tracer, tracer.read(segmentIds!), 'int32'), dims);
  const negative = graph.add('Less', [ids, scalar(tracer, 0, 'int32')], { dims, type: 'bool' });
  const beyond = graph.add('GreaterOrEqual', [ids, scalar(tracer, count, 'int32')], { dims, type: 'bool' });
  const nowhere = graph.add('Or', [negative, beyond], { dims });
  const places = choose(tracer, nowhere, scalar(tracer, count, 'int32'), ids, dims);
  const zeros = tracer.read(filled(tracer, 'UnsortedSegmentSum', [count + 1, width], 0, x!.dtype));
  const sums = scatterRows(tracer, zeros, places, graph.reshape(tracer.read(x!), [rows, width]), 'add');
  const kept = graph.add('Slice', [sums, graph.integers([0]), graph.integers([count]), graph.integers([0])], {
    dims: [count, width],
  });
  const shape = [count, ...slice];
  return tracer.result('UnsortedSegmentSum', graph.reshape(kept, shape), shape, x!.dtype);
});

/** Numbers outside [0, size) count nowhere (tfjs refuses negative ones when it sees them). */
compose('Bincount', ({ x, weights }, { size }) => countInto(tf.reshape(x!, [-1]), weights!, size as number));

/** A weight for every number; without weights each counts 1. */
function countInto(places: tf.Tensor, weights: tf.Tensor, size: number): tf.Tensor {
  const amounts = weights.size > 0 ? tf.reshape(weights, [-1]) : tf.ones(places.shape, weights.dtype);
  return tf.unsortedSegmentSum(amounts, places as tf.Tensor1D, size);
}

compose('DenseBincount', ({ x, weights }, attributes) => {
  const { size, binaryOutput } = attributes as { size: number; binaryOutput?: boolean };
  if (x!.rank === 1) return countInto(x!, weights!, size);
  const [rows] = x!.shape as [number];
  const first = tf.reshape(tf.range(0, rows, 1, 'int32'), [rows, 1]);
  const valid = tf.logicalAnd(tf.greaterEqual(x!, tf.scalar(0, 'int32')), tf.less(x!, tf.scalar(size, 'int32')));
  const own = tf.add(tf.mul(first, tf.scalar(size, 'int32')), x!);
  const places = tf.reshape(tf.where(valid, own, tf.scalar(-1, 'int32')), [-1]);
  const weighing = binaryOutput ? tf.zeros([0], weights!.dtype) : weights!;
  const counts = countInto(places, weighing, rows * size);
  const result = binaryOutput ? tf.minimum(counts, tf.scalar(1, counts.dtype)) : counts;
  return tf.reshape(result, [rows, size]);
});

compose('SparseToDense', ({ sparseIndices, sparseValues, defaultValue }, { outputShape }) => {
  const shape = outputShape as number[];
  const depth = sparseIndices!.rank === 2 ? sparseIndices!.shape[1]! : 1;
  const indices = tf.reshape(sparseIndices!, [-1, depth]);
  const values = tf.broadcastTo(sparseValues!, [indices.shape[0]]);
  return tf.tensorScatterUpdate(tf.broadcastTo(defaultValue!, shape), indices, values);
});
