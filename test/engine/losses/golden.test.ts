import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { crossEntropy } from '../../../src/engine/losses/crossEntropy';
import { dice } from '../../../src/engine/losses/dice';
import { focal } from '../../../src/engine/losses/focal';
import type { LossFunction, UnlabelledLoss } from '../../../src/engine/losses/loss';
import { sum } from '../../../src/engine/losses/sum';
import { evaluate, golden, goldenCase, relativeError } from './cases';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

interface Case {
  ours: LossFunction;
  /** theirs = scale · ours + offset, where a library counts differently. */
  scale?: number;
  offset?: number;
}

const one = (loss: UnlabelledLoss): LossFunction => loss.reported;
const half = { scale: 0.5 }; // MONAI's softmax focal also averages over the two classes
const classWeights = [1, 3] as const;

const cases: Record<string, Case> = {
  'torch.ce': { ours: one(crossEntropy()) },
  'torch.ce.w13': { ours: one(crossEntropy({ classWeights })) },
  'torch.ce.ls0.1': { ours: one(crossEntropy({ labelSmoothing: 0.1 })) },
  'torch.ce.w13.ls0.1': { ours: one(crossEntropy({ classWeights, labelSmoothing: 0.1 })) },
  'torch.ce.w13.probTargets': { ours: one(crossEntropy({ classWeights, divideBy: 'pixels' })) },
  'smp.softCE.1': { ours: one(crossEntropy({ labelSmoothing: 0.1 })) },
  'monai.focal.softmax': { ours: one(focal()), ...half },
  'monai.focal.softmax.a.25': { ours: one(focal({ alpha: 0.25 })), ...half },
  'monai.focal.softmax.w13': { ours: one(focal({ classWeights })), ...half },
  'smp.focal.binary(z1-z0)': { ours: one(focal()) },
  'monai.dice': { ours: one(dice()) },
  'monai.dice.noBg': { ours: one(dice({ includeBackground: false })) },
  'monai.dice.sq': { ours: one(dice({ squared: true })) },
  'monai.dice.batch': { ours: one(dice({ reduce: 'batch' })) },
  'smp.dice': { ours: one(dice({ reduce: 'batch', smooth: 0 })) },
  'smp.dice.binary(z1-z0)': { ours: one(dice({ reduce: 'batch', smooth: 0, includeBackground: false })) },
  'nnunet.meSoftDice.sample': { ours: one(dice({ includeBackground: false })), offset: -1 },
  'nnunet.meSoftDice.batch': { ours: one(dice({ includeBackground: false, reduce: 'batch' })), offset: -1 },
  'monai.diceCE': {
    ours: one(
      sum([
        { weight: 1, loss: dice() },
        { weight: 1, loss: crossEntropy() },
      ]),
    ),
  },
};
for (const gamma of [1, 2, 3, 5]) {
  cases[`focal.full.g${gamma}`] = { ours: one(focal({ gamma })) };
  cases[`seed.focal.detached.g${gamma}`] = { ours: one(focal({ gamma, modulator: 'detached' })) };
  cases[`seed.focal.effectivePotential.g${gamma}`] = { ours: focal({ gamma, modulator: 'detached' }).effective };
}

describe('losses agree with published implementations in value and gradient', () => {
  it.each(Object.entries(cases))('%s', (name, { ours, scale = 1, offset = 0 }) => {
    const expected = golden.losses[name]!;
    const { logits, target } = goldenCase();
    const { value, gradient } = evaluate(ours, logits, target);
    expect(relativeError([scale * value + offset], [expected.value])).toBeLessThan(1e-5);
    expect(
      relativeError(
        gradient.map((g) => scale * g),
        expected.dlogits,
      ),
    ).toBeLessThan(1e-5);
  });
});

describe('the gradient of a detached focal loss', () => {
  it.each([1, 2, 3, 5])('is that of its effective potential, γ = %d', (gamma) => {
    const { logits, target } = goldenCase();
    const { reported, effective } = focal({ gamma, modulator: 'detached', classWeights });
    const followed = evaluate(reported, logits, target).gradient;
    expect(relativeError(evaluate(effective, logits, target).gradient, followed)).toBeLessThan(1e-5);
  });
});
