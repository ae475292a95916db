import { realpath } from 'node:fs/promises';
import { Problem } from '../../runs/problem';
import type { DatasetConfig } from '../experiment/schema';
import { readImageFolder, readableFormats, refuseSharedStems } from './folder';
import type { ImageFile } from './folder';
import { counted, listed } from './listing';

/** An image and the mask that goes with it, as files. */
export interface ImagePair {
  /** The image's file name without its extension; no two pairs of a data set share one. */
  readonly name: string;
  /** Path of the image. */
  readonly image: string;
  /** Path of the mask. */
  readonly mask: string;
}

export interface PairList {
  /** Sorted by name. */
  readonly train: ImagePair[];
  /** Sorted by name; empty when nothing is held back. */
  readonly test: ImagePair[];
  /** What the user should know but nothing has to stop for. */
  readonly warnings: string[];
}

/**
 * Lists the pairs of a data set and splits them into train and test. Looks at names only; `inspectDataset` looks inside.
 *
 * A mask has its image's stem, or its stem and `_mask`; it may lie in the same folder only in the second form. Stems
 * must match in case, extensions need not. Sorted by name, so that "the last 9" are the same files on every machine.
 *
 * @throws Problem for a missing folder, no pairs, an image without a mask or the reverse (unless `unpaired` is `skip`),
 *   two files with one stem, or a test split that leaves nothing to train on.
 */
export async function listPairs(dataset: DatasetConfig): Promise<PairList> {
  const warnings: string[] = [];
  const all = await pairFolders(dataset.images, dataset.masks, ['dataset.images', 'dataset.masks'], dataset, warnings);
  if (typeof dataset.test === 'object') {
    const keys = ['dataset.test.images', 'dataset.test.masks'] as const;
    const test = await pairFolders(dataset.test.images, dataset.test.masks, keys, dataset, warnings);
    await refuseSharedImages(all, test, dataset.test.images);
    return { train: all, test: renamed(test, all), warnings };
  }
  const count = testCount(dataset.test, all.length, dataset.images);
  if (dataset.test !== 0 && count === 0)
    warnings.push('one pair cannot be split: nothing is held back to test on, every number comes from training data');
  return { train: all.slice(0, all.length - count), test: all.slice(all.length - count), warnings };
}

async function pairFolders(
  imageFolder: string,
  maskFolder: string,
  [imageKey, maskKey]: readonly [string, string],
  dataset: DatasetConfig,
  warnings: string[],
): Promise<ImagePair[]> {
  const imageSide = await readImageFolder(imageFolder, imageKey);
  const maskSide = await readImageFolder(maskFolder, maskKey);
  let images = imageSide.images;
  let masks = maskSide.images;
  if ((await realpath(imageFolder)) === (await realpath(maskFolder))) {
    images = images.filter(({ stem }) => !isMaskStem(stem));
    masks = masks.filter(({ stem }) => isMaskStem(stem));
  }
  refuseSharedStems(imageFolder, images);
  refuseSharedStems(maskFolder, masks);

  const { pairs, lonelyImages, lonelyMasks } = match(images, masks, maskFolder);
  const foreign = [...new Set([...imageSide.foreign, ...maskSide.foreign])];
  const note = foreign.length === 0 ? '' : ` Not read, as only ${readableFormats} are: ${listed(foreign)}.`;
  if (pairs.length === 0) throw noPairs(imageFolder, maskFolder, images, masks, note);
  if (note !== '') warnings.push(note.trim());
  const lonely = lonelyImages.length + lonelyMasks.length;
  if (lonely === 0) return pairs;
  const sentences = [
    lonelyImages.length > 0 ? `${counted(lonelyImages.length, 'image')} without a mask: ${listed(lonelyImages)}` : '',
    lonelyMasks.length > 0 ? `${counted(lonelyMasks.length, 'mask')} without an image: ${listed(lonelyMasks)}` : '',
  ];
  const message = sentences.filter((sentence) => sentence !== '').join('; ');
  if (dataset.unpaired === 'skip') {
    warnings.push(`left out: ${message}`);
    return pairs;
  }
  throw new Problem(message, {
    place: { file: lonelyImages.length > 0 ? imageFolder : maskFolder },
    hint: `Add the missing files, or set "unpaired": "skip" under "dataset" to leave ${lonely === 1 ? 'it' : 'them'} out.${note}`,
    subject: { path: ['dataset', 'unpaired'], kind: 'value', suggestions: ['skip'] },
  });
}

const isMaskStem = (stem: string) => stem.endsWith('_mask');

function match(images: readonly ImageFile[], masks: readonly ImageFile[], maskFolder: string) {
  const byStem = new Map(masks.map((mask) => [mask.stem, mask]));
  const imageStems = new Set(images.map(({ stem }) => stem));
  const used = new Set<ImageFile>();
  const pairs: ImagePair[] = [];
  const lonelyImages: string[] = [];
  for (const { stem, file, path } of images) {
    const plain = byStem.get(stem);
    // `eye_mask.png` is the mask of `eye`, unless an image is called `eye_mask` itself.
    const suffixed = imageStems.has(`${stem}_mask`) ? undefined : byStem.get(`${stem}_mask`);
    if (plain && suffixed) {
      throw new Problem(`the image ${file} has two masks: ${plain.file} and ${suffixed.file}`, {
        place: { file: maskFolder },
        hint: 'Rename or remove one of them.',
      });
    }
    const mask = plain ?? suffixed;
    if (!mask) lonelyImages.push(file);
    else {
      used.add(mask);
      pairs.push({ name: stem, image: path, mask: mask.path });
    }
  }
  return { pairs, lonelyImages, lonelyMasks: masks.filter((mask) => !used.has(mask)).map(({ file }) => file) };
}

function noPairs(
  imageFolder: string,
  maskFolder: string,
  images: readonly ImageFile[],
  masks: readonly ImageFile[],
  note: string,
): Problem {
  if (images.length === 0) {
    const hint = `Images are files directly inside this folder, in the formats ${readableFormats}.${note}`;
    return new Problem('there is no image here', { place: { file: imageFolder }, hint });
  }
  if (masks.length === 0) {
    const hint = `Masks are files directly inside this folder, named as their images or with _mask at the end.${note}`;
    return new Problem('there is no mask here', { place: { file: maskFolder }, hint });
  }
  const message =
    `no image has a mask of the same name: the images are called ${listed(
      images.map(({ file }) => file),
      3,
    )}; ` +
    `the masks in ${maskFolder} ${listed(
      masks.map(({ file }) => file),
      3,
    )}`;
  const hint = `A mask is called as its image, or as its image with _mask at the end; the extension may differ.${note}`;
  return new Problem(message, { place: { file: imageFolder }, hint });
}

/** Number of pairs to hold back: a count as it is, a fraction rounded, but at least one and never all. */
function testCount(test: number, pairs: number, folder: string): number {
  if (test === 0) return 0;
  if (test < 1) return Math.min(pairs - 1, Math.max(1, Math.round(test * pairs)));
  if (test < pairs) return test;
  throw new Problem(
    `"test": ${test} holds back every one of the ${counted(pairs, 'pair')}; nothing is left to train on`,
    {
      place: { file: folder },
      hint: `Set "test" under "dataset" to less than ${pairs}, or to a fraction such as 0.15.`,
      subject: { path: ['dataset', 'test'], kind: 'value', suggestions: [0.15] },
    },
  );
}

async function refuseSharedImages(train: readonly ImagePair[], test: readonly ImagePair[], folder: string) {
  const known = new Set(await Promise.all(train.map(({ image }) => realpath(image))));
  const shared: string[] = [];
  for (const { name, image } of test) if (known.has(await realpath(image))) shared.push(name);
  if (shared.length === 0) return;
  throw new Problem(`${counted(shared.length, 'test image')} would be trained on as well: ${listed(shared)}`, {
    place: { file: folder },
    hint: 'Give "dataset.test" a folder of its own, or a number to hold back the last pairs by name.',
  });
}

/** Test folders often count from 001 again: a name that train has too gets `-test`, for one name must mean one image. */
function renamed(test: readonly ImagePair[], train: readonly ImagePair[]): ImagePair[] {
  const taken = new Set([...train, ...test].map(({ name }) => name));
  const inTrain = new Set(train.map(({ name }) => name));
  return test.map((pair) => {
    if (!inTrain.has(pair.name)) return pair;
    let name = `${pair.name}-test`;
    while (taken.has(name)) name += '-test';
    taken.add(name);
    return { ...pair, name };
  });
}
