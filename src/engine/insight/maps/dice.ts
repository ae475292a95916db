import { sigmoid } from '../../experiment/pixelLoss';
import type { DiceSpec } from './lossTerms';
import type { LabelledMap } from './marginMap';

/**
 * Soft Dice loss of one image (which is a batch of itself, so that both values of `reduce` mean the same), and its
 * derivative: for each class 1 - (2 I + s) / D, with I = sum p t and D = sum p + sum t + max(s, 1e-7), or with squares
 * in D; the mean over the classes that count. Formula and conventions as the training loss `dice`.
 */
export interface DiceOfImage {
  readonly loss: number;
  /** d loss / d z of a pixel, from its margin z and its label. */
  readonly gradient: (z: number, label: number) => number;
}

export function diceOfImage(spec: DiceSpec, map: LabelledMap): DiceOfImage {
  const { smooth = 1e-5, includeBackground = true, squared = false } = spec;
  const sums = [0, 0, 0, 0]; // I and D of the background, I and D of the foreground
  const { margin, labels } = map;
  for (let i = 0; i < margin.length; i++) {
    const side = labels[i]!;
    const p = sigmoid(margin[i]!);
    const q = sigmoid(-margin[i]!);
    sums[side === 1 ? 2 : 0]! += side === 1 ? p : q;
    sums[side === 1 ? 3 : 1]! += 1;
    sums[1]! += squared ? q * q : q;
    sums[3]! += squared ? p * p : p;
  }
  const ofClass = (intersection: number, sum: number) => {
    const denominator = sum + Math.max(smooth, 1e-7);
    const numerator = 2 * intersection + smooth;
    return {
      loss: 1 - numerator / denominator,
      // d / dp of 1 - N / D: -(N' D - N D') / D².
      slope: (p: number, t: number) =>
        (numerator * (squared ? 2 * p : 1) - 2 * t * denominator) / (denominator * denominator),
    };
  };
  const foreground = ofClass(sums[2]!, sums[3]!);
  if (!includeBackground) {
    return { loss: foreground.loss, gradient: (z, label) => foreground.slope(sigmoid(z), label) * slopeOfSigmoid(z) };
  }
  const background = ofClass(sums[0]!, sums[1]!);
  return {
    loss: (foreground.loss + background.loss) / 2,
    gradient: (z, label) =>
      ((foreground.slope(sigmoid(z), label) - background.slope(sigmoid(-z), 1 - label)) / 2) * slopeOfSigmoid(z),
  };
}

function slopeOfSigmoid(z: number): number {
  return sigmoid(z) * sigmoid(-z);
}
