import { parse } from 'node:path';
import { Problem, type Subject } from '../../runs/problem';
import type { DatasetConfig, InputConfig, ModelConfig } from '../experiment/schema';
import { PairCache } from './cache';
import { concurrently } from './concurrently';
import { collect } from './collect';
import { refuseLargeCrop, resolveCrop } from './crop';
import { decodeMask, readHeader, scaledSize, sizesDiffer } from './decode';
import type { ImageHeader } from './decode';
import { unetGeometry } from './geometry';
import type { Size, UnetGeometry } from './geometry';
import { refuseTruncated } from './integrity';
import { counted, listed } from './listing';
import { listPairs } from './pairs';
import type { ImagePair, PairList } from './pairs';

/** What there is to know about a data set before it is trained on. */
export interface DatasetInspection extends PairList {
  /** [height, width] of each pair after `dataset.scale`, by name. */
  readonly sizes: ReadonlyMap<string, Size>;
  /** Share of foreground pixels over all pairs, in [0, 1]. */
  readonly foreground: {
    readonly mean: number;
    readonly least: { readonly name: string; readonly share: number };
    readonly most: { readonly name: string; readonly share: number };
  };
  /** Whether any image is in colour. */
  readonly colour: boolean;
  /** The crop of the training samples, `auto` resolved. */
  readonly crop: [number, number];
  /** `unetGeometry(model, crop)`. */
  readonly geometry: UnetGeometry;
}

export interface InspectOptions {
  /** With `center`, test images must hold the crop too. */
  readonly evaluate?: 'whole' | 'center';
  /** The cache that training will use: what is decoded here is decoded once. */
  readonly cache?: PairCache;
  readonly onProgress?: (done: number, total: number) => void;
}

/**
 * Looks at every file of a data set before anything is trained. Headers are read of all files, masks are decoded all,
 * images as far as they fit into the cache, where training finds them again; the others are checked for their end only.
 *
 * @throws Problem that names the files: unreadable, truncated or of a kind that is not read; sizes that differ within a
 *   pair; a crop larger than an image; a mask without foreground; and everything `listPairs` throws.
 */
export async function inspectDataset(
  dataset: DatasetConfig,
  model: Pick<ModelConfig, 'depth' | 'padding' | 'channels'>,
  input: Pick<InputConfig, 'crop'>,
  options: InspectOptions = {},
): Promise<DatasetInspection> {
  const list = await listPairs(dataset);
  const pairs = [...list.train, ...list.test];
  const headers = await collect(pairs, readHeaders);

  const sizes = new Map<string, Size>();
  for (const { pair, image } of headers) sizes.set(pair.name, scaledSize(image.height, image.width, dataset.scale));
  const shapes = (of: readonly ImagePair[]) =>
    of.map(({ name }) => ({ name, height: sizes.get(name)![0], width: sizes.get(name)![1] }));
  const cropped = shapes(options.evaluate === 'center' ? pairs : list.train);
  const least = [Math.min(...cropped.map((s) => s.height)), Math.min(...cropped.map((s) => s.width))] as const;
  const crop = resolveCrop(input.crop, model, least);
  refuseLargeCrop(cropped, crop, model);

  const cache = options.cache ?? new PairCache(dataset, model.channels);
  const contents = await inspectPixels(headers, dataset, cache, options.onProgress);
  const shares = contents.map(({ share }) => share);
  const ordered = pairs.map(({ name }, i) => ({ name, share: shares[i]! })).sort((a, b) => a.share - b.share);
  return {
    ...list,
    warnings: [...list.warnings, ...oddities(headers, contents)],
    sizes,
    foreground: {
      mean: sum(shares) / shares.length,
      least: ordered[0]!,
      most: ordered[ordered.length - 1]!,
    },
    colour: headers.some(({ image }) => image.channels > 1),
    crop,
    geometry: unetGeometry(model, crop),
  };
}

interface PairHeaders {
  readonly pair: ImagePair;
  readonly image: ImageHeader;
  readonly mask: ImageHeader;
}

async function readHeaders(pair: ImagePair): Promise<PairHeaders> {
  const [image, mask] = await Promise.all([readHeader(pair.image), readHeader(pair.mask)]);
  if (image.height !== mask.height || image.width !== mask.width)
    throw sizesDiffer(pair, [image.height, image.width], mask);
  return { pair, image, mask };
}

interface PairContent {
  /** Share of foreground pixels. */
  readonly share: number;
  /** The largest value of the image, if it was decoded. */
  readonly brightest?: number;
}

/** Reads what has to be read of the files' pixels. */
async function inspectPixels(
  headers: readonly PairHeaders[],
  dataset: DatasetConfig,
  cache: PairCache,
  onProgress: InspectOptions['onProgress'],
): Promise<PairContent[]> {
  const kept = fitting(headers, dataset.scale, cache);
  const contents = await collect(
    headers,
    async ({ pair }, index): Promise<PairContent> => {
      if (index >= kept) {
        await refuseTruncated(pair.image);
        const { foreground, labels } = await decodeMask(pair.mask, dataset.maskThreshold);
        return { share: foreground / labels.length };
      }
      const { labels, pixels } = await cache.get(pair);
      return { share: sum(labels) / labels.length, brightest: largest(pixels) };
    },
    onProgress,
  );
  const empty = headers.filter((_, i) => contents[i]!.share === 0).map(({ pair }) => pair);
  if (empty.length > 0) throw await emptyMasks(empty, dataset);
  return contents;
}

/** How many pairs, from the first on, the cache can hold decoded at the same time. */
function fitting(headers: readonly PairHeaders[], scale: number, cache: PairCache): number {
  let bytes = 0;
  const over = headers.findIndex(({ image }) => {
    const [height, width] = scaledSize(image.height, image.width, scale);
    return (bytes += height * width * ((cache.channels * image.bits) / 8 + 1)) > cache.maxBytes;
  });
  return over < 0 ? headers.length : over;
}

async function emptyMasks(pairs: readonly ImagePair[], dataset: DatasetConfig): Promise<Problem> {
  const masks = await concurrently(pairs, 4, ({ mask }) => decodeMask(mask, dataset.maskThreshold));
  const brightest = largest(masks.map((mask) => mask.largest));
  const threshold = dataset.maskThreshold;
  const hint =
    brightest > threshold
      ? `What they mark is lost at "scale": ${dataset.scale} under "dataset": enlarge it, or remove these pairs.`
      : brightest > 0
        ? `The largest value in them is ${Number(brightest.toPrecision(3))} of 255, and only values above ${threshold} are foreground: lower "maskThreshold" under "dataset", to 0 for masks that hold class numbers.`
        : 'They are black all over: remove these pairs, or put the right masks in their place.';
  const names = listed(pairs.map(({ mask }) => parse(mask).base));
  const message = `${counted(pairs.length, 'mask')} without any foreground: ${names}`;
  // The key whose value the hint speaks of.
  const key = brightest > threshold ? 'scale' : brightest > 0 ? 'maskThreshold' : 'masks';
  const suggestions = key === 'maskThreshold' ? [Math.floor(brightest / 2)] : [];
  const subject: Subject = { path: ['dataset', key], kind: 'value', suggestions };
  return new Problem(message, { place: { file: parse(pairs[0]!.mask).dir }, hint, subject });
}

/** What is no error but seldom meant. */
function oddities(headers: readonly PairHeaders[], contents: readonly PairContent[]): string[] {
  const warnings: string[] = [];
  const stacks = headers.filter(({ image, mask }) => image.pages > 1 || mask.pages > 1).map(({ pair }) => pair.name);
  if (stacks.length > 0) warnings.push(`of files with several pages the first is read: ${listed(stacks)}`);
  const full = headers.filter((_, i) => contents[i]!.share === 1).map(({ pair }) => pair.name);
  if (full.length > 0)
    warnings.push(`masks without any background: ${listed(full)}; is "maskThreshold" under "dataset" too low?`);
  const deep = contents.filter((_, i) => headers[i]!.image.bits === 16).map(({ brightest }) => brightest ?? 65535);
  const brightest = largest(deep);
  // Cameras of 10, 12 or 14 bits fill a corner of 16: the network would be given inputs close to 0.
  if (deep.length > 0 && brightest < 16384)
    warnings.push(
      `the images of 16 bits hold no value above ${brightest} of 65535: the network sees them almost black; ` +
        'multiply them to the full range for faster training',
    );
  return warnings;
}

function sum(values: ArrayLike<number>): number {
  let total = 0;
  for (let i = 0; i < values.length; i++) total += values[i]!;
  return total;
}

function largest(values: ArrayLike<number>): number {
  let most = 0;
  for (let i = 0; i < values.length; i++) if (values[i]! > most) most = values[i]!;
  return most;
}
