import * as tf from '@tensorflow/tfjs-core';
import { memoryDims, plainLayout, type Layout } from '../layout';
import type { ElementType } from '../onnxGraph';
import { commonLayout, type Tracer } from '../tracer';
import { lower } from './register';

/** What all elementwise lowerings share: operands in a common layout, casts, choices. */

const onnxType: Record<'float32' | 'int32' | 'bool', number> = { float32: 1, int32: 6, bool: 9 };

/**
 * Reads operands of a broadcasting operation so that ONNX's broadcasting does what tfjs's would: every operand gets the rank
 * of the result and the result's memory layout; where the layout splits a dimension into blocks, so does the operand's.
 */
export function readBroadcast(
  tracer: Tracer,
  operands: readonly tf.TensorInfo[],
  shape: readonly number[],
): { names: string[]; layout: Layout; dims: number[] } {
  const layout = commonLayout(tracer, operands, shape);
  const dims = memoryDims(shape, layout, tracer.target.block);
  const names = operands.map((x) => {
    if (x.shape.length === 0 && shape.length > 0) {
      // A scalar broadcasts as it is. But where the other's last dimension is 1, ONNX Runtime would take one element at a
      // time, unless the ranks are equal: it then looks for the first dimension that is not 1.
      return dims.length > 1 && dims.at(-1) === 1
        ? tracer.read(
            x,
            undefined,
            dims.map(() => 1),
          )
        : tracer.read(x);
    }
    const missing = shape.length - x.shape.length;
    const own = layout
      .filter(({ dimension }) => dimension >= missing)
      .map(({ dimension, part }) => ({ dimension: dimension - missing, part }));
    const padded = [...new Array<number>(missing).fill(1), ...x.shape];
    return tracer.read(x, unblockOnes(own, x.shape), memoryDims(padded, layout, tracer.target.block));
  });
  return { names, layout, dims };
}

/** A dimension of size 1 has no blocks: its outer and inner axes are one whole axis. */
function unblockOnes(axes: Layout, shape: readonly number[]): Layout {
  return axes
    .filter(({ dimension, part }) => !(part === 'inner' && shape[dimension] === 1))
    .map((axis) => (axis.part === 'outer' && shape[axis.dimension] === 1 ? { ...axis, part: 'whole' as const } : axis));
}

/** Writes `build` over the elements of `x`, in whatever layout they lie. */
export function mapElements(
  tracer: Tracer,
  kernel: string,
  x: tf.TensorInfo,
  build: (name: string, dims: readonly number[]) => string,
  dtype: tf.DataType = x.dtype,
): tf.TensorInfo {
  const layout = tracer.layoutOf(x) ?? plainLayout(x.shape.length);
  const dims = memoryDims(x.shape, layout, tracer.target.block);
  return tracer.result(kernel, build(tracer.read(x, layout), dims), x.shape, dtype, layout);
}

/**
 * Registers a kernel of two broadcasting operands `a` and `b`. The result has the type `dtype`, or the operands' (tfjs makes
 * them equal); what `build` returns is cast to it.
 */
export function broadcasting(
  kernel: string,
  build: (tracer: Tracer, a: string, b: string, dims: readonly number[]) => string,
  dtype?: 'float32' | 'int32' | 'bool',
): void {
  lower(kernel, (tracer, { a, b }) => broadcast(tracer, kernel, a!, b!, build, dtype));
}

/** The body of {@link broadcasting}. Booleans are computed as integers: ONNX has no arithmetic for them. */
export function broadcast(
  tracer: Tracer,
  kernel: string,
  a: tf.TensorInfo,
  b: tf.TensorInfo,
  build: (tracer: Tracer, a: string, b: string, dims: readonly number[]) => string,
  dtype: tf.DataType = a.dtype,
): tf.TensorInfo {
  const shape = tf.backend_util.assertAndGetBroadcastShape(a.shape, b.shape);
  const { names, layout, dims } = readBroadcast(tracer, [a, b], shape);
  const [x, y] = names.map((name) => asNumber(tracer, name)) as [string, string];
  const name = castTo(tracer, build(tracer, x, y, dims), dtype as 'float32' | 'int32' | 'bool');
  return tracer.result(kernel, name, shape, dtype, layout);
}

/** A scalar constant of the graph. */
export function scalar(tracer: Tracer, value: number, type: 'float32' | 'int32' | 'bool' = 'float32'): string {
  return tracer.graph.constant([value], [], type);
}

/** `op` between two values of the same dimensions, or a value and a scalar. */
export function combine(tracer: Tracer, op: string, a: string, b: string, type?: ElementType): string {
  const dims = tracer.graph.dims(a).length >= tracer.graph.dims(b).length ? tracer.graph.dims(a) : tracer.graph.dims(b);
  return tracer.graph.add(op, [a, b], type ? { dims, type } : { dims });
}

/** Casts to `type`; no node when the value has it already. */
export function castTo(tracer: Tracer, x: string, type: 'float32' | 'int32' | 'bool'): string {
  if (tracer.graph.type(x) === type) return x;
  return tracer.graph.add('Cast', [x], { dims: tracer.graph.dims(x), type }, { to: onnxType[type] });
}

/** Booleans as the integers 0 and 1, anything else as it is. */
export function asNumber(tracer: Tracer, x: string): string {
  return tracer.graph.type(x) === 'bool' ? castTo(tracer, x, 'int32') : x;
}

/** `whenTrue` where the boolean value `test` holds, else `whenFalse`; `dims` are those of the result. */
export function choose(
  tracer: Tracer,
  test: string,
  whenTrue: string,
  whenFalse: string,
  dims: readonly number[],
): string {
  const type = tracer.graph.type(whenTrue);
  // ONNX Runtime has no Where for booleans.
  const [a, b] = [asNumber(tracer, whenTrue), asNumber(tracer, whenFalse)];
  const chosen = tracer.graph.add('Where', [test, a, b], { dims, type: tracer.graph.type(a) });
  return type === 'bool' ? castTo(tracer, chosen, 'bool') : chosen;
}
