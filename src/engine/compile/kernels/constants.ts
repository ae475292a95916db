import * as tf from '@tensorflow/tfjs-core';
import { layout } from '../layout';
import type { ElementType } from '../onnxGraph';
import type { Tracer } from '../tracer';
import { castTo, choose } from './elementwise';
import { lower } from './register';

/** Tensors made of numbers that are known when the trace is written. */

lower('Fill', (tracer, _inputs, { shape, value, dtype }) =>
  filled(tracer, 'Fill', shape as number[], value as number, (dtype as tf.DataType | undefined) ?? 'float32'),
);
lower('OnesLike', (tracer, { x }) => filled(tracer, 'OnesLike', x!.shape, 1, x!.dtype));
lower('ZerosLike', (tracer, { x }) => filled(tracer, 'ZerosLike', x!.shape, 0, x!.dtype));

/** A tensor of one repeated value: one number in the file, spread out when it runs. */
export function filled(
  tracer: Tracer,
  kernel: string,
  shape: readonly number[],
  value: number,
  dtype: tf.DataType,
): tf.TensorInfo {
  const size = tf.util.sizeFromShape(shape as number[]);
  if (size <= 4096) {
    const values = new Float32Array(size).fill(value);
    return tracer.info(tracer.constant(values, shape, dtype));
  }
  const one = tracer.graph.constant([value], [], dtype as Exclude<ElementType, 'int64'>);
  const name = tracer.graph.add('Expand', [one, tracer.graph.integers(shape)], { dims: shape });
  return tracer.result(kernel, name, shape, dtype);
}

lower('Range', (tracer, _inputs, { start, stop, step, dtype }) => {
  const values = rangeOf(start as number, stop as number, step as number);
  return tracer.info(
    tracer.constant(Float32Array.from(values), [values.length], (dtype as tf.DataType | undefined) ?? 'float32'),
  );
});

/** start, start + step, … up to and without `stop`; the default step counts down where `stop` is less, as in tfjs. */
function rangeOf(start: number, stop: number, step: number): number[] {
  const by = stop < start && step === 1 ? -1 : step;
  const count = Math.max(0, Math.ceil((stop - start) / by));
  return Array.from({ length: count }, (_, i) => start + i * by);
}

lower('LinSpace', (tracer, _inputs, { start, stop, num }) => {
  const count = num as number;
  const step = count > 1 ? ((stop as number) - (start as number)) / (count - 1) : 0;
  const values = Float32Array.from({ length: count }, (_, i) => (start as number) + i * step);
  return tracer.info(tracer.constant(values, [count], 'float32'));
});

lower('OneHot', (tracer, { indices }, { depth, onValue, offValue, dtype }) => {
  const { graph } = tracer;
  const type = (dtype as 'float32' | 'int32' | undefined) ?? 'int32';
  const shape = [...indices!.shape, depth as number];
  const numbers = Array.from({ length: depth as number }, (_, i) => i);
  const on = graph.constant([onValue as number], [], type);
  const off = graph.constant([offValue as number], [], type);
  if (indices!.shape.length === 3) {
    // Label images: one plane per class, the layout in which logits come.
    const [batch, height, width] = indices!.shape as [number, number, number];
    const labels = castTo(tracer, tracer.read(indices!, undefined, [batch, 1, height, width]), 'int32');
    const dims = [batch, depth as number, height, width];
    const planes = graph.constant(numbers, [depth as number, 1, 1], 'int32');
    const same = graph.add('Equal', [labels, planes], { dims, type: 'bool' });
    return tracer.result('OneHot', choose(tracer, same, on, off, dims), shape, type, layout('0 3 1 2'));
  }
  const classes = graph.constant(numbers, [depth as number], 'int32');
  const column = graph.reshape(castTo(tracer, tracer.read(indices!), 'int32'), [...indices!.shape, 1]);
  const equal = graph.add('Equal', [column, classes], { dims: shape, type: 'bool' });
  return tracer.result('OneHot', choose(tracer, equal, on, off, shape), shape, type);
});
