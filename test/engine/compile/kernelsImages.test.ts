import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { OnnxRuntimeEngine } from '../../../src/engine/compile/onnxRuntime';
import {
  expectParity,
  floats,
  integers,
  layouts,
  merge,
  throughConvolution,
  type Input,
  withGradients,
} from './parity';

type Image = tf.Tensor4D;
type Pad = 'same' | 'valid' | number | tf.backend_util.ExplicitPadding;

/** Window, stride, padding; tfjs pads by numbers only where the size comes out even. */
const windows: [name: string, size: number | [number, number], stride: number | [number, number], pad: Pad][] = [
  ['2x2', 2, 2, 'valid'],
  ['2x2 same', 2, 2, 'same'],
  ['3x3 stride 2 (overlap)', 3, 2, 'valid'],
  ['3x3 stride 1 same', 3, 1, 'same'],
  ['3x2 stride 1,2', [3, 2], [1, 2], 'same'],
  ['2x2 stride 3 (gaps)', 2, 3, 'valid'],
  ['3x3 padded', 3, 1, 1],
  ['1x1', 1, 1, 'valid'],
];

const pools = (x: tf.Tensor, prefix = ''): Record<string, tf.Tensor> =>
  merge(
    ...windows.flatMap(([name, size, stride, pad]) => [
      withGradients(`${prefix}max ${name}`, (a) => tf.maxPool(a as Image, size, stride, pad), x),
      withGradients(`${prefix}average ${name}`, (a) => tf.avgPool(a as Image, size, stride, pad), x),
    ]),
  );

describe('pooling', () => {
  it.each(Object.entries(layouts))('in layout %s, with gradients', async (_, { channels, lay }) => {
    await expectParity(
      { x: floats('x', [2, 6, 8, channels]), odd: floats('odd', [1, 7, 5, channels]) },
      ({ x, odd }) => ({
        ...pools(lay(x!)),
        ...pools(lay(odd!), 'odd '),
      }),
    );
  });

  it.each(['planes', '16 channels'])('gives the gradient to the first of equal maxima in layout %s', async (name) => {
    const { channels, lay } = layouts[name]!;
    const constant: Input = { ...floats('x', [1, 6, 6, channels]), values: new Float32Array(36 * channels).fill(0.5) };
    const few = integers('few', [1, 6, 6, channels], 0, 3);
    await expectParity({ constant, few }, (inputs) => ({
      ...pools(lay(inputs.constant!), 'constant '),
      ...pools(lay(tf.cast(inputs.few!, 'float32')), 'few values '),
    }));
  });

  it('with rounding, dilation, indices, other types', async () => {
    await expectParity({ x: floats('x', [2, 6, 7, 3]) }, ({ x }) => {
      const image = x as Image;
      const pair = tf.maxPoolWithArgmax(image, 2, 2, 'valid');
      const whole = tf.maxPoolWithArgmax(image, 3, 2, 'same', true);
      return {
        ceil: tf.maxPool(image, 2, 2, 0, 'ceil'),
        ...withGradients('floor', (a) => tf.maxPool(a as Image, 3, 2, 1, 'floor'), x!),
        'average ceil': tf.avgPool(image, 2, 2, 0, 'ceil'),
        ...withGradients('dilated', (a) => tf.pool(a as Image, 2, 'max', 'same', 2, 1), x!),
        maxima: pair.result!,
        indices: pair.indexes!,
        'same maxima': whole.result!,
        'indices with batch': whole.indexes!,
        integers: tf.maxPool(tf.cast(image, 'int32'), 2, 2, 'same'),
      };
    });
  });

  it('rounded up: gives the whole gradient, where tfjs loses that of the last windows', async () => {
    const x = floats('x', [2, 5, 7, 3]);
    const program = await new OnnxRuntimeEngine('cpu', 1).compile({
      name: 'ceil',
      inputs: { x },
      state: {},
      body: (inputs) => ({
        outputs: {
          maximum: tf.grad((a) => tf.maxPool(a as Image, 2, 2, 0, 'ceil'))(inputs.x!),
          average: tf.grad((a) => tf.avgPool(a as Image, [1, 1], [2, 3], 0, 'ceil'))(inputs.x!),
        },
      }),
    });
    const { maximum, average } = await program.run({ x: x.values });
    await program.dispose();
    const sum = (values: Float32Array): number => values.reduce((a, b) => a + b, 0);
    // One for each window.
    expect(sum(maximum!)).toBe(2 * 3 * 4 * 3);
    expect(sum(average!)).toBeCloseTo(2 * 3 * 3 * 3, 4);
  });
});

describe('convolution', () => {
  const cases: [string, number[], number[], number | [number, number], Pad, number][] = [
    ['3x3', [2, 6, 7, 5], [3, 3, 5, 4], 1, 'same', 1],
    ['3x3 of 16 channels', [2, 6, 7, 16], [3, 3, 16, 32], 1, 'valid', 1],
    ['3x3 of 32 channels', [1, 6, 7, 32], [3, 3, 32, 16], 1, 'same', 1],
    ['3 to 16 channels', [2, 6, 6, 3], [3, 3, 3, 16], 1, 'same', 1],
    ['16 to 2 channels', [2, 6, 6, 16], [1, 1, 16, 2], 1, 'same', 1],
    ['1x1', [2, 4, 5, 6], [1, 1, 6, 3], 1, 'valid', 1],
    ['stride 2', [2, 7, 8, 4], [3, 3, 4, 3], 2, 'same', 1],
    ['stride 2 of 16 channels', [1, 8, 8, 16], [2, 2, 16, 16], 2, 'valid', 1],
    ['stride with rest', [1, 8, 9, 3], [3, 2, 3, 2], [2, 3], 'valid', 1],
    ['dilated', [1, 9, 9, 3], [3, 3, 3, 2], 1, 'same', 2],
    ['even kernel', [1, 5, 6, 3], [2, 4, 3, 2], 1, 'same', 1],
    ['padded by 1', [1, 5, 6, 3], [3, 3, 3, 2], 1, 1, 1],
    ['padded by 2', [1, 5, 6, 16], [3, 3, 16, 16], 1, 2, 1],
    ['padded beyond its kernel', [1, 4, 5, 3], [2, 2, 3, 2], 1, 3, 1],
    [
      'padded by sides',
      [1, 5, 6, 3],
      [3, 3, 3, 2],
      1,
      [
        [0, 0],
        [1, 2],
        [0, 1],
        [0, 0],
      ],
      1,
    ],
  ];
  it.each(cases)('%s, with gradients', async (_, image, filter, stride, pad, dilation) => {
    // tfjs has no gradient of dilated convolutions.
    const run = (x: tf.Tensor, w: tf.Tensor): tf.Tensor =>
      tf.conv2d(x as Image, w as Image, stride, pad, 'NHWC', dilation);
    await expectParity({ x: floats('x', image), w: floats('w', filter) }, ({ x, w }) => ({
      ...(dilation === 1 ? withGradients('plain', run, x!, w!) : { plain: run(x!, w!) }),
      ...(dilation === 1 ? withGradients('chained', run, throughConvolution(x!), w!) : {}),
      relu: tf.relu(tf.add(run(x!, w!), tf.scalar(0.1))),
      ...(typeof pad === 'number' ? { ceil: tf.conv2d(x as Image, w as Image, 2, pad, 'NHWC', 1, 'ceil') } : {}),
    }));
  });

  it('with bias and ReLU, transposed, of one dimension, separable', async () => {
    await expectParity(
      {
        x: floats('x', [1, 6, 6, 16]),
        w: floats('w', [3, 3, 16, 16]),
        b: floats('b', [16]),
        up: floats('up', [2, 2, 8, 16]),
        d: floats('d', [3, 3, 16, 2]),
        p: floats('p', [1, 1, 32, 3]),
        one: floats('one', [3, 6, 2]),
      },
      (inputs) => {
        const { x, w, b, up, d, p, one } = inputs as Record<string, tf.Tensor>;
        const convolve = (a: tf.Tensor, f: tf.Tensor): tf.Tensor => tf.conv2d(a as Image, f as Image, 1, 'same');
        return {
          ...withGradients('bias', (a, f, c) => tf.relu(tf.add(convolve(a, f), c)), x!, w!, b!),
          ...withGradients('bias twice', (a, f, c) => tf.add(tf.add(convolve(a, f), c), c), x!, w!, b!),
          // The same convolution with and without what is fused to it.
          ...withGradients('both', (a, f) => tf.add(tf.relu(convolve(a, f)), convolve(a, f)), x!, w!),
          ...withGradients(
            'transposed',
            (a, f) => tf.conv2dTranspose(a as Image, f as Image, [1, 12, 12, 8], 2, 'valid'),
            x!,
            up!,
          ),
          ...withGradients('depthwise', (a, f) => tf.depthwiseConv2d(a as Image, f as Image, 1, 'same'), x!, d!),
          ...withGradients(
            'depthwise stride 2',
            (a, f) => tf.depthwiseConv2d(a as Image, f as Image, 2, 'same'),
            x!,
            d!,
          ),
          'depthwise dilated': tf.depthwiseConv2d(x as Image, d as Image, 1, 'same', 'NHWC', 2),
          ...withGradients(
            'separable',
            (a, f, g) => tf.separableConv2d(a as Image, f as Image, g as Image, 1, 'valid'),
            x!,
            d!,
            p!,
          ),
          ...withGradients(
            'one dimension',
            (a, f) => tf.conv1d(tf.squeeze<tf.Tensor3D>(a, [0]), f as tf.Tensor3D, 1, 'same'),
            tf.slice(x!, [0, 0, 0, 0], [1, -1, -1, 6]),
            one!,
          ),
        };
      },
    );
  });

  it('fused by tfjs', async () => {
    await expectParity(
      {
        x: floats('x', [1, 5, 5, 4]),
        w: floats('w', [3, 3, 4, 16]),
        b: floats('b', [16]),
        d: floats('d', [3, 3, 4, 1]),
      },
      (inputs) => {
        const { x, w, b, d } = inputs as Record<string, tf.Tensor>;
        const shared = { x: x as Image, strides: 1, pad: 'same' as const };
        const kinds = ['linear', 'relu', 'relu6', 'elu', 'sigmoid', 'leakyrelu'] as const;
        return {
          ...Object.fromEntries(
            kinds.map((activation) => [
              activation,
              tf.fused.conv2d({ ...shared, filter: w as Image, bias: b, activation, leakyreluAlpha: 0.3 }),
            ]),
          ),
          prelu: tf.fused.conv2d({ ...shared, filter: w as Image, activation: 'prelu', preluActivationWeights: b }),
          depthwise: tf.fused.depthwiseConv2d({ ...shared, filter: d as Image, activation: 'relu' }),
          ...withGradients(
            'gradient',
            (a, f, c) => tf.fused.conv2d({ ...shared, x: a as Image, filter: f as Image, bias: c, activation: 'relu' }),
            x!,
            w!,
            b!,
          ),
        };
      },
    );
  });
});

describe('normalization, resizing, morphology', () => {
  it.each(Object.entries(layouts))('in layout %s, with gradients', async (_, { channels, lay }) => {
    await expectParity(
      {
        x: floats('x', [2, 4, 4, channels]),
        mean: floats('mean', [channels]),
        variance: floats('variance', [channels], 0.5, 2),
        offset: floats('offset', [channels]),
        scale: floats('scale', [channels]),
        f: floats('f', [3, 2, channels]),
      },
      (inputs) => {
        const { mean, variance, offset, scale, f } = inputs as Record<string, tf.Tensor>;
        const x = lay(inputs.x!);
        const first = tf.slice(x, [0, 0, 0, 0], [1, -1, -1, -1]);
        const vector = (v: tf.Tensor): tf.Tensor1D => v as tf.Tensor1D;
        return {
          ...withGradients(
            'batch norm',
            (a, m, v, o, s) => tf.batchNorm(a, vector(m), vector(v), vector(o), vector(s), 0.01),
            x,
            mean!,
            variance!,
            offset!,
            scale!,
          ),
          'batch norm alone': tf.batchNorm(x, vector(mean!), vector(variance!)),
          ...withGradients('response', (a) => tf.localResponseNormalization(a as Image, 2, 1, 0.3, 0.75), x),
          ...withGradients('bilinear', (a) => tf.image.resizeBilinear(a as Image, [7, 6]), x),
          ...withGradients('bilinear aligned', (a) => tf.image.resizeBilinear(a as Image, [8, 3], true), x),
          'bilinear half': tf.image.resizeBilinear(x as Image, [6, 9], false, true),
          ...withGradients('nearest', (a) => tf.image.resizeNearestNeighbor(a as Image, [8, 3]), first),
          ...withGradients('nearest aligned', (a) => tf.image.resizeNearestNeighbor(a as Image, [3, 6], true), first),
          'nearest batch': tf.image.resizeNearestNeighbor(x as Image, [5, 4]),
          'nearest half': tf.image.resizeNearestNeighbor(x as Image, [6, 9], false, true),
          ...withGradients('dilation', (a, b) => tf.dilation2d(a as Image, b as tf.Tensor3D, 1, 'same'), x, f!),
          ...withGradients(
            'dilation stride',
            (a, b) => tf.dilation2d(a as Image, b as tf.Tensor3D, 2, 'valid', 2),
            tf.tile(x, [1, 2, 2, 1]),
            f!,
          ),
          ...withGradients(
            'flat dilation',
            (a) => tf.dilation2d(tf.round(a) as Image, tf.zeros([3, 3, channels]), 1, 'same'),
            x,
          ),
        };
      },
    );
  });

  it('crops', async () => {
    const boxes = {
      shape: [3, 4],
      dtype: 'float32' as const,
      values: Float32Array.of(0, 0, 1, 1, 0.22, 0.9, 0.73, 0.1, -0.2, 0.3, 0.8, 1.3),
    };
    await expectParity({ x: floats('x', [2, 6, 5, 3]), boxes }, ({ x, boxes: b }) => {
      const crop = (size: [number, number], method: 'bilinear' | 'nearest'): tf.Tensor =>
        tf.image.cropAndResize(x as Image, b as tf.Tensor2D, tf.tensor1d([1, 0, 1], 'int32'), size, method, 0.25);
      return { bilinear: crop([4, 3], 'bilinear'), nearest: crop([3, 7], 'nearest'), single: crop([1, 1], 'bilinear') };
    });
  });

  it.each<[string, (t: tf.Tensor) => tf.Tensor]>([
    ['bilinear', (t) => tf.image.resizeBilinear(t as Image, [7, 4])],
    ['bilinear, half pixels', (t) => tf.image.resizeBilinear(t as Image, [7, 4], false, true)],
    ['nearest', (t) => tf.image.resizeNearestNeighbor(t as Image, [7, 4])],
    ['nearest, half pixels', (t) => tf.image.resizeNearestNeighbor(t as Image, [2, 9], false, true)],
  ])('gives right gradients of a batch of images that are not square, where tfjs does not: %s', async (_, resize) => {
    const x = floats('x', [2, 3, 5, 1]);
    const program = await new OnnxRuntimeEngine('cpu', 1).compile({
      name: 'resize',
      inputs: { x },
      state: {},
      body: (inputs) => ({ outputs: withGradients('y', resize, inputs.x!) }),
    });
    const { y, 'y d0': gradient } = await program.run({ x: x.values });
    await program.dispose();
    // Linear: the sum of gradient · x is the sum of weights · y.
    const weighted = y!.reduce((sum, value, i) => sum + value * Math.sin(1 + 1.7 * i), 0);
    const through = gradient!.reduce((sum, value, i) => sum + value * x.values[i]!, 0);
    expect(through).toBeCloseTo(weighted, 4);
  });
});
