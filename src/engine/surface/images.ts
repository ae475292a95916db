import { createHash } from 'node:crypto';
import { Problem } from '../../runs/problem';
import { PairCache } from '../data/cache';
import { resolveCrop } from '../data/crop';
import { readHeader, scaledSize, type DecodedPair } from '../data/decode';
import type { Size } from '../data/geometry';
import { listPairs, type ImagePair } from '../data/pairs';
import { randomFor } from '../data/random';
import { evaluationTiles, readTile, regionLabels, type EvaluationTiles } from '../data/tiles';
import type { Experiment } from '../experiment/schema';
import { boundaryBand } from '../metrics/boundary';

/** Some images of a split, chosen by a seed; more of them with the same seed are these and others. */
export interface ImageChoice {
  readonly split: 'train' | 'test';
  /** By name, in the order of the data set. */
  readonly names: string[];
  /** How many the split has. */
  readonly available: number;
  readonly seed: number;
}

/** @param names of the whole split; @param count how many to choose, all of them when there are fewer. */
export function chooseImages(
  split: 'train' | 'test',
  names: readonly string[],
  count: number,
  seed: number,
): ImageChoice {
  const shuffled = randomFor(seed, 'surface images', split).shuffle([...names.keys()]);
  const chosen = new Set(shuffled.slice(0, count));
  return { split, names: names.filter((_, i) => chosen.has(i)), available: names.length, seed };
}

/** Images that are evaluated in the same way: of one size. */
export interface ImageGroup {
  readonly plan: EvaluationTiles;
  readonly images: readonly SurfaceImage[];
}

export interface SurfaceImage {
  /** Place among the chosen images. */
  readonly index: number;
  readonly name: string;
  /** [tiles, C, tile height, tile width] in [0,1]. */
  readonly tiles: Float32Array;
  /** [region height, region width]: 1 for the foreground, else 0. */
  readonly foreground: Float32Array;
  /** Number of foreground pixels. */
  readonly area: number;
  /** [region height, region width]: 1 around the true boundary, else 0. */
  readonly band: Float32Array;
  /** Number of pixels of the band. */
  readonly bandArea: number;
}

export interface SurfaceImages {
  readonly groups: readonly ImageGroup[];
  readonly count: number;
  /** sha256 of the decoded pixels and labels. */
  readonly digest: string;
}

/**
 * Decodes the chosen images of a run's data set and lays them out for the network, exactly as an evaluation does. They stay
 * in memory: some megabytes, whatever the size of the grid.
 * @throws Problem when one of them is no longer in the data set.
 */
export async function loadImages(
  experiment: Experiment,
  { split, names }: Pick<ImageChoice, 'split' | 'names'>,
  region: 'whole' | 'center',
): Promise<SurfaceImages> {
  const { dataset, model } = experiment;
  const list = await listPairs(dataset);
  const pairs = chosenPairs(list[split], names, dataset.images);
  // As `inspectDataset`: test images have a say where they are cropped, too.
  const cropped = experiment.training.evaluate === 'center' ? [...list.train, ...list.test] : list.train;
  const crop = region === 'whole' ? ([1, 1] as const) : await cropOf(experiment, cropped);
  const cache = new PairCache(dataset, model.channels, 0); // each is decoded once
  const hash = createHash('sha256');
  const groups = new Map<string, { plan: EvaluationTiles; images: SurfaceImage[] }>();
  for (const [index, pair] of pairs.entries()) {
    const decoded = await cache.get(pair);
    hash.update(decoded.pixels).update(decoded.labels);
    const plan = evaluationTiles(decoded.height, decoded.width, model, region, crop);
    const image = layOut(index, decoded, plan);
    // Centre crops of images of different sizes only differ in where they lie.
    const key = [plan.region.height, plan.region.width].join();
    const group = groups.get(key);
    if (group) group.images.push(image);
    else groups.set(key, { plan, images: [image] });
  }
  return { groups: [...groups.values()], count: pairs.length, digest: hash.digest('hex') };
}

function chosenPairs(pairs: readonly ImagePair[], names: readonly string[], folder: string): ImagePair[] {
  const byName = new Map(pairs.map((pair) => [pair.name, pair]));
  const missing = names.filter((name) => !byName.has(name));
  if (missing.length > 0) {
    throw new Problem(`images that the run was made with are no longer there: ${missing.slice(0, 5).join(', ')}`, {
      place: { file: folder },
      hint: 'Put them back: a surface is sampled over images of the run itself.',
    });
  }
  return names.map((name) => byName.get(name)!);
}

/** The crop that training and evaluation resolved from the sizes of all images. */
async function cropOf({ dataset, model, input }: Experiment, pairs: readonly ImagePair[]): Promise<Size> {
  if (input.crop !== 'auto') return input.crop;
  const sizes: Size[] = [];
  for (const pair of pairs) {
    const { height, width } = await readHeader(pair.image);
    sizes.push(scaledSize(height, width, dataset.scale));
  }
  const least = (side: 0 | 1): number => sizes.reduce((smallest, size) => Math.min(smallest, size[side]), Infinity);
  return resolveCrop(input.crop, model, [least(0), least(1)]);
}

function layOut(index: number, pair: DecodedPair, plan: EvaluationTiles): SurfaceImage {
  const tiles = new Float32Array(plan.tiles.length * pair.channels * plan.tile[0] * plan.tile[1]);
  plan.tiles.forEach((tile, i) => readTile(pair, tile, tiles, i));
  const { height, width } = plan.region;
  const labels = regionLabels(pair, plan.region);
  const band = Float32Array.from(boundaryBand(Uint8Array.from(labels), height, width));
  const foreground = Float32Array.from(labels);
  const count = (mask: Float32Array): number => mask.reduce((sum, one) => sum + one, 0);
  return { index, name: pair.name, tiles, foreground, area: count(foreground), band, bandArea: count(band) };
}
