import type { LossSpec } from '../../experiment/lossSchema';

/** A loss that is no sum. */
export type PlainLoss = Exclude<LossSpec, { type: 'sum' }>;
export type DiceSpec = Extract<LossSpec, { type: 'dice' }>;

/** One of the losses that a loss adds up, with the product of the weights that lead to it. */
export interface LossTerm {
  readonly weight: number;
  readonly spec: PlainLoss;
}

/**
 * The terms of a loss, sums within sums taken apart: loss = sum over terms of weight · term.
 * @throws TypeError for one that is not known: runs may come from another version.
 */
export function lossTerms(spec: LossSpec, weight = 1): LossTerm[] {
  if (spec.type === 'sum') return spec.terms.flatMap((term) => lossTerms(term, weight * (term.weight ?? 1)));
  if (!plainTypes.includes(spec.type)) {
    throw new TypeError(`"${String((spec as { type: unknown }).type)}" is no loss that this version knows`);
  }
  return [{ weight, spec }];
}

/** Whether a loss is one that can be computed, all of its terms included. */
export function isKnownLoss(spec: unknown): boolean {
  const { type, terms } = (spec ?? {}) as { type?: unknown; terms?: unknown };
  if (type === 'sum') return Array.isArray(terms) && terms.every(isKnownLoss);
  return plainTypes.some((known) => known === type);
}

const plainTypes: readonly PlainLoss['type'][] = ['crossEntropy', 'focal', 'dice'];

/** Why a loss has no value for a single pixel, in words; null when it has one. */
export function noPixelLoss(spec: LossSpec): string | null {
  if (lossTerms(spec).every((term) => term.spec.type !== 'dice')) return null;
  const subject = spec.type === 'dice' ? 'Dice' : 'A sum with a dice term';
  return (
    `${subject} is a ratio of sums over the whole image, so no single pixel has a loss of its own. ` +
    'Its gradient has a value at every pixel: look at that instead.'
  );
}
