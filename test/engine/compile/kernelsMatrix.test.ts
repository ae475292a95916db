import * as tf from '@tensorflow/tfjs-core';
import { describe, it } from 'vitest';
import { expectParity, floats, integers, layouts, withGradients } from './parity';

describe('matrix products', () => {
  it('of every rank and transposition, with gradients', async () => {
    await expectParity(
      {
        a: floats('a', [4, 3]),
        b: floats('b', [3, 5]),
        batch: floats('batch', [2, 4, 3]),
        many: floats('many', [2, 3, 5]),
        one: floats('one', [1, 3, 5]),
        five: floats('five', [2, 1, 3, 2, 4]),
        v: floats('v', [3]),
      },
      (inputs) => {
        const { a, b, batch, many, one, five, v } = inputs as Record<string, tf.Tensor>;
        return {
          ...withGradients('plain', (x, y) => tf.matMul(x, y), a!, b!),
          ...withGradients('left', (x, y) => tf.matMul(x, y, true), tf.transpose(a!), b!),
          ...withGradients('right', (x, y) => tf.matMul(x, y, false, true), a!, tf.transpose(b!)),
          ...withGradients('both', (x, y) => tf.matMul(x, y, true, true), tf.transpose(a!), tf.transpose(b!)),
          ...withGradients('batch', (x, y) => tf.matMul(x, y), batch!, many!),
          ...withGradients('batch right', (x, y) => tf.matMul(x, y, false, true), batch!, batch!),
          'broadcast batch': tf.matMul(batch!, one!),
          ...withGradients('rank 5', (x) => tf.matMul(x, x, true, false), five!),
          ...withGradients('dot', (x, y) => tf.dot(x, y), v!, v!),
          ...withGradients('dot of a matrix', (x, y) => tf.dot(x, y), a!, v!),
          ...withGradients('outer', (x, y) => tf.outerProduct(x as tf.Tensor1D, y as tf.Tensor1D), v!, v!),
          einsum: tf.einsum('bij,bjk->bik', batch!, many!),
          trace: tf.einsum('ij,ij->', a!, a!),
          'transposing einsum': tf.einsum('bij->jb', batch!),
        };
      },
    );
  });

  it.each(Object.entries(layouts))('of images in layout %s', async (_, { channels, lay }) => {
    await expectParity({ x: floats('x', [2, 3, 4, channels]), w: floats('w', [channels, 3]) }, ({ x, w }) => ({
      ...withGradients('pixels', (a, f) => tf.matMul(tf.reshape(a, [-1, channels]), f), lay(x!), w!),
      ...withGradients('rows', (a) => tf.matMul(a, a, false, true), lay(x!)),
      einsum: tf.einsum('bhwc,cd->bhwd', lay(x!), w!),
    }));
  });

  it('of integers, and fused by tfjs', async () => {
    await expectParity(
      { n: integers('n', [3, 4], -5, 6), a: floats('a', [3, 4]), b: floats('b', [4, 5]), bias: floats('bias', [5]) },
      (inputs) => {
        const { n, a, b, bias } = inputs as Record<string, tf.Tensor>;
        const fused = (activation: tf.fused.Activation): tf.Tensor =>
          tf.fused.matMul({ a: a!, b: b!, bias: bias!, activation, leakyreluAlpha: 0.3 });
        return {
          integers: tf.matMul(n!, n!, false, true),
          ...Object.fromEntries(
            (['linear', 'relu', 'relu6', 'elu', 'sigmoid', 'leakyrelu'] as const).map((kind) => [kind, fused(kind)]),
          ),
          transposed: tf.fused.matMul({ a: tf.transpose(a!), b: tf.transpose(b!), transposeA: true, transposeB: true }),
          ...withGradients(
            'gradient',
            (x, y) => tf.fused.matMul({ a: x, b: y, bias: bias!, activation: 'relu' }),
            a!,
            b!,
          ),
        };
      },
    );
  });
});

describe('compositions of tfjs', () => {
  it('losses, moments, linear algebra, images', async () => {
    await expectParity(
      {
        labels: floats('labels', [3, 4], 0, 1),
        logits: floats('logits', [3, 4]),
        image: floats('image', [1, 4, 5, 3], 0, 1),
        square: floats('square', [3, 3]),
      },
      (inputs) => {
        const { labels, logits, image, square } = inputs as Record<string, tf.Tensor>;
        const loss = (name: string, run: (x: tf.Tensor) => tf.Tensor): Record<string, tf.Tensor> =>
          withGradients(name, run, logits!);
        return {
          ...loss('softmax', (x) => tf.losses.softmaxCrossEntropy(labels!, x)),
          ...loss('smoothed', (x) => tf.losses.softmaxCrossEntropy(labels!, x, undefined, 0.1)),
          ...loss('sigmoid', (x) => tf.losses.sigmoidCrossEntropy(labels!, x)),
          ...loss('log', (x) => tf.losses.logLoss(labels!, tf.sigmoid(x))),
          ...loss('huber', (x) => tf.losses.huberLoss(labels!, x)),
          ...loss('hinge', (x) => tf.losses.hingeLoss(tf.round(labels!), x)),
          ...loss('squared', (x) => tf.losses.meanSquaredError(labels!, x)),
          ...loss('absolute', (x) => tf.losses.absoluteDifference(labels!, x)),
          ...loss('cosine', (x) => tf.losses.cosineDistance(labels!, x, 1)),
          ...loss('moments', (x) => tf.moments(x, [0]).variance),
          ...loss('norm', (x) => tf.norm(x)),
          ...withGradients('grey', (x) => tf.mean(x, -1, true), image!),
          grey: tf.image.rgbToGrayscale(image as tf.Tensor4D),
          // Chained style.
          ...loss('chained', (x) => x.mul(labels!).sub(1).relu().sum(0).div(3)),
          ...loss('where', (x) => tf.where(tf.greater(x, 0.5).logicalAnd(tf.notEqual(x, 1)), x.square(), x.abs())),
          orthogonal: tf.linalg.gramSchmidt(square as tf.Tensor2D) as tf.Tensor2D,
        };
      },
    );
  });
});
