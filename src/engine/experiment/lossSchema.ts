import { z } from 'zod';

/*
 * The losses an experiment file can name. Every loss may carry a `name` (an entry of `losses` = a run) or a `weight` (a
 * term of a sum); everything else is the loss's own.
 */

const classWeights = z
  .tuple([z.number().positive(), z.number().positive()], {
    error: 'must be two positive numbers: [background, foreground]',
  })
  .optional()
  .describe('Weights of the background and of the foreground pixels, as [background, foreground]. Without it: [1, 1].');

const crossEntropy = z
  .strictObject({
    type: z.literal('crossEntropy').describe('-log pt: the weighted mean over all pixels.'),
    classWeights,
    labelSmoothing: z
      .number()
      .min(0)
      .lt(1)
      .default(0)
      .describe('Share of the target that is spread evenly over the classes, as in PyTorch. In [0, 1).'),
  })
  .describe('Cross-entropy.');

const focal = z
  .strictObject({
    type: z.literal('focal').describe('(1 - pt)^gamma · -log pt: the mean over all pixels.'),
    gamma: z
      .number()
      .min(0)
      .default(2)
      .describe('How strongly well-classified pixels are played down; 0 gives cross-entropy. At least 0.'),
    modulator: z
      .enum(['full', 'detached'])
      .default('full')
      .describe(
        '"full": the factor (1 - pt)^gamma takes part in the gradient, as in the focal-loss paper. "detached": it is a ' +
          'constant to the gradient, so that the loss that is reported is not the loss that is descended.',
      ),
    classWeights,
    alpha: z
      .number()
      .min(0)
      .max(1)
      .optional()
      .describe('Weight of the foreground in [0, 1]; the background gets 1 - alpha. Instead of classWeights.'),
  })
  .describe('Focal loss.');

const dice = z
  .strictObject({
    type: z.literal('dice').describe('1 - (2 I + s) / (sum p + sum t + s), the mean over images and classes.'),
    reduce: z
      .enum(['image', 'batch'])
      .default('image')
      .describe('Whether the sums run over each image by itself or over the whole batch.'),
    smooth: z
      .number()
      .min(0)
      .default(1e-5)
      .describe('The constant s that is added above and below the fraction. At least 0.'),
    includeBackground: z.boolean().default(true).describe('Whether the background counts as a class too.'),
    squared: z.boolean().default(false).describe('Whether probabilities and targets are squared below the fraction.'),
  })
  .describe('Dice loss.');

const weight = z
  .number()
  .positive()
  .optional()
  .describe('Factor of this loss within its sum. Positive; without it: 1.');

const name = z
  .string()
  .trim()
  .min(1)
  .max(60)
  .optional()
  .describe('Name of this loss: what --loss selects and what the run is called. Without it: made from the options.');

const sumDescription = z.literal('sum').describe('Weighted sum of other losses.');

const termSum = z
  .strictObject({
    type: sumDescription,
    get terms() {
      return z.array(lossTermSchema).min(1).describe('The losses that are added, each with an optional weight.');
    },
    weight,
  })
  .describe('Weighted sum of losses.');

/** A loss inside a sum. */
export const lossTermSchema = z.discriminatedUnion('type', [
  crossEntropy.extend({ weight }),
  focal.extend({ weight }),
  dice.extend({ weight }),
  termSum,
]);

/** An entry of an experiment's `losses`. */
export const lossSchema = z.discriminatedUnion('type', [
  crossEntropy.extend({ name }),
  focal.extend({ name }),
  dice.extend({ name }),
  z
    .strictObject({
      type: sumDescription,
      terms: z.array(lossTermSchema).min(1).describe('The losses that are added, each with an optional weight.'),
      name,
    })
    .describe('Weighted sum of losses.'),
]);

/**
 * What describes a loss: an entry of `losses`, or a term of a sum. Options that have a default may be left out; the ones
 * that come out of a read experiment have them filled in.
 */
export type LossSpec = (z.input<typeof lossSchema> | z.input<typeof lossTermSchema>) & {
  name?: string;
  /** Only inside the terms of a sum. */
  weight?: number;
};
