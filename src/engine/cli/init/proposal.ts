import { resolveCrop } from '../../data/crop';
import { scaledSize } from '../../data/decode';
import type { Survey } from './survey';

/** What an experiment file for a data set should say, by rules of thumb. */
export interface Proposal {
  readonly scale: number;
  /** [height, width] of the smallest image after scaling. */
  readonly least: readonly [number, number];
  readonly crop: readonly [number, number];
  readonly filters: number;
  readonly depth: number;
  readonly channels: 1 | 3;
  readonly epochs: number;
  readonly evaluateEvery: number;
  readonly batchSize: number;
  /** Mean share of the foreground. */
  readonly foreground: number;
  /** Weight of the foreground that makes both classes count the same in total. */
  readonly balanced: number;
  /** The weight to try, about the root of `balanced`; 1 when the classes are about equal already. */
  readonly weight: number;
}

/** Images larger than this on their shorter side are made smaller, to about `scaledSide`. */
const largeSide = 1024;
const scaledSide = 512;

/** The foreground of no image may become smaller across than this, in pixels, by scaling. */
const leastAcross = 16;

/** Steps of a first run: enough for a small U-Net to settle, minutes rather than hours. */
const steps = 1500;

export function propose(survey: Survey, trainingPairs: number): Proposal {
  const scale = proposeScale(survey);
  const least = scaledSize(survey.least[0], survey.least[1], scale);
  const side = Math.min(...least);
  const depth = side >= 128 ? 4 : side >= 48 ? 3 : side >= 16 ? 2 : 1;
  const crop = resolveCrop('auto', { depth, padding: 'same' }, least);
  const batchSize = Math.min(4, trainingPairs);
  const wanted = steps / Math.ceil(trainingPairs / batchSize);
  const epochs = Math.min(200, Math.max(10, 10 * Math.round(wanted / 10)));
  const shares = survey.foreground.map(({ share }) => share);
  const foreground = shares.reduce((sum, share) => sum + share, 0) / shares.length;
  const balanced = (1 - foreground) / foreground;
  return {
    scale,
    least,
    crop,
    filters: 16,
    depth,
    channels: survey.colour ? 3 : 1,
    epochs,
    evaluateEvery: Math.max(1, Math.round(epochs / 40)),
    batchSize,
    foreground,
    balanced,
    weight: Math.max(1, Math.round(Math.sqrt(balanced))),
  };
}

function proposeScale({ least, foreground }: Survey): number {
  const side = Math.min(...least);
  if (side <= largeSide) return 1;
  const across = Math.min(...foreground.map(({ pixels }) => Math.sqrt((4 * pixels) / Math.PI)));
  const scale = Math.min(1, Math.max(scaledSide / side, leastAcross / across));
  return Number(scale.toPrecision(2));
}
