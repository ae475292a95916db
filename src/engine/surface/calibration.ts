import * as tf from '@tensorflow/tfjs-core';
import { createLoss } from '../losses/registry';
import { once, pixels } from './pixels';
import type { Measure } from './measure';

/*
 * The calibration metrics of `metrics/calibration.ts` (see there for definitions and papers) as operations of the graph:
 * 15 equal bins of probability; within a bin only the sum of probability − hit counts.
 *
 * A histogram has no cheap operation. But the sum of the pixels at or above each bin's lower edge is a matrix product of 0s and
 * 1s with the values, and neighbouring sums differ by what is in the bin.
 */
const bins = 15;

/**
 * Sum over bins of |sum of the values in the bin| for each column.
 * @param probability [N]; @param columns each [N].
 * @param first bins below this one hold nothing.
 */
function binned(probability: tf.Tensor, columns: readonly tf.Tensor[], first: number): tf.Tensor {
  const edges = tf.tensor(
    Array.from({ length: bins - first }, (_, i) => (i + first) / bins),
    [bins - first, 1],
  );
  const above = tf.cast(tf.greaterEqual(tf.reshape(probability, [1, -1]), edges), 'float32');
  const sums = tf.matMul(above, tf.stack([...columns], 1));
  const next = tf.concat([tf.slice(sums, [1, 0]), tf.zeros([1, columns.length])], 0);
  return tf.sum(tf.abs(tf.sub(sums, next)), 0);
}

interface Flat {
  /** P(foreground), and it minus the label. */
  readonly p: tf.Tensor;
  readonly difference: tf.Tensor;
  readonly truth: tf.Tensor;
  readonly margin: tf.Tensor;
  readonly predicted: tf.Tensor;
}

const flat = once((logits: tf.Tensor4D, target: tf.Tensor4D): Flat => {
  const { foreground, margin, predicted } = pixels(logits, target);
  const p = tf.reshape(tf.sigmoid(margin), [-1]);
  const truth = tf.reshape(foreground, [-1]);
  return { p, difference: tf.sub(p, truth), truth, margin, predicted: tf.reshape(predicted, [-1]) };
});

/** All three errors of the top label, [3]: over all pixels, the true foreground, the band. Sums, not yet divided. */
const topLabel = once((logits: tf.Tensor4D, target: tf.Tensor4D, band: tf.Tensor4D): tf.Tensor => {
  const { p, difference, truth, predicted } = flat(logits, target);
  // q = p or 1 - p; q - hit is + or - (p - label).
  const sign = tf.sub(tf.mul(predicted, 2), 1);
  const q = tf.add(tf.mul(sign, p), tf.sub(1, predicted));
  const own = tf.mul(sign, difference);
  return binned(q, [own, tf.mul(own, truth), tf.mul(own, tf.reshape(band, [-1]))], Math.floor(bins / 2));
});

const share = (sums: tf.Tensor, place: number, of: tf.Tensor | number): tf.Scalar =>
  tf.div(tf.reshape(tf.slice(sums, [place], [1]), []), of);

const metric = (label: string): Measure['quantity'] => ({ label, kind: 'metric' });

/** Calibration, under the names of the columns of `metrics.csv`. */
export const calibration: readonly Measure[] = [
  {
    key: 'ece',
    quantity: metric('ECE of P(foreground)'),
    of(logits, target) {
      const { p, difference } = flat(logits, target);
      return share(binned(p, [difference], 0), 0, p.size);
    },
  },
  {
    key: 'ece-top-label',
    quantity: metric('ECE of the top label'),
    of: (logits, target, band) => share(topLabel(logits, target, band), 0, band.size),
  },
  {
    key: 'ece-foreground',
    quantity: metric('ECE of the top label, foreground'),
    definedFor: (_, foreground) => foreground > 0,
    of: (logits, target, band) =>
      share(topLabel(logits, target, band), 1, tf.maximum(tf.sum(flat(logits, target).truth), 1)),
  },
  {
    key: 'ece-boundary',
    quantity: metric('ECE of the top label, around the boundary'),
    definedFor: (_background, _foreground, band) => band > 0,
    of: (logits, target, band) => share(topLabel(logits, target, band), 2, tf.maximum(tf.sum(band), 1)),
  },
  {
    key: 'nll',
    quantity: metric('negative log-likelihood'),
    // By definition; and where cross-entropy is among the losses, the graph has it already.
    of: createLoss({ type: 'crossEntropy' }).reported,
  },
  {
    key: 'brier',
    quantity: metric('Brier score'),
    of: (logits, target) => tf.mean(tf.square(flat(logits, target).difference)),
  },
];
