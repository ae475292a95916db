import { appendFile, mkdir, readFile, rename, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { PairCache } from '../../../src/engine/data/cache';
import * as decode from '../../../src/engine/data/decode';
import { datasetFingerprint } from '../../../src/engine/data/fingerprint';
import { inspectDataset } from '../../../src/engine/data/inspect';
import type { InspectOptions } from '../../../src/engine/data/inspect';
import { listPairs } from '../../../src/engine/data/pairs';
import type { DatasetConfig } from '../../../src/engine/experiment/schema';
import { Problem } from '../../../src/runs/problem';
import { datasetIn, maskPicture, picture, temporaryFolder, writePairs, writePicture } from './files';

vi.mock('../../../src/engine/data/decode', { spy: true });

const model = { depth: 2, padding: 'same', channels: 3 } as const;

async function pairsIn(count = 4): Promise<{ folder: string; dataset: DatasetConfig }> {
  const folder = temporaryFolder();
  await writePairs(folder, count);
  return { folder, dataset: datasetIn(folder, { test: 1 }) };
}

async function problemOf(
  dataset: DatasetConfig,
  crop: 'auto' | [number, number] = 'auto',
  options: InspectOptions = {},
): Promise<Problem> {
  const error = await inspectDataset(dataset, model, { crop }, options).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(Problem);
  expect((error as Problem).exitCode).toBe(2);
  return error as Problem;
}

test('a good data set is described, and what was decoded is not decoded again', async () => {
  const { dataset } = await pairsIn();
  const cache = new PairCache(dataset, 3);
  const progress: string[] = [];
  const found = await inspectDataset(
    dataset,
    model,
    { crop: 'auto' },
    {
      cache,
      onProgress: (done, total) => progress.push(`${done}/${total}`),
    },
  );
  expect(found.train.map(({ name }) => name)).toEqual(['eye1', 'eye2', 'eye3']);
  expect(found.test.map(({ name }) => name)).toEqual(['eye4']);
  expect(found.sizes.get('eye4')).toEqual([20, 24]);
  expect(found.foreground.mean).toBeCloseTo(48 / 480, 12);
  expect(found.crop).toEqual([20, 24]);
  expect(found.geometry.tile).toEqual([20, 24]);
  expect(found.colour).toBe(true);
  expect(found.warnings).toEqual([]);
  expect(progress).toEqual(['1/4', '2/4', '3/4', '4/4']);
  vi.mocked(decode.decodePair).mockClear();
  for (const pair of found.train) await cache.get(pair);
  expect(decode.decodePair).not.toHaveBeenCalled();
});

test('sizes are those after scaling', async () => {
  const { dataset } = await pairsIn();
  const found = await inspectDataset({ ...dataset, scale: 0.5 }, model, { crop: 'auto' });
  expect(found.sizes.get('eye1')).toEqual([10, 12]);
  expect(found.crop).toEqual([8, 12]);
});

test('a crop larger than an image', async () => {
  const { folder, dataset } = await pairsIn();
  expect((await problemOf(dataset, [21, 24])).message).toBe(
    'the crop of 21 × 24 pixels (height × width) is larger than 3 images: eye1 (20 × 24), eye2 (20 × 24), eye3 (20 × 24)',
  );
  await writePicture(
    join(folder, 'images', 'eye2.png'),
    picture(10, 18, 3, () => 9),
  );
  await writePicture(
    join(folder, 'masks', 'eye2.png'),
    maskPicture(10, 18, (x) => x > 4),
  );
  const problem = await problemOf(dataset, [20, 24]);
  expect(problem.message).toContain('1 image: eye2 (18 × 10)');
  expect(problem.hint).toContain('[18, 10]');
  // Test images are cropped by the centre evaluation only.
  await writePairs(folder, 4);
  await writePicture(
    join(folder, 'images', 'eye4.png'),
    picture(10, 18, 3, () => 9),
  );
  await writePicture(
    join(folder, 'masks', 'eye4.png'),
    maskPicture(10, 18, (x) => x > 4),
  );
  await inspectDataset(dataset, model, { crop: [20, 24] });
  expect((await problemOf(dataset, [20, 24], { evaluate: 'center' })).message).toContain('eye4');
});

test.each([true, false])('truncated images are all named (room in the cache: %s)', async (room) => {
  const { folder, dataset } = await pairsIn(5);
  for (const name of ['eye2.png', 'eye5.png']) {
    const noisy = picture(64, 64, 3, (x, y, c) => (x * 37 + y * 91 + c * 53 + ((x * y) % 17) * 11) % 256);
    const path = join(folder, 'images', name);
    await writePicture(path, noisy);
    await writePicture(
      join(folder, 'masks', name),
      maskPicture(64, 64, (x) => x < 9),
    );
    await truncate(path, Math.floor((await readFile(path)).length * 0.7));
  }
  const problem = await problemOf(dataset, 'auto', { cache: new PairCache(dataset, 3, room ? 1e9 : 0) });
  expect(problem.message).toContain('2 files of the data set cannot be used');
  for (const name of ['eye2.png', 'eye5.png']) expect(problem.message).toContain(join(folder, 'images', name));
  expect(problem.hint).toContain('truncated');
});

test('a truncated JPEG or TIFF is found without room in the cache too, one with bytes behind its end is no error', async () => {
  for (const extension of ['jpg', 'tiff']) {
    const folder = temporaryFolder();
    const path = join(folder, 'images', `a.${extension}`);
    await writePicture(
      path,
      picture(64, 64, 3, (x, y, c) => (x * 37 + y * 91 + c * 53) % 256),
    );
    await writePicture(
      join(folder, 'masks', 'a.png'),
      maskPicture(64, 64, (x) => x < 9),
    );
    const dataset = datasetIn(folder);
    const options = () => ({ cache: new PairCache(dataset, 3, 0) });
    if (extension === 'jpg') await appendFile(path, 'a thumbnail, or whatever the camera has left here');
    await inspectDataset(dataset, model, { crop: 'auto' }, options());
    await truncate(path, Math.floor((await readFile(path)).length * 0.7));
    expect((await problemOf(dataset, 'auto', options())).describe()).toContain(path);
  }
});

test('an unreadable file, and sizes that differ, are told together', async () => {
  const { folder, dataset } = await pairsIn();
  await writeFile(join(folder, 'masks', 'eye1.png'), 'no picture');
  await writePicture(
    join(folder, 'masks', 'eye3.png'),
    maskPicture(9, 9, () => true),
  );
  const { message } = await problemOf(dataset);
  expect(message).toContain(`${join(folder, 'masks', 'eye1.png')}: this image cannot be read`);
  expect(message).toContain(`${join(folder, 'masks', 'eye3.png')}: the mask has 9 × 9 pixels`);
});

test('of many bad files ten are told', async () => {
  const { folder, dataset } = await pairsIn(15);
  for (let i = 1; i <= 13; i++) await writeFile(join(folder, 'images', `eye${i}.png`), '');
  const { message } = await problemOf(dataset);
  expect(message.split('\n')).toHaveLength(12);
  expect(message).toContain('and 3 more');
});

test('masks without foreground: black, below the threshold, lost by scaling', async () => {
  const { folder, dataset } = await pairsIn();
  const mask = (name: string) => join(folder, 'masks', name);
  await writePicture(
    mask('eye2.png'),
    maskPicture(24, 20, () => false),
  );
  const black = await problemOf(dataset);
  expect(black.message).toBe('1 mask without any foreground: eye2.png');
  expect(black.hint).toContain('black all over');

  await writePicture(
    mask('eye2.png'),
    picture(24, 20, 1, (x) => x % 2),
  );
  await writePicture(
    mask('eye3.png'),
    picture(24, 20, 1, (x) => x % 2),
  );
  const classes = await problemOf(dataset);
  expect(classes.message).toBe('2 masks without any foreground: eye2.png, eye3.png');
  expect(classes.hint).toContain('"maskThreshold"');
  await inspectDataset({ ...dataset, maskThreshold: 0 }, model, { crop: 'auto' });

  await writePairs(folder, 4);
  await writePicture(
    mask('eye2.png'),
    maskPicture(24, 20, (x, y) => x === 0 && y === 0),
  );
  expect((await problemOf({ ...dataset, scale: 0.25 })).hint).toContain('"scale": 0.25');
});

test('what is seldom meant is warned of', async () => {
  const folder = temporaryFolder();
  await writePicture(
    join(folder, 'images', 'a.png'),
    picture(20, 20, 3, (x) => x * 100, 16),
  );
  await writePicture(
    join(folder, 'masks', 'a.png'),
    maskPicture(20, 20, () => true),
  );
  const { warnings } = await inspectDataset(datasetIn(folder), model, { crop: 'auto' });
  expect(warnings).toHaveLength(2);
  expect(warnings[0]).toContain('without any background: a');
  expect(warnings[1]).toContain('no value above 1900 of 65535');
});

test('nothing is written while looking', async () => {
  const { folder, dataset } = await pairsIn(2);
  const before = await datasetFingerprint(await listPairs(dataset));
  await inspectDataset(dataset, model, { crop: 'auto' });
  expect(await datasetFingerprint(await listPairs(dataset))).toBe(before);
  expect((await import('node:fs')).readdirSync(folder).sort()).toEqual(['images', 'masks']);
});

test('the fingerprint follows names, bytes and split, not the place', async () => {
  const { folder, dataset } = await pairsIn();
  const of = async (changes: Partial<DatasetConfig> = {}) =>
    datasetFingerprint(await listPairs({ ...dataset, ...changes }));
  const first = await of();
  expect(first).toMatch(/^[0-9a-f]{64}$/);
  expect(await of({ test: 2 })).not.toBe(first);
  await mkdir(join(folder, 'elsewhere'));
  await rename(join(folder, 'images'), join(folder, 'elsewhere', 'photos'));
  const moved = { images: join(folder, 'elsewhere', 'photos') };
  expect(await of(moved)).toBe(first);
  await writePicture(
    join(folder, 'masks', 'eye1.png'),
    maskPicture(24, 20, (x, y) => x >= 4 && x < 12 && y >= 5),
  );
  expect(await of(moved)).not.toBe(first);
});
