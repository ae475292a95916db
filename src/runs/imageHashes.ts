import { readFile } from 'node:fs/promises';
import { writeFileAtomic } from './files';
import { runPaths } from './layout';

/** What the files of one image and its mask held when a run began: SHA-256 of each, in hex. */
export interface ImageHashes {
  readonly split: 'train' | 'test';
  readonly name: string;
  readonly image: string;
  readonly mask: string;
}

/** Writes `images.json`: one image a line, so that it can be read by eye and compared by line. */
export async function writeImageHashes(folder: string, hashes: readonly ImageHashes[]): Promise<void> {
  const lines = hashes.map((entry) => JSON.stringify(entry));
  await writeFileAtomic(runPaths(folder).images, `[\n${lines.join(',\n')}\n]\n`);
}

/** The hashes that a run wrote down, by image. Null when it wrote none (older runs), or when they cannot be read. */
export async function readImageHashes(folder: string): Promise<ReadonlyMap<string, ImageHashes> | null> {
  let value: unknown;
  try {
    value = JSON.parse(await readFile(runPaths(folder).images, 'utf8'));
  } catch {
    // Without them nobody can tell whether an image has changed: that is what null says.
    return null;
  }
  return Array.isArray(value) && value.every(isEntry) ? new Map(value.map((entry) => [entry.name, entry])) : null;
}

function isEntry(value: unknown): value is ImageHashes {
  const entry = value as Partial<Record<keyof ImageHashes, unknown>> | null;
  return typeof entry?.name === 'string' && typeof entry.image === 'string' && typeof entry.mask === 'string';
}
