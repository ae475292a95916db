import * as tf from '@tensorflow/tfjs-core';
import type { ElementType } from '../onnxGraph';
import { castTo } from './elementwise';
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
