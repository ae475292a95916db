import * as tf from '@tensorflow/tfjs-core';
import { describe, it } from 'vitest';
import { expectParity, floats, given, integers, layouts, merge, withGradients } from './parity';

type Axes = number | number[] | undefined;
type Reduction = (x: tf.Tensor, axis: Axes, keepDims: boolean) => tf.Tensor;

const reductions: Record<string, Reduction> = {
  sum: tf.sum,
  mean: tf.mean,
  max: tf.max,
  min: tf.min,
  logSumExp: tf.logSumExp,
  variance: (x, axis, keep) => tf.moments(x, axis, keep).variance,
};

const axesOf: Record<number, Axes[]> = {
  0: [undefined],
  1: [undefined, 0, -1],
  2: [undefined, 0, 1, [0, 1]],
  3: [undefined, 1, [0, -1]],
  4: [undefined, 0, 3, [1, 2], [0, 1, 2], [-1, 0], [1, 2, 3]],
  5: [[0, 2, 4], -2],
};

function every(x: tf.Tensor, prefix: string): Record<string, tf.Tensor> {
  return merge(
    ...Object.entries(reductions).flatMap(([name, reduce]) =>
      axesOf[x.rank]!.flatMap((axis) =>
        [false, true].map((keep) =>
          withGradients(`${prefix}${name} ${String(axis)} ${keep ? 'keep' : ''}`, (t) => reduce(t, axis, keep), x),
        ),
      ),
    ),
  );
}

describe('reductions', () => {
  it('of every rank, over every kind of axis, with gradients', async () => {
    const shapes = [[], [7], [3, 4], [2, 3, 4], [2, 2, 3, 2, 2]];
    await expectParity(
      Object.fromEntries(shapes.map((shape) => [`rank ${shape.length}`, floats('x', shape)])),
      (tensors) => merge(...Object.entries(tensors).map(([name, x]) => every(x, `${name} `))),
    );
  });

  it.each(Object.entries(layouts))('in layout %s, with gradients', async (_, { channels, lay }) => {
    await expectParity({ x: floats('x', [2, 3, 4, channels]) }, ({ x }) => every(lay(x!), ''));
  });

  it('of products', async () => {
    await expectParity({ x: floats('x', [2, 3, 4], 0.5, 2), n: integers('n', [2, 5], 1, 4) }, ({ x, n }) => ({
      ...withGradients('all', (t) => tf.prod(t), x!),
      ...withGradients('one', (t) => tf.prod(t, 1), x!),
      ...withGradients('last, kept', (t) => tf.prod(t, 2, true), x!),
      int: tf.prod(n!, 1),
      bool: tf.prod(tf.greater(n!, 1), 1),
    }));
  });

  it('of integers and booleans', async () => {
    await expectParity({ n: integers('n', [3, 4], -5, 6), x: floats('x', [3, 4]) }, ({ n, x }) => {
      const p = tf.greater(x!, 0);
      return {
        sum: tf.sum(n!, 0),
        mean: tf.mean(n!, 1),
        max: tf.max(n!),
        min: tf.min(n!, -1, true),
        argMax: tf.argMax(n!, 1),
        'bool sum': tf.sum(p, 0),
        'bool mean': tf.mean(p),
        'bool max': tf.max(p, 0),
        'bool min': tf.min(p, 1),
        'bool argMax': tf.argMax(p, 1),
        all: tf.all(p, 0),
        'all kept': tf.all(p, [0, 1], true),
        any: tf.any(p, -1),
        anyOfAll: tf.any(p),
      };
    });
  });

  it('of nothing', async () => {
    await expectParity({ x: floats('x', [2, 3]) }, ({ x }) => {
      const nothing = tf.slice(x!, [0, 0], [2, 0]);
      return {
        sum: tf.sum(nothing, 1),
        total: tf.sum(nothing),
        mean: tf.mean(nothing, 1),
        max: tf.max(nothing, 1),
        prod: tf.prod(nothing, 1),
        joined: tf.concat([nothing, x!, nothing], 1),
        none: tf.exp(nothing),
        sumOfNone: tf.sum(tf.mul(nothing, 2), 0),
      };
    });
  });

  it('share the gradient among equal maxima as tfjs does', async () => {
    await expectParity({ x: given([1, 1, 1, 2, 2, 1], [2, 3]) }, ({ x }) => ({
      ...withGradients('max', (t) => tf.max(t, 1), x!),
      ...withGradients('min', (t) => tf.min(t), x!),
      ...withGradients('maximum', (a, b) => tf.maximum(a, b), x!, x!),
      ...withGradients('relu at 0', (t) => tf.relu(tf.sub(t, 1)), x!),
    }));
  });
});

describe('along a dimension', () => {
  it.each(Object.entries(layouts))('arg max, softmax and sums in layout %s', async (_, { channels, lay }) => {
    await expectParity({ x: floats('x', [2, 3, 4, channels]) }, ({ x }) => {
      const t = lay(x!);
      return {
        ...withGradients('softmax', (a) => tf.softmax(a), t),
        ...withGradients('logSoftmax', (a) => tf.logSoftmax(a), t),
        ...Object.fromEntries([0, 1, 2, 3, -1].map((axis) => [`argMax ${axis}`, tf.argMax(t, axis)])),
        argMin: tf.argMin(t, -1),
        ...withGradients('norm', (a) => tf.norm(a, 'euclidean', [1, 2], true), t),
        ...withGradients('norm of rows', (a) => tf.norm(a, 1, -1), t),
        ...withGradients('cumsum', (a) => tf.cumsum(a, 3), t),
        ...withGradients('cumsum exclusive', (a) => tf.cumsum(a, 3, true), t),
        ...withGradients('cumsum reverse', (a) => tf.cumsum(a, 3, false, true), t),
        'cumsum 1': tf.cumsum(t, 1),
        'cumsum both': tf.cumsum(t, 2, true, true),
        cumprod: tf.cumprod(t, 3),
        'cumprod exclusive': tf.cumprod(t, 1, true),
        'cumprod reverse': tf.cumprod(t, 2, false, true),
        'cumprod both': tf.cumprod(t, 3, true, true),
      };
    });
  });

  it('of other ranks and types', async () => {
    await expectParity({ v: floats('v', [9]), m: floats('m', [3, 5]), n: integers('n', [2, 6], -3, 4) }, (inputs) => {
      const { v, m, n } = inputs as { v: tf.Tensor; m: tf.Tensor; n: tf.Tensor };
      return {
        ...withGradients('softmax 1', (a) => tf.softmax(a), v),
        ...withGradients('logSoftmax 2', (a) => tf.logSoftmax(a, 1), m),
        ...withGradients('cumsum 1', (a) => tf.cumsum(a), v),
        'large logits': tf.softmax(tf.mul(m, 1000)),
        'large log': tf.logSoftmax(tf.mul(m, 1000)),
        int: tf.cumsum(n, 1),
        'int product': tf.cumprod(n, 0),
        bool: tf.cumsum(tf.greater(n, 0), 1),
        'bool product': tf.cumprod(tf.greater(n, -3), 1),
        argMax: tf.argMax(v),
        ties: tf.argMax(tf.round(m), 1),
        'ties min': tf.argMin(tf.round(m), 1),
      };
    });
  });
});
