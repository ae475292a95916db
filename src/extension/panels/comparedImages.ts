import type { ComparedImages } from '../../webview/protocol/comparison';
import type { ImageValues, Split } from '../../webview/protocol/run';
import type { EpochMetrics, RunMetrics } from '../runs/runData';

/** The per-image values of the last evaluation and of the best one, which is picked by mean test IoU (train, without a test split). */
export function comparedImages({ epochs }: RunMetrics): ComparedImages {
  const tested = epochs.some((epoch) => epoch.test !== null);
  const score = (epoch: EpochMetrics): number => epoch[tested ? 'test' : 'train']?.mean.iou ?? NaN;
  const scored = epochs.filter((epoch) => !Number.isNaN(score(epoch)));
  const best = scored.reduce<EpochMetrics | undefined>(
    (before, epoch) => (before && score(before) >= score(epoch) ? before : epoch),
    undefined,
  );
  const last = epochs.findLast((epoch) => epoch[tested ? 'test' : 'train'] !== null);
  return { last: bothSplits(last), best: bothSplits(best) };
}

/** The per-image values of a split at an epoch; null where it was not evaluated. */
export function imageValues(epoch: EpochMetrics | undefined, split: Split): ImageValues | null {
  const metrics = epoch?.[split];
  return epoch && metrics ? { epoch: epoch.epoch, images: metrics.images, values: metrics.values } : null;
}

function bothSplits(epoch: EpochMetrics | undefined): Record<Split, ImageValues | null> {
  return { train: imageValues(epoch, 'train'), test: imageValues(epoch, 'test') };
}
