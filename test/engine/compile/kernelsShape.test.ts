import * as tf from '@tensorflow/tfjs-core';
import { describe, it } from 'vitest';
import { expectParity, floats, integers, layouts, merge, withGradients } from './parity';

type Named = Record<string, tf.Tensor>;

describe('cutting and joining', () => {
  it.each(Object.entries(layouts))('in layout %s, with gradients', async (_, { channels, lay }) => {
    const shape = [2, 3, 4, channels];
    const half = channels / 2;
    await expectParity({ x: floats('x', shape), y: floats('y', shape), z: floats('z', [2, 3, 4, 3]) }, (inputs) => {
      const [x, y, z] = [lay(inputs.x!), lay(inputs.y!), inputs.z!];
      const [, height, width] = x.shape as [number, number, number];
      const joins = [0, 1, 2, 3, -1].map((axis) =>
        withGradients(`concat ${axis}`, (a, b) => tf.concat([a, b], axis), x, y),
      );
      const odd = height === 3 ? withGradients('concat odd', (a, b) => tf.concat([b, a, b], 3), x, z) : {};
      const even = Number.isInteger(half)
        ? withGradients('split', (a) => tf.sub(...(tf.split(a, 2, 3) as [tf.Tensor, tf.Tensor])), x)
        : {};
      const cuts: [string, number[], number[]][] = [
        ['pixels', [0, 1, 1, 0], [2, 2, 2, channels]],
        ['channel', [0, 0, 0, 1], [2, height, width, 1]],
        ['first channels', [0, 0, 0, 0], [2, height, width, Math.floor(half)]],
        ['last channels', [1, 0, 0, Math.ceil(half)], [1, height, width, -1]],
        ['everything', [0, 0, 0, 0], [2, height, width, channels]],
      ];
      return merge(
        ...joins,
        odd,
        even,
        ...cuts.map(([name, begin, size]) => withGradients(`slice ${name}`, (a) => tf.slice(a, begin, size), x)),
        withGradients('uneven split', (a) => tf.split(a, [1, channels - 1], -1)[1]!, x),
        withGradients('unstack channels', (a) => tf.unstack(a, 3)[1]!, x),
        withGradients('unstack images', (a) => tf.unstack(a)[1]!, x),
        withGradients('stack', (a, b) => tf.stack([a, b], 2), x, y),
        withGradients('stack last', (a, b) => tf.stack([a, b], -1), x, y),
        withGradients('reverse', (a) => tf.reverse(a, [1, -1]), x),
        withGradients('reshape', (a) => tf.reshape(a, [-1, channels]), x),
        withGradients('flatten', (a) => tf.reshape(a, [-1]), x),
        withGradients('transpose', (a) => tf.transpose(a, [3, 0, 2, 1]), x),
        withGradients('transposed twice', (a) => tf.transpose(tf.transpose(a, [1, 2, 3, 0]), [3, 2, 1, 0]), x),
        withGradients('expand', (a) => tf.squeeze(tf.expandDims(tf.expandDims(a, 0), -1)), x),
        withGradients('tile', (a) => tf.tile(a, [1, 2, 1, 1]), x),
        withGradients('tile channels', (a) => tf.tile(a, [1, 1, 3, 2]), x),
        withGradients('tile one channel', (a) => tf.tile(tf.slice(a, [0, 0, 0, 0], [2, -1, -1, 1]), [1, 1, 1, 4]), x),
        withGradients('broadcast', (a) => tf.broadcastTo(tf.mean(a, [1, 2], true), x.shape), x),
        withGradients(
          'pad',
          (a) =>
            tf.pad(
              a,
              [
                [0, 0],
                [1, 2],
                [0, 1],
                [0, 0],
              ],
              0.5,
            ),
          x,
        ),
        withGradients(
          'pad channels',
          (a) =>
            tf.pad(a, [
              [1, 0],
              [0, 0],
              [0, 0],
              [1, 2],
            ]),
          x,
        ),
        withGradients(
          'reflect',
          (a) =>
            tf.mirrorPad(
              a,
              [
                [0, 0],
                [1, 2],
                [0, 1],
                [0, 0],
              ],
              'reflect',
            ),
          x,
        ),
        withGradients(
          'symmetric',
          (a) =>
            tf.mirrorPad(
              a,
              [
                [0, 0],
                [2, 1],
                [0, 1],
                [1, 0],
              ],
              'symmetric',
            ),
          x,
        ),
        withGradients('identity', (a) => tf.clone(a), x),
        { 'strided slice': tf.stridedSlice(x, [0, 2, 0, 1], [2, 0, 4, channels], [1, -1, 2, 2]) },
        { 'flip left right': tf.image.flipLeftRight(x as tf.Tensor4D) },
        // Further work after a change of shape.
        withGradients(
          'mixed',
          (a, b) => tf.mul(tf.reverse(a, 1), tf.concat([tf.slice(b, [1], [1]), tf.slice(b, [0], [1])], 0)),
          x,
          y,
        ),
      );
    });
  });

  it('of every rank', async () => {
    const inputs = {
      s: floats('s', []),
      v: floats('v', [6]),
      m: floats('m', [3, 4]),
      t: floats('t', [2, 3, 4]),
      u: floats('u', [2, 1, 2, 3, 2]),
    };
    await expectParity(inputs, (tensors) => {
      const { s, v, m, t, u } = tensors as Record<keyof typeof inputs, tf.Tensor>;
      return {
        ...withGradients('scalar reshaped', (a) => tf.reshape(a, [1, 1]), s),
        ...withGradients('scalar broadcast', (a) => tf.broadcastTo(a, [2, 3]), s),
        ...withGradients('scalars stacked', (a) => tf.stack([a, a, a]), s),
        ...withGradients('vector slice', (a) => tf.slice(a, 2, 3), v),
        ...withGradients('vector tile', (a) => tf.tile(a, [3]), v),
        ...withGradients('vector pad', (a) => tf.pad(a, [[2, 1]]), v),
        ...withGradients('vector reverse', (a) => tf.reverse(a), v),
        ...withGradients('matrix transpose', (a) => tf.transpose(a), m),
        ...withGradients('matrix broadcast', (a) => tf.broadcastTo(a, [2, 3, 4]), m),
        ...withGradients('rank 3', (a) => tf.transpose(a, [2, 0, 1]), t),
        ...withGradients('rank 3 split', (a) => tf.add(...(tf.split(a, 2, 2) as [tf.Tensor, tf.Tensor])), t),
        ...withGradients('rank 5', (a) => tf.transpose(a, [4, 1, 3, 0, 2]), u),
        ...withGradients('rank 5 squeezed', (a) => tf.squeeze(a, [1]), u),
        ...withGradients('rank 5 reversed', (a) => tf.reverse(a, [0, -2]), u),
        'strided with masks': tf.stridedSlice(t, [0, 1, 0], [0, 0, 2], [1, 1, 1], 1, 2, 0, 0, 1),
        'new axis': tf.stridedSlice(m, [0, 0, 1], [0, 3, 3], [1, 1, 1], 0, 0, 0, 1),
        backwards: tf.stridedSlice(v, [-1], [-7], [-2]),
      };
    });
  });

  it('of integers and booleans', async () => {
    await expectParity({ n: integers('n', [2, 3], 0, 5) }, ({ n }) => {
      const p = tf.greater(n!, 2);
      const work = (name: string, x: tf.Tensor): Named => ({
        [`${name} concat`]: tf.concat([x, x], 1),
        [`${name} slice`]: tf.slice(x, [0, 1], [2, 2]),
        [`${name} pad`]: tf.pad(x, [
          [1, 0],
          [0, 1],
        ]),
        [`${name} mirror`]: tf.mirrorPad(
          x,
          [
            [1, 0],
            [0, 1],
          ],
          'reflect',
        ),
        [`${name} tile`]: tf.tile(x, [2, 1]),
        [`${name} reverse`]: tf.reverse(x, 1),
        [`${name} transpose`]: tf.transpose(x),
        [`${name} broadcast`]: tf.broadcastTo(x, [2, 2, 3]),
        [`${name} stack`]: tf.stack([x, x]),
      });
      return { ...work('int', n!), ...work('bool', p) };
    });
  });
});

describe('rearranging', () => {
  it.each(Object.entries(layouts))('blocks in layout %s, with gradients', async (_, { channels, lay }) => {
    await expectParity({ x: floats('x', [4, 4, 4, channels]) }, ({ x }) => {
      const t = lay(x!) as tf.Tensor4D;
      const depth: Named = channels % 4 === 0 ? { depthToSpace: tf.depthToSpace(t, 2) } : {};
      return {
        ...withGradients(
          'space to batch',
          (a) =>
            tf.spaceToBatchND(
              a,
              [2, 2],
              [
                [0, 0],
                [1, 1],
              ],
            ),
          t,
        ),
        ...withGradients(
          'batch to space',
          (a) =>
            tf.batchToSpaceND(
              a,
              [2, 2],
              [
                [0, 0],
                [1, 1],
              ],
            ),
          t,
        ),
        ...depth,
      };
    });
  });
});

describe('constants', () => {
  it('that are written by tfjs', async () => {
    await expectParity({ x: floats('x', [3]), labels: integers('labels', [2, 3, 4], 0, 5) }, ({ x, labels }) => ({
      ones: tf.mul(tf.ones([2, 3]), x!),
      fill: tf.add(tf.fill([2, 3], 1.5), x!),
      large: tf.mul(tf.fill([100, 50, 1], 0.5), x!),
      range: tf.range(2, 11, 3),
      down: tf.range(5, 0),
      'range by -2': tf.range(5, 0, -2),
      ints: tf.range(0, 6, 1, 'int32'),
      linspace: tf.linspace(-1, 3, 9),
      eye: tf.eye(3, 4),
      zeros: tf.zerosLike(labels!),
      'one hot': tf.oneHot(tf.cast(labels!, 'int32'), 4),
      'one hot vector': tf.oneHot(tf.reshape(labels!, [-1]), 6, 2, -1),
      'one hot bool': tf.oneHot(tf.reshape(labels!, [6, 4]), 5, 1, 0, 'bool'),
      'one hot float': tf.mul(tf.oneHot(labels!, 3, 1, 0, 'float32'), x!),
      'transposed constant': tf.add(
        tf.transpose(
          tf.tensor2d([
            [1, 2, 3],
            [4, 5, 6],
          ]),
        ),
        tf.scalar(1),
      ),
      diag: tf.diag(x!),
      'diag of matrix': tf.diag(tf.greater(tf.stack([x!, tf.neg(x!)]), 0)),
      'band part': tf.linalg.bandPart(tf.outerProduct(x as tf.Tensor1D, x as tf.Tensor1D), 1, 0),
      'broadcast shape': tf.broadcastArgs(tf.tensor1d([2, 1], 'int32'), tf.tensor1d([3, 1, 4], 'int32')),
    }));
  });
});
