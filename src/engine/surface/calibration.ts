import * as tf from '@tensorflow/tfjs-core';
import { eachImage } from '../losses/loss';
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
 * Sum over bins of |sum of the values in the bin| for each column, [B, columns].
 * @param probability [B,N]; @param columns each [B,N].
 * @param first bins below this one hold nothing.
 */
function binned(probability: tf.Tensor2D, columns: readonly tf.Tensor[], first: number): tf.Tensor2D {
  const [images, pixels] = probability.shape;
  const edges = tf.tensor(
    Array.from({ length: bins - first }, (_, i) => (i + first) / bins),
    [1, bins - first, 1],
  );
  const above = tf.cast(tf.greaterEqual(tf.reshape(probability, [images, 1, pixels]), edges), 'float32');
  const sums = tf.matMul(above, tf.stack([...columns], 2));
  const next = tf.concat([tf.slice(sums, [0, 1, 0]), tf.zeros([images, 1, columns.length])], 1);
  return tf.sum(tf.abs(tf.sub(sums, next)), 1);
}

/** All [B,N]. */
interface Flat {
  /** P(foreground), and it minus the label. */
  readonly p: tf.Tensor2D;
  readonly difference: tf.Tensor2D;
  readonly truth: tf.Tensor2D;
  readonly predicted: tf.Tensor2D;
}

const flat = once((logits: tf.Tensor4D, target: tf.Tensor4D): Flat => {
  const { foreground, margin, predicted } = pixels(logits, target);
  const p = flattened(tf.sigmoid(margin));
  const truth = flattened(foreground);
  return { p, difference: tf.sub(p, truth), truth, predicted: flattened(predicted) };
});

/** [B,H,W,1] -> [B,N]. */
function flattened(x: tf.Tensor): tf.Tensor2D {
  return tf.reshape(x, [x.shape[0], -1]);
}

/** All three errors of the top label, [B,3]: over all pixels, the true foreground, the band. Sums, not yet divided. */
const topLabel = once((logits: tf.Tensor4D, target: tf.Tensor4D, band: tf.Tensor4D): tf.Tensor2D => {
  const { p, difference, truth, predicted } = flat(logits, target);
  // q = p or 1 - p; q - hit is + or - (p - label).
  const sign = tf.sub(tf.mul(predicted, 2), 1);
  const q = tf.add<tf.Tensor2D>(tf.mul(sign, p), tf.sub(1, predicted));
  const own = tf.mul(sign, difference);
  return binned(q, [own, tf.mul(own, truth), tf.mul(own, flattened(band))], Math.floor(bins / 2));
});

/** One column of sums as a mean over so many pixels. */
const share = (sums: tf.Tensor2D, place: number, of: tf.Tensor | number): tf.Tensor1D =>
  tf.div(tf.reshape(tf.slice(sums, [0, place], [sums.shape[0], 1]), [-1]), of);

const atLeastOne = (x: tf.Tensor2D): tf.Tensor => tf.maximum(tf.sum(x, 1), 1);

const metric = (label: string): Measure['quantity'] => ({ label, kind: 'metric' });

const likelihood = createLoss({ type: 'crossEntropy' });

/** Calibration, under the names of the columns of `metrics.csv`. */
export const calibration: readonly Measure[] = [
  {
    key: 'ece',
    quantity: metric('ECE of P(foreground)'),
    of(logits, target) {
      const { p, difference } = flat(logits, target);
      return share(binned(p, [difference], 0), 0, p.shape[1]);
    },
  },
  {
    key: 'ece-top-label',
    quantity: metric('ECE of the top label'),
    of: (logits, target, band) => share(topLabel(logits, target, band), 0, band.size / band.shape[0]),
  },
  {
    key: 'ece-foreground',
    quantity: metric('ECE of the top label, foreground'),
    definedFor: (_, foreground) => foreground > 0,
    of: (logits, target, band) => share(topLabel(logits, target, band), 1, atLeastOne(flat(logits, target).truth)),
  },
  {
    key: 'ece-boundary',
    quantity: metric('ECE of the top label, around the boundary'),
    definedFor: (_background, _foreground, band) => band > 0,
    of: (logits, target, band) => share(topLabel(logits, target, band), 2, atLeastOne(flattened(band))),
  },
  {
    key: 'nll',
    quantity: metric('negative log-likelihood'),
    // By definition; and where cross-entropy is among the losses, the graph has it already.
    of: (logits, target) => likelihood.reported<tf.Tensor1D>(logits, target, eachImage),
  },
  {
    key: 'brier',
    quantity: metric('Brier score'),
    of: (logits, target) => tf.mean(tf.square(flat(logits, target).difference), 1),
  },
];
