import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import type { ImageHashes } from '../../runs/imageHashes';
import { Problem } from '../../runs/problem';
import type { ImagePair } from './pairs';

/**
 * The hashes of every pair of a data set, train before test, by name. Where the files lie, and how their extensions are
 * written, makes no difference. Files are streamed.
 * @throws Problem naming a file that cannot be read.
 */
export async function datasetHashes(dataset: {
  train: readonly ImagePair[];
  test: readonly ImagePair[];
}): Promise<ImageHashes[]> {
  const hashes: ImageHashes[] = [];
  for (const split of ['train', 'test'] as const) {
    for (const { name, image, mask } of [...dataset[split]].sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const [imageHash, maskHash] = await Promise.all([fileHash(image), fileHash(mask)]);
      hashes.push({ split, name, image: imageHash, mask: maskHash });
    }
  }
  return hashes;
}

/** SHA-256, in hex, over what a data set consists of: for train and test apart, each pair's name and its files' hashes. */
export async function datasetFingerprint(dataset: {
  train: readonly ImagePair[];
  test: readonly ImagePair[];
}): Promise<string> {
  return fingerprintOf(await datasetHashes(dataset));
}

/** The fingerprint of a data set whose hashes are known, in their order. */
export function fingerprintOf(hashes: readonly ImageHashes[]): string {
  const whole = createHash('sha256');
  for (const { split, name, image, mask } of hashes) whole.update(JSON.stringify([split, name, image, mask]));
  return whole.digest('hex');
}

/** SHA-256 of a file's bytes, in hex. Throws a Problem naming the file when it cannot be read. */
export async function fileHash(file: string): Promise<string> {
  const hash = createHash('sha256');
  try {
    await pipeline(createReadStream(file, { highWaterMark: 1 << 20 }), hash);
  } catch (error) {
    throw new Problem(`this file cannot be read (${(error as Error).message})`, {
      place: { file },
      hint: 'It was there when the folder was listed; put it back, or start again.',
      cause: error,
    });
  }
  return hash.digest('hex');
}
