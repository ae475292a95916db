import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-core/dist/register_all_gradients';
import { beforeAll, describe, expect, it } from 'vitest';
import { randomFor } from '../../../../src/engine/data/random';
import type { LossSpec } from '../../../../src/engine/experiment/schema';
import {
  effectiveLoss,
  effectiveLossMap,
  gradientMap,
  isDetached,
  lossMap,
  noPixelLoss,
  reportedLoss,
  type LabelledMap,
} from '../../../../src/engine/insight/maps';
import { createLoss } from '../../../../src/engine/losses/registry';
import { discImage, lossSpecs } from './cases';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

const named = lossSpecs.map((spec) => [createLoss(spec).label, spec] as const);
const ofPixels = named.filter(([, spec]) => noPixelLoss(spec) === null);
const ofRegions = named.filter(([, spec]) => noPixelLoss(spec) !== null);

/** The tensors of an image: the margin is shared out unevenly over the two logits, as networks do. */
function tensors({ margin, labels, height, width }: LabelledMap): { logits: tf.Tensor4D; target: tf.Tensor4D } {
  const logits = new Float32Array(2 * margin.length);
  const target = new Float32Array(2 * margin.length);
  for (let i = 0; i < margin.length; i++) {
    logits[2 * i] = -0.3 * margin[i]!;
    logits[2 * i + 1] = 0.7 * margin[i]!;
    target[2 * i + labels[i]!] = 1;
  }
  const shape: [number, number, number, number] = [1, height, width, 2];
  return { logits: tf.tensor4d(logits, shape), target: tf.tensor4d(target, shape) };
}

const mean = (values: Float32Array) => values.reduce((sum, value) => sum + value, 0) / values.length;
const image = discImage(18, 23, 2.5, 1);

describe('the loss of every pixel', () => {
  it.each(ofPixels)('averages to the reported loss of training: %s', (_, spec) => {
    const { logits, target } = tensors(image);
    const loss = createLoss(spec);
    const reported = loss.reported(logits, target).dataSync()[0]!;
    const { values } = lossMap(image, spec);
    expect(Math.abs(mean(values!) - reported)).toBeLessThan(1e-5);
    expect(Math.abs(reportedLoss(image, spec)! - reported)).toBeLessThan(1e-5);
    const pixels = loss.pixels!(logits, target).dataSync();
    values!.forEach((value, i) => expect(Math.abs(value - pixels[i]!)).toBeLessThan(1e-4 * (1 + value)));
  });

  it.each(ofRegions)('does not exist, in words, but the loss of the image does: %s', (_, spec) => {
    const { values, reason } = lossMap(image, spec);
    expect(values).toBeNull();
    expect(reason).toContain('ratio of sums over the whole image');
    const { logits, target } = tensors(image);
    expect(reportedLoss(image, spec)).toBeCloseTo(createLoss(spec).reported(logits, target).dataSync()[0]!, 5);
  });

  it('needs a target', () => {
    const unlabelled = { ...image, labels: null };
    expect(lossMap(unlabelled, { type: 'crossEntropy' }).reason).toContain('no mask');
    expect(gradientMap(unlabelled, { type: 'dice' }).reason).toContain('no mask');
    expect(reportedLoss(unlabelled, { type: 'dice' })).toBeNull();
  });
});

describe('the gradient of every pixel', () => {
  it.each(named)('is that of training: %s', (_, spec) => {
    const { logits, target } = tensors(image);
    const { descended } = createLoss(spec);
    const gradient = tf
      .grad((x) => descended(x as tf.Tensor4D, target))(logits)
      .dataSync();
    const { values } = gradientMap(image, spec);
    const pixels = image.margin.length;
    for (let i = 0; i < pixels; i++) {
      const tolerance = 1e-5 * (1 + Math.abs(values![i]!));
      expect(Math.abs(values![i]! - gradient[2 * i + 1]! * pixels)).toBeLessThan(tolerance);
      expect(Math.abs(values![i]! + gradient[2 * i]! * pixels)).toBeLessThan(tolerance);
    }
  });

  it.each(named)('is a finite difference of the function that is really descended: %s', (_, spec) => {
    const { values } = gradientMap(image, spec);
    const pixels = image.margin.length;
    const random = randomFor(5, 'finite differences');
    const step = 2 ** -8;
    for (let n = 0; n < 25; n++) {
      const i = random.integer(pixels);
      const at = (change: number) => {
        const margin = image.margin.slice();
        margin[i]! += change;
        return effectiveLoss({ ...image, margin }, spec)!;
      };
      // Rounded to float32, the two margins are not exactly 2 steps apart.
      const apart = Math.fround(image.margin[i]! + step) - Math.fround(image.margin[i]! - step);
      const difference = (at(step) - at(-step)) / apart;
      expect(Math.abs(difference * pixels - values![i]!)).toBeLessThan(1e-4 * (1 + Math.abs(values![i]!)));
    }
  });

  it('does not depend on the size of the image', () => {
    const twice: LabelledMap = {
      height: 2 * image.height,
      width: image.width,
      margin: Float32Array.of(...image.margin, ...image.margin),
      labels: Uint8Array.of(...image.labels, ...image.labels),
    };
    for (const spec of lossSpecs) {
      // A large smoothing constant counts less in a larger image.
      if (spec.type === 'dice' && spec.smooth === 1) continue;
      const once = gradientMap(image, spec).values!;
      const double = gradientMap(twice, spec).values!;
      once.forEach((value, i) => expect(double[i]!).toBeCloseTo(value, 5));
    }
  });
});

describe('the effective loss', () => {
  it.each(named)('is that of training: %s', (_, spec) => {
    const { logits, target } = tensors(image);
    const effective = createLoss(spec).effective(logits, target).dataSync()[0]!;
    expect(effectiveLoss(image, spec)).toBeCloseTo(effective, 4);
    if (!isDetached(spec)) expect(effectiveLoss(image, spec)).toBe(reportedLoss(image, spec));
    else expect(effectiveLoss(image, spec)).not.toBeCloseTo(reportedLoss(image, spec)!, 3);
  });

  it('is not known for a detached modulator with a broken exponent, and says so', () => {
    const spec: LossSpec = { type: 'focal', gamma: 1.5, modulator: 'detached' };
    expect(effectiveLoss(image, spec)).toBeNull();
    expect(effectiveLossMap(image, spec).reason).toContain('γ = 1.5');
    expect(lossMap(image, spec).values).not.toBeNull();
    expect(gradientMap(image, spec).values).not.toBeNull();
  });

  it('loses no digits where a pixel is nearly certain', () => {
    const certain: LabelledMap = { height: 1, width: 1, margin: Float32Array.of(10), labels: Uint8Array.of(1) };
    const q = 1 / (1 + Math.exp(10));
    // The tail of the series q^j / j from j = 4 on.
    const expected = q ** 4 / 4 + q ** 5 / 5;
    const value = effectiveLoss(certain, { type: 'focal', gamma: 3, modulator: 'detached' })!;
    expect(Math.abs(value / expected - 1)).toBeLessThan(1e-8);
  });
});

describe('margins beyond all measure', () => {
  const margin = Float32Array.of(-100, -100, 100, 100, 0, 0, -60, 60);
  const labels = Uint8Array.of(0, 1, 0, 1, 0, 1, 0, 1);
  const extreme: LabelledMap = { height: 2, width: 4, margin, labels };

  it.each(named)('leave every value finite: %s', (_, spec) => {
    expect(reportedLoss(extreme, spec)).not.toBeNaN();
    expect(gradientMap(extreme, spec).values!.every(Number.isFinite)).toBe(true);
    const { values } = lossMap(extreme, spec);
    if (values) expect([...values].every((value) => Number.isFinite(value) && value >= 0)).toBe(true);
  });

  it('cost what they should', () => {
    const crossEntropy = lossMap(extreme, { type: 'crossEntropy' }).values!;
    expect([...crossEntropy.slice(0, 4)]).toEqual([Math.fround(Math.exp(-100)), 100, 100, Math.fround(Math.exp(-100))]);
    expect(crossEntropy[4]).toBeCloseTo(Math.LN2, 6);
    const gradient = gradientMap(extreme, { type: 'crossEntropy' }).values!;
    expect(gradient[1]).toBe(-1);
    expect(gradient[2]).toBe(1);
    expect(gradient[7]).toBe(-Math.fround(Math.exp(-60)));
    // Surely wrong: the modulator is 1, and full and detached agree.
    expect(gradientMap(extreme, { type: 'focal', gamma: 3 }).values![1]).toBeCloseTo(-1, 6);
  });
});
