import type { LossSpec } from '../../experiment/lossSchema';

/** A loss that is no sum. */
export type PlainLoss = Exclude<LossSpec, { type: 'sum' }>;
export type DiceSpec = Extract<LossSpec, { type: 'dice' }>;

/** One of the losses that a loss adds up, with the product of the weights that lead to it. */
export interface LossTerm {
  readonly weight: number;
  readonly spec: PlainLoss;
}

/** The terms of a loss, sums within sums taken apart: loss = sum over terms of weight · term. */
export function lossTerms(spec: LossSpec, weight = 1): LossTerm[] {
  return spec.type === 'sum'
    ? spec.terms.flatMap((term) => lossTerms(term, weight * (term.weight ?? 1)))
    : [{ weight, spec }];
}

/** Why a loss has no value for a single pixel, in words; null when it has one. */
export function noPixelLoss(spec: LossSpec): string | null {
  if (lossTerms(spec).every((term) => term.spec.type !== 'dice')) return null;
  const subject = spec.type === 'dice' ? 'Dice' : 'A sum with a dice term';
  return (
    `${subject} is a ratio of sums over the whole image, so no single pixel has a loss of its own. ` +
    'Its gradient has a value at every pixel: look at that instead.'
  );
}
