import * as tf from '@tensorflow/tfjs-core';
import { slug } from '../../runs/slug';
import { lossLabel, lossName } from '../experiment/lossLabel';
import type { LossSpec } from '../experiment/schema';
import { eachImage } from '../losses/loss';
import { createLoss } from '../losses/registry';
import { calibration } from './calibration';
import type { Measure } from './measure';
import { once, pixels } from './pixels';

/**
 * The measures of a list of losses: the reported value of each and, where a factor is detached, the function that is really
 * descended; after them accuracy, IoU, mean confidences and calibration.
 *
 * The effective function of a detached focal loss is known for a whole γ only; for others it is left out, and named in
 * `unknown`.
 */
export function measuresOf(losses: readonly LossSpec[]): { measures: Measure[]; unknown: string[] } {
  const keys = new Set<string>();
  const unique = (text: string): string => {
    for (let n = 1; ; n++) {
      const key = n === 1 ? text : `${text}-${n}`;
      if (!keys.has(key)) return keys.add(key) && key;
    }
  };
  const unknown: string[] = [];
  const measures = losses.flatMap((spec): Measure[] => {
    const loss = createLoss(spec);
    const name = lossName(spec);
    const label = spec.name === undefined || spec.name === loss.label ? loss.label : `${spec.name}: ${loss.label}`;
    const key = unique(`loss.${slug(name) || 'loss'}`);
    const measure = (variant: 'reported' | 'effective', text: string, file: string): Measure => ({
      key: file,
      quantity: { label: text, kind: 'loss', loss: { name, variant } },
      of: (logits, target) => loss[variant]<tf.Tensor1D>(logits, target, eachImage),
    });
    const reported = measure('reported', label, key);
    if (loss.effective === loss.reported) return [reported];
    if (!hasPotential(spec)) {
      unknown.push(lossLabel(spec));
      return [reported];
    }
    return [reported, measure('effective', `${label}, as descended`, unique(`${key}.effective`))];
  });
  return { measures: [...measures, ...metrics, ...calibration], unknown };
}

/** Whether the function is known whose gradient a loss with detached factors gives. */
function hasPotential(spec: LossSpec): boolean {
  if (spec.type === 'sum') return spec.terms.every(hasPotential);
  return spec.type !== 'focal' || spec.modulator !== 'detached' || Number.isInteger(spec.gamma ?? 2);
}

/*
 * The same definitions as in `metrics/` (whose functions work on arrays): a pixel is foreground where its foreground logit
 * is the larger one.
 */

const counts = once((logits: tf.Tensor4D, target: tf.Tensor4D) => {
  const { predicted, foreground } = pixels(logits, target);
  const sum = (x: tf.Tensor): tf.Tensor1D => tf.sum(x, eachImage);
  const both = sum(tf.mul(predicted, foreground));
  const union = tf.sub<tf.Tensor1D>(tf.add(sum(predicted), sum(foreground)), both);
  return { both, union, size: predicted.size / predicted.shape[0] };
});

/** Mean of the pixels of a class. @param x, truth [B,H,W,1]. */
function shareOf(x: tf.Tensor, truth: tf.Tensor): tf.Tensor1D {
  return tf.div(tf.sum(tf.mul(x, truth), eachImage), tf.maximum(tf.sum(truth, eachImage), 1));
}

const metrics: readonly Measure[] = [
  {
    key: 'accuracy',
    quantity: { label: 'accuracy', kind: 'metric' },
    of(logits, target) {
      const { both, union, size } = counts(logits, target);
      return tf.mul(tf.add(tf.sub(both, union), size), 1 / size);
    },
  },
  {
    key: 'iou',
    quantity: { label: 'IoU', kind: 'metric' },
    of(logits, target) {
      const { both, union } = counts(logits, target);
      // Counts are whole numbers: where the union is empty, so is the intersection, and the IoU is 1 by definition.
      const empty = tf.relu(tf.sub(1, union));
      return tf.div(tf.add(both, empty), tf.add(union, empty));
    },
  },
  {
    key: 'confidence-background',
    quantity: { label: 'mean confidence, background', kind: 'metric' },
    definedFor: (background) => background > 0,
    of(logits, target) {
      const { foreground, margin } = pixels(logits, target);
      const truth = tf.sub(1, foreground);
      return shareOf(tf.sigmoid(tf.neg(margin)), truth);
    },
  },
  {
    key: 'confidence-foreground',
    quantity: { label: 'mean confidence, foreground', kind: 'metric' },
    definedFor: (_, foreground) => foreground > 0,
    of(logits, target) {
      const { foreground, margin } = pixels(logits, target);
      return shareOf(tf.sigmoid(margin), foreground);
    },
  },
];
