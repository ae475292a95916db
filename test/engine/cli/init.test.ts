import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { initCommand } from '../../../src/engine/cli/initCommand';
import { readExperiment } from '../../../src/engine/experiment/read';
import type { Experiment } from '../../../src/engine/experiment/schema';
import { Problem } from '../../../src/runs/problem';
import { writePhantom } from '../../../src/engine/data/phantom/writePhantom';
import { maskPicture, picture, writePairs, writePicture } from '../data/files';
import { losscape, succeed, temporaryFolder } from './support';

/** Runs `losscape init` on a folder; gives what it printed and the experiment that it wrote. */
async function init(folder: string, force = false): Promise<{ text: string; printed: string; experiment: Experiment }> {
  let printed = '';
  const stream = { write: (text: string) => (printed += text) };
  await initCommand({ folder, force }, { stdout: stream, stderr: stream });
  const file = join(folder, `${basename(folder)}.losscape.json`);
  return { text: readFileSync(file, 'utf8'), printed, experiment: await readExperiment(file) };
}

/** The Problem that `losscape init` ends with; nothing may have been written. */
async function problemOf(folder: string): Promise<Problem> {
  const error = await init(folder).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(Problem);
  expect((error as Problem).exitCode).toBe(2);
  expect(existsSync(join(folder, `${basename(folder)}.losscape.json`))).toBe(false);
  return error as Problem;
}

/** A folder `eyes` with `pairs` pairs under names of its own for the two folders. */
async function pairsUnder(images: string, masks: string, pairs = 4): Promise<string> {
  const folder = join(temporaryFolder(), 'eyes');
  await writePairs(folder, pairs);
  for (const [from, to] of [
    ['images', images],
    ['masks', masks],
  ] as const) {
    if (from === to) continue;
    await rename(join(folder, from), join(folder, 'moved'));
    mkdirSync(join(folder, to, '..'), { recursive: true });
    await rename(join(folder, 'moved'), join(folder, to));
  }
  return folder;
}

test('what it writes is an experiment that trains', async () => {
  const folder = join(temporaryFolder(), 'eyes');
  await writePhantom(folder, { pairs: 5, scale: 0.1 });
  const printed = await succeed('init', folder);
  expect(printed).toContain('5 synthetic pairs: images in images, masks in masks');
  const file = join(folder, 'eyes.losscape.json');
  expect(printed).toContain(`losscape train ${file}`);
  const { dataset, losses } = await readExperiment(file);
  expect(dataset.synthetic).toBe(true);
  expect(losses.length).toBeGreaterThan(1);

  const quick = readFileSync(file, 'utf8')
    .replace(/"epochs": \d+/, '"epochs": 1')
    .replace(/"filters": \d+/, '"filters": 2');
  writeFileSync(file, quick);
  await succeed('train', file, '--loss', 'cross-entropy');

  // It has been edited: it is not written over, unless asked for.
  const { code, stderr } = await losscape('init', folder);
  expect(code).toBe(2);
  expect(stderr).toContain('this experiment file exists already');
  expect(stderr).toContain('--force');
  expect(readFileSync(file, 'utf8')).toBe(quick);
  await succeed('init', folder, '--force');
  expect(readFileSync(file, 'utf8')).not.toBe(quick);
});

describe('finds the folders', () => {
  test.each([
    ['imgs', 'gt'],
    ['Photos', 'Ground_Truth'],
    ['x', 'y'],
    ['data', 'annotations'],
  ])('%s and %s', async (images, masks) => {
    const folder = await pairsUnder(images, masks);
    const { experiment } = await init(folder);
    expect(experiment.dataset.images).toBe(join(folder, images));
    expect(experiment.dataset.masks).toBe(join(folder, masks));
    expect(experiment.dataset.test).toBe(0.15);
  });

  test('train and test with images and masks inside', async () => {
    const folder = await pairsUnder('train/images', 'train/masks');
    await writePairs(join(folder, 'test'), 2);
    mkdirSync(join(folder, 'val'));
    const { experiment, printed } = await init(folder);
    expect(experiment.dataset.images).toBe(join(folder, 'train/images'));
    expect(experiment.dataset.test).toEqual({ images: join(folder, 'test/images'), masks: join(folder, 'test/masks') });
    expect(printed).toContain('4 to train on, 2 to test on (test/images)');
    expect(printed).toContain('val is left alone');
  });

  test('images and masks with train and validation inside', async () => {
    const folder = await pairsUnder('images/train', 'masks/train');
    const other = await pairsUnder('images', 'masks', 2);
    renameSync(join(other, 'images'), join(folder, 'images/val'));
    renameSync(join(other, 'masks'), join(folder, 'masks/val'));
    const { experiment } = await init(folder);
    expect(experiment.dataset.masks).toBe(join(folder, 'masks/train'));
    expect(experiment.dataset.test).toEqual({ images: join(folder, 'images/val'), masks: join(folder, 'masks/val') });
  });

  test('both in one folder, told apart by _mask', async () => {
    const folder = join(temporaryFolder(), 'eyes');
    for (const name of ['a', 'b', 'c']) {
      await writePicture(
        join(folder, `${name}.png`),
        picture(24, 20, 3, (x, y, c) => x * 5 + y + c),
      );
      await writePicture(
        join(folder, `${name}_mask.png`),
        maskPicture(24, 20, (x) => x > 12),
      );
    }
    const { experiment, printed } = await init(folder);
    expect([experiment.dataset.images, experiment.dataset.masks]).toEqual([folder, folder]);
    expect(printed).toContain('images and masks (NAME_mask) in this folder');
  });

  test('of two that could be meant the one with pictures', async () => {
    const folder = await pairsUnder('images', 'masks');
    mkdirSync(join(folder, 'data'));
    expect((await init(folder)).experiment.dataset.images).toBe(join(folder, 'images'));
  });

  test('says what it saw when it finds none, or too many', async () => {
    const folder = temporaryFolder();
    expect((await problemOf(folder)).message).toBe('there are neither images nor masks here');
    mkdirSync(join(folder, 'eyes'));
    const problem = await problemOf(folder);
    expect(problem.message).toContain('only the folder eyes');
    expect(problem.hint).toContain('ground_truth');
    expect((await problemOf(join(folder, 'none'))).message).toBe('there is no such folder');

    const twice = await pairsUnder('images', 'masks');
    const copy = await pairsUnder('images', 'masks');
    renameSync(join(copy, 'images'), join(twice, 'photos'));
    expect((await problemOf(twice)).message).toBe('2 folders could hold the images: images, photos');
    expect((await problemOf(join(twice, 'images'))).hint).toContain(`losscape init ${twice}`);

    const apart = await pairsUnder('images/train', 'masks');
    expect((await problemOf(apart)).message).toBe('there is images/train, but no masks/train');
  });
});

interface Shape {
  width: number;
  height: number;
  /** Of the images. */
  channels: 1 | 3;
  /** Number of pairs. */
  count: number;
  /** Of the masks. */
  bits: 8 | 16;
}

describe('looks at the files', () => {
  /** `count` pairs whose image and mask have these values. */
  async function pairsOf(
    image: (x: number, y: number, c: number, i: number) => number,
    mask: (x: number, y: number, i: number) => number,
    { width = 40, height = 32, channels = 3, count = 3, bits = 8 }: Partial<Shape> = {},
  ): Promise<string> {
    const folder = join(temporaryFolder(), 'cells');
    for (let i = 1; i <= count; i++) {
      await writePicture(
        join(folder, 'images', `${i}.png`),
        picture(width, height, channels, (x, y, c) => image(x, y, c, i)),
      );
      await writePicture(
        join(folder, 'masks', `${i}.png`),
        picture(width, height, 1, (x, y) => mask(x, y, i), bits),
      );
    }
    return folder;
  }
  const colourful = (x: number, y: number, c: number): number => (x * 3 + y + c * 60) % 256;
  const square = (value: number) => (x: number, y: number) => (x < 12 && y < 12 ? value : 0);

  test('masks of 0 and 1: the threshold is lowered', async () => {
    const { experiment, printed, text } = await init(await pairsOf(colourful, square(1)));
    expect(experiment.dataset.maskThreshold).toBe(0);
    expect(printed).toContain('values 0, 1; above 0 is foreground: 11.3 % of the pixels');
    expect(text).toContain('the masks hold class numbers');
  });

  test('masks of 16 bits with 0 and 1', async () => {
    const { experiment } = await init(await pairsOf(colourful, square(1), { bits: 16 }));
    expect(experiment.dataset.maskThreshold).toBe(0);
  });

  test('masks of three values: taken as foreground above the lowest, and said', async () => {
    const three = (x: number, y: number): number => (x < 6 && y < 12 ? 255 : square(128)(x, y));
    const { experiment, printed } = await init(await pairsOf(colourful, three));
    expect(experiment.dataset.maskThreshold).toBe(20);
    expect(printed).toContain('Note: the masks hold more than two values: 0 (88.8 %), 128 (5.6 %), 255 (5.6 %)');
  });

  test('masks with grey edges: half-way', async () => {
    const soft = (x: number): number => Math.max(0, Math.min(255, 10 * (x - 8)));
    const { experiment } = await init(await pairsOf(colourful, soft));
    expect(experiment.dataset.maskThreshold).toBe(127);
  });

  test('masks that disagree, and masks that are black', async () => {
    const mixed = await pairsOf(colourful, (x, y, i) => square(i === 2 ? 1 : 255)(x, y));
    expect((await problemOf(mixed)).message).toContain('the masks do not agree: 1 of 3');
    const black = await pairsOf(colourful, (x, y, i) => square(i === 2 ? 0 : 255)(x, y));
    expect((await problemOf(black)).message).toBe('a mask is black all over: 2');
  });

  test('grey images, also when stored in colour', async () => {
    const grey = await init(await pairsOf((x, y) => x + y, square(255), { channels: 1 }));
    expect(grey.experiment.model.channels).toBe(1);
    const stored = await init(await pairsOf((x, y) => x + y, square(255)));
    expect(stored.experiment.model.channels).toBe(1);
    expect(stored.printed).toContain('grey, stored as colour');
    expect((await init(await pairsOf(colourful, square(255)))).experiment.model.channels).toBe(3);
  });

  test('large photographs are made smaller, but not so small that the foreground is lost', async () => {
    const size = { width: 2200, height: 1600, count: 2 };
    const disc = await init(await pairsOf(colourful, (x, y) => (x < 700 && y < 700 ? 255 : 0), size));
    expect(disc.experiment.dataset.scale).toBe(0.32);
    expect(disc.printed).toContain('Note: the images are large: "scale": 0.32');
    expect(disc.experiment.input.crop).toEqual([256, 256]);
    const spot = await init(await pairsOf(colourful, (x, y) => (x < 20 && y < 20 ? 255 : 0), size));
    expect(spot.experiment.dataset.scale).toBe(0.71);
  });

  test('class weights follow the share of the foreground; equal classes get none', async () => {
    const rare = await init(await pairsOf(colourful, square(255)));
    expect(rare.experiment.losses).toContainEqual({ type: 'crossEntropy', classWeights: [1, 3], labelSmoothing: 0 });
    const equal = await init(await pairsOf(colourful, (x) => (x < 24 ? 255 : 0)));
    expect(equal.experiment.losses.map(({ type }) => type)).toEqual(['crossEntropy', 'focal', 'sum']);
    expect(equal.printed).toContain('Note: 60 % of the pixels are foreground');
  });

  test('what has no partner is left out, and said', async () => {
    const folder = await pairsOf(colourful, square(255));
    await writePicture(join(folder, 'images', '9.png'), picture(40, 32, 3, colourful));
    const { experiment, printed } = await init(folder);
    expect(experiment.dataset.unpaired).toBe('skip');
    expect(printed).toContain('Note: left out: 1 image without a mask: 9.png');
  });

  test('sizes that differ within a pair', async () => {
    const folder = await pairsOf(colourful, square(255));
    await writePicture(
      join(folder, 'masks', '2.png'),
      maskPicture(40, 30, (x) => x > 20),
    );
    expect((await problemOf(folder)).message).toContain('the mask has 40 × 30 pixels');
  });
});
