import type * as tf from '@tensorflow/tfjs-core';
import { layout } from '../layout';
import { blockedDomain, microsoftDomain } from '../onnxGraph';
import type { Tracer } from '../tracer';
import type { ConvolutionGeometry } from './convolutionGeometry';
import { reduce } from './reductions';

/**
 * Gradient of a convolution with respect to its filter,
 * dW[i,j,ci,co] = sum over b,h,w of x[b, s h + i - p, s w + j - p, ci] · dy[b,h,w,co].
 *
 * ONNX has no operator for it. Three lowerings, each the fastest somewhere
 * (`npm run bench -- filter-gradient` measures them):
 *
 * - *convolution with the gradient as filter*: in channel blocks, dy already lies in memory as the filter bank of a
 *   convolution whose input channels are image columns. Nothing is copied but the shifted columns.
 * - *one matrix product*: rows of x shifted vertically, times rows of dy shifted horizontally, holds all taps.
 * - *folded windows*, where windows tile the image (stride = kernel).
 */
export function filterGradient(
  tracer: Tracer,
  x: tf.TensorInfo,
  dy: tf.TensorInfo,
  filterShape: readonly number[],
  geometry: ConvolutionGeometry,
): tf.TensorInfo {
  const { block } = tracer.target;
  const [kh, kw] = geometry.kernel;
  const unit = geometry.strides.every((s) => s === 1) && geometry.dilations.every((d) => d === 1);
  const [, , width, inputs] = x.shape as [number, number, number, number];
  const outputs = dy.shape[3]!;
  if (unit && kh * kw > 1) {
    const blocked = block > 0 && inputs % block === 0 && outputs % block === 0;
    const wide = Math.ceil(width / block) * block;
    // Rounding up the width must not cost much.
    if (blocked && wide <= width * 1.15) return asConvolution(tracer, x, dy, filterShape, geometry);
    return asMatrixProduct(tracer, x, dy, filterShape, geometry);
  }
  if (unit) return pointwise(tracer, x, dy, filterShape, geometry);
  return fromWindows(tracer, x, dy, filterShape, geometry);
}

const nchw = layout('0 3 1 2');
const nchwc = layout('0 3o 1 2 3i');

/** Moves rows or columns: `before` zeros in front (negative: as many dropped), and so at the end. */
function shift(tracer: Tracer, name: string, axis: number, before: number, after: number): string {
  if (before === 0 && after === 0) return name;
  const { graph } = tracer;
  const dims = graph.dims(name);
  const pads = new Array<number>(2 * dims.length).fill(0);
  pads[axis] = before;
  pads[axis + dims.length] = after;
  return graph.add('Pad', [name, graph.integers(pads)], {
    dims: dims.map((size, i) => (i === axis ? size + before + after : size)),
  });
}

/** Filter banks (one per block of outputs) that the runtime goes through side by side. */
const banksAtOnce = 4;

/**
 * Filter banks are gone through once for every six output values: up to `whole` bytes together they stay in the second-level
 * cache of a core, a larger image is better taken in bands of `band` bytes. Measured.
 */
const bankBytes = { whole: 2 ** 20, band: 2 ** 18 };

/**
 * Each image row of x is cut into vectors of `block` columns, and these become the input channels of a convolution: its
 * height axis is the image's, its width axis walks x's channels, its kernel spans all rows and columns of dy. Sliding along
 * the height gives the vertical taps, three copies of dy shifted by a column give the horizontal ones, images are groups.
 *
 * Large images are taken in bands of rows, whose results add up: a band's filter bank fits the cache, and sums over fewer
 * pixels at a time lose fewer digits.
 */
export function asConvolution(
  tracer: Tracer,
  x: tf.TensorInfo,
  dy: tf.TensorInfo,
  filterShape: readonly number[],
  { pads }: ConvolutionGeometry,
  limits = bankBytes,
): tf.TensorInfo {
  const { graph, target } = tracer;
  const { block } = target;
  const [batch, height, width, inputs] = x.shape as [number, number, number, number];
  const [, rows, columns, outputs] = dy.shape as [number, number, number, number];
  const [kh, kw] = filterShape as [number, number];
  const wide = Math.ceil(width / block) * block;
  const groupsIn = inputs / block;
  const groupsOut = outputs / block;
  const vectors = wide / block;
  const image = tracer.read(x, nchwc, [batch * groupsIn, height, width * block]);
  const gradient = tracer.read(dy, nchwc, [batch * groupsOut, rows, columns * block]);

  const bank = rows * wide * block * 4 * Math.min(banksAtOnce, groupsOut);
  const bands = bank <= limits.whole ? 1 : Math.ceil(bank / limits.band);
  const bandRows = Math.ceil(rows / bands);
  const sums = new Array<string | undefined>(kw).fill(undefined);
  for (let from = 0; from < rows; from += bandRows) {
    const to = Math.min(rows, from + bandRows);
    const first = from - pads[0];
    const last = to + kh - 1 - pads[0];
    const read = Math.min(height, last) - Math.max(0, first);
    const data = columnsAsChannels(tracer, rowsOf(tracer, image, Math.max(0, first), read), { batch, groupsIn, width });
    const band = graph.reshape(rowsOf(tracer, gradient, from, to - from), [batch, outputs, to - from, columns]);
    for (let j = 0; j < kw; j++) {
      const moved = shiftColumns(tracer, band, j - pads[1], wide);
      const filters = graph.reshape(moved, [batch * outputs, block, to - from, vectors]);
      const before = sums[j];
      sums[j] = graph.add(
        'Conv',
        // The fourth input is added to the result.
        before === undefined ? [data, filters] : [data, filters, '', before],
        { dims: [groupsIn, batch * outputs, kh, block] },
        {
          kernel_shape: [to - from, vectors],
          strides: [1, vectors],
          dilations: [1, 1],
          pads: [Math.max(0, -first), 0, Math.max(0, last - height), 0],
          group: batch,
        },
        blockedDomain,
      );
    }
  }

  const taps = sums.map((product) => {
    // [ci/16][b][co/16][i][16 ci][16 co]
    const perImage = graph.reshape(product!, [groupsIn, batch, groupsOut * kh * block * block]);
    const sum = batch === 1 ? perImage : reduce(tracer, 'ReduceSum', perImage, [1], false);
    return graph.reshape(sum, [groupsIn * groupsOut * kh, 1, block * block]);
  });
  const dims = [groupsIn * groupsOut * kh, kw, block * block];
  const name = taps.length === 1 ? taps[0]! : graph.add('Concat', taps, { dims }, { axis: 1 });
  return tracer.result(
    'Conv2DBackpropFilter',
    graph.reshape(name, [groupsIn, groupsOut, kh, kw, block, block]),
    filterShape,
    'float32',
    layout('2o 3o 0 1 2i 3i'),
  );
}

/** Rows [from, from + count) of [planes, rows, values]. */
function rowsOf(tracer: Tracer, name: string, from: number, count: number): string {
  const { graph } = tracer;
  const [planes, rows, values] = graph.dims(name) as [number, number, number];
  if (count === rows) return name;
  return graph.add('Slice', [name, graph.integers([from]), graph.integers([from + count]), graph.integers([1])], {
    dims: [planes, count, values],
  });
}

/**
 * Blocked rows [b · c/16, rows, width · 16] as the input of {@link asConvolution}: rows of one channel become contiguous,
 * channel groups become the batch, images the groups.
 */
function columnsAsChannels(
  tracer: Tracer,
  name: string,
  { batch, groupsIn, width }: { batch: number; groupsIn: number; width: number },
): string {
  const { graph, target } = tracer;
  const { block } = target;
  const rows = graph.dims(name)[1]!;
  const wide = Math.ceil(width / block) * block;
  let image = graph.reshape(name, [batch * groupsIn * rows, width, block]);
  if (wide !== width) image = shift(tracer, image, 1, 0, wide - width);
  // [b][c/16][row][w][16] -> [b][c/16][row][16][w]
  const planes = [batch * groupsIn * rows, block, 1, wide];
  const data = graph.add(
    'ReorderOutput',
    [graph.reshape(image, planes)],
    { dims: planes },
    { channels: block },
    blockedDomain,
  );
  const swapped = graph.transpose(graph.reshape(data, [batch, groupsIn, rows * block * wide]), [1, 0, 2]);
  return graph.reshape(swapped, [groupsIn, block * batch, rows, (block * wide) / block]);
}

/**
 * Moves the columns of a blocked image [B,C,H,W] to the right by `by` (left where negative), on a canvas of `wide` columns
 * with zeros. By one column it is a depthwise convolution with a unit impulse, which ONNX Runtime spreads over all threads;
 * its Pad copies on one.
 */
function shiftColumns(tracer: Tracer, name: string, by: number, wide: number): string {
  const { graph, target } = tracer;
  const { block } = target;
  const [batch, channels, height, width] = graph.dims(name) as [number, number, number, number];
  if (wide !== width || Math.abs(by) > 1) {
    const rows = graph.reshape(name, [(batch * channels) / block, height, width, block]);
    return shift(tracer, rows, 2, by, wide - width - by);
  }
  if (by === 0) return name;
  // [C/16][1][1][2][16]: all ones at one of two taps.
  const impulse = Float32Array.from({ length: channels * 2 }, (_, i) =>
    Math.floor(i / block) % 2 === (by > 0 ? 0 : 1) ? 1 : 0,
  );
  return graph.add(
    'Conv',
    [name, graph.constant(impulse, [channels, 1, 1, 2])],
    { dims: [batch, channels, height, width] },
    {
      kernel_shape: [1, 2],
      strides: [1, 1],
      dilations: [1, 1],
      pads: [0, by > 0 ? 1 : 0, 0, by > 0 ? 0 : 1],
      group: channels,
    },
    blockedDomain,
  );
}

/** A · Bᵀ over the last two axes, summed over the batch: [b,m,k] x [b,n,k] -> [m,n]. */
function productOverBatch(tracer: Tracer, a: string, b: string): string {
  const { graph } = tracer;
  const [batch, m, k] = graph.dims(a) as [number, number, number];
  const n = graph.dims(b)[1]!;
  // Putting the images behind one another costs a copy of the factors; adding up products of single images, of the product.
  if (batch > 1 && m * n > (m + n) * k) {
    const fold = (name: string, size: number): string =>
      graph.reshape(graph.transpose(name, [1, 0, 2]), [1, size, batch * k]);
    return productOverBatch(tracer, fold(a, m), fold(b, n));
  }
  const product = tracer.target.microsoftOperators
    ? graph.add('FusedMatMul', [a, b], { dims: [batch, m, n] }, { transB: 1 }, microsoftDomain)
    : graph.add('MatMul', [a, graph.transpose(b, [0, 2, 1])], { dims: [batch, m, n] });
  return batch === 1 ? graph.reshape(product, [m, n]) : reduce(tracer, 'ReduceSum', product, [0], false);
}

export function asMatrixProduct(
  tracer: Tracer,
  x: tf.TensorInfo,
  dy: tf.TensorInfo,
  filterShape: readonly number[],
  { pads }: ConvolutionGeometry,
): tf.TensorInfo {
  const { graph } = tracer;
  const [batch, height, width, inputs] = x.shape as [number, number, number, number];
  const [, rows, columns, outputs] = dy.shape as [number, number, number, number];
  const [kh, kw] = filterShape as [number, number];
  const image = tracer.read(x, nchw);
  const gradient = tracer.read(dy, nchw);
  const pixels = rows * width;
  const stack = (parts: string[], channels: number): string => {
    const dims = [batch, parts.length * channels, rows, width];
    const name = parts.length === 1 ? parts[0]! : graph.add('Concat', parts, { dims }, { axis: 1 });
    return graph.reshape(name, [batch, parts.length * channels, pixels]);
  };
  const vertical = Array.from({ length: kh }, (_, i) => {
    const above = pads[0] - i;
    return shift(tracer, image, 2, above, rows - height - above);
  });
  if (2 * inputs <= outputs) {
    // Few channels come in (an image): nine small copies of x are less than three of x and three of dy.
    const windows = vertical.flatMap((moved) =>
      Array.from({ length: kw }, (_, j) => {
        const left = pads[1] - j;
        return shift(tracer, moved, 3, left, columns - width - left);
      }),
    );
    const dims = [batch, windows.length * inputs, rows, columns];
    const all = graph.reshape(graph.add('Concat', windows, { dims }, { axis: 1 }), [
      batch,
      windows.length * inputs,
      rows * columns,
    ]);
    const name = productOverBatch(tracer, all, graph.reshape(gradient, [batch, outputs, rows * columns]));
    return tracer.result(
      'Conv2DBackpropFilter',
      graph.reshape(name, [kh, kw, inputs, outputs]),
      filterShape,
      'float32',
    );
  }
  const horizontal = Array.from({ length: kw }, (_, j) => {
    const left = j - pads[1];
    return shift(tracer, gradient, 3, left, width - columns - left);
  });
  const name = productOverBatch(tracer, stack(vertical, inputs), stack(horizontal, outputs));
  // [i, ci, j, co]
  return tracer.result(
    'Conv2DBackpropFilter',
    graph.reshape(name, [kh, inputs, kw, outputs]),
    filterShape,
    'float32',
    layout('0 2 1 3'),
  );
}

/** 1x1 filters: the plain product of the two images over all pixels. */
function pointwise(
  tracer: Tracer,
  x: tf.TensorInfo,
  dy: tf.TensorInfo,
  filterShape: readonly number[],
  { pads }: ConvolutionGeometry,
): tf.TensorInfo {
  const { graph } = tracer;
  const [batch, height, width, inputs] = x.shape as [number, number, number, number];
  const [, rows, columns, outputs] = dy.shape as [number, number, number, number];
  const image = shift(
    tracer,
    shift(tracer, tracer.read(x, nchw), 2, pads[0], rows - height - pads[0]),
    3,
    pads[1],
    columns - width - pads[1],
  );
  const name = productOverBatch(
    tracer,
    graph.reshape(image, [batch, inputs, rows * columns]),
    graph.reshape(tracer.read(dy, nchw), [batch, outputs, rows * columns]),
  );
  return tracer.result('Conv2DBackpropFilter', graph.reshape(name, [1, 1, inputs, outputs]), filterShape, 'float32');
}

/** Any stride and dilation: the windows of x, one group of rows per tap, times dy. */
function fromWindows(
  tracer: Tracer,
  x: tf.TensorInfo,
  dy: tf.TensorInfo,
  filterShape: readonly number[],
  { strides, dilations, pads, kernel: [kh, kw] }: ConvolutionGeometry,
): tf.TensorInfo {
  const { graph, target } = tracer;
  const { block } = target;
  const [batch, height, width, inputs] = x.shape as [number, number, number, number];
  const [, rows, columns, outputs] = dy.shape as [number, number, number, number];
  const pixels = rows * columns;
  const gradient = graph.reshape(tracer.read(dy, nchw), [batch, outputs, pixels]);
  const tiles =
    pads.every((p) => p === 0) &&
    strides[0] === kh &&
    strides[1] === kw &&
    rows * kh === height &&
    columns * kw === width;
  if (tiles && dilations.every((d) => d === 1) && block > 0 && inputs % block === 0) {
    // Windows that tile the image: gather each tap's pixels as whole blocks of channels, then lay channels out as planes.
    const view = tracer.read(x, nchwc, [batch, inputs / block, rows, kh, columns, kw, block]);
    const taps = graph.transpose(view, [0, 3, 5, 1, 2, 4, 6]);
    const planes = [batch * kh * kw * (inputs / block), block, rows, columns];
    const image = graph.add(
      'ReorderOutput',
      [graph.reshape(taps, planes)],
      { dims: planes },
      { channels: block },
      blockedDomain,
    );
    const name = productOverBatch(tracer, gradient, graph.reshape(image, [batch, kh * kw * inputs, pixels]));
    return tracer.result(
      'Conv2DBackpropFilter',
      graph.reshape(name, [outputs, kh, kw, inputs]),
      filterShape,
      'float32',
      layout('3 0 1 2'),
    );
  }
  let image = tracer.read(x, nchw);
  image = shift(tracer, shift(tracer, image, 2, pads[0], pads[2]), 3, pads[1], pads[3]);
  const windows: string[] = [];
  for (let i = 0; i < kh; i++) {
    for (let j = 0; j < kw; j++) {
      const start = [i * dilations[0], j * dilations[1]];
      const end = [start[0]! + (rows - 1) * strides[0] + 1, start[1]! + (columns - 1) * strides[1] + 1];
      windows.push(
        graph.add(
          'Slice',
          [image, graph.integers(start), graph.integers(end), graph.integers([2, 3]), graph.integers(strides)],
          { dims: [batch, inputs, rows, columns] },
        ),
      );
    }
  }
  const dims = [batch, kh * kw * inputs, rows, columns];
  const all = windows.length === 1 ? windows[0]! : graph.add('Concat', windows, { dims }, { axis: 1 });
  const name = productOverBatch(tracer, graph.reshape(all, [batch, kh * kw * inputs, pixels]), gradient);
  return tracer.result('Conv2DBackpropFilter', graph.reshape(name, [kh, kw, inputs, outputs]), filterShape, 'float32');
}
