import { pixelLoss, isPixelLoss, type LossSpec } from '../../engine/insight/maps';
import { type CurvePixels, pixelBins, type PixelCounts } from '../protocol/curve';

/** The counts of two images together; of one when there is no other. */
export function together(first: CurvePixels | null, second: CurvePixels): CurvePixels {
  if (first === null) return second;
  const sum = (a: PixelCounts, b: PixelCounts): PixelCounts => ({
    background: a.background.map((count, bin) => count + b.background[bin]!),
    foreground: a.foreground.map((count, bin) => count + b.foreground[bin]!),
  });
  return {
    pt: sum(first.pt, second.pt),
    logit: sum(first.logit, second.logit),
    notes: [...new Set([...first.notes, ...second.notes])],
  };
}

/** Ends of the stretches of pt that pixels are counted in, each on the edge of a bin. */
export const stretches = [0, 0.1, 0.5, 0.9, 0.99, 1] as const;

/** The share of the pixels of a class in each stretch of pt; NaN when it has no pixels. */
export function sharesByStretch(counts: Uint32Array): number[] {
  const total = sum(counts, 0, counts.length);
  const bin = (end: number): number => Math.round(end * pixelBins.count);
  return stretches.slice(1).map((end, index) => sum(counts, bin(stretches[index]!), bin(end)) / total);
}

/** Where a loss's gradient comes from, as shares of the sum of its size over all pixels. */
export interface GradientShares {
  readonly foreground: number;
  /** From pixels that are predicted wrong: pt below a half. */
  readonly wrong: number;
  /** From pixels that are right and sure: pt above 0.9. */
  readonly sure: number;
}

/**
 * The shares of a loss's gradient, from the middles of the logits' bins; null for a loss that is no mean over pixels, or
 * without a gradient.
 */
export function gradientShares(spec: LossSpec, { logit }: CurvePixels): GradientShares | null {
  if (!isPixelLoss(spec)) return null;
  const [low, high] = pixelBins.logit;
  const width = (high - low) / pixelBins.count;
  const sureFrom = Math.log(0.9 / 0.1);
  const sums = { all: 0, foreground: 0, wrong: 0, sure: 0 };
  for (const side of [0, 1] as const) {
    const { gradient } = pixelLoss(spec, side);
    const counts = side === 1 ? logit.foreground : logit.background;
    for (let bin = 0; bin < counts.length; bin += 1) {
      const x = low + (bin + 0.5) * width;
      const size = counts[bin]! * Math.abs(gradient(x));
      sums.all += size;
      if (side === 1) sums.foreground += size;
      if (x < 0) sums.wrong += size;
      if (x > sureFrom) sums.sure += size;
    }
  }
  if (!(sums.all > 0)) return null;
  return { foreground: sums.foreground / sums.all, wrong: sums.wrong / sums.all, sure: sums.sure / sums.all };
}

function sum(counts: Uint32Array, from: number, to: number): number {
  let total = 0;
  for (let bin = from; bin < to; bin += 1) total += counts[bin]!;
  return total;
}
