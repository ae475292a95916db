import type { LossSpec } from '../../experiment/lossSchema';
import { pixelLoss, type PixelLoss } from '../../experiment/pixelLoss';
import { diceOfImage } from './dice';
import { lossTerms, noPixelLoss, type LossTerm } from './lossTerms';
import { isLabelled, noTarget, type LabelledMap, type MarginMap, type PixelValues } from './marginMap';

/*
 * Any loss on one image, in closed form: the same numbers as the tensor losses that training uses, for a batch of this
 * image alone. (In a larger batch, cross-entropy with class weights is divided by the batch's sum of weights, and dice
 * over the batch has the batch's sums.)
 */

/**
 * The loss of every pixel, [H,W], scaled so that its mean over the image is the reported loss. >= 0.
 * A region loss has none, nor has an image without a target: the reason is given in words.
 */
export function lossMap(map: MarginMap, spec: LossSpec): PixelValues {
  return ofPixels(map, spec, (pixel) => pixel.loss);
}

/**
 * As `lossMap`, of the function that training really descends. It differs from the reported loss where a modulator is
 * detached, and then it is known for a whole gamma only.
 */
export function effectiveLossMap(map: MarginMap, spec: LossSpec): PixelValues {
  const reason = noEffectiveLoss(spec);
  return reason === null ? ofPixels(map, spec, (pixel) => pixel.effective!) : { values: null, reason };
}

/**
 * The gradient of every pixel, [H,W]: d loss / d z as training sees it (detached modulators count as constants), times
 * the number of pixels, so that it does not depend on the size of the image. Positive where training pushes towards the
 * background. d loss / d logit of the foreground is the same, of the background its negative.
 *
 * Every loss has one; an image without a target has none.
 */
export function gradientMap(map: MarginMap, spec: LossSpec): PixelValues {
  if (!isLabelled(map)) return { values: null, reason: noTarget };
  const { margin, labels } = map;
  const values = new Float32Array(margin.length);
  for (const { weight, spec: term } of lossTerms(spec)) {
    if (term.type === 'dice') {
      const { gradient } = diceOfImage(term, map);
      const scale = weight * margin.length;
      for (let i = 0; i < values.length; i++) values[i]! += scale * gradient(margin[i]!, labels[i]!);
    } else {
      const [background, foreground] = bothSides(map, term).map((pixel) => pixel.gradient) as [Slope, Slope];
      for (let i = 0; i < values.length; i++) {
        const z = margin[i]!;
        values[i]! += labels[i] === 1 ? weight * foreground(z) : -weight * background(-z);
      }
    }
  }
  return { values, reason: null };
}

/** The loss of the image as it is reported, in double precision. Null without a target. */
export function reportedLoss(map: MarginMap, spec: LossSpec): number | null {
  return isLabelled(map) ? ofImage(map, spec, (pixel) => pixel.loss) : null;
}

/** The function that training really descends, at this image. Null without a target or closed form (`noEffectiveLoss`). */
export function effectiveLoss(map: MarginMap, spec: LossSpec): number | null {
  if (!isLabelled(map) || noEffectiveLoss(spec) !== null) return null;
  return ofImage(map, spec, (pixel) => pixel.effective!);
}

/** Why the function that training descends is not known, in words; null when it is. */
export function noEffectiveLoss(spec: LossSpec): string | null {
  for (const { spec: term } of lossTerms(spec)) {
    if (term.type !== 'dice' && pixelLoss(term, 1).effective === null) {
      const gamma = term.type === 'focal' ? term.gamma : undefined;
      return `The loss that a detached modulator really descends is not known for γ = ${gamma}: only for whole numbers.`;
    }
  }
  return null;
}

/** Whether what training descends is another function than what it reports. */
export function isDetached(spec: LossSpec): boolean {
  return lossTerms(spec).some(({ spec: term }) => term.type === 'focal' && term.modulator === 'detached');
}

type Slope = (x: number) => number;

function ofPixels(map: MarginMap, spec: LossSpec, of: (pixel: PixelLoss) => Slope): PixelValues {
  const reason = isLabelled(map) ? noPixelLoss(spec) : noTarget;
  if (!isLabelled(map) || reason !== null) return { values: null, reason: reason ?? noTarget };
  const { margin, labels } = map;
  const values = new Float32Array(margin.length);
  for (const { weight, spec: term } of lossTerms(spec)) {
    const [background, foreground] = bothSides(map, term).map(of) as [Slope, Slope];
    for (let i = 0; i < values.length; i++) {
      const z = margin[i]!;
      values[i]! += weight * (labels[i] === 1 ? foreground(z) : background(-z));
    }
  }
  return { values, reason: null };
}

function ofImage(map: LabelledMap, spec: LossSpec, of: (pixel: PixelLoss) => Slope): number {
  const { margin, labels } = map;
  let total = 0;
  for (const { weight, spec: term } of lossTerms(spec)) {
    if (term.type === 'dice') {
      total += weight * diceOfImage(term, map).loss;
      continue;
    }
    const [background, foreground] = bothSides(map, term).map(of) as [Slope, Slope];
    let sum = 0;
    for (let i = 0; i < margin.length; i++) sum += labels[i] === 1 ? foreground(margin[i]!) : background(-margin[i]!);
    total += (weight * sum) / margin.length;
  }
  return total;
}

/** The loss of a background and of a foreground pixel of this image, as functions of the margin to the true class. */
function bothSides({ labels }: LabelledMap, spec: LossTerm['spec']): [PixelLoss, PixelLoss] {
  let foreground = 0;
  for (let i = 0; i < labels.length; i++) foreground += labels[i]!;
  const share = foreground / labels.length;
  return [pixelLoss(spec, 0, share), pixelLoss(spec, 1, share)];
}
