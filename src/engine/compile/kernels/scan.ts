import * as tf from '@tensorflow/tfjs-core';
import type { Tracer } from '../tracer';
import { asNumber, scalar } from './elementwise';
import { lower } from './register';

/** Running sums and products along a dimension. */

lower('Cumsum', (tracer, { x }, { axis, exclusive, reverse }) => {
  const { graph } = tracer;
  const dims = x!.shape;
  const [dimension] = tf.util.parseAxisParam(axis as number, dims) as [number];
  const result = graph.add(
    'CumSum',
    [asNumber(tracer, tracer.read(x!)), graph.reshape(graph.integers([dimension]), [])],
    { dims },
    { exclusive: exclusive ? 1 : 0, reverse: reverse ? 1 : 0 },
  );
  return tracer.result('Cumsum', result, dims, tf.upcastType(x!.dtype, 'int32'));
});

lower('Cumprod', (tracer, { x }, { axis, exclusive, reverse }) => {
  const [dimension] = tf.util.parseAxisParam(axis as number, x!.shape) as [number];
  const name = asNumber(tracer, tracer.read(x!));
  const result = cumulativeProduct(tracer, name, dimension, exclusive === true, reverse === true);
  return tracer.result('Cumprod', result, x!.shape, tf.upcastType(x!.dtype, 'int32'));
});

/** ONNX has no cumulative product: an inclusive scan by doubling takes log2(n) multiplications. */
function cumulativeProduct(tracer: Tracer, name: string, axis: number, exclusive: boolean, reverse: boolean): string {
  const { graph } = tracer;
  const dims = graph.dims(name);
  const size = dims[axis]!;
  const one = scalar(tracer, 1, graph.type(name) as 'float32' | 'int32');
  const shift = (value: string, by: number): string => {
    const pads = new Array<number>(2 * dims.length).fill(0);
    // Ones come in at one end, as many elements leave at the other.
    pads[axis + (reverse ? dims.length : 0)] = by;
    pads[axis + (reverse ? 0 : dims.length)] = -by;
    return graph.add('Pad', [value, graph.integers(pads), one], { dims });
  };
  let product = exclusive ? shift(name, 1) : name;
  for (let step = 1; step < size; step *= 2) product = graph.add('Mul', [product, shift(product, step)], { dims });
  return product;
}
