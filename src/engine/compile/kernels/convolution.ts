import * as tf from '@tensorflow/tfjs-core';
import { Problem } from '../../../runs/problem';
import { layout, type Layout } from '../layout';
import { blockedDomain } from '../onnxGraph';
import type { Tracer } from '../tracer';
import type { ConvolutionGeometry } from './convolutionGeometry';
import { filterGradient } from './filterGradient';
import { lower } from './register';

/** Images [B,H,W,C] as ONNX wants them, and with channels in blocks. */
export const nchw: Layout = layout('0 3 1 2');
export const nchwc: Layout = layout('0 3o 1 2 3i');
/** Filters [kh,kw,I,O] as ONNX wants them. */
const oihw: Layout = layout('3 2 0 1');

const attributesOf = ({ kernel, strides, dilations, pads }: ConvolutionGeometry, group = 1) => ({
  kernel_shape: kernel,
  strides,
  dilations,
  pads,
  group,
});

/** Channels that the blocked convolution can take in: whole blocks, or fewer than one (then they are not blocked). */
const canRead = (channels: number, block: number): boolean => channels % block === 0 || channels < block;

const canWrite = (channels: number, block: number): boolean => block > 0 && channels % block === 0;

/** Reads [B,H,W,C] for a blocked convolution, as [B,C,H,W]. */
function readBlocked(tracer: Tracer, x: tf.TensorInfo): string {
  const [batch, height, width, channels] = x.shape as [number, number, number, number];
  return tracer.read(x, channels % tracer.target.block === 0 ? nchwc : nchw, [batch, channels, height, width]);
}

/** Writes a convolution [B,H,W,I] -> `shape` = [B,h,w,O] with filter [kh,kw,I,O]. */
function convolve(
  tracer: Tracer,
  kernelName: string,
  x: tf.TensorInfo,
  filter: tf.TensorInfo,
  shape: readonly number[],
  geometry: ConvolutionGeometry,
): tf.TensorInfo {
  const { graph, target } = tracer;
  const [batch, height, width, outputs] = shape as [number, number, number, number];
  const inputs = filter.shape[2]!;
  const dims = [batch, outputs, height, width];
  if (canWrite(outputs, target.block) && canRead(inputs, target.block)) {
    const order = layout(inputs % target.block === 0 ? '3o 2o 0 1 2i 3i' : '3o 2 0 1 3i');
    const weights = tracer.read(filter, order, [outputs, inputs, ...geometry.kernel]);
    const name = graph.add('Conv', [readBlocked(tracer, x), weights], { dims }, attributesOf(geometry), blockedDomain);
    return tracer.result(kernelName, name, shape, 'float32', nchwc);
  }
  const name = graph.add('Conv', [tracer.read(x, nchw), tracer.read(filter, oihw)], { dims }, attributesOf(geometry));
  return tracer.result(kernelName, name, shape, 'float32', nchw);
}

/**
 * The geometry of a convolution to `output` [B,h,w,O]. Padding at the end is as large as the last window reaches: tfjs's
 * numbers leave out what its rounding mode "ceil" adds.
 */
function geometryOf(info: tf.backend_util.Conv2DInfo, output: readonly number[] = info.outShape): ConvolutionGeometry {
  const { top, left } = info.padInfo;
  const end = (size: number, count: number, stride: number, window: number, before: number): number =>
    Math.max(0, (count - 1) * stride + window - size - before);
  return {
    kernel: [info.filterHeight, info.filterWidth],
    strides: [info.strideHeight, info.strideWidth],
    dilations: [info.dilationHeight, info.dilationWidth],
    pads: [
      top,
      left,
      end(info.inHeight, output[1]!, info.strideHeight, info.effectiveFilterHeight, top),
      end(info.inWidth, output[2]!, info.strideWidth, info.effectiveFilterWidth, left),
    ],
  };
}

type PadAttribute = 'valid' | 'same' | number | tf.backend_util.ExplicitPadding;

interface ConvolutionAttributes {
  strides: number | [number, number];
  pad: PadAttribute;
  dataFormat: 'NHWC' | 'NCHW';
  dilations?: number | [number, number];
  dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

function convolutionInfo(
  kernel: string,
  input: readonly number[],
  filter: readonly number[],
  attributes: ConvolutionAttributes,
  depthwise = false,
): tf.backend_util.Conv2DInfo {
  if (attributes.dataFormat === 'NCHW') {
    throw new Problem(`${kernel} with dataFormat NCHW cannot be compiled`, {
      hint: 'Transpose to NHWC first: it costs nothing here, only the view changes.',
    });
  }
  return tf.backend_util.computeConv2DInfo(
    input as [number, number, number, number],
    filter as [number, number, number, number],
    attributes.strides,
    attributes.dilations ?? 1,
    attributes.pad,
    attributes.dimRoundingMode,
    depthwise,
  );
}

lower('Conv2D', (tracer, { x, filter }, attributes) => {
  const info = convolutionInfo('Conv2D', x!.shape, filter!.shape, attributes as unknown as ConvolutionAttributes);
  return convolve(tracer, 'Conv2D', x!, filter!, info.outShape, geometryOf(info));
});

lower('Conv2DBackpropInput', (tracer, { dy, filter }, attributes) => {
  const { inputShape } = attributes as { inputShape: number[] };
  const info = convolutionInfo(
    'Conv2DBackpropInput',
    inputShape,
    filter!.shape,
    attributes as unknown as ConvolutionAttributes,
  );
  const geometry = geometryOf(info, dy!.shape);
  const plain = geometry.dilations.every((d) => d === 1);
  // Padding more than the kernel reaches would need negative padding in the turned convolution.
  const reached = geometry.pads.every((pad, i) => pad < geometry.kernel[i % 2]!);
  if (plain && reached && geometry.strides.every((s) => s === 1))
    return flippedConvolution(tracer, dy!, filter!, inputShape, geometry);
  if (
    plain &&
    tilesExactly(geometry, dy!.shape, inputShape) &&
    canWrite(inputShape[3]!, tracer.target.block) &&
    canRead(dy!.shape[3]!, tracer.target.block)
  ) {
    return unfoldPixels(tracer, dy!, filter!, inputShape, geometry);
  }
  // ConvTranspose is by definition the gradient of Conv. Rows that no window covered get zeros by output padding.
  const [batch, height, width, channels] = inputShape as [number, number, number, number];
  const covered = (size: number, i: 0 | 1): number =>
    (size - 1) * geometry.strides[i] +
    (geometry.kernel[i] - 1) * geometry.dilations[i] +
    1 -
    geometry.pads[i] -
    geometry.pads[i + 2]!;
  const extra = [height - covered(dy!.shape[1]!, 0), width - covered(dy!.shape[2]!, 1)];
  const name = tracer.graph.add(
    'ConvTranspose',
    [tracer.read(dy!, nchw), tracer.read(filter!, oihw)],
    { dims: [batch, channels, height, width] },
    { ...attributesOf(geometry), output_padding: extra },
  );
  return tracer.result('Conv2DBackpropInput', name, inputShape, 'float32', nchw);
});

/** Windows that neither overlap nor leave gaps: stride = kernel, no padding. */
function tilesExactly(
  { kernel, strides, pads }: ConvolutionGeometry,
  small: readonly number[],
  large: readonly number[],
): boolean {
  return (
    pads.every((p) => p === 0) &&
    [0, 1].every((i) => kernel[i] === strides[i] && large[i + 1] === small[i + 1]! * strides[i]!)
  );
}

/** Gradient of a convolution of stride 1 with respect to its input: a convolution with the filter turned by 180 degrees. */
function flippedConvolution(
  tracer: Tracer,
  dy: tf.TensorInfo,
  filter: tf.TensorInfo,
  inputShape: readonly number[],
  geometry: ConvolutionGeometry,
): tf.TensorInfo {
  const { graph, target } = tracer;
  const { block } = target;
  const [kh, kw] = geometry.kernel;
  const [batch, height, width, inputs] = inputShape as [number, number, number, number];
  const outputs = dy.shape[3]!;
  const [top, left, bottom, right] = geometry.pads;
  const turned: ConvolutionGeometry = {
    ...geometry,
    pads: [kh - 1 - top, kw - 1 - left, kh - 1 - bottom, kw - 1 - right],
  };
  const dims = [batch, inputs, height, width];
  const size = [inputs, outputs, kh, kw];
  if (canWrite(inputs, block) && outputs % block === 0) {
    // Turn blocks inside out, then pick whole blocks in their new order: two passes over the weights.
    const inside = tracer.read(filter, layout('3o 2o 0 1 3i 2i'), [
      (outputs / block) * (inputs / block) * kh * kw,
      block * block,
    ]);
    const order: number[] = [];
    for (let i = 0; i < inputs / block; i++) {
      for (let o = 0; o < outputs / block; o++) {
        for (let tap = kh * kw - 1; tap >= 0; tap--) order.push((o * (inputs / block) + i) * kh * kw + tap);
      }
    }
    const weights = graph.add(
      'Gather',
      [inside, graph.integers(order)],
      { dims: [order.length, block * block] },
      { axis: 0 },
    );
    const name = graph.add(
      'Conv',
      [readBlocked(tracer, dy), graph.reshape(weights, size)],
      { dims },
      attributesOf(turned),
      blockedDomain,
    );
    return tracer.result('Conv2DBackpropInput', name, inputShape, 'float32', nchwc);
  }
  if (canWrite(inputs, block) && outputs < block && kh === 1 && kw === 1) {
    const weights = tracer.read(filter, layout('2o 3 0 1 2i'), size);
    const name = graph.add('Conv', [tracer.read(dy, nchw), weights], { dims }, attributesOf(turned), blockedDomain);
    return tracer.result('Conv2DBackpropInput', name, inputShape, 'float32', nchwc);
  }
  let weights = tracer.read(filter, layout('2 3 0 1'));
  if (kh * kw > 1) {
    const backwards = [
      graph.integers([-1, -1]),
      graph.integers([-(2 ** 31), -(2 ** 31)]),
      graph.integers([2, 3]),
      graph.integers([-1, -1]),
    ];
    weights = graph.add('Slice', [weights, ...backwards], { dims: size });
  }
  const name = graph.add('Conv', [tracer.read(dy, nchw), weights], { dims }, attributesOf(turned));
  return tracer.result('Conv2DBackpropInput', name, inputShape, 'float32', nchw);
}

/** Transposed convolution whose windows tile the output: a 1x1 convolution to one channel group per tap, then pixels unfold. */
function unfoldPixels(
  tracer: Tracer,
  dy: tf.TensorInfo,
  filter: tf.TensorInfo,
  inputShape: readonly number[],
  { kernel: [kh, kw] }: ConvolutionGeometry,
): tf.TensorInfo {
  const { graph, target } = tracer;
  const { block } = target;
  const [batch, small, narrow, outputs] = dy.shape as [number, number, number, number];
  const inputs = inputShape[3]!;
  const channels = kh * kw * inputs;
  const order = layout(outputs % block === 0 ? '0 1 2o 3o 3i 2i' : '0 1 2o 3 2i');
  const weights = tracer.read(filter, order, [channels, outputs, 1, 1]);
  const geometry: ConvolutionGeometry = { kernel: [1, 1], strides: [1, 1], dilations: [1, 1], pads: [0, 0, 0, 0] };
  const write = (bias: string[]): string => {
    const taps = graph.add(
      'Conv',
      [readBlocked(tracer, dy), weights, ...bias],
      { dims: [batch, channels, small, narrow] },
      attributesOf(geometry),
      blockedDomain,
    );
    const view = graph.reshape(taps, [batch, kh, kw, inputs / block, small, narrow, block]);
    const unfolded = graph.transpose(view, [0, 3, 4, 1, 5, 2, 6]);
    return graph.reshape(unfolded, [batch, inputs, small * kh, narrow * kw]);
  };
  const name = write([]);
  tracer.withBias.set(name, (bias) => {
    const each = new Array<string>(kh * kw).fill(bias);
    return write([graph.add('Concat', each, { dims: [channels] }, { axis: 0 })]);
  });
  return tracer.result('Conv2DBackpropInput', name, inputShape, 'float32', nchwc);
}

lower('Conv2DBackpropFilter', (tracer, { x, dy }, attributes) => {
  const { filterShape } = attributes as { filterShape: number[] };
  const info = convolutionInfo(
    'Conv2DBackpropFilter',
    x!.shape,
    filterShape,
    attributes as unknown as ConvolutionAttributes,
  );
  return filterGradient(tracer, x!, dy!, filterShape, geometryOf(info, dy!.shape));
});

/** Filters [kh,kw,C,M] of a depthwise convolution as ONNX wants them: [C·M,1,kh,kw]. */
const depthwiseWeights = (tracer: Tracer, filter: tf.TensorInfo): string => {
  const [kh, kw, channels, multiplier] = filter.shape as [number, number, number, number];
  return tracer.read(filter, layout('2 3 0 1'), [channels * multiplier, 1, kh, kw]);
};

lower('DepthwiseConv2dNative', (tracer, { x, filter }, attributes) => {
  const info = convolutionInfo(
    'DepthwiseConv2dNative',
    x!.shape,
    filter!.shape,
    attributes as unknown as ConvolutionAttributes,
    true,
  );
  const [batch, height, width, channels] = info.outShape;
  const name = tracer.graph.add(
    'Conv',
    [tracer.read(x!, nchw), depthwiseWeights(tracer, filter!)],
    { dims: [batch, channels, height, width] },
    attributesOf(geometryOf(info), info.inChannels),
  );
  return tracer.result('DepthwiseConv2dNative', name, info.outShape, 'float32', nchw);
});

lower('DepthwiseConv2dNativeBackpropInput', (tracer, { dy, filter }, attributes) => {
  const { inputShape } = attributes as { inputShape: number[] };
  const info = convolutionInfo(
    'DepthwiseConv2dNativeBackpropInput',
    inputShape,
    filter!.shape,
    attributes as unknown as ConvolutionAttributes,
    true,
  );
  const geometry = geometryOf(info);
  const [batch, height, width, channels] = inputShape as [number, number, number, number];
  const covered = (size: number, i: 0 | 1): number =>
    (size - 1) * geometry.strides[i] +
    (geometry.kernel[i] - 1) * geometry.dilations[i] +
    1 -
    geometry.pads[i] -
    geometry.pads[i + 2]!;
  const name = tracer.graph.add(
    'ConvTranspose',
    [tracer.read(dy!, nchw), depthwiseWeights(tracer, filter!)],
    { dims: [batch, channels, height, width] },
    {
      ...attributesOf(geometry, channels),
      output_padding: [height - covered(dy!.shape[1]!, 0), width - covered(dy!.shape[2]!, 1)],
    },
  );
  return tracer.result('DepthwiseConv2dNativeBackpropInput', name, inputShape, 'float32', nchw);
});

lower('DepthwiseConv2dNativeBackpropFilter', (tracer, { x, dy }, attributes) => {
  const { filterShape } = attributes as { filterShape: number[] };
  const info = convolutionInfo(
    'DepthwiseConv2dNativeBackpropFilter',
    x!.shape,
    filterShape,
    attributes as unknown as ConvolutionAttributes,
    true,
  );
  const { strides, dilations, pads } = geometryOf(info);
  const { graph } = tracer;
  const [batch, height, width] = x!.shape as [number, number, number];
  const [, rows, columns] = dy!.shape as [number, number, number];
  const [kh, kw, channels, multiplier] = filterShape as [number, number, number, number];
  const padded = [batch, channels, height + pads[0] + pads[2], width + pads[1] + pads[3]];
  const image = graph.add(
    'Pad',
    [tracer.read(x!, nchw), graph.integers([0, 0, pads[0], pads[1], 0, 0, pads[2], pads[3]])],
    { dims: padded },
  );
  const gradient = graph.reshape(tracer.read(dy!, nchw), [batch, channels, multiplier, rows, columns]);
  const taps: string[] = [];
  for (let i = 0; i < kh; i++) {
    for (let j = 0; j < kw; j++) {
      const start = [i * dilations[0], j * dilations[1]];
      const end = [start[0]! + (rows - 1) * strides[0] + 1, start[1]! + (columns - 1) * strides[1] + 1];
      const window = graph.add(
        'Slice',
        [image, graph.integers(start), graph.integers(end), graph.integers([2, 3]), graph.integers(strides)],
        { dims: [batch, channels, rows, columns] },
      );
      const view = graph.reshape(window, [batch, channels, 1, rows, columns]);
      const product = graph.add('Mul', [view, gradient], { dims: [batch, channels, multiplier, rows, columns] });
      taps.push(
        graph.add(
          'ReduceSum',
          [product, graph.integers([0, 3, 4])],
          { dims: [1, channels, multiplier, 1, 1] },
          { keepdims: 1 },
        ),
      );
    }
  }
  const flat = taps.map((tap) => graph.reshape(tap, [1, channels, multiplier]));
  const name =
    flat.length === 1 ? flat[0]! : graph.add('Concat', flat, { dims: [kh * kw, channels, multiplier] }, { axis: 0 });
  return tracer.result('DepthwiseConv2dNativeBackpropFilter', graph.reshape(name, filterShape), filterShape, 'float32');
});
