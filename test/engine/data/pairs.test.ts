import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { inspectDataset } from '../../../src/engine/data/inspect';
import { listPairs } from '../../../src/engine/data/pairs';
import type { DatasetConfig } from '../../../src/engine/experiment/schema';
import { Problem } from '../../../src/runs/problem';
import { realPairs } from '../../realPairs';
import { datasetIn, temporaryFolder } from './files';

/** Empty files: the list looks at names only. */
async function folderWith(files: Record<string, string[]>): Promise<string> {
  const folder = temporaryFolder();
  for (const [sub, names] of Object.entries(files)) {
    await mkdir(join(folder, sub), { recursive: true });
    for (const name of names) await writeFile(join(folder, sub, name), '');
  }
  return folder;
}

async function problemOf(dataset: DatasetConfig): Promise<Problem> {
  const error = await listPairs(dataset).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(Problem);
  expect((error as Problem).exitCode).toBe(2);
  return error as Problem;
}

const numbered = (n: number, extension = 'png') => Array.from({ length: n }, (_, i) => `eye${i + 1}.${extension}`);

test('pairs by stem, whatever the extensions, sorted as people count', async () => {
  const folder = await folderWith({
    images: ['eye10.JPG', 'eye2.png', 'eye1.tiff', '.hidden.png', '._eye1.png', 'notes.txt'],
    masks: ['eye1_mask.png', 'eye2.TIF', 'eye10.webp', 'Thumbs.db'],
  });
  const { train, test: held, warnings } = await listPairs(datasetIn(folder));
  expect(train.map(({ name }) => name)).toEqual(['eye1', 'eye2', 'eye10']);
  expect(train[0]).toEqual({
    name: 'eye1',
    image: join(folder, 'images', 'eye1.tiff'),
    mask: join(folder, 'masks', 'eye1_mask.png'),
  });
  expect(held).toEqual([]);
  expect(warnings).toEqual([]);
});

test('images and masks in one folder', async () => {
  const folder = await folderWith({ all: ['a.png', 'a_mask.png', 'b.jpg', 'b_mask.png'] });
  const { train } = await listPairs(datasetIn(folder, { images: join(folder, 'all'), masks: join(folder, 'all') }));
  expect(train.map(({ mask }) => mask)).toEqual([join(folder, 'all', 'a_mask.png'), join(folder, 'all', 'b_mask.png')]);
});

test('an image called x_mask keeps its own mask', async () => {
  const folder = await folderWith({ images: ['x.png', 'x_mask.png'], masks: ['x.png', 'x_mask.png'] });
  const { train } = await listPairs(datasetIn(folder));
  expect(train.map(({ mask }) => mask)).toEqual([join(folder, 'masks', 'x.png'), join(folder, 'masks', 'x_mask.png')]);
});

test('é written as one character or as two is one stem', async () => {
  const folder = await folderWith({ images: ['caf\u00e9.png'], masks: ['cafe\u0301.png'] });
  expect((await listPairs(datasetIn(folder))).train).toHaveLength(1);
});

test.each([
  [9, 11, ['eye12', 'eye20']],
  [0.15, 17, ['eye18', 'eye20']],
  [0.001, 19, ['eye20', 'eye20']],
  [0.999, 1, ['eye2', 'eye20']],
])('a test split of %s holds back the last by name', async (split, left, [first, last]) => {
  const folder = await folderWith({ images: numbered(20), masks: numbered(20) });
  const { train, test: held } = await listPairs(datasetIn(folder, { test: split }));
  expect(train).toHaveLength(left);
  expect(held).toHaveLength(20 - left);
  expect([held[0]!.name, held.at(-1)!.name]).toEqual([first, last]);
});

test('one pair is trained on, and the missing test said', async () => {
  const folder = await folderWith({ images: ['a.png'], masks: ['a.png'] });
  const { train, test: held, warnings } = await listPairs(datasetIn(folder, { test: 0.15 }));
  expect([train.length, held.length]).toEqual([1, 0]);
  expect(warnings.join()).toContain('nothing is held back');
});

test('a test split by folders; a name that both have is told apart', async () => {
  const folder = await folderWith({ images: numbered(3), masks: numbered(3), ti: numbered(2), tm: numbered(2) });
  const split = { images: join(folder, 'ti'), masks: join(folder, 'tm') };
  const { train, test: held } = await listPairs(datasetIn(folder, { test: split }));
  expect(train.map(({ name }) => name)).toEqual(['eye1', 'eye2', 'eye3']);
  expect(held.map(({ name }) => name)).toEqual(['eye1-test', 'eye2-test']);
  expect(held[0]!.image).toBe(join(folder, 'ti', 'eye1.png'));
});

test('a test folder that is trained on is refused, through a link too', async () => {
  const folder = await folderWith({ images: numbered(3), masks: numbered(3) });
  await symlink(join(folder, 'images'), join(folder, 'linked'));
  const split = { images: join(folder, 'linked'), masks: join(folder, 'masks') };
  const problem = await problemOf(datasetIn(folder, { test: split }));
  expect(problem.message).toBe('3 test images would be trained on as well: eye1, eye2, eye3');
});

test('a split that leaves nothing to train on', async () => {
  const folder = await folderWith({ images: numbered(3), masks: numbered(3) });
  const problem = await problemOf(datasetIn(folder, { test: 3 }));
  expect(problem.message).toBe('"test": 3 holds back every one of the 3 pairs; nothing is left to train on');
  expect(problem.hint).toContain('less than 3');
});

test('no such folder', async () => {
  const folder = await folderWith({ images: ['a.png'] });
  const problem = await problemOf(datasetIn(folder));
  expect(problem.describe()).toContain(`${join(folder, 'masks')}: this folder does not exist`);
  expect(problem.hint).toContain('"dataset.masks"');
  const file = await problemOf(datasetIn(folder, { images: join(folder, 'images', 'a.png') }));
  expect(file.message).toBe('this is a file, not a folder');
});

test('no images, no masks, no pair', async () => {
  const none = await folderWith({ images: ['a.bmp', 'notes.txt'], masks: ['a.png'] });
  const problem = await problemOf(datasetIn(none));
  expect(problem.message).toBe('there is no image here');
  expect(problem.hint).toContain('PNG, JPEG, TIFF and WebP');
  expect(problem.hint).toContain('a.bmp');
  const unmasked = await problemOf(datasetIn(await folderWith({ images: ['a.png'], masks: ['a.gif'] })));
  expect(unmasked.message).toBe('there is no mask here');
  expect(unmasked.hint).toContain('a.gif');
  const apart = await problemOf(datasetIn(await folderWith({ images: ['a.png'], masks: ['b.png'] })));
  expect(apart.message).toContain('a.png');
  expect(apart.message).toContain('b.png');
});

test('images without a mask and the reverse are listed, and left out when asked', async () => {
  const folder = await folderWith({ images: ['a.png', 'b.png', 'c.png'], masks: ['b.png', 'd.png'] });
  const problem = await problemOf(datasetIn(folder));
  expect(problem.message).toBe('2 images without a mask: a.png, c.png; 1 mask without an image: d.png');
  expect(problem.hint).toContain('"unpaired": "skip"');
  const { train, warnings } = await listPairs(datasetIn(folder, { unpaired: 'skip' }));
  expect(train.map(({ name }) => name)).toEqual(['b']);
  expect(warnings).toEqual(['left out: 2 images without a mask: a.png, c.png; 1 mask without an image: d.png']);
});

test('of many at most ten are named', async () => {
  const folder = await folderWith({ images: numbered(30), masks: ['eye1.png'] });
  const { message } = await problemOf(datasetIn(folder));
  expect(message).toContain('eye11.png and 19 more');
  expect(message).not.toContain('eye12.png');
});

test('two files with one stem are both named', async () => {
  const images = await problemOf(datasetIn(await folderWith({ images: ['a.png', 'a.jpg'], masks: ['a.png'] })));
  expect(images.message).toBe('1 name stands for more than one file: a.jpg = a.png');
  const masks = await problemOf(datasetIn(await folderWith({ images: ['a.png'], masks: ['a.png', 'a_mask.png'] })));
  expect(masks.message).toBe('the image a.png has two masks: a.png and a_mask.png');
});

const real = realPairs();
test.skipIf(real === null)('the real pairs: 60, about 10 % foreground', async () => {
  const dataset = datasetIn(real!, { test: 9 });
  const model = { depth: 4, padding: 'valid', channels: 3 } as const;
  const found = await inspectDataset(dataset, model, { crop: [388, 388] });
  expect([found.train.length, found.test.length, found.warnings.length]).toEqual([51, 9, 0]);
  expect(found.test.map(({ name }) => name)).toEqual(Array.from({ length: 9 }, (_, i) => `IDRiD_${52 + i}`));
  expect(found.foreground.mean).toBeCloseTo(0.101, 3);
  expect(found.foreground.least).toMatchObject({ name: 'IDRiD_45' });
  expect(found.foreground.most).toMatchObject({ name: 'IDRiD_12' });
  expect(new Set([...found.sizes.values()].map(String))).toEqual(new Set(['569,428']));
  expect(found.geometry.tile).toEqual([572, 572]);
});
