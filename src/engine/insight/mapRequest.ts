import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { Problem } from '../../runs/problem';
import { slug } from '../../runs/slug';
import { regionLabels } from '../data/tiles';
import { lossLabel, lossName } from '../experiment/lossLabel';
import type { LossSpec } from '../experiment/schema';
import type { InspectorContext } from './inspector/context';
import type { InspectedRun } from './inspector/runs';
import { colourRange, isDetached, quantities, quantityMap, type MarginMap, type QuantityName } from './maps';
import type { EpochReference, ImageReference } from './protocol';

/** The answer of a run's network for one image. */
export interface AnsweredImage {
  readonly map: MarginMap;
  /** Name of the image. */
  readonly name: string;
  readonly epoch: number;
  /** In words, when the epoch is not the one that was asked for. */
  readonly note: string | null;
}

/** The network's answer for the region of an image that the run is evaluated on. */
export async function answerImage(
  context: InspectorContext,
  run: InspectedRun,
  epoch: EpochReference,
  reference: ImageReference,
): Promise<AnsweredImage> {
  const [image, checkpoint] = await Promise.all([
    context.images.read(run, reference),
    context.checkpoints.read(run, epoch),
  ]);
  const plan = await context.plan(run, image);
  const margin = await context.networks.margin(run.experiment.model, checkpoint, image.image, plan);
  const { height, width } = plan.region;
  const labels =
    image.labels === null ? null : regionLabels({ labels: image.labels, width: image.image.width }, plan.region);
  return {
    map: { height, width, margin, labels },
    name: image.name,
    epoch: checkpoint.epoch,
    note: checkpoint.note,
  };
}

/**
 * The image that a user means: one of the run's by its name, else a file.
 * @throws Problem when it is neither.
 */
export function imageReference({ document }: InspectedRun, text: string, mask: string | undefined): ImageReference {
  const { train, test } = document.dataset;
  if (mask === undefined && [...train, ...test].includes(text)) return { name: text };
  const path = resolve(text);
  if (existsSync(path)) return { path, ...(mask === undefined ? {} : { mask: resolve(mask) }) };
  const known = [...test, ...train];
  throw new Problem(`"${text}" is neither an image of the run nor a file`, {
    hint: `The run has ${known.slice(0, 6).join(', ')}${known.length > 6 ? `, … (${known.length} images)` : ''}.`,
  });
}

/** A map with what it is to be called and how it is to be coloured. */
export interface NamedMap {
  readonly name: QuantityName;
  /** Unique among the quantities and losses of an image: a part of file names. */
  readonly slug: string;
  readonly title: string;
  readonly values: Float32Array | Uint8Array;
  /** Of its colours; null for classes. */
  readonly range: readonly [number, number] | null;
}

/**
 * A quantity of an answer.
 * @param loss for the quantities that need one.
 * @param range of the colours; without it the natural one of the quantity, or that of the values.
 * @throws Problem with the reason when there is no such map.
 */
export function namedMap(
  { map, name: image }: AnsweredImage,
  name: QuantityName,
  loss: LossSpec | undefined,
  range: readonly [number, number] | undefined,
): NamedMap {
  const { scale, range: natural, needsLoss } = quantities[name];
  const { values, reason } = quantityMap(map, name, loss);
  const of = needsLoss && loss ? `, ${lossLabel(loss)}` : '';
  if (values === null) throw new Problem(`there is no map "${name}"${of} of ${image}: ${reason}`);
  return {
    name,
    slug: needsLoss && loss ? `${name}-${slug(lossName(loss), 60)}` : name,
    title: `${titleOf(name, loss)}${of}`,
    values,
    range: scale === 'classes' ? null : (range ?? natural ?? colourRange(values, scale)),
  };
}

function titleOf(name: QuantityName, loss: LossSpec | undefined): string {
  const { title } = quantities[name];
  return name === 'loss' && loss && isDetached(loss) ? `${title} (reported)` : title;
}
