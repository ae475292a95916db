import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import type { LossSpec } from '../../../src/engine/experiment/schema';
import { focal } from '../../../src/engine/losses/focal';
import { eachImage, type LossFunction } from '../../../src/engine/losses/loss';
import { createLoss } from '../../../src/engine/losses/registry';
import { stopGradient } from '../../../src/engine/losses/stopGradient';
import { evaluate, goldenCase, oneHot, relativeError } from './cases';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

const specs: LossSpec[] = [
  { type: 'crossEntropy' },
  { type: 'crossEntropy', classWeights: [1, 3] },
  { type: 'crossEntropy', classWeights: [1, 3], labelSmoothing: 0.1 },
  { type: 'focal', gamma: 0 },
  { type: 'focal', gamma: 0.5 },
  { type: 'focal', gamma: 2 },
  { type: 'focal', gamma: 2, alpha: 0.25 },
  { type: 'focal', gamma: 5, modulator: 'detached', classWeights: [1, 3] },
  { type: 'dice' },
  { type: 'dice', reduce: 'batch', smooth: 0, includeBackground: false },
  { type: 'dice', squared: true },
  { type: 'sum', terms: [{ type: 'dice' }, { type: 'crossEntropy', weight: 0.5 }] },
  {
    type: 'sum',
    terms: [
      { type: 'focal', modulator: 'detached' },
      { type: 'crossEntropy', weight: 0.5 },
    ],
  },
];
const named = specs.map(
  (spec) => [createLoss(spec).label + (spec.type === 'dice' ? JSON.stringify(spec) : ''), spec] as const,
);

/** One pixel per column of `margins`: logits (0, margin), half of the batch of each class. */
function saturated(margins: number[], labels: number[]): { logits: tf.Tensor4D; target: tf.Tensor4D } {
  const shape: [number, number, number] = [1, 1, margins.length];
  const logits = tf.tensor4d(
    margins.flatMap((x) => [-x / 2, x / 2]),
    [1, 1, margins.length, 2],
  );
  return { logits, target: oneHot(labels, shape) };
}

describe.each(named)('%s', (_name, spec) => {
  it('of each image of a batch is what the image has alone', () => {
    const { logits, target } = goldenCase();
    const [batch, height, width] = logits.shape;
    expect(batch).toBeGreaterThan(1);
    const { reported, effective } = createLoss(spec);
    const of = (loss: LossFunction): void => {
      const together = loss<tf.Tensor1D>(logits, target, eachImage);
      expect(together.shape).toEqual([batch]);
      const alone = Array.from({ length: batch }, (_, image) => {
        const own = (x: tf.Tensor4D): tf.Tensor4D => tf.slice(x, [image, 0, 0, 0], [1, height, width, 2]);
        return loss(own(logits), own(target)).dataSync()[0]!;
      });
      expect(relativeError(together.dataSync(), alone)).toBeLessThan(1e-6);
    };
    of(reported);
    if (!(spec.type === 'focal' && !Number.isInteger(spec.gamma ?? 2))) of(effective);
  });

  const functions = () => {
    const { reported, descended, effective } = createLoss(spec);
    return { reported, descended, effective };
  };

  it.each([
    ['confidently right and wrong', [-200, 200, -200, 200, -2000, 2000], [0, 0, 1, 1, 0, 0]],
    ['all right', [-200, 200], [0, 1]],
    ['no foreground', [-200, 200, -1], [0, 0, 0]],
    ['no background', [-200, -200, -200], [1, 1, 1]],
    ['no foreground and none predicted', [-2000, -2000], [0, 0]],
  ])('has a finite value and gradient at saturated logits: %s', (_case, margins, labels) => {
    const { logits, target } = saturated(margins, labels);
    for (const loss of Object.values(functions())) {
      const { value, gradient } = evaluate(loss, logits, target);
      expect(Number.isFinite(value)).toBe(true);
      expect(gradient.every(Number.isFinite)).toBe(true);
    }
  });

  it('has a gradient that agrees with finite differences', () => {
    // Where a factor is detached, only the effective loss is a potential of the gradient.
    const { effective, descended } = functions();
    const { logits, target } = goldenCase();
    const { gradient } = evaluate(descended, logits, target);
    const direction = tf.tensor4d(
      Array.from({ length: logits.size }, (_, i) => Math.sin(7 * i + 1)),
      logits.shape,
    );
    const at = (step: number): number => effective(tf.add(logits, tf.mul(direction, step)), target).dataSync()[0]!;
    const slope = (at(1e-2) - at(-1e-2)) / 2e-2;
    const planarDirection = tf.transpose(direction, [0, 3, 1, 2]).dataSync();
    const expected = gradient.reduce((total, g, i) => total + g * planarDirection[i]!, 0);
    expect(Math.abs(slope - expected)).toBeLessThan(2e-4);
  });

  it('has pixels whose mean is the reported loss', () => {
    const { reported, pixels } = createLoss(spec);
    const { logits, target } = goldenCase();
    if (pixels === undefined) return expect(JSON.stringify(spec)).toContain('dice');
    const values = pixels(logits, target);
    expect(values.shape).toEqual([2, 3, 4]);
    const mean = tf.mean(values).dataSync();
    expect(relativeError(mean, reported(logits, target).dataSync())).toBeLessThan(1e-6);
  });

  it('does not change when a constant is added to both logits', () => {
    const { logits, target } = goldenCase();
    const { reported } = createLoss(spec);
    const shifted = reported(tf.add(logits, 3), target).dataSync();
    expect(relativeError(shifted, reported(logits, target).dataSync())).toBeLessThan(1e-5);
  });
});

describe('soft targets', () => {
  it('give cross-entropy the value of label smoothing by hand', () => {
    const { logits, target } = goldenCase();
    const soft = tf.add<tf.Tensor4D>(tf.mul(target, 0.9), 0.05);
    const bySpec = createLoss({ type: 'crossEntropy', labelSmoothing: 0.1 }).reported(logits, target).dataSync();
    const byHand = createLoss({ type: 'crossEntropy' }).reported(logits, soft).dataSync();
    expect(relativeError(byHand, bySpec)).toBeLessThan(1e-6);
  });
});

describe('precision in the tails', () => {
  it('keeps the small loss and gradient of a confidently right pixel', () => {
    const { logits, target } = saturated([20], [1]);
    const { value, gradient } = evaluate(createLoss({ type: 'crossEntropy' }).reported, logits, target);
    const exact = Math.log1p(Math.exp(-20));
    expect(Math.abs(value / exact - 1)).toBeLessThan(1e-5);
    expect(Math.abs(gradient[0]! / exact - 1)).toBeLessThan(1e-5);
  });
});

describe('createLoss', () => {
  it('knows the kind of each loss', () => {
    expect(createLoss({ type: 'crossEntropy' }).kind).toBe('pixel');
    expect(createLoss({ type: 'dice' }).kind).toBe('region');
    expect(createLoss({ type: 'sum', terms: [{ type: 'dice' }] }).kind).toBe('sum');
  });

  it('has an effective loss of its own only where a factor is detached', () => {
    const effectiveIsReported = (spec: LossSpec): boolean => {
      const { reported, effective } = createLoss(spec);
      return reported === effective;
    };
    expect(effectiveIsReported({ type: 'focal' })).toBe(true);
    expect(effectiveIsReported({ type: 'focal', modulator: 'detached' })).toBe(false);
    expect(effectiveIsReported({ type: 'sum', terms: [{ type: 'dice' }, { type: 'focal' }] })).toBe(true);
    expect(effectiveIsReported({ type: 'sum', terms: [{ type: 'focal', modulator: 'detached' }] })).toBe(false);
  });

  it('trains with a broken γ, but says that its effective loss is not known', () => {
    const { logits, target } = goldenCase();
    const { reported, effective } = focal({ gamma: 1.5, modulator: 'detached' });
    expect(Number.isFinite(evaluate(reported, logits, target).value)).toBe(true);
    expect(() => effective(logits, target)).toThrow(/not known for γ = 1.5/);
  });

  it('nests sums and multiplies their weights', () => {
    const { logits, target } = goldenCase();
    const nested = createLoss({
      type: 'sum',
      terms: [{ type: 'sum', weight: 2, terms: [{ type: 'crossEntropy', weight: 0.25 }] }],
    });
    const plain = createLoss({ type: 'crossEntropy' });
    const expected = tf.mul(plain.reported(logits, target), 0.5).dataSync();
    expect(relativeError(nested.reported(logits, target).dataSync(), expected)).toBeLessThan(1e-6);
  });
});

describe('stopGradient', () => {
  it('keeps the value and makes it a constant', () => {
    const x = tf.tensor1d([2, -3]);
    const { value, grad } = tf.valueAndGrad((v: tf.Tensor) => tf.sum(tf.mul(stopGradient(tf.square(v)), v)))(x);
    expect(value.dataSync()[0]).toBe(4 * 2 - 9 * 3);
    expect([...grad.dataSync()]).toEqual([4, 9]);
  });
});
