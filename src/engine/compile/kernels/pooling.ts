import * as tf from '@tensorflow/tfjs-core';
import { isBlocked } from '../layout';
import { blockedDomain } from '../onnxGraph';
import type { Tracer } from '../tracer';
import { nchw, nchwc } from './convolution';
import { castTo, scalar } from './elementwise';
import { lower, type Attributes } from './register';

interface PoolAttributes {
  filterSize: number | [number, number];
  strides: number | [number, number];
  pad: 'valid' | 'same' | number | tf.backend_util.ExplicitPadding;
  dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

function poolInfo(shape: readonly number[], attributes: Attributes): tf.backend_util.Conv2DInfo {
  const { filterSize, strides, pad, dimRoundingMode } = attributes as unknown as PoolAttributes;
  return tf.backend_util.computePool2DInfo(
    shape as [number, number, number, number],
    filterSize,
    strides,
    1,
    pad,
    dimRoundingMode,
  );
}

/** As {@link poolInfo}, for a gradient: tfjs forgets the rounding mode there, but `dy` shows how many windows there were. */
function gradientInfo(shape: readonly number[], dy: tf.TensorInfo, attributes: Attributes): tf.backend_util.Conv2DInfo {
  const [, outHeight, outWidth] = dy.shape as [number, number, number];
  return {
    ...poolInfo(shape, attributes),
    outHeight,
    outWidth,
    outShape: dy.shape as [number, number, number, number],
  };
}

/** The operator's window. Padding at the end is as large as the last window reaches, whatever tfjs's rounding mode was. */
const windowOf = (info: tf.backend_util.Conv2DInfo) => {
  const kernel = [info.effectiveFilterHeight, info.effectiveFilterWidth];
  const strides = [info.strideHeight, info.strideWidth];
  const before = [info.padInfo.top, info.padInfo.left];
  const reach = [info.outHeight, info.outWidth].map((n, d) => (n - 1) * strides[d]! + kernel[d]!);
  const after = [info.inHeight, info.inWidth].map((size, d) => Math.max(0, reach[d]! - size - before[d]!));
  return { kernel_shape: kernel, strides, pads: [...before, ...after] };
};

const planes = ([batch, height, width, channels]: readonly number[]): number[] => [batch!, channels!, height!, width!];

const staysBlocked = (tracer: Tracer, x: tf.TensorInfo): boolean => {
  const own = tracer.layoutOf(x);
  return own !== undefined && isBlocked(own) && tracer.target.block > 0 && x.shape[3]! % tracer.target.block === 0;
};

// ONNX Runtime's maximum of a window passes over NaN; tfjs's is NaN then.
lower('MaxPool', (tracer, { x }, attributes) => {
  const info = poolInfo(x!.shape, attributes);
  const dims = planes(info.outShape);
  if (staysBlocked(tracer, x!)) {
    const input = tracer.read(x!, nchwc, planes(x!.shape));
    const name = tracer.graph.add(
      'MaxPool',
      [input],
      { dims },
      { ...windowOf(info), dilations: [1, 1] },
      blockedDomain,
    );
    return tracer.result('MaxPool', name, info.outShape, x!.dtype, nchwc);
  }
  const type = x!.dtype as 'float32' | 'int32' | 'bool';
  const image = castTo(tracer, tracer.read(x!, nchw), 'float32');
  const name = tracer.graph.add('MaxPool', [image], { dims }, windowOf(info));
  return tracer.result('MaxPool', castTo(tracer, name, type), info.outShape, type, nchw);
});

/** Each element of [B,C,h,w] (blocked or not) repeated over its window of `sy` x `sx` pixels. */
function spread(tracer: Tracer, name: string, sy: number, sx: number, blocked: boolean): string {
  const [batch, channels, height, width] = tracer.graph.dims(name) as [number, number, number, number];
  const dims = [batch, channels, height * sy, width * sx];
  if (blocked) return tracer.graph.add('Upsample', [name], { dims }, { scales: [1, 1, sy, sx] }, blockedDomain);
  const scales = tracer.graph.constant([1, 1, sy, sx], [4]);
  return tracer.graph.add(
    'Resize',
    [name, '', scales],
    { dims },
    { mode: 'nearest', nearest_mode: 'floor', coordinate_transformation_mode: 'asymmetric' },
  );
}

/**
 * The gradient goes to the maximum of each window; where several pixels share it, to the first in reading order, as tfjs does.
 */
lower('MaxPoolGrad', (tracer, { dy, input, output }, attributes) => {
  const shape = input!.shape;
  const info = gradientInfo(shape, dy!, attributes);
  const { graph } = tracer;
  const tiles =
    info.filterHeight === info.strideHeight &&
    info.filterWidth === info.strideWidth &&
    info.outHeight * info.strideHeight === info.inHeight &&
    info.outWidth * info.strideWidth === info.inWidth;
  if (tiles) {
    const blocked = staysBlocked(tracer, input!);
    const order = blocked ? nchwc : nchw;
    const read = (x: tf.TensorInfo): string => tracer.read(x, order, planes(x.shape));
    const dims = planes(shape);
    const whole = read(input!);
    const maximum = spread(tracer, read(output!), info.strideHeight, info.strideWidth, blocked);
    const gradient = spread(tracer, read(dy!), info.strideHeight, info.strideWidth, blocked);
    const mask = firstOfWindow(tracer, graph.add('Equal', [whole, maximum], { dims, type: 'bool' }), info, blocked);
    const name = graph.add('Mul', [gradient, mask], { dims });
    return tracer.result('MaxPoolGrad', name, shape, 'float32', order);
  }
  // Overlapping windows: ONNX names the place of each maximum, and equal places add up.
  const whole = tracer.read(input!, nchw);
  const dims = planes(info.outShape);
  const [, places] = graph.addMany('MaxPool', [whole], [{ dims }, { dims, type: 'int64' }], windowOf(info));
  const size = tf.util.sizeFromShape(shape);
  const zeros = graph.add('Expand', [graph.constant([0], []), graph.integers([size])], { dims: [size] });
  const count = tf.util.sizeFromShape(dims);
  const name = graph.add(
    'ScatterElements',
    [zeros, graph.reshape(places!, [count]), graph.reshape(tracer.read(dy!, nchw), [count])],
    { dims: [size] },
    { axis: 0, reduction: 'add' },
  );
  return tracer.result('MaxPoolGrad', graph.reshape(name, planes(shape)), shape, 'float32', nchw);
});

/**
 * 1 at the first true pixel of each window, 0 elsewhere; `equal` is [B,C,H,W], blocked or not. The pixels of a window get
 * descending ranks; the winner is the one whose rank equals the greatest rank among the true ones.
 */
function firstOfWindow(tracer: Tracer, equal: string, info: tf.backend_util.Conv2DInfo, blocked: boolean): string {
  const { graph, target } = tracer;
  const dims = graph.dims(equal);
  const lanes = blocked ? target.block : 1;
  const [sy, sx] = [info.strideHeight, info.strideWidth];
  const rowLength = info.inWidth * lanes;
  const ranks = Float32Array.from({ length: sy * rowLength }, (_, at) => {
    const row = Math.floor(at / rowLength);
    const column = Math.floor((at % rowLength) / lanes) % sx;
    return sy * sx - (row * sx + column);
  });
  const windows = dims.reduce((a, b) => a * b, 1) / ranks.length;
  const flags = graph.reshape(graph.add('Cast', [equal], { dims, type: 'float32' }, { to: 1 }), [
    windows,
    ranks.length,
  ]);
  const ranked = graph.reshape(
    graph.add('Mul', [flags, graph.constant(ranks, [ranks.length])], { dims: [windows, ranks.length] }),
    dims,
  );
  const small = [dims[0]!, dims[1]!, info.outHeight, info.outWidth];
  const greatest = blocked
    ? graph.add('MaxPool', [ranked], { dims: small }, { ...windowOf(info), dilations: [1, 1] }, blockedDomain)
    : graph.add('MaxPool', [ranked], { dims: small }, windowOf(info));
  const first = graph.add('Equal', [ranked, spread(tracer, greatest, sy, sx, blocked)], { dims, type: 'bool' });
  return graph.add('Cast', [first], { dims, type: 'float32' }, { to: 1 });
}

/** Maxima, and where they are: the flat place (y W + x) C + channel, counted through the batch if wanted. */
lower('MaxPoolWithArgmax', (tracer, { x }, attributes) => {
  const info = poolInfo(x!.shape, attributes);
  const { graph } = tracer;
  const dims = planes(info.outShape);
  const [batch, height, width, channels] = x!.shape as [number, number, number, number];
  const [values, places] = graph.addMany(
    'MaxPool',
    [tracer.read(x!, nchw)],
    [{ dims }, { dims, type: 'int64' }],
    windowOf(info),
  );
  // ONNX counts through planes: ((b C + c) H + y) W + x.
  const flat = castTo(tracer, places!, 'int32');
  const pixel = graph.add('Mod', [flat, scalar(tracer, height * width, 'int32')], { dims });
  const scaled = graph.add('Mul', [pixel, scalar(tracer, channels, 'int32')], { dims });
  const firsts = Array.from({ length: batch * channels }, (_, i) =>
    attributes.includeBatchInIndex
      ? Math.floor(i / channels) * height * width * channels + (i % channels)
      : i % channels,
  );
  const index = graph.add('Add', [scaled, graph.constant(firsts, [batch, channels, 1, 1], 'int32')], { dims });
  return [
    tracer.result('MaxPoolWithArgmax', values!, info.outShape, x!.dtype, nchw),
    tracer.result('MaxPoolWithArgmax', index, info.outShape, 'int32', nchw),
  ];
});

lower('AvgPool', (tracer, { x }, attributes) => {
  const info = poolInfo(x!.shape, attributes);
  const name = tracer.graph.add(
    'AveragePool',
    [tracer.read(x!, nchw)],
    { dims: planes(info.outShape) },
    { ...windowOf(info), count_include_pad: 0 },
  );
  return tracer.result('AvgPool', name, info.outShape, x!.dtype, nchw);
});

lower('AvgPoolGrad', (tracer, { dy, input }, attributes) => {
  const shape = input!.shape;
  const info = gradientInfo(shape, dy!, attributes);
  const { graph } = tracer;
  const channels = shape[3]!;
  const kernel = [info.effectiveFilterHeight, info.effectiveFilterWidth] as const;
  const area = kernel[0] * kernel[1];
  // tfjs divides by the whole window in the gradient, padded or not.
  const weights = graph.constant(new Float32Array(channels * area).fill(1 / area), [channels, 1, ...kernel]);
  const { pads, strides } = windowOf(info);
  const covered = (count: number, d: 0 | 1): number => (count - 1) * strides[d]! + kernel[d] - pads[d]! - pads[d + 2]!;
  const name = graph.add(
    'ConvTranspose',
    [tracer.read(dy!, nchw), weights],
    { dims: planes(shape) },
    {
      ...windowOf(info),
      group: channels,
      output_padding: [info.inHeight - covered(info.outHeight, 0), info.inWidth - covered(info.outWidth, 1)],
    },
  );
  return tracer.result('AvgPoolGrad', name, shape, 'float32', nchw);
});
