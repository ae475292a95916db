import * as tf from '@tensorflow/tfjs-core';
import { isBlocked, memoryDims, plainLayout, type Layout } from '../layout';
import type { Tracer } from '../tracer';
import { castTo, scalar } from './elementwise';
import { lower } from './register';

type ReduceOperator = 'ReduceSum' | 'ReduceMean' | 'ReduceMax' | 'ReduceMin' | 'ReduceProd';

/** Reduces axes of the ONNX value `name`. ReduceSum takes its axes as an input since opset 13, the others as an attribute. */
export function reduce(
  tracer: Tracer,
  op: ReduceOperator,
  name: string,
  axes: readonly number[],
  keep: boolean,
): string {
  const { graph } = tracer;
  const have = graph.dims(name);
  if (axes.length === 0) return name;
  const dims = have.flatMap((size, axis) => (axes.includes(axis) ? (keep ? [1] : []) : [size]));
  const keepdims = keep ? 1 : 0;
  if (op === 'ReduceSum') return graph.add(op, [name, graph.integers(axes)], { dims }, { keepdims });
  return graph.add(op, [name], { dims }, { axes, keepdims });
}

/**
 * Sum over every dimension but the channels of a blocked tensor. In two steps, because ONNX Runtime reduces one run of
 * neighbouring axes seven times as fast as several.
 */
function sumToChannels(tracer: Tracer, x: tf.TensorInfo, layout: Layout): string {
  const { block } = tracer.target;
  const [batch, blocks] = memoryDims(x.shape, layout, block) as [number, number];
  const pixels = x.shape[1]! * x.shape[2]!;
  const rows = tracer.graph.reshape(tracer.read(x, layout), [batch * blocks, pixels, block]);
  const perImage = tracer.graph.reshape(reduce(tracer, 'ReduceSum', rows, [1], false), [batch, blocks * block]);
  return reduce(tracer, 'ReduceSum', perImage, [0], false);
}

function reduction(kernel: string, op: ReduceOperator): void {
  lower(kernel, (tracer, { x }, attributes) => {
    const axisAttribute = (attributes.axis ?? attributes.reductionIndices) as number | number[] | undefined;
    const keep = attributes.keepDims === true;
    const rank = x!.shape.length;
    const axes = rank === 0 ? [] : tf.util.parseAxisParam(axisAttribute ?? x!.shape.map((_, i) => i), x!.shape);
    const [reducedShape] = tf.backend_util.computeOutAndReduceShapes(x!.shape, axes);
    const shape = keep ? tf.backend_util.expandShapeToKeepDim(reducedShape, axes) : reducedShape;
    const dtype = kernel === 'Mean' ? 'float32' : x!.dtype === 'bool' ? 'int32' : x!.dtype;
    const layout = tracer.layoutOf(x!) ?? plainLayout(rank);

    if (kernel === 'Sum' && isNchwc(layout) && axes.join() === '0,1,2') {
      return tracer.result(kernel, sumToChannels(tracer, x!, layout), shape, dtype, keep ? undefined : plainLayout(1));
    }
    const source = keepsOrder(layout, axes, rank) ? layout : plainLayout(rank);
    const name = castTo(
      tracer,
      tracer.read(x!, source, memoryDims(x!.shape, source, tracer.target.block)),
      numeric(x!.dtype, kernel),
    );
    const memoryAxes = source.flatMap(({ dimension }, i) => (axes.includes(dimension) ? [i] : []));
    const reduced = reduce(tracer, op, name, memoryAxes, false);
    return tracer.result(kernel, tracer.graph.reshape(reduced, shape), shape, dtype);
  });
}

const numeric = (dtype: tf.DataType, kernel: string): 'float32' | 'int32' =>
  kernel === 'Mean' || dtype === 'float32' ? 'float32' : 'int32';

const isNchwc = (layout: Layout): boolean =>
  layout.map((a) => `${a.dimension}${a.part[0]}`).join(' ') === '0w 3o 1w 2w 3i';

/** Whether the dimensions that remain after reducing lie in their own order, so that the result is row-major. */
function keepsOrder(layout: Layout, axes: readonly number[], rank: number): boolean {
  if (isBlocked(layout) && axes.length !== rank) {
    const blocked = layout.filter(({ part }) => part === 'inner').map(({ dimension }) => dimension);
    if (blocked.some((dimension) => !axes.includes(dimension))) return false;
  }
  const remaining = layout.filter(({ dimension }) => !axes.includes(dimension));
  return remaining.every(({ dimension }, i) => i === 0 || remaining[i - 1]!.dimension < dimension);
}

reduction('Sum', 'ReduceSum');
reduction('Mean', 'ReduceMean');
reduction('Max', 'ReduceMax');
reduction('Min', 'ReduceMin');
reduction('Prod', 'ReduceProd');

/** All and Any: minimum and maximum of 0 and 1. */
for (const [kernel, op] of [
  ['All', 'ReduceMin'],
  ['Any', 'ReduceMax'],
] as const) {
  lower(kernel, (tracer, { x }, { axis, keepDims }) => {
    const axes = tf.util.parseAxisParam((axis as number | number[] | undefined) ?? x!.shape.map((_, i) => i), x!.shape);
    const [reducedShape] = tf.backend_util.computeOutAndReduceShapes(x!.shape, axes);
    const shape = keepDims ? tf.backend_util.expandShapeToKeepDim(reducedShape, axes) : reducedShape;
    const reduced = reduce(tracer, op, castTo(tracer, tracer.read(x!), 'int32'), axes, false);
    return tracer.result(kernel, castTo(tracer, tracer.graph.reshape(reduced, shape), 'bool'), shape, 'bool');
  });
}

for (const kernel of ['ArgMax', 'ArgMin'] as const) {
  lower(kernel, (tracer, { x }, { axis }) => {
    const [dimension] = tf.util.parseAxisParam(axis as number, x!.shape) as [number];
    const shape = x!.shape.filter((_, i) => i !== dimension);
    const index = tracer.graph.add(
      kernel,
      [castTo(tracer, tracer.read(x!), x!.dtype === 'int32' ? 'int32' : 'float32')],
      { dims: shape, type: 'int64' },
      { axis: dimension, keepdims: 0, select_last_index: 0 },
    );
    return tracer.result(kernel, castTo(tracer, index, 'int32'), shape, 'int32');
  });
}
