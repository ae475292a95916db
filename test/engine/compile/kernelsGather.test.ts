import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { OnnxRuntimeEngine } from '../../../src/engine/compile/onnxRuntime';
import { expectParity, floats, given, integers, layouts, withGradients } from './parity';

describe('gather', () => {
  it.each(Object.entries(layouts))('in layout %s, with gradients', async (_, { channels, lay }) => {
    await expectParity(
      {
        x: floats('x', [2, 3, 3, channels]),
        picks: integers('picks', [4], 0, 2),
        more: integers('more', [2, 3], 0, 3),
      },
      ({ x, picks, more }) => {
        const t = lay(x!);
        return {
          ...withGradients('images', (a) => tf.gather(a, picks as tf.Tensor1D, 0), t),
          ...withGradients('rows', (a) => tf.gather(a, picks as tf.Tensor1D, 1), t),
          ...withGradients('channels', (a) => tf.gather(a, picks as tf.Tensor1D, 3), t),
          ...withGradients('rows twice', (a) => tf.gather(a, more!, 2), t),
          ...withGradients('per image', (a) => tf.gather(a, more!, 1, 1), t),
          ...withGradients('elements', (a) => tf.gatherND(a, more!), t),
        };
      },
    );
  });

  it('of other ranks and types', async () => {
    await expectParity(
      {
        v: floats('v', [7]),
        m: floats('m', [3, 5]),
        n: integers('n', [6], 0, 3),
        pairs: integers('pairs', [4, 2], 0, 3),
      },
      ({ v, m, n, pairs }) => ({
        ...withGradients('vector', (a) => tf.gather(a, n as tf.Tensor1D), v!),
        ...withGradients('by scalar', (a) => tf.gather(a, tf.scalar(2, 'int32')), v!),
        ...withGradients('batch', (a) => tf.gather(a, tf.reshape(n!, [3, 2]), 1, 1), m!),
        ...withGradients('pairs', (a) => tf.gatherND(a, pairs!), m!),
        ...withGradients('rows', (a) => tf.gatherND(a, tf.reshape(n!, [6, 1])), m!),
        bool: tf.gather(tf.greater(v!, 0), n as tf.Tensor1D),
        int: tf.gather(n!, tf.tensor1d([5, 0, 0], 'int32')),
        'batch of the last': tf.gather(m!, tf.reshape(n!, [3, 2]), -1, 1),
      }),
    );
  });
});

describe('scatter and count', () => {
  it('adds up equal places', async () => {
    await expectParity(
      {
        values: floats('values', [40]),
        rows: floats('rows', [40, 3]),
        places: integers('places', [40, 1], 0, 5),
        pairs: integers('pairs', [40, 2], 0, 3),
        whole: integers('whole', [40], 1, 9),
      },
      ({ values, rows, places, pairs, whole }) => {
        const matrix = tf.reshape<tf.Rank.R2>(whole!, [4, 10]);
        return {
          ...withGradients('numbers', (a) => tf.scatterND(places!, a, [6]), values!),
          ...withGradients('rows', (a) => tf.scatterND(places!, a, [6, 3]), rows!),
          ...withGradients('pairs', (a) => tf.scatterND(pairs!, a, [3, 4]), values!),
          ...withGradients('segments', (a) => tf.unsortedSegmentSum(a, tf.squeeze(places!, [1]), 5), rows!),
          int: tf.scatterND(places!, whole!, [5]),
          'dropped segments': tf.unsortedSegmentSum(
            values!,
            tf.sub(tf.squeeze(places!, [1]), tf.scalar(1, 'int32')),
            4,
          ),
          bincount: tf.bincount(whole as tf.Tensor1D, [], 7),
          'weighted bincount': tf.bincount(whole as tf.Tensor1D, values as tf.Tensor1D, 12),
          'dense bincount': tf.denseBincount(matrix, [], 6),
          'dense bincount of weights': tf.denseBincount(matrix, tf.reshape<tf.Rank.R2>(values!, [4, 10]), 6),
          'binary bincount': tf.denseBincount(matrix, [], 10, true),
          'dense vector': tf.denseBincount(whole as tf.Tensor1D, values as tf.Tensor1D, 10),
          confusion: tf.math.confusionMatrix(
            tf.squeeze(places as tf.Tensor2D, [1]),
            tf.squeeze(places as tf.Tensor2D, [1]),
            5,
          ),
        };
      },
    );
  });

  it('replaces', async () => {
    await expectParity({ x: floats('x', [5, 2]), y: floats('y', [3, 2]), v: floats('v', [3]) }, ({ x, y, v }) => {
      // tfjs's cpu backend writes into the tensor it is given.
      const copy = (tensor: tf.Tensor): tf.Tensor => tf.mul(tensor, 1);
      const rows = tf.tensor2d([[4], [0], [2]], [3, 1], 'int32');
      return {
        rows: tf.tensorScatterUpdate(copy(x!), rows, y!),
        elements: tf.tensorScatterUpdate(
          x!,
          tf.tensor2d(
            [
              [0, 1],
              [4, 0],
              [2, 1],
            ],
            [3, 2],
            'int32',
          ),
          v!,
        ),
        'the last wins': tf.tensorScatterUpdate(copy(x!), tf.tensor2d([[1], [1], [1]], [3, 1], 'int32'), y!),
        dense: tf.sparseToDense(tf.tensor1d([4, 1, 2], 'int32'), v!, [6], 0.5),
        'dense matrix': tf.sparseToDense(
          tf.tensor2d(
            [
              [0, 1],
              [1, 2],
              [1, 0],
            ],
            [3, 2],
            'int32',
          ),
          v!,
          [2, 3],
        ),
        'dense scalar': tf.sparseToDense(tf.scalar(2, 'int32'), tf.slice(v!, 0, 1).squeeze(), [4]),
      };
    });
  });

  it('loses nothing when many threads add to one place', async () => {
    const count = 1 << 17;
    const program = await new OnnxRuntimeEngine('cpu', 2).compile({
      name: 'race',
      inputs: { ones: { shape: [count], dtype: 'float32' }, places: { shape: [count, 1], dtype: 'int32' } },
      state: {},
      body: ({ ones, places }) => ({ outputs: { sum: tf.scatterND(places!, ones!, [2]) } }),
    });
    const inputs = { ones: new Float32Array(count).fill(1), places: new Int32Array(count) };
    expect((await program.run(inputs)).sum).toEqual(Float32Array.of(count, 0));
    await program.dispose();
  });
});

/**
 * Lovász-softmax (Berman et al., 2018) for one class: errors in descending order, times the increments of the Jaccard index
 * that the order brings about.
 */
function lovasz(probabilities: tf.Tensor, labels: tf.Tensor, order: 'values' | 'gather'): tf.Tensor {
  const errors = tf.abs(tf.sub(labels, probabilities));
  const { values, indices } = tf.topk(errors, errors.size);
  const sorted = order === 'values' ? values : tf.gather(errors, indices);
  const truth = tf.gather(labels, indices);
  const total = tf.sum(truth);
  const intersection = tf.sub(total, tf.cumsum(truth));
  const union = tf.add(total, tf.cumsum(tf.sub(1, truth)));
  const jaccard = tf.sub(1, tf.div(intersection, union));
  const before = tf.concat([tf.zeros([1]), tf.slice(jaccard, 0, errors.size - 1)]);
  return tf.sum(tf.mul(sorted, tf.sub(jaccard, before)));
}

describe('sorting', () => {
  it.each(Object.entries(layouts))('the greatest in layout %s', async (_, { channels, lay }) => {
    await expectParity({ x: floats('x', [2, 3, 2, channels]) }, ({ x }) => {
      const { values, indices } = tf.topk(lay(x!), 3);
      return { values, indices, ...withGradients('values', (a) => tf.topk(a, 2).values, lay(x!)) };
    });
  });

  it('of equal elements, integers, and places to insert', async () => {
    await expectParity(
      { x: given([1, 2, 2, 3, 1, 2]), n: integers('n', [3, 6], 0, 4), v: floats('v', [2, 5]) },
      (inputs) => {
        const { x, n, v } = inputs as { x: tf.Tensor; n: tf.Tensor; v: tf.Tensor };
        const ties = tf.topk(x, 6);
        const whole = tf.topk(n, 4);
        const sorted = tf.tensor2d([
          [-2, -1, 0, 0.5, 1, 3],
          [-3, -3, -3, 1, 1, 2],
        ]);
        return {
          ties: ties.indices,
          'tied values': ties.values,
          integers: whole.values,
          'integer places': whole.indices,
          nothing: tf.sum(tf.topk(x, 0).values),
          left: tf.searchSorted(sorted, v),
          right: tf.searchSorted(sorted, v, 'right'),
          lower: tf.lowerBound(sorted, v),
          upper: tf.upperBound(sorted, v),
          'in top k': tf.greaterEqual(x, tf.slice(ties.values, 2, 1)),
        };
      },
    );
  });

  it.each(['values', 'gather'] as const)('Lovász-softmax compiles, gradient through %s', async (order) => {
    await expectParity(
      { logits: floats('logits', [1, 6, 7, 2]), mask: integers('mask', [42], 0, 2) },
      ({ logits, mask }) => {
        const labels = tf.cast(mask!, 'float32');
        const loss = (x: tf.Tensor): tf.Tensor => {
          const foreground = tf.reshape(tf.slice(tf.softmax(x), [0, 0, 0, 1], [-1, -1, -1, 1]), [-1]);
          return lovasz(foreground, labels, order);
        };
        return withGradients('lovasz', loss, logits!);
      },
    );
  });
});
