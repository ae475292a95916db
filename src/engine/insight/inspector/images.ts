import { stat } from 'node:fs/promises';
import { basename, isAbsolute, parse } from 'node:path';
import { readImageHashes } from '../../../runs/imageHashes';
import { Problem } from '../../../runs/problem';
import { decodeImage, decodePair, readHeader, type DecodedImage } from '../../data/decode';
import { fileHash } from '../../data/fingerprint';
import { listPairs, type ImagePair } from '../../data/pairs';
import type { DatasetConfig } from '../../experiment/schema';
import type { ImageReference } from '../protocol';
import { ByteCache } from './byteCache';
import type { InspectedRun } from './runs';

/** An image as the network of a run sees it. */
export interface InspectedImage {
  readonly name: string;
  /** Null for an image that the run was neither trained nor tested on. */
  readonly split: 'train' | 'test' | null;
  readonly image: DecodedImage;
  /** [height, width], 1 foreground, 0 background; null without a mask. */
  readonly labels: Uint8Array | null;
  /** Paths of its files. */
  readonly files: ImageFiles;
  /** The same for the same pixels: paths, and when the files were written. */
  readonly key: string;
}

interface ImageFiles {
  readonly image: string;
  readonly mask: string | null;
}

type Decoded = Pick<InspectedImage, 'image' | 'labels'>;

/** More pixels than this are not looked at: a map of them has 4 bytes each, in every process that it passes. */
const maxPixels = 2 ** 26;

/** Finds and decodes images, and keeps the last ones in memory: at most `maxBytes`. A file that has changed is read anew. */
export class Images {
  private readonly cache: ByteCache<Decoded>;
  private readonly folders = new Folders();

  constructor(maxBytes = 192 * 2 ** 20) {
    this.cache = new ByteCache(maxBytes);
  }

  /**
   * @throws Problem in words: no such image in the run's data, a file that is gone, cannot be read or is too large, a mask
   *   of another size.
   */
  async read(run: InspectedRun, reference: ImageReference): Promise<InspectedImage> {
    const found = 'path' in reference ? foreign(reference) : await ofRun(run, reference, this.folders);
    const stamps = await Promise.all([found.files.image, found.files.mask].map(stampOf));
    const { dataset, model } = run.experiment;
    const key = [...stamps, dataset.scale, dataset.maskThreshold, model.channels].join('\0');
    let decoded = this.cache.get(key);
    if (!decoded) {
      await refuseTooLarge(found.files.image, dataset.scale);
      decoded = await decode(run, found.files);
      this.cache.set(key, decoded, decoded.image.pixels.byteLength + (decoded.labels?.byteLength ?? 0));
    }
    return { ...found, ...decoded, key };
  }
}

/** Lists of pairs, which are made by looking at every file of a folder: each serves for some seconds. */
class Folders {
  private readonly lists = new Map<
    string,
    { readonly time: number; readonly pairs: Promise<Map<string, ImagePair>> }
  >();

  /** The files of an image of a data set; undefined when they are not both there. */
  async find(dataset: DatasetConfig, name: string): Promise<ImagePair | undefined> {
    const key = JSON.stringify(dataset);
    const known = this.lists.get(key);
    const pair = known && performance.now() - known.time < listMilliseconds ? (await known.pairs).get(name) : undefined;
    if (pair) return pair;
    const pairs = pairsByName(dataset);
    this.lists.set(key, { time: performance.now(), pairs });
    pairs.catch(() => this.lists.delete(key));
    return (await pairs).get(name);
  }
}

const listMilliseconds = 10_000;

async function pairsByName(dataset: DatasetConfig): Promise<Map<string, ImagePair>> {
  // What is wrong with other images (one without a mask, say) is no reason not to show this one.
  const { train, test } = await listPairs({ ...dataset, unpaired: 'skip' });
  return new Map([...train, ...test].map((pair) => [pair.name, pair]));
}

type Found = Pick<InspectedImage, 'name' | 'split' | 'files'>;

/** An image of the run's data: where its files are now, and the split that it was in when the run began. */
async function ofRun(
  { document, experiment }: InspectedRun,
  { name, split }: Extract<ImageReference, { name: string }>,
  folders: Folders,
): Promise<Found> {
  const { train, test } = document.dataset;
  const known = split === 'train' ? train : split === 'test' ? test : [...test, ...train];
  if (!known.includes(name)) {
    const some = known.slice(0, 6).join(', ') + (known.length > 6 ? `, … (${known.length} images)` : '');
    throw new Problem(`the run has no ${split === undefined ? '' : `${split} `}image "${name}"`, {
      hint: known.length === 0 ? 'It has none at all.' : `There are ${some}.`,
    });
  }
  const pair = await folders.find(experiment.dataset, name);
  if (!pair) {
    throw new Problem(`the image "${name}" of this run, or its mask, is no longer there`, {
      place: { file: experiment.dataset.images },
      hint: 'Put it back, or open the image file itself to see what the network makes of it.',
    });
  }
  const { image, mask } = pair;
  return { name, split: test.includes(name) ? 'test' : 'train', files: { image, mask } };
}

function foreign({ path, mask }: Extract<ImageReference, { path: string }>): Found {
  for (const file of [path, mask]) {
    if (file !== undefined && !isAbsolute(file)) throw new Problem('the path must be absolute', { place: { file } });
  }
  return { name: parse(path).name, split: null, files: { image: path, mask: mask ?? null } };
}

async function stampOf(file: string | null): Promise<string> {
  if (file === null) return '';
  try {
    const { mtimeMs, size } = await stat(file);
    return `${file}\0${mtimeMs}\0${size}`;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    const message = code === 'ENOENT' ? 'the file is no longer there' : `the file cannot be read (${code})`;
    throw new Problem(message, { place: { file }, hint: 'Put it back, or choose another image.', cause: error });
  }
}

async function refuseTooLarge(file: string, scale: number): Promise<void> {
  const { height, width } = await readHeader(file);
  const pixels = height * width * scale * scale;
  if (pixels <= maxPixels) return;
  throw new Problem(`the image has ${Math.round(pixels / 1e6)} million pixels; up to 67 are looked at`, {
    place: { file },
    hint: 'Cut a part out of it, or predict it whole with "losscape predict".',
  });
}

async function decode({ experiment }: InspectedRun, { image, mask }: ImageFiles): Promise<Decoded> {
  const { dataset, model } = experiment;
  if (mask === null) return { image: await decodeImage(image, dataset.scale, model.channels), labels: null };
  const pair = await decodePair({ name: basename(image), image, mask }, dataset, model.channels);
  return { image: pair, labels: pair.labels };
}

/**
 * Whether the files of an image are still those that the run began with: a sentence when they are not.
 * `compared` is false where nobody can tell: the run wrote no hashes down, or never saw the image.
 */
export async function changeSince(
  { folder }: InspectedRun,
  { name, split, files }: InspectedImage,
): Promise<{ changed: string | null; compared: boolean }> {
  const hashes = split === null ? undefined : (await readImageHashes(folder))?.get(name);
  if (!hashes || files.mask === null) return { changed: null, compared: false };
  const [image, mask] = await Promise.all([fileHash(files.image), fileHash(files.mask)]);
  const different = [
    ...(image === hashes.image ? [] : ['The image']),
    ...(mask === hashes.mask ? [] : [image === hashes.image ? 'The mask' : 'the mask']),
  ];
  if (different.length === 0) return { changed: null, compared: true };
  const verb = different.length === 1 ? 'has' : 'have';
  return { changed: `${different.join(' and ')} ${verb} changed since this run began.`, compared: true };
}
