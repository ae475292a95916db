import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { OnnxRuntimeEngine } from '../../../src/engine/compile/onnxRuntime';
import { expectParity, floats, integers, merge, withGradients } from './parity';

type Volume = tf.Tensor5D;

describe('volumes', () => {
  const pools: [string, number, number, 'same' | 'valid' | number][] = [
    ['2', 2, 2, 'valid'],
    ['2 same', 2, 2, 'same'],
    ['3 overlapping', 3, 2, 'same'],
    ['3 stride 1', 3, 1, 'valid'],
    ['2 with gaps', 2, 3, 'valid'],
  ];
  it.each([2, 16])('pooling of %i channels, with gradients, equal maxima too', async (channels) => {
    const shape = [2, 4, 5, 6, channels];
    await expectParity({ x: floats('x', shape), few: integers('few', shape, 0, 3) }, ({ x, few }) =>
      merge(
        ...pools.flatMap(([name, size, stride, pad]) => [
          withGradients(`max ${name}`, (a) => tf.maxPool3d(a as Volume, size, stride, pad), x!),
          withGradients(`ties ${name}`, (a) => tf.maxPool3d(a as Volume, size, stride, pad), tf.cast(few!, 'float32')),
          withGradients(`average ${name}`, (a) => tf.avgPool3d(a as Volume, size, stride, pad), x!),
        ]),
      ),
    );
  });

  it.each([
    ['same', 1, [3, 3, 3]],
    ['valid', 1, [2, 3, 1]],
    ['same', 2, [3, 3, 3]],
    ['valid', 2, [2, 2, 2]],
  ] as const)('convolution %s, stride %i, kernel %j, with gradients', async (pad, stride, kernel) => {
    await expectParity({ x: floats('x', [2, 4, 5, 6, 3]), w: floats('w', [...kernel, 3, 4]) }, ({ x, w }) =>
      withGradients('y', (a, f) => tf.conv3d(a as Volume, f as Volume, stride, pad), x!, w!),
    );
  });

  it('convolution after a transpose, dilated, transposed', async () => {
    await expectParity(
      { x: floats('x', [1, 3, 5, 5, 5]), w: floats('w', [2, 2, 2, 3, 4]), up: floats('up', [2, 2, 2, 2, 3]) },
      (inputs) => {
        const { w, up } = inputs as Record<string, Volume>;
        const x = tf.transpose(inputs.x!, [0, 2, 3, 4, 1]) as Volume;
        return {
          dilated: tf.conv3d(x, w!, 1, 'valid', 'NDHWC', 2),
          transposed: tf.conv3dTranspose(x, up!, [1, 10, 10, 10, 2], 2, 'same'),
        };
      },
    );
  });

  it('gives the whole gradient of windows that are not cubes, where tfjs loses part', async () => {
    const program = await new OnnxRuntimeEngine('cpu', 1).compile({
      name: 'pool',
      inputs: { x: floats('x', [1, 2, 4, 6, 2]) },
      state: {},
      body: ({ x }) => ({
        outputs: { gradient: tf.grad((a) => tf.maxPool3d(a as Volume, [1, 2, 3], [1, 2, 3], 'valid'))(x!) },
      }),
    });
    const { gradient } = await program.run({ x: floats('x', [1, 2, 4, 6, 2]).values });
    await program.dispose();
    // One for each of 2 · 2 · 2 windows and 2 channels.
    expect(gradient!.reduce((a, b) => a + b, 0)).toBe(16);
  });
});
