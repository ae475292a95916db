import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { Problem } from '../../runs/problem';
import type { ImagePair } from './pairs';

/**
 * SHA-256, in hex, over what a data set consists of: for train and test apart, each pair's name and the bytes of its two
 * files. Where the files lie, and how their extensions are written, makes no difference. Files are streamed.
 * @throws Problem naming a file that cannot be read.
 */
export async function datasetFingerprint(dataset: {
  train: readonly ImagePair[];
  test: readonly ImagePair[];
}): Promise<string> {
  const whole = createHash('sha256');
  for (const split of ['train', 'test'] as const) {
    for (const pair of [...dataset[split]].sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const [image, mask] = await Promise.all([fileHash(pair.image), fileHash(pair.mask)]);
      whole.update(JSON.stringify([split, pair.name, image, mask]));
    }
  }
  return whole.digest('hex');
}

async function fileHash(file: string): Promise<string> {
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
