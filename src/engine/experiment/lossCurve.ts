import type { LossSpec } from './lossSchema';
import { isPixelLoss, pixelLoss } from './pixelLoss';

/*
 * Losses as functions of pt, the probability of the true class, in closed form: the same numbers as the tensor losses, which
 * a test holds them against, without a tensor library, so that a curve can be drawn while its options are typed.
 *
 * With two classes pt = sigmoid(x), where x = logit of the true class - logit of the other, so that d pt / dx = pt (1 - pt).
 */

/** One curve over `LossCurve.pt`. */
export interface CurveSeries {
  /** Which pixels: those of one class, those of either when they are alike, or all of an image together. */
  readonly of: 'background' | 'foreground' | 'any' | 'image';
  readonly loss: number[];
  /** d loss / d pt, as training sees it. */
  readonly gradientPt: number[];
  /** d loss / d x, as training sees it: what is sent back into the network. */
  readonly gradientLogit: number[];
  /** The function whose gradient that is, where it is not `loss` and is known in closed form. */
  readonly effective: number[] | null;
}

export interface LossCurve {
  readonly pt: number[];
  /** `pixel`: the loss of one pixel. `image`: of an image in which every pixel has the same pt. */
  readonly kind: 'pixel' | 'image';
  readonly series: CurveSeries[];
  /** With `image`: the share of foreground pixels that was assumed. */
  readonly foregroundShare: number;
}

/** Points of pt at which a curve looks smooth on linear and logarithmic axes: denser towards both ends. */
export function curvePoints(count = 201): number[] {
  // Evenly spaced in x = log(pt / (1 - pt)) from -7 to 7, mixed with even spacing in pt.
  return Array.from({ length: count }, (_, i) => {
    const u = i / (count - 1);
    const even = 0.001 + 0.998 * u;
    return (even + 1 / (1 + Math.exp(-14 * (u - 0.5)))) / 2;
  });
}

/**
 * The curve of a loss. A loss that is a mean over pixels has one curve for each class (a single one when both are alike),
 * before the division by the batch's mean class weight. A loss with a dice term has a value for whole images only: it is
 * taken for an image of infinitely many pixels, all with the same pt.
 *
 * @param points values of pt in (0, 1).
 * @param foregroundShare in (0, 1); used for whole images.
 */
export function lossCurve(spec: LossSpec, points: readonly number[] = curvePoints(), foregroundShare = 0.1): LossCurve {
  const pt = [...points];
  if (!isPixelLoss(spec)) {
    const values = pt.map((p) => imageLoss(spec, p, foregroundShare));
    return { pt, kind: 'image', series: [series('image', pt, values)], foregroundShare };
  }
  const of = (side: 0 | 1) => pt.map((p) => valueOfPixel(spec, p, side));
  const [background, foreground] = [series('background', pt, of(0)), series('foreground', pt, of(1))];
  const alike = background.loss.every((value, i) => value === foreground.loss[i]);
  return {
    pt,
    kind: 'pixel',
    series: alike ? [{ ...foreground, of: 'any' }] : [background, foreground],
    foregroundShare,
  };
}

/** Value, derivative by pt that training uses, and the function that has this derivative (NaN where not known). */
interface Value {
  readonly loss: number;
  readonly slope: number;
  readonly effective: number;
}

function series(of: CurveSeries['of'], pt: readonly number[], values: readonly Value[]): CurveSeries {
  const differs = values.some(({ loss, effective }) => effective !== loss);
  const known = values.every(({ effective }) => Number.isFinite(effective));
  return {
    of,
    loss: values.map(({ loss }) => loss),
    gradientPt: values.map(({ slope }) => slope),
    gradientLogit: values.map(({ slope }, i) => slope * pt[i]! * (1 - pt[i]!)),
    effective: differs && known ? values.map(({ effective }) => effective) : null,
  };
}

/** @param side class of the pixel: 0 background, 1 foreground. */
function valueOfPixel(spec: LossSpec, pt: number, side: 0 | 1): Value {
  const { loss, gradient, effective } = pixelLoss(spec, side);
  const x = Math.log(pt) - Math.log1p(-pt);
  return { loss: loss(x), slope: gradient(x) / (pt * (1 - pt)), effective: effective?.(x) ?? NaN };
}

/** The reported loss of an image of which a share f is foreground and in which every pixel has the same pt. */
function imageLoss(spec: LossSpec, pt: number, f: number): Value {
  const mean = (of: LossSpec) => added([scaled(valueOfPixel(of, pt, 0), 1 - f), scaled(valueOfPixel(of, pt, 1), f)]);
  switch (spec.type) {
    case 'crossEntropy': {
      const [background, foreground] = spec.classWeights ?? [1, 1];
      return scaled(mean(spec), 1 / ((1 - f) * background + f * foreground));
    }
    case 'focal':
      return mean(spec);
    case 'dice': {
      const squared = spec.squared ?? false;
      const foreground = diceOfClass(pt, f, squared);
      if (spec.includeBackground === false) return foreground;
      return scaled(added([foreground, diceOfClass(pt, 1 - f, squared)]), 0.5);
    }
    case 'sum':
      return added(spec.terms.map((term) => scaled(imageLoss(term, pt, f), term.weight ?? 1)));
  }
}

/** 1 - 2 I / S of a class that has a share f of the pixels: I = f pt, S = f pt + (1 - f)(1 - pt) + f, or of squares. */
function diceOfClass(pt: number, f: number, squared: boolean): Value {
  const q = 1 - pt;
  const sum = squared ? f * pt * pt + (1 - f) * q * q + f : f * pt + (1 - f) * q + f;
  const change = squared ? 2 * (f * pt - (1 - f) * q) : f - (1 - f);
  const loss = 1 - (2 * f * pt) / sum;
  return { loss, slope: (-2 * f * (sum - pt * change)) / (sum * sum), effective: loss };
}

function scaled({ loss, slope, effective }: Value, factor: number): Value {
  return { loss: loss * factor, slope: slope * factor, effective: effective * factor };
}

function added(values: readonly Value[]): Value {
  const sum = (key: keyof Value) => values.reduce((total, value) => total + value[key], 0);
  return { loss: sum('loss'), slope: sum('slope'), effective: sum('effective') };
}
