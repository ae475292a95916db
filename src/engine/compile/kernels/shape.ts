import * as tf from '@tensorflow/tfjs-core';
import { isBlocked, memoryDims, plainLayout, type Layout } from '../layout';
import type { Tracer } from '../tracer';
import { lower, type Inputs } from './register';

/** The layout of `x`, or row-major where it is still open. */
export const layoutOf = (tracer: Tracer, x: tf.TensorInfo): Layout => tracer.layoutOf(x) ?? plainLayout(x.shape.length);

/** Memory axis of a dimension that is not split into blocks; -1 where it is. */
const wholeAxis = (layout: Layout, dimension: number): number =>
  layout.findIndex((axis) => axis.dimension === dimension && axis.part === 'whole');

/** Reads `x` in its own layout, with one ONNX dimension for each memory axis. */
export const readInMemory = (tracer: Tracer, x: tf.TensorInfo, memory: Layout): string =>
  tracer.read(x, memory, memoryDims(x.shape, memory, tracer.target.block));

lower('Reshape', (tracer, { x }, { shape: wanted }) => {
  const size = tf.util.sizeFromShape(x!.shape);
  const shape = tf.util.inferFromImplicitShape(wanted as number[], size);
  const constant = tracer.constantValues(x!);
  if (constant) return tracer.info(tracer.constant(constant, shape, x!.dtype));
  return tracer.result('Reshape', tracer.graph.reshape(tracer.read(x!), shape), shape, x!.dtype);
});

// A transpose moves nothing: it is another view of the same memory, and often the one that the next operation wants.
lower('Transpose', (tracer, { x }, { perm }) => {
  const { storage, dimensions } = tracer.value(x!);
  return tracer.info({ storage, dimensions: (perm as number[]).map((axis) => dimensions[axis]!) });
});

lower('Concat', (tracer, inputs: Inputs, { axis }) => {
  const all = Object.values(inputs);
  const rank = all[0]!.shape.length;
  const dimension = tf.util.parseAxisParam(axis as number, all[0]!.shape)[0]!;
  const parts = all.filter((x) => tf.util.sizeFromShape(x.shape) > 0);
  const shape = tf.backend_util.computeOutShape(
    all.map((x) => x.shape),
    dimension,
  );
  const { dtype } = all[0]!;
  if (parts.length === 1) return tracer.info(tracer.value(parts[0]!));
  // Blocks of channels can be concatenated as blocks when every part is made of whole ones.
  const { block } = tracer.target;
  const first = parts.map((x) => layoutOf(tracer, x)).find((l) => isBlocked(l) || wholeAxis(l, dimension) >= 0)!;
  const splits = first.some((a) => a.dimension === dimension && a.part === 'outer');
  const usable = !splits || parts.every((x) => x.shape[dimension]! % block === 0);
  const chosen = usable ? first : plainLayout(rank);
  const memoryAxis = chosen.findIndex((a) => a.dimension === dimension && a.part !== 'inner');
  const name = tracer.graph.add(
    'Concat',
    parts.map((x) => readInMemory(tracer, x, chosen)),
    { dims: memoryDims(shape, chosen, block) },
    { axis: memoryAxis },
  );
  return tracer.result('Concat', name, shape, dtype, chosen);
});

/** The elements [begin, begin + size) of `x` along each dimension, in the layout of `x` where the bounds fit its blocks. */
export function slice(
  tracer: Tracer,
  kernel: string,
  x: tf.TensorInfo,
  begin: readonly number[],
  size: readonly number[],
): tf.TensorInfo {
  const { block } = tracer.target;
  if (size.every((s, d) => s === x.shape[d])) return tracer.info(tracer.value(x));
  let memory = layoutOf(tracer, x);
  const split = memory.filter(({ part }) => part === 'inner').map(({ dimension }) => dimension);
  const fits = split.every((d) => begin[d]! % block === 0 && size[d]! % block === 0);
  if (!fits) memory = plainLayout(x.shape.length);
  const axes: number[] = [];
  const starts: number[] = [];
  const ends: number[] = [];
  memory.forEach(({ dimension, part }, axis) => {
    if (part === 'inner' || size[dimension] === x.shape[dimension]) return;
    const unit = part === 'outer' ? block : 1;
    axes.push(axis);
    starts.push(begin[dimension]! / unit);
    ends.push((begin[dimension]! + size[dimension]!) / unit);
  });
  const { graph } = tracer;
  const name = graph.add(
    'Slice',
    [readInMemory(tracer, x, memory), graph.integers(starts), graph.integers(ends), graph.integers(axes)],
    { dims: memoryDims(size, memory, block) },
  );
  return tracer.result(kernel, name, size, x.dtype, memory);
}

lower('Slice', (tracer, { x }, { begin, size }) => {
  const [starts, sizes] = tf.slice_util.parseSliceParams(x as tf.Tensor, begin as number[], size as number[]);
  return slice(tracer, 'Slice', x!, starts!, sizes!);
});

lower('SplitV', (tracer, { x }, { numOrSizeSplits, axis }) => {
  const dimension = tf.util.parseAxisParam(axis as number, x!.shape)[0]!;
  const sizes = tf.backend_util.prepareSplitSize(x as tf.Tensor, numOrSizeSplits as number[] | number, dimension);
  let start = 0;
  return sizes.map((size) => {
    const begin = x!.shape.map((_, d) => (d === dimension ? start : 0));
    const extent = x!.shape.map((s, d) => (d === dimension ? size : s));
    start += size;
    return slice(tracer, 'SplitV', x!, begin, extent);
  });
});

lower('StridedSlice', (tracer, { x }, attributes) => {
  const a = attributes as {
    begin: number[];
    end: number[];
    strides: number[];
    beginMask: number;
    endMask: number;
    ellipsisMask: number;
    newAxisMask: number;
    shrinkAxisMask: number;
  };
  const info = tf.slice_util.sliceInfo(
    x!.shape,
    a.begin,
    a.end,
    a.strides,
    a.beginMask,
    a.endMask,
    a.ellipsisMask,
    a.newAxisMask,
    a.shrinkAxisMask,
  );
  const { graph } = tracer;
  const dims = tf.slice_util.computeOutShape(info.begin, info.end, info.strides);
  const axes = dims.map((_, i) => i);
  // ONNX reads an end of -1 as "the last element": below the start of a reversed axis it needs a number out of range.
  const ends = info.end.map((end, i) => (info.strides[i]! < 0 && end < 0 ? -(2 ** 31) : end));
  const name = graph.add(
    'Slice',
    [
      tracer.read(x!),
      graph.integers(info.begin),
      graph.integers(ends),
      graph.integers(axes),
      graph.integers(info.strides),
    ],
    { dims },
  );
  return tracer.result('StridedSlice', graph.reshape(name, info.finalShape), info.finalShape, x!.dtype);
});

lower('Pack', (tracer, inputs: Inputs, { axis }) => {
  const parts = Object.values(inputs);
  const rank = parts[0]!.shape.length + 1;
  const dimension = (axis as number) < 0 ? (axis as number) + rank : (axis as number);
  const one = parts[0]!.shape.slice();
  one.splice(dimension, 0, 1);
  const shape = one.slice();
  shape[dimension] = parts.length;
  const name = tracer.graph.add(
    'Concat',
    parts.map((x) => tracer.graph.reshape(tracer.read(x), one)),
    { dims: shape },
    { axis: dimension },
  );
  return tracer.result('Pack', name, shape, parts[0]!.dtype);
});

lower('Unpack', (tracer, { value }, { axis }) => {
  const dimension = tf.util.parseAxisParam(axis as number, value!.shape)[0]!;
  const shape = value!.shape.filter((_, d) => d !== dimension);
  return Array.from({ length: value!.shape[dimension]! }, (_, i) => {
    const begin = value!.shape.map((_, d) => (d === dimension ? i : 0));
    const size = value!.shape.map((s, d) => (d === dimension ? 1 : s));
    const part = slice(tracer, 'Unpack', value!, begin, size);
    return tracer.result('Unpack', tracer.graph.reshape(tracer.read(part), shape), shape, value!.dtype);
  });
});

lower('FlipLeftRight', (tracer, { image }) => reversed(tracer, 'FlipLeftRight', image!, [2]));

lower('Reverse', (tracer, { x }, { dims }) =>
  reversed(tracer, 'Reverse', x!, tf.util.parseAxisParam(dims as number | number[], x!.shape)),
);

function reversed(tracer: Tracer, kernel: string, x: tf.TensorInfo, dimensions: readonly number[]): tf.TensorInfo {
  if (dimensions.length === 0 || x.shape.length === 0) return tracer.info(tracer.value(x));
  const { graph } = tracer;
  const bounds = [dimensions.map(() => -1), dimensions.map(() => -(2 ** 31)), dimensions, dimensions.map(() => -1)];
  const name = graph.add('Slice', [tracer.read(x), ...bounds.map((b) => graph.integers(b))], { dims: x.shape });
  return tracer.result(kernel, name, x.shape, x.dtype);
}

/** Copies of `x` side by side: also how tfjs broadcasts. */
lower('Tile', (tracer, { x }, { reps }) => {
  const { graph, target } = tracer;
  const repetitions = reps as number[];
  if (repetitions.every((count) => count === 1)) return tracer.info(tracer.value(x!));
  const shape = x!.shape.map((size, d) => size * repetitions[d]!);
  let memory = layoutOf(tracer, x!);
  // Blocks are copied as they are, but not their insides.
  if (memory.some(({ dimension, part }) => part === 'inner' && repetitions[dimension] !== 1)) {
    memory = plainLayout(shape.length);
  }
  const counts = graph.integers(memory.map(({ dimension }) => repetitions[dimension]!));
  const dims = memoryDims(shape, memory, target.block);
  const name = graph.add('Tile', [readInMemory(tracer, x!, memory), counts], { dims });
  return tracer.result('Tile', name, shape, x!.dtype, memory);
});

lower('BroadcastTo', (tracer, { x }, { shape: wanted }) => {
  const { graph } = tracer;
  const shape = wanted as number[];
  const name = graph.add('Expand', [tracer.read(x!), graph.integers(shape)], { dims: shape });
  return tracer.result('BroadcastTo', name, shape, x!.dtype);
});

lower('ExpandDims', (tracer, { input }, { dim }) => {
  const rank = input!.shape.length;
  const at = (dim as number) < 0 ? (dim as number) + rank + 1 : (dim as number);
  const shape = input!.shape.slice();
  shape.splice(at, 0, 1);
  return tracer.result('ExpandDims', tracer.graph.reshape(tracer.read(input!), shape), shape, input!.dtype);
});
