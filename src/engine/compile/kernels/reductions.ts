import * as tf from '@tensorflow/tfjs-core';
import { isBlocked, layoutKey, memoryDims, plainLayout, type Layout } from '../layout';
import type { Tracer } from '../tracer';
import { filled } from './constants';
import { castTo } from './elementwise';
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

interface Reduction {
  kernel: string;
  op: ReduceOperator;
  /** Type of the result for elements of type `dtype`. */
  resultType: (dtype: tf.DataType) => tf.DataType;
  /** What tfjs makes of no elements at all. */
  ofNothing: number;
}

/**
 * Registers a reduction. Of NaN, `max` and `min` may see less than tfjs does: ONNX Runtime's comparisons only notice one
 * that comes first.
 */
function reduction({ kernel, op, resultType, ofNothing }: Reduction): void {
  lower(kernel, (tracer, { x }, attributes) => {
    const axisAttribute = (attributes.axis ?? attributes.reductionIndices) as number | number[] | undefined;
    const keep = attributes.keepDims === true;
    const rank = x!.shape.length;
    const axes = rank === 0 ? [] : tf.util.parseAxisParam(axisAttribute ?? x!.shape.map((_, i) => i), x!.shape);
    const [reducedShape] = tf.backend_util.computeOutAndReduceShapes(x!.shape, axes);
    const shape = keep ? tf.backend_util.expandShapeToKeepDim(reducedShape, axes) : reducedShape;
    const dtype = resultType(x!.dtype) as 'float32' | 'int32' | 'bool';
    const layout = tracer.layoutOf(x!) ?? plainLayout(rank);
    if (tf.util.sizeFromShape(x!.shape) === 0) {
      const value = Number.isNaN(ofNothing) && dtype !== 'float32' ? 0 : ofNothing;
      return filled(tracer, kernel, shape, value, dtype);
    }
    if (kernel === 'Sum' && layoutKey(layout) === '0 3o 1 2 3i' && axes.join() === '0,1,2') {
      return tracer.result(kernel, sumToChannels(tracer, x!, layout), shape, dtype, keep ? undefined : plainLayout(1));
    }
    const source = keepsOrder(layout, axes, rank) ? layout : plainLayout(rank);
    const elements = tracer.read(x!, source, memoryDims(x!.shape, source, tracer.target.block));
    const number = dtype === 'float32' ? castTo(tracer, elements, 'float32') : castTo(tracer, elements, 'int32');
    const memoryAxes = source.flatMap(({ dimension }, i) => (axes.includes(dimension) ? [i] : []));
    const reduced = castTo(tracer, reduce(tracer, op, number, memoryAxes, false), dtype);
    return tracer.result(kernel, tracer.graph.reshape(reduced, shape), shape, dtype);
  });
}

/** Whether the dimensions that remain after reducing lie in their own order, so that the result is row-major. */
function keepsOrder(layout: Layout, axes: readonly number[], rank: number): boolean {
  if (isBlocked(layout) && axes.length !== rank) {
    const blocked = layout.filter(({ part }) => part === 'inner').map(({ dimension }) => dimension);
    if (blocked.some((dimension) => !axes.includes(dimension))) return false;
  }
  const remaining = layout.filter(({ dimension }) => !axes.includes(dimension));
  return remaining.every(({ dimension }, i) => i === 0 || remaining[i - 1]!.dimension < dimension);
}

const number = (dtype: tf.DataType): tf.DataType => tf.upcastType(dtype, 'int32');
const same = (dtype: tf.DataType): tf.DataType => dtype;
reduction({ kernel: 'Sum', op: 'ReduceSum', resultType: number, ofNothing: 0 });
reduction({ kernel: 'Mean', op: 'ReduceMean', resultType: () => 'float32', ofNothing: 0 });
reduction({ kernel: 'Prod', op: 'ReduceProd', resultType: number, ofNothing: 1 });
reduction({ kernel: 'Max', op: 'ReduceMax', resultType: same, ofNothing: NaN });
reduction({ kernel: 'Min', op: 'ReduceMin', resultType: same, ofNothing: NaN });
reduction({ kernel: 'All', op: 'ReduceMin', resultType: () => 'bool', ofNothing: 0 });
reduction({ kernel: 'Any', op: 'ReduceMax', resultType: () => 'bool', ofNothing: 0 });

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
