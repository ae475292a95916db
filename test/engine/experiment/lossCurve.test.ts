import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-core/dist/register_all_gradients';
import { beforeAll, describe, expect, it } from 'vitest';
import { curvePoints, lossCurve } from '../../../src/engine/experiment/lossCurve';
import type { LossSpec } from '../../../src/engine/experiment/schema';
import { createLoss } from '../../../src/engine/losses/registry';

const points = [0.02, 0.1, 0.3, 0.5, 0.7, 0.9, 0.98];

beforeAll(async () => {
  await tf.setBackend('cpu');
});

/** Logits [1,H,W,2] and target of an image of `pixels` pixels, the first `foreground` of which are foreground. */
function image(margins: readonly number[], foreground: number): { logits: tf.Tensor4D; target: tf.Tensor4D } {
  const labels = margins.map((_, i) => (i < foreground ? 1 : 0));
  const shape: [number, number, number, number] = [1, 1, margins.length, 2];
  return {
    logits: tf.tensor4d(
      margins.flatMap((x, i) => (labels[i] === 1 ? [0, x] : [x, 0])),
      shape,
    ),
    target: tf.tensor4d(
      labels.flatMap((label) => (label === 1 ? [0, 1] : [1, 0])),
      shape,
    ),
  };
}

const logit = (pt: number): number => Math.log(pt / (1 - pt));

const pixelLosses: LossSpec[] = [
  { type: 'crossEntropy' },
  { type: 'crossEntropy', classWeights: [1, 3] },
  { type: 'crossEntropy', labelSmoothing: 0.2 },
  { type: 'focal', gamma: 2 },
  { type: 'focal', gamma: 0 },
  { type: 'focal', gamma: 0.5, alpha: 0.25 },
  { type: 'focal', gamma: 3, modulator: 'detached', classWeights: [2, 1] },
  { type: 'sum', terms: [{ type: 'focal', gamma: 1, weight: 0.3 }, { type: 'crossEntropy' }] },
];

describe('the curve of a loss per pixel', () => {
  it.each(pixelLosses.map((spec) => [createLoss(spec).label, spec] as const))('%s is that of training', (_, spec) => {
    const curve = lossCurve(spec, points);
    expect(curve.kind).toBe('pixel');
    const loss = createLoss(spec);
    for (const side of [0, 1] as const) {
      const of = side === 1 ? 'foreground' : 'background';
      const series = curve.series.find((each) => each.of === of) ?? curve.series[0]!;
      points.forEach((pt, i) => {
        const { logits, target } = image([logit(pt)], side);
        // One pixel alone: the mean is divided by its own class weight, which the curve does not do.
        const weight = spec.type === 'crossEntropy' ? (spec.classWeights ?? [1, 1])[side] : 1;
        expect(loss.reported(logits, target).dataSync()[0]! * weight).toBeCloseTo(series.loss[i]!, 4);
        const gradient = tf
          .grad((x) => loss.descended(x as tf.Tensor4D, target))(logits)
          .dataSync();
        expect(gradient[side]! * weight).toBeCloseTo(series.gradientLogit[i]!, 5);
        expect(series.gradientLogit[i]).toBeCloseTo(series.gradientPt[i]! * pt * (1 - pt), 10);
      });
    }
  });

  it('a detached modulator descends another function, whose slope is the gradient', () => {
    const { series } = lossCurve({ type: 'focal', gamma: 2, modulator: 'detached' }, [0.4, 0.4001]);
    const { effective, loss, gradientPt } = series[0]!;
    expect((effective![1]! - effective![0]!) / 0.0001).toBeCloseTo(gradientPt[0]!, 3);
    expect((loss[1]! - loss[0]!) / 0.0001).not.toBeCloseTo(gradientPt[0]!, 1);
    const target = image([0], 1).target;
    const value = createLoss({ type: 'focal', gamma: 2, modulator: 'detached' }).effective(
      image([logit(0.4)], 1).logits,
      target,
    );
    expect(value.dataSync()[0]).toBeCloseTo(effective![0]!, 5);
  });

  it('is not drawn where no closed form is known', () => {
    expect(lossCurve({ type: 'focal', gamma: 1.5, modulator: 'detached' }, points).series[0]!.effective).toBeNull();
    expect(lossCurve({ type: 'focal', gamma: 1.5 }, points).series[0]!.effective).toBeNull();
  });

  it('both classes share one when they are alike', () => {
    expect(lossCurve({ type: 'focal' }, points).series.map(({ of }) => of)).toEqual(['any']);
    expect(lossCurve({ type: 'focal', alpha: 0.25 }, points).series.map(({ of }) => of)).toEqual([
      'background',
      'foreground',
    ]);
  });
});

describe('the curve of a loss of whole images', () => {
  const dice: LossSpec[] = [
    { type: 'dice' },
    { type: 'dice', includeBackground: false },
    { type: 'dice', squared: true },
    {
      type: 'sum',
      terms: [{ type: 'dice' }, { type: 'crossEntropy', classWeights: [1, 3], weight: 0.5 }, { type: 'focal' }],
    },
  ];
  it.each(dice.map((spec) => [createLoss(spec).label, spec] as const))('%s is that of training', (_, spec) => {
    const curve = lossCurve(spec, points, 0.25);
    expect(curve.kind).toBe('image');
    const { loss: values, gradientLogit } = curve.series[0]!;
    const loss = createLoss(spec);
    points.forEach((pt, i) => {
      const { logits, target } = image(Array<number>(40).fill(logit(pt)), 10);
      expect(loss.reported(logits, target).dataSync()[0]).toBeCloseTo(values[i]!, 4);
      const gradient = tf
        .grad((x) => loss.descended(x as tf.Tensor4D, target))(logits)
        .dataSync();
      // All pixels move together: the slope is the sum of what each one's true class gets.
      const total = Array.from(gradient)
        .filter((_, at) => at % 2 === (at < 20 ? 1 : 0))
        .reduce((sum, value) => sum + value, 0);
      expect(total).toBeCloseTo(gradientLogit[i]!, 5);
    });
  });
});

it('points lie strictly between 0 and 1, in order', () => {
  const pt = curvePoints();
  expect(pt[0]).toBeGreaterThan(0);
  expect(pt.at(-1)).toBeLessThan(1);
  expect(pt.every((value, i) => i === 0 || value > pt[i - 1]!)).toBe(true);
});
