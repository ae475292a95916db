import type { LossSpec } from './lossSchema';

/*
 * The losses that are means over pixels, as functions of x = logit of the true class - logit of the other one. With two
 * classes pt = sigmoid(x) is the probability of the true class, and everything follows from x; written with softplus and
 * sigmoid, the functions are exact to double precision for any x, where powers and logarithms of pt would lose it.
 */

/** One pixel's loss as functions of x. */
export interface PixelLoss {
  /** The value that is reported, >= 0. */
  readonly loss: (x: number) => number;
  /** d loss / d x as training sees it: a detached modulator counts as a constant. */
  readonly gradient: (x: number) => number;
  /** The function whose plain derivative `gradient` is. Null where it is not known in closed form. */
  readonly effective: ((x: number) => number) | null;
}

/** log(1 + exp x), which is -log sigmoid(-x). */
export function softplus(x: number): number {
  return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
}

/** 1 / (1 + exp -x), the probability that belongs to a difference of logits. */
export function sigmoid(x: number): number {
  if (x >= 0) return 1 / (1 + Math.exp(-x));
  // exp(-x) would overflow, and the sum lose what is small beside 1.
  const e = Math.exp(x);
  return e / (1 + e);
}

/** Whether a loss is a mean over pixels, so that each has a loss of its own. */
export function isPixelLoss(spec: LossSpec): boolean {
  return spec.type === 'sum' ? spec.terms.every(isPixelLoss) : spec.type !== 'dice';
}

/**
 * The loss of a pixel of one class. The weight that a spec has as a term of a sum is not applied to the spec itself, but
 * to the terms inside it.
 *
 * @param side class of the pixel: 0 background, 1 foreground.
 * @param foregroundShare share of foreground pixels among those that the mean is taken over, in [0, 1]. Cross-entropy is
 *   divided by their mean class weight; without a share it is not.
 * @throws TypeError for a loss that is no mean over pixels.
 */
export function pixelLoss(spec: LossSpec, side: 0 | 1, foregroundShare?: number): PixelLoss {
  switch (spec.type) {
    case 'crossEntropy': {
      const [background, foreground] = spec.classWeights ?? [1, 1];
      const [own, other] = side === 1 ? [foreground, background] : [background, foreground];
      const mean = foregroundShare === undefined ? 1 : background + foregroundShare * (foreground - background);
      return crossEntropy(own / mean, other / mean, spec.labelSmoothing ?? 0);
    }
    case 'focal': {
      const alpha = spec.alpha === undefined ? 1 : side === 1 ? spec.alpha : 1 - spec.alpha;
      const weight = alpha * (spec.classWeights ?? [1, 1])[side];
      return focal(weight, spec.gamma ?? 2, spec.modulator === 'detached');
    }
    case 'sum':
      return sum(
        spec.terms.map((term) => ({ weight: term.weight ?? 1, term: pixelLoss(term, side, foregroundShare) })),
      );
    case 'dice':
      throw new TypeError('dice has no value for a single pixel');
  }
}

/** -w (1 - e/2) log pt - v e/2 log(1 - pt), where w is the weight of the true class and v that of the other. */
function crossEntropy(w: number, v: number, e: number): PixelLoss {
  if (e === 0) {
    const loss = (x: number) => w * softplus(-x);
    return { loss, gradient: (x) => -w * sigmoid(-x), effective: loss };
  }
  const right = w * (1 - e / 2);
  const wrong = v * (e / 2);
  const loss = (x: number) => right * softplus(-x) + wrong * softplus(x);
  return { loss, gradient: (x) => wrong * sigmoid(x) - right * sigmoid(-x), effective: loss };
}

/**
 * w q^g (-log pt), q = 1 - pt (Lin et al., "Focal loss for dense object detection", 2017). With a detached modulator the
 * gradient -w q^(g+1) belongs to w (-log pt - sum over j = 1..g of q^j / j), for a whole g.
 */
function focal(w: number, g: number, detached: boolean): PixelLoss {
  const modulator = (x: number) => Math.exp(-g * softplus(x));
  const loss = (x: number) => w * modulator(x) * softplus(-x);
  if (!detached) {
    const gradient = (x: number) => -w * modulator(x) * (g * sigmoid(x) * softplus(-x) + sigmoid(-x));
    return { loss, gradient, effective: loss };
  }
  const gradient = (x: number) => -w * modulator(x) * sigmoid(-x);
  return { loss, gradient, effective: Number.isInteger(g) ? (x) => w * potential(x, g) : null };
}

/** -log pt - sum over j = 1..g of q^j / j. */
function potential(x: number, g: number): number {
  const q = sigmoid(-x);
  let total = 0;
  if (q < 0.5) {
    // -log(1 - q) is the sum over all j, so what is left is its tail: no difference of nearly equal numbers.
    let power = q ** (g + 1);
    for (let j = g + 1; power / j > total * 1e-17; j++) {
      total += power / j;
      power *= q;
    }
    return total;
  }
  // Horner's rule, from the innermost term: q (1 + q (1/2 + q (1/3 + …))).
  for (let j = g; j >= 1; j--) total = q * (total + 1 / j);
  return softplus(-x) - total;
}

function sum(terms: readonly { weight: number; term: PixelLoss }[]): PixelLoss {
  const add = (of: (term: PixelLoss) => (x: number) => number) => {
    const functions = terms.map(({ weight, term }) => ({ weight, value: of(term) }));
    return (x: number) => {
      let total = 0;
      for (const { weight, value } of functions) total += weight * value(x);
      return total;
    };
  };
  const known = terms.every(({ term }) => term.effective !== null);
  return {
    loss: add((term) => term.loss),
    gradient: add((term) => term.gradient),
    effective: known ? add((term) => term.effective!) : null,
  };
}
