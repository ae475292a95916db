import { readdir, stat } from 'node:fs/promises';
import { join, parse } from 'node:path';
import { Problem } from '../../runs/problem';
import { counted, listed } from './listing';
import { compareNaturally } from './naturalOrder';

const readExtensions = new Set(['.png', '.jpg', '.jpeg', '.tif', '.tiff', '.webp']);
/** Pictures that other programs of the field write and this one does not read: named, so that nobody has to guess. */
const otherExtensions = new Set([
  '.bmp',
  '.gif',
  '.dcm',
  '.nii',
  '.mha',
  '.svs',
  '.ppm',
  '.pgm',
  '.heic',
  '.avif',
  '.jp2',
]);

export const readableFormats = 'PNG, JPEG, TIFF and WebP';

/** A readable picture in a folder. */
export interface ImageFile {
  /** File name without its extension. */
  readonly stem: string;
  readonly file: string;
  readonly path: string;
}

export interface ImageFolder {
  /** Sorted by name, see `compareNaturally`. */
  readonly images: ImageFile[];
  /** File names of pictures in formats that are not read. */
  readonly foreign: string[];
}

/**
 * The pictures directly inside `folder`. Sub-folders, hidden files and everything that is no picture are passed over.
 * @param key the key of the experiment file that names the folder, for the message.
 */
export async function readImageFolder(folder: string, key: string): Promise<ImageFolder> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    throw folderProblem(folder, key, error);
  });
  const images: ImageFile[] = [];
  const foreign: string[] = [];
  for (const file of names.sort(compareNaturally)) {
    if (file.startsWith('.')) continue; // among them macOS's `._photo.jpg`, which are no pictures
    const { name, ext } = parse(file);
    const extension = ext.toLowerCase();
    if (otherExtensions.has(extension)) foreign.push(file);
    if (!readExtensions.has(extension)) continue;
    const path = join(folder, file);
    // A mac writes é as two characters, other systems as one: the same stem to the eye, and here.
    if (await isFile(path)) images.push({ stem: name.normalize('NFC'), file, path });
  }
  return { images, foreign };
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw new Problem('this link leads to no file', {
      place: { file: path },
      hint: 'Restore the file it points to, or remove the link.',
      cause: error,
    });
  }
}

function folderProblem(folder: string, key: string, error: NodeJS.ErrnoException): Problem {
  const reasons: Record<string, string> = {
    ENOENT: 'this folder does not exist',
    ENOTDIR: 'this is a file, not a folder',
    EACCES: 'this folder may not be read',
  };
  return new Problem(reasons[error.code ?? ''] ?? `this folder cannot be read (${error.message})`, {
    place: { file: folder },
    hint: `It is "${key}" in the experiment file; paths there count from the folder that the experiment file lies in.`,
    cause: error,
  });
}

/** Throws when two files share a stem: which of them is meant would be a guess. */
export function refuseSharedStems(folder: string, images: readonly ImageFile[]): void {
  const byStem = new Map<string, string[]>();
  for (const { stem, file } of images) byStem.set(stem, [...(byStem.get(stem) ?? []), file]);
  const shared = [...byStem.values()].filter((files) => files.length > 1);
  if (shared.length === 0) return;
  throw new Problem(
    `${counted(shared.length, 'name')} stand${shared.length === 1 ? 's' : ''} for more than one file: ` +
      listed(shared.map((files) => files.join(' = '))),
    {
      place: { file: folder },
      hint: 'Images and masks are paired by file name without its extension: rename or remove all but one of them.',
    },
  );
}
