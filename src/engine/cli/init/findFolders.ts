import { readdir, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { Problem } from '../../../runs/problem';
import { readImageFolder, readableFormats } from '../../data/folder';
import { counted, listed } from '../../data/listing';
import { compareNaturally } from '../../data/naturalOrder';

/** Names that image and mask folders go by, in small letters. */
const imageNames = ['images', 'image', 'imgs', 'img', 'photos', 'data', 'x'];
const maskNames = [
  'masks',
  'mask',
  'labels',
  'label',
  'annotations',
  'gt',
  'ground_truth',
  'groundtruth',
  'targets',
  'y',
];
const trainNames = ['train', 'training'];
const testNames = ['test', 'testing'];
/** Taken to test on where there is no test folder. */
const validationNames = ['val', 'valid', 'validation'];

/** Folders of one split, relative to the folder looked at, with / between names. */
export interface SplitFolders {
  readonly images: string;
  readonly masks: string;
}

export interface FoundFolders extends SplitFolders {
  /** Folders of the test images, where there are such. */
  readonly test?: SplitFolders;
  /** What was seen and left alone. */
  readonly notes: readonly string[];
}

/**
 * Finds images and masks in a folder by the names that such folders go by: `images` and `masks` (or other names of the
 * two kinds), each with or without `train` and `test` inside, or `train` and `test` with the two inside; or images and
 * masks side by side in one folder, told apart by the `_mask` at the end of a mask's name.
 *
 * @throws Problem that says what was found and what was looked for.
 */
export async function findFolders(folder: string): Promise<FoundFolders> {
  const here = await foldersIn(folder);
  const trainFolder = await one(folder, here, trainNames, 'the training pairs');
  if (trainFolder !== undefined) {
    const train = await pairIn(folder, trainFolder);
    if (train === undefined) throw await nothingFound(folder, here, trainFolder);
    const { name, notes } = await testFolder(folder, here);
    const test = name === undefined ? undefined : await pairIn(folder, name);
    if (name !== undefined && test === undefined) throw await nothingFound(folder, here, name);
    return { ...train, ...(test === undefined ? {} : { test }), notes };
  }
  const found = await pairIn(folder, '');
  if (found === undefined) throw await nothingFound(folder, here, '');
  return splitInside(folder, found);
}

/** `images/train` and `masks/train`, if that is how the two folders are divided. */
async function splitInside(folder: string, found: SplitFolders): Promise<FoundFolders> {
  if (found.images === found.masks) return { ...found, notes: [] };
  const [images, masks] = [await foldersIn(join(folder, found.images)), await foldersIn(join(folder, found.masks))];
  const train = await one(join(folder, found.images), images, trainNames, 'the training images');
  if (train === undefined) return { ...found, notes: [] };
  const { name: test, notes } = await testFolder(join(folder, found.images), images);
  const inside = (name: string): SplitFolders => {
    const mask = masks.find((other) => other.toLowerCase() === name.toLowerCase());
    if (mask === undefined) {
      throw new Problem(`there is ${found.images}/${name}, but no ${found.masks}/${name}`, {
        place: { file: folder },
        hint: 'Give both the same folders inside, or write the experiment file by hand.',
      });
    }
    return { images: `${found.images}/${name}`, masks: `${found.masks}/${mask}` };
  };
  return { ...inside(train), ...(test === undefined ? {} : { test: inside(test) }), notes };
}

async function testFolder(
  folder: string,
  names: readonly string[],
): Promise<{ name: string | undefined; notes: string[] }> {
  const test = await one(folder, names, testNames, 'the test pairs');
  const validation = await one(folder, names, validationNames, 'the validation pairs');
  if (test !== undefined && validation !== undefined) {
    const note = `${validation} is left alone: the model is measured on ${test}, and nothing else is held back`;
    return { name: test, notes: [note] };
  }
  return { name: test ?? validation, notes: [] };
}

/** The image and mask folder inside `sub`; the same folder twice when they lie side by side; undefined for neither. */
async function pairIn(folder: string, sub: string): Promise<SplitFolders | undefined> {
  const place = join(folder, sub);
  const path = (name: string): string => (sub === '' ? name : `${sub}/${name}`);
  const names = await foldersIn(place);
  const images = await one(place, names, imageNames, 'the images');
  const masks = await one(place, names, maskNames, 'the masks');
  if (images !== undefined && masks !== undefined) return { images: path(images), masks: path(masks) };
  for (const mixed of [...(images === undefined ? [] : [images]), '.']) {
    if (!(await holdsBoth(join(place, mixed)))) continue;
    const both = mixed === '.' ? sub || '.' : path(mixed);
    return { images: both, masks: both };
  }
  return undefined;
}

/** Whether images and masks lie side by side in a folder. */
async function holdsBoth(folder: string): Promise<boolean> {
  const stems = new Set((await readImageFolder(folder, 'DIR')).images.map(({ stem }) => stem));
  return [...stems].some((stem) => stems.has(`${stem}_mask`));
}

/**
 * The one folder that goes by any of the names; undefined when there is none. Of several, the one that holds pictures or
 * a folder of training ones.
 */
async function one(
  place: string,
  names: readonly string[],
  known: readonly string[],
  what: string,
): Promise<string | undefined> {
  let found = names.filter((name) => known.includes(name.toLowerCase()));
  if (found.length > 1) {
    const filled: string[] = [];
    for (const name of found) if (await holdsPictures(join(place, name))) filled.push(name);
    if (filled.length > 0) found = filled;
  }
  if (found.length < 2) return found[0];
  throw new Problem(`${found.length} folders could hold ${what}: ${found.join(', ')}`, {
    place: { file: place },
    hint: 'Move or rename all but the one that is meant, or write the experiment file by hand.',
  });
}

async function holdsPictures(folder: string): Promise<boolean> {
  const folders = await foldersIn(folder);
  if (folders.some((name) => trainNames.includes(name.toLowerCase()))) return true;
  return (await readImageFolder(folder, 'DIR')).images.length > 0;
}

async function foldersIn(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder);
    const names: string[] = [];
    for (const name of entries.sort(compareNaturally)) {
      // A link that leads nowhere is no folder; what it was meant to be cannot be told from here.
      const found = await stat(join(folder, name)).catch(() => undefined);
      if (found?.isDirectory() && !name.startsWith('.')) names.push(name);
    }
    return names;
  } catch (error) {
    const reasons: Record<string, string> = {
      ENOENT: 'there is no such folder',
      ENOTDIR: 'this is a file, not a folder',
      EACCES: 'this folder may not be read',
    };
    throw new Problem(reasons[(error as NodeJS.ErrnoException).code ?? ''] ?? `it cannot be read (${String(error)})`, {
      place: { file: folder },
      hint: 'Name the folder that holds an images and a masks folder: losscape init DIR',
      cause: error,
    });
  }
}

async function nothingFound(folder: string, here: readonly string[], sub: string): Promise<Problem> {
  const place = join(folder, sub);
  const own = basename(resolve(folder)).toLowerCase();
  const names = sub === '' ? here : await foldersIn(place);
  const pictures = (await readImageFolder(place, 'DIR')).images.map(({ file }) => file);
  if (sub === '' && pictures.length > 0 && [...imageNames, ...maskNames].includes(own)) {
    return new Problem('this looks like one of the two folders, images and masks', {
      place: { file: place },
      hint: `Name the folder that holds both of them: losscape init ${resolve(folder, '..')}`,
    });
  }
  const seen = [
    ...(names.length > 0 ? [`the ${names.length === 1 ? 'folder' : 'folders'} ${listed(names)}`] : []),
    ...(pictures.length > 0 ? [`${counted(pictures.length, 'picture')} (${listed(pictures, 2)})`] : []),
  ];
  return new Problem(
    seen.length > 0
      ? `images and masks were not found here, only ${seen.join(' and ')}`
      : 'there are neither images nor masks here',
    {
      place: { file: place },
      hint:
        `Looked for a folder of images (${imageNames.join(', ')}) and one of masks (${maskNames.join(', ')}), perhaps ` +
        'inside train and test, or with these inside; or for images and masks in one folder, the masks called NAME_mask. ' +
        `Images are ${readableFormats} files. Rename the folders, or write the experiment file by hand: ` +
        '{ "dataset": { "images": "…", "masks": "…" } }',
    },
  );
}
