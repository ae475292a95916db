import type { LossSpec } from '../../experiment/lossSchema';
import { sigmoid } from '../../experiment/pixelLoss';
import { edgeDistance } from './edgeDistance';
import { effectiveLoss, gradientMap, isDetached, lossMap, reportedLoss } from './loss';
import type { LabelledMap, MarginMap } from './marginMap';
import { isLabelled } from './marginMap';

/** Where the lines between groups are drawn. */
export interface GroupOptions {
  /** Width of the band around the target's edge, to either side, in pixels. */
  readonly band: number;
  /** A pixel is confident when the class it predicts has at least this probability, in [0.5, 1]. */
  readonly confident: number;
}

export const defaultGroups: GroupOptions = { band: 5, confident: 0.9 };

/** The pairs of groups that every pixel falls into, one of each pair. */
export const splits = [
  ['foreground', 'background'],
  ['band', 'interior'],
  ['right', 'wrong'],
  ['confident', 'unsure'],
] as const;

export type Group = (typeof splits)[number][number];

/** Bit of the first group of each pair in a pixel's flags; the second is its absence. */
const bits = { foreground: 1, band: 2, right: 4, confident: 8 } as const;

/** Which groups every pixel of one answer belongs to. Made once, used for any number of losses. */
export interface PixelGroups {
  /** [H,W], a sum of bits. */
  readonly flags: Uint8Array;
  /** Number of pixels in each group. */
  readonly pixels: Readonly<Record<Group, number>>;
}

/**
 * Sorts the pixels of an image into groups.
 * @param distances `edgeDistance` of the target, when it is at hand: it is the same for every epoch.
 */
export function pixelGroups(
  map: LabelledMap,
  options: GroupOptions = defaultGroups,
  distances: Float32Array = edgeDistance(map.labels, map.height, map.width),
): PixelGroups {
  const { margin, labels } = map;
  const flags = new Uint8Array(margin.length);
  for (let i = 0; i < flags.length; i++) {
    const z = margin[i]!;
    const label = labels[i]!;
    let flag = label === 1 ? bits.foreground : 0;
    if (distances[i]! <= options.band) flag |= bits.band;
    if ((z > 0 ? 1 : 0) === label) flag |= bits.right;
    if (sigmoid(Math.abs(z)) >= options.confident) flag |= bits.confident;
    flags[i] = flag;
  }
  const counts = new Float64Array(16);
  for (let i = 0; i < flags.length; i++) counts[flags[i]!]! += 1;
  return { flags, pixels: byGroup(counts) };
}

/** A mean over the pixels of an image and the part of it that each group contributes: both of a pair add up to it. */
export interface Shares {
  readonly total: number;
  readonly parts: Readonly<Record<Group, number>>;
}

/** How one loss and its gradient are shared out over an image. */
export interface Budget {
  /** Of the reported loss, when it has a value for each pixel. */
  readonly loss: Shares | null;
  /** Why `loss` is null, in words. */
  readonly reason: string | null;
  /** Of the mean |gradient| (see `gradientMap`). */
  readonly gradient: Shares;
  readonly reported: number;
  /** What training really descends; null where that is not known. */
  readonly effective: number | null;
  readonly pixels: Readonly<Record<Group, number>>;
}

/** The budget of one loss. Null without a target. */
export function budget(
  map: MarginMap,
  spec: LossSpec,
  groups: PixelGroups | null = isLabelled(map) ? pixelGroups(map) : null,
): Budget | null {
  if (!isLabelled(map) || groups === null) return null;
  const { values, reason } = lossMap(map, spec);
  const loss = values === null ? null : shares(values, groups);
  const reported = loss?.total ?? reportedLoss(map, spec)!;
  return {
    loss,
    reason,
    gradient: shares(gradientMap(map, spec).values!, groups),
    reported,
    effective: isDetached(spec) ? effectiveLoss(map, spec) : reported,
    pixels: groups.pixels,
  };
}

/** How the mean of |values| over the image is made up. */
export function shares(values: Float32Array, { flags }: PixelGroups): Shares {
  const sums = new Float64Array(16);
  for (let i = 0; i < values.length; i++) sums[flags[i]!]! += Math.abs(values[i]!);
  const parts = byGroup(sums);
  for (const group of Object.keys(parts) as Group[]) parts[group] /= values.length;
  return { total: sums.reduce((total, sum) => total + sum, 0) / values.length, parts };
}

/** Sums over the 16 combinations of flags, added up for each group. */
function byGroup(sums: Float64Array): Record<Group, number> {
  const having = (bit: number) => sums.reduce((total, sum, flag) => total + ((flag & bit) !== 0 ? sum : 0), 0);
  const lacking = (bit: number) => sums.reduce((total, sum, flag) => total + ((flag & bit) === 0 ? sum : 0), 0);
  return {
    foreground: having(bits.foreground),
    background: lacking(bits.foreground),
    band: having(bits.band),
    interior: lacking(bits.band),
    right: having(bits.right),
    wrong: lacking(bits.right),
    confident: having(bits.confident),
    unsure: lacking(bits.confident),
  };
}
