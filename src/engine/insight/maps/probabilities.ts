import { sigmoid, softplus } from '../../experiment/pixelLoss';
import type { LabelledMap, MarginMap } from './marginMap';

/** P(foreground), [H,W], in [0,1]: sigmoid of the margin. */
export function foregroundProbability({ margin }: MarginMap): Float32Array {
  return margin.map(sigmoid);
}

/** pt, the probability of the true class, [H,W], in [0,1]: what the metrics call confidence. */
export function trueProbability({ margin, labels }: LabelledMap): Float32Array {
  const values = new Float32Array(margin.length);
  for (let i = 0; i < margin.length; i++) values[i] = sigmoid(labels[i] === 1 ? margin[i]! : -margin[i]!);
  return values;
}

/** The predicted class, [H,W]: 1 where the foreground has the larger logit, else 0. */
export function prediction({ margin }: MarginMap): Uint8Array {
  const values = new Uint8Array(margin.length);
  for (let i = 0; i < margin.length; i++) values[i] = margin[i]! > 0 ? 1 : 0;
  return values;
}

/** Values of `outcome`. */
export const outcomes = { trueNegative: 0, truePositive: 1, falseNegative: 2, falsePositive: 3 } as const;

/** What became of every pixel, [H,W]: values of `outcomes`. */
export function outcome({ margin, labels }: LabelledMap): Uint8Array {
  const { trueNegative, truePositive, falseNegative, falsePositive } = outcomes;
  const values = new Uint8Array(margin.length);
  for (let i = 0; i < margin.length; i++) {
    const foreground = margin[i]! > 0;
    if (labels[i] === 1) values[i] = foreground ? truePositive : falseNegative;
    else values[i] = foreground ? falsePositive : trueNegative;
  }
  return values;
}

/** Entropy of the predicted probabilities in bits, [H,W], in [0,1]: 1 where both classes are as likely. */
export function entropy({ margin }: MarginMap): Float32Array {
  return margin.map((z) => (sigmoid(z) * softplus(-z) + sigmoid(-z) * softplus(z)) * Math.LOG2E);
}
