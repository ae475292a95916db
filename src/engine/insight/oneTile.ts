import { createHash } from 'node:crypto';
import { Problem } from '../../runs/problem';
import { resolveCrop } from '../data/crop';
import { decodePair, readHeader, scaledSize, type DecodedImage, type DecodedPair } from '../data/decode';
import type { Size } from '../data/geometry';
import { listPairs } from '../data/pairs';
import { evaluationTiles, readTile, regionLabels, type EvaluationTiles, type Tile } from '../data/tiles';
import type { Experiment, ModelConfig } from '../experiment/schema';

/** What of an image is looked at: all of it, or the crop in its centre. */
export type Region = 'whole' | 'center';

/** An image of a run's data. */
export interface RunImage {
  readonly pair: DecodedPair;
  readonly split: 'train' | 'test';
}

/** An image, or the centre of one, as the network reads it in one pass. */
export interface TileImages {
  /** Has exactly one tile. */
  readonly plan: EvaluationTiles;
  /** [1, C, tile height, tile width] in [0, 1]. */
  readonly images: Float32Array;
  /** Whether the whole image was asked for, but is too large for one pass. */
  readonly cropped: boolean;
}

/** The same with its target. */
export interface OneTile extends TileImages {
  /** [region height, region width]: 1 foreground, 0 background. */
  readonly labels: Uint8Array;
  /** Where the region begins in the network's output. */
  readonly offset: { readonly top: number; readonly left: number };
}

/**
 * An image of a run's data by its name. Where a training and a test image share a name and `split` is left out, it is the
 * test image.
 * @throws Problem that lists some names when there is no such image; naming the file when it cannot be read.
 */
export async function readRunImage(
  { dataset, model }: Experiment,
  name: string,
  split?: 'train' | 'test',
): Promise<RunImage> {
  const list = await listPairs(dataset);
  for (const candidate of split === undefined ? (['test', 'train'] as const) : [split]) {
    const pair = list[candidate].find((one) => one.name === name);
    if (pair) return { pair: await decodePair(pair, dataset, model.channels), split: candidate };
  }
  const known = (split === undefined ? [...list.test, ...list.train] : list[split]).map((pair) => pair.name);
  throw new Problem(`the run's data has no ${split === undefined ? '' : `${split} `}image "${name}"`, {
    place: { file: dataset.images },
    hint: `There are ${known.slice(0, 6).join(', ')}${known.length > 6 ? `, … (${known.length} images)` : ''}.`,
  });
}

/**
 * An image as one tile: all of it where it was asked for and fits into one pass, else the crop in its centre, as the
 * evaluation on centres cuts it.
 * @param crop asked for only when it is needed.
 */
export async function tileImages(
  model: ModelConfig,
  image: DecodedImage,
  region: Region,
  crop: () => Promise<Size>,
): Promise<TileImages> {
  const { height, width } = image;
  const whole = region === 'whole' ? evaluationTiles(height, width, model, 'whole', [1, 1]) : undefined;
  const plan = whole?.tiles.length === 1 ? whole : evaluationTiles(height, width, model, 'center', await crop());
  const images = new Float32Array(image.channels * plan.tile[0] * plan.tile[1]);
  readTile(image, onlyTile(plan), images);
  return { plan, images, cropped: region === 'whole' && plan !== whole };
}

/** An image of a run's data as one tile, with its target. See `tileImages`. */
export async function oneTile(experiment: Experiment, pair: DecodedPair, region: Region): Promise<OneTile> {
  const tile = await tileImages(experiment.model, pair, region, () => evaluationCrop(experiment));
  const { kept } = onlyTile(tile.plan);
  return { ...tile, labels: regionLabels(pair, tile.plan.region), offset: { top: kept.top, left: kept.left } };
}

function onlyTile({ tiles }: EvaluationTiles): Tile {
  const [tile] = tiles;
  if (tile === undefined || tiles.length > 1) throw new Error(`${tiles.length} tiles where one was planned`);
  return tile;
}

/** sha256 of the decoded pixels and labels. */
export function imageDigest({ pixels, labels }: DecodedPair): string {
  return createHash('sha256').update(pixels).update(labels).digest('hex');
}

/** The crop that a run resolved from the sizes of its images: as `inspectDataset` does, from their headers. */
export async function evaluationCrop({ dataset, model, input, training }: Experiment): Promise<Size> {
  if (input.crop !== 'auto') return input.crop;
  const { train, test } = await listPairs(dataset);
  const least: [number, number] = [Infinity, Infinity];
  for (const { image } of training.evaluate === 'center' ? [...train, ...test] : train) {
    const header = await readHeader(image);
    const size = scaledSize(header.height, header.width, dataset.scale);
    least[0] = Math.min(least[0], size[0]);
    least[1] = Math.min(least[1], size[1]);
  }
  return resolveCrop(input.crop, model, least);
}
