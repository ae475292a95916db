import * as tf from '@tensorflow/tfjs-core';
import type { ElementType } from '../onnxGraph';
import type { Tracer } from '../tracer';
import { castTo } from './elementwise';
import { filled } from './shape';
import { lower } from './register';

lower('GatherV2', (tracer, { x, indices }, { axis, batchDims }) => {
  const dimension = tf.util.parseAxisParam(axis as number, x!.shape)[0]!;
  const batch = (batchDims as number | undefined) ?? 0;
  const info = tf.backend_util.segment_util.collectGatherOpShapeInfo(
    x as tf.Tensor,
    indices as tf.Tensor,
    dimension,
    batch,
  );
  const { graph } = tracer;
  const picked = castTo(tracer, tracer.read(indices!), 'int32');
  if (batch === 0) {
    const dims = [...x!.shape.slice(0, dimension), ...indices!.shape, ...x!.shape.slice(dimension + 1)];
    const name = graph.add(
      'Gather',
      [tracer.read(x!), picked],
      { dims, type: x!.dtype as ElementType },
      { axis: dimension },
    );
    return tracer.result('GatherV2', graph.reshape(name, info.outputShape), info.outputShape, x!.dtype);
  }
  // Per batch: bring both to [batch, outer, dimension, slice], and pick with one index per element.
  const perBatch = tf.util.sizeFromShape(indices!.shape) / info.batchSize;
  const flat = [info.batchSize, info.outerSize, info.dimSize, info.sliceSize];
  const dims = [info.batchSize, info.outerSize, perBatch, info.sliceSize];
  const index = graph.add('Expand', [graph.reshape(picked, [info.batchSize, 1, perBatch, 1]), graph.integers(dims)], {
    dims,
    type: 'int32',
  });
  const name = graph.add(
    'GatherElements',
    [graph.reshape(tracer.read(x!), flat), index],
    { dims, type: x!.dtype as ElementType },
    { axis: 2 },
  );
  return tracer.result('GatherV2', graph.reshape(name, info.outputShape), info.outputShape, x!.dtype);
});

lower('GatherNd', (tracer, { params, indices }) => {
  const [shape] = tf.backend_util.prepareAndValidate(params as tf.Tensor, indices as tf.Tensor);
  const { graph } = tracer;
  const index = graph.add('Cast', [tracer.read(indices!)], { dims: indices!.shape, type: 'int64' }, { to: 7 });
  const name = graph.add('GatherND', [tracer.read(params!), index], {
    dims: shape,
    type: params!.dtype as ElementType,
  });
  return tracer.result('GatherNd', name, shape, params!.dtype);
});

/** Adds `updates` into `base` at `indices`; equal places add up. */
function scatter(
  tracer: Tracer,
  base: string,
  indices: tf.TensorInfo,
  updates: tf.TensorInfo,
  reduction: 'add' | 'none',
): string {
  const { graph } = tracer;
  const index = graph.add('Cast', [tracer.read(indices)], { dims: indices.shape, type: 'int64' }, { to: 7 });
  return graph.add(
    'ScatterND',
    [base, index, tracer.read(updates)],
    { dims: graph.dims(base), type: graph.type(base) },
    { reduction },
  );
}

lower('ScatterNd', (tracer, { indices, updates }, { shape }) => {
  const base = tracer.read(filled(tracer, 'ScatterNd', shape as number[], 0, updates!.dtype));
  return tracer.result(
    'ScatterNd',
    scatter(tracer, base, indices!, updates!, 'add'),
    shape as number[],
    updates!.dtype,
  );
});

lower('TensorScatterUpdate', (tracer, { tensor, indices, updates }) =>
  tracer.result(
    'TensorScatterUpdate',
    scatter(tracer, tracer.read(tensor!), indices!, updates!, 'none'),
    tensor!.shape,
    tensor!.dtype,
  ),
);

/** Sums rows of `x` that carry the same segment number: the gradient of picking rows. Negative numbers drop their row. */
lower('UnsortedSegmentSum', (tracer, { x, segmentIds }, { numSegments }) => {
  const { graph } = tracer;
  const count = numSegments as number;
  const picked = segmentIds!.shape;
  const slice = x!.shape.slice(picked.length);
  const rows = tf.util.sizeFromShape(picked);
  const width = tf.util.sizeFromShape(slice);
  // One row more takes what belongs nowhere.
  const ids = graph.reshape(castTo(tracer, tracer.read(segmentIds!), 'int32'), [rows, 1]);
  const negative = graph.add('Less', [ids, graph.constant([0], [], 'int32')], { dims: [rows, 1], type: 'bool' });
  const safe = graph.add('Where', [negative, graph.constant([count], [], 'int32'), ids], {
    dims: [rows, 1],
    type: 'int32',
  });
  const index = graph.add('Cast', [safe], { dims: [rows, 1], type: 'int64' }, { to: 7 });
  const type = x!.dtype as 'float32' | 'int32';
  const zeros = graph.add('Expand', [graph.constant([0], [], type), graph.integers([count + 1, width])], {
    dims: [count + 1, width],
  });
  const sums = graph.add(
    'ScatterND',
    [zeros, index, graph.reshape(tracer.read(x!), [rows, width])],
    { dims: [count + 1, width], type },
    { reduction: 'add' },
  );
  const kept = graph.add('Slice', [sums, graph.integers([0]), graph.integers([count]), graph.integers([0])], {
    dims: [count, width],
  });
  const shape = [count, ...slice];
  return tracer.result('UnsortedSegmentSum', graph.reshape(kept, shape), shape, x!.dtype);
});

lower('TopK', (tracer, { x }, { k, sorted }) => {
  const { graph } = tracer;
  const dims = [...x!.shape.slice(0, -1), k as number];
  const [values, places] = graph.addMany(
    'TopK',
    [tracer.read(x!), graph.integers([k as number])],
    [{ dims }, { dims, type: 'int64' }],
    { axis: x!.shape.length - 1, largest: 1, sorted: sorted ? 1 : 0 },
  );
  return [
    tracer.result('TopK', values!, dims, x!.dtype),
    tracer.result('TopK', castTo(tracer, places!, 'int32'), dims, 'int32'),
  ];
});
