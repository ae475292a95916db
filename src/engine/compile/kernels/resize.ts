import * as tf from '@tensorflow/tfjs-core';
import { layout } from '../layout';
import type { Tracer } from '../tracer';
import { compose, lower, type Attributes } from './register';

/**
 * Resizing images. Rows and columns of the result are weighted sums of those of the source with weights that are known when
 * the trace is written: two products with constant matrices, whose transposes are the gradient.
 *
 * tfjs's own gradients are wrong in three cases, where these are right: they forget `halfPixelCenters`, the bilinear one
 * swaps height and width (images that are not square end in an error), and the nearest one mixes up the images of a batch.
 */

const nchw = layout('0 3 1 2');

interface ResizeAttributes {
  alignCorners: boolean;
  halfPixelCenters: boolean;
}

/** Where the centre of each of `to` pixels lies among `from` pixels. */
function positions(from: number, to: number, { alignCorners, halfPixelCenters }: ResizeAttributes): number[] {
  const ratio = alignCorners && to > 1 ? (from - 1) / (to - 1) : from / to;
  return Array.from({ length: to }, (_, i) => (halfPixelCenters ? ratio * (i + 0.5) : ratio * i));
}

/** Weights [to, from] of linear interpolation. */
function linearWeights(from: number, to: number, attributes: ResizeAttributes): Float32Array {
  const weights = new Float32Array(to * from);
  positions(from, to, attributes).forEach((position, row) => {
    const at = attributes.halfPixelCenters ? position - 0.5 : position;
    const below = Math.max(0, Math.floor(at));
    const above = Math.max(0, Math.min(from - 1, Math.ceil(at)));
    // Beside the first pixel both neighbours are that pixel.
    weights[row * from + below]! += 1 - (at - below);
    weights[row * from + above]! += at - below;
  });
  return weights;
}

/** Weights [to, from] that pick the nearest pixel. */
function nearestWeights(from: number, to: number, attributes: ResizeAttributes): Float32Array {
  const weights = new Float32Array(to * from);
  positions(from, to, attributes).forEach((at, row) => {
    const nearest = Math.min(from - 1, attributes.alignCorners ? Math.round(at) : Math.floor(at));
    weights[row * from + Math.max(0, nearest)] = 1;
  });
  return weights;
}

/** rows · image · columnsᵀ for each channel: [B,H,W,C] -> [B,h,w,C] with rows [h,H] and columns [w,W]. */
function resample(
  tracer: Tracer,
  kernel: string,
  x: tf.TensorInfo,
  size: readonly [number, number],
  weights: { rows: Float32Array; columns: Float32Array },
  transposed: boolean,
): tf.TensorInfo {
  const { graph } = tracer;
  const [batch, height, width, channels] = x.shape as [number, number, number, number];
  const matrix = (values: Float32Array, to: number, from: number): string =>
    transposed ? graph.transpose(graph.constant(values, [from, to]), [1, 0]) : graph.constant(values, [to, from]);
  const columns = graph.transpose(matrix(weights.columns, size[1], width), [1, 0]);
  const wide = graph.add('MatMul', [tracer.read(x, nchw), columns], { dims: [batch, channels, height, size[1]] });
  const name = graph.add('MatMul', [matrix(weights.rows, size[0], height), wide], { dims: [batch, channels, ...size] });
  return tracer.result(kernel, name, [batch, ...size, channels], 'float32', nchw);
}

for (const [kernel, weightsOf] of [
  ['ResizeBilinear', linearWeights],
  ['ResizeNearestNeighbor', nearestWeights],
] as const) {
  const between = (large: readonly number[], small: readonly number[], attributes: Attributes) => ({
    rows: weightsOf(large[1]!, small[1]!, attributes as unknown as ResizeAttributes),
    columns: weightsOf(large[2]!, small[2]!, attributes as unknown as ResizeAttributes),
  });
  lower(kernel, (tracer, { images }, attributes) => {
    const size = attributes.size as [number, number];
    const weights = between(images!.shape, [0, ...size], attributes);
    return resample(tracer, kernel, images!, size, weights, false);
  });
  lower(`${kernel}Grad`, (tracer, { images, dy }, attributes) => {
    const weights = between(images!.shape, dy!.shape, attributes);
    const [, height, width] = images!.shape as [number, number, number];
    return resample(tracer, `${kernel}Grad`, dy!, [height, width], weights, true);
  });
}

/** Boxes (y1, x1, y2, x2 as fractions of the image) cut out and resized; tfjs has no gradient for it. */
compose('CropAndResize', ({ image, boxes, boxInd }, attributes) => {
  const { cropSize, method, extrapolationValue } = attributes as {
    cropSize: [number, number];
    method: 'bilinear' | 'nearest';
    extrapolationValue: number;
  };
  const [, height, width] = image!.shape as [number, number, number];
  const count = boxes!.shape[0];
  const edges = tf.unstack(boxes!, 1) as [tf.Tensor1D, tf.Tensor1D, tf.Tensor1D, tf.Tensor1D];
  const rows = cropPositions(edges[0], edges[2], height, cropSize[0]);
  const columns = cropPositions(edges[1], edges[3], width, cropSize[1]);
  const full = [count, ...cropSize];
  const asRows = (x: tf.Tensor): tf.Tensor => tf.broadcastTo(tf.reshape(x, [count, cropSize[0], 1]), full);
  const asColumns = (x: tf.Tensor): tf.Tensor => tf.broadcastTo(tf.reshape(x, [count, 1, cropSize[1]]), full);
  const owner = tf.broadcastTo(tf.reshape(boxInd!, [count, 1, 1]), full);
  const pixels = (y: tf.Tensor, x: tf.Tensor): tf.Tensor => {
    const clip = (at: tf.Tensor, size: number): tf.Tensor => tf.cast(tf.clipByValue(at, 0, size - 1), 'int32');
    return tf.gatherND(image!, tf.stack([owner, asRows(clip(y, height)), asColumns(clip(x, width))], 3));
  };
  const mix = (a: tf.Tensor, b: tf.Tensor, share: tf.Tensor): tf.Tensor =>
    tf.add(a, tf.mul(tf.sub(b, a), tf.expandDims(share, 3)));
  const round = (x: tf.Tensor): tf.Tensor => tf.floor(tf.add(x, tf.scalar(0.5)));
  let result: tf.Tensor;
  if (method === 'nearest') {
    result = pixels(round(rows), round(columns));
  } else {
    const [top, bottom, left, right] = [tf.floor(rows), tf.ceil(rows), tf.floor(columns), tf.ceil(columns)];
    const across = asColumns(tf.sub(columns, left));
    const upper = mix(pixels(top, left), pixels(top, right), across);
    const lower_ = mix(pixels(bottom, left), pixels(bottom, right), across);
    result = mix(upper, lower_, asRows(tf.sub(rows, top)));
  }
  const inside = tf.logicalAnd(asRows(isWithin(rows, height)), asColumns(isWithin(columns, width)));
  return tf.where(tf.expandDims(inside, 3), result, tf.scalar(extrapolationValue));
});

/** [boxes, steps] positions in pixels, from one edge to the other; the middle where there is one step only. */
function cropPositions(from: tf.Tensor1D, to: tf.Tensor1D, size: number, steps: number): tf.Tensor {
  const last = tf.scalar(size - 1);
  if (steps === 1) return tf.expandDims(tf.mul(tf.mul(tf.add(from, to), tf.scalar(0.5)), last), 1);
  const first = tf.expandDims(tf.mul(from, last), 1);
  const stride = tf.expandDims(tf.div(tf.mul(tf.sub(to, from), last), tf.scalar(steps - 1)), 1);
  return tf.add(first, tf.mul(stride, tf.range(0, steps)));
}

const isWithin = (at: tf.Tensor, size: number): tf.Tensor =>
  tf.logicalAnd(tf.greaterEqual(at, tf.scalar(0)), tf.lessEqual(at, tf.scalar(size - 1)));
