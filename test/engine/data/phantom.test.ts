import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { datasetFingerprint } from '../../../src/engine/data/fingerprint';
import { inspectDataset } from '../../../src/engine/data/inspect';
import { listPairs } from '../../../src/engine/data/pairs';
import { renderPhantom } from '../../../src/engine/data/phantom/compose';
import { writePhantom } from '../../../src/engine/data/phantom/writePhantom';
import { readExperiment } from '../../../src/engine/experiment/read';
import { Problem } from '../../../src/runs/problem';
import { datasetIn, temporaryFolder } from './files';

test('the same seed and number give the same pixels, others do not', () => {
  const first = renderPhantom(5, 2, 0.3);
  expect(renderPhantom(5, 2, 0.3)).toEqual(first);
  expect(renderPhantom(5, 3, 0.3).pixels).not.toEqual(first.pixels);
  expect(renderPhantom(6, 2, 0.3).pixels).not.toEqual(first.pixels);
});

test('a phantom has the size of the photographs, at any scale the same anatomy', () => {
  const full = renderPhantom(1, 0);
  expect([full.width, full.height]).toEqual([428, 569]);
  expect(full.pixels.length).toBe(3 * 428 * 569);
  const half = renderPhantom(1, 0, 0.5);
  expect([half.width, half.height]).toEqual([214, 285]);
  expect(shareOf(half.labels)).toBeCloseTo(shareOf(full.labels), 2);
});

test('discs take up 5 to 16 % of the pixels, about 10 % on average, and lie whole in the picture', () => {
  const shares: number[] = [];
  for (let i = 0; i < 60; i++) {
    const { labels, width, height } = renderPhantom(99, i, 0.15);
    shares.push(shareOf(labels));
    for (let x = 0; x < width; x++) expect(labels[x]! + labels[(height - 1) * width + x]!).toBe(0);
    for (let y = 0; y < height; y++) expect(labels[y * width]! + labels[y * width + width - 1]!).toBe(0);
  }
  expect(Math.min(...shares)).toBeGreaterThan(0.05);
  expect(Math.max(...shares)).toBeLessThan(0.16);
  expect(mean(shares)).toBeGreaterThan(0.09);
  expect(mean(shares)).toBeLessThan(0.11);
});

test('discs are brighter than the retina, but no brightness tells them apart', () => {
  const overlaps: number[] = [];
  for (let i = 0; i < 30; i++) {
    const { pixels, labels } = renderPhantom(99, i, 0.3);
    const green = (label: number) =>
      [...labels.keys()].filter((k) => labels[k] === label).map((k) => pixels[3 * k + 1]!);
    const [retina, disc] = [green(0), green(1)];
    expect(mean(disc)).toBeGreaterThan(mean(retina) + 10);
    overlaps.push(bestThresholdIou(retina, disc));
  }
  // A threshold chosen for each image with its mask at hand, which no method has.
  expect(mean(overlaps)).toBeGreaterThan(0.5);
  expect(mean(overlaps)).toBeLessThan(0.9);
});

test('a written phantom is a data set with an experiment file, and says everywhere that it is synthetic', async () => {
  const folder = join(temporaryFolder(), 'new', 'phantom');
  const progress: number[] = [];
  const options = { pairs: 5, seed: 3, scale: 0.2, onProgress: (done: number) => progress.push(done) };
  const written = await writePhantom(folder, options);
  expect(written).toMatchObject({ folder, pairs: 5, experimentKept: false });
  expect(progress).toEqual([1, 2, 3, 4, 5]);
  expect((await readdir(folder)).sort()).toEqual(['README.md', 'images', 'masks', 'phantom.losscape.json']);

  const experiment = await readExperiment(written.experiment);
  expect(experiment.dataset).toMatchObject({ synthetic: true, scale: 1, images: join(folder, 'images') });
  const found = await inspectDataset(experiment.dataset, experiment.model, experiment.input);
  expect([...found.train, ...found.test].map(({ name }) => name)).toEqual([1, 2, 3, 4, 5].map((n) => `phantom-0${n}`));
  expect(found.warnings).toEqual([]);
  expect(found.foreground.mean).toBeGreaterThan(0.05);

  expect(await readFile(join(folder, 'README.md'), 'utf8')).toContain('no eye was photographed');
  for (const kind of ['images', 'masks']) {
    const { exif, width, height } = await sharp(join(folder, kind, 'phantom-01.png')).metadata();
    expect([width, height]).toEqual([86, 114]);
    expect(exif!.toString('latin1')).toContain('Synthetic');
  }
  const values = new Set(
    await sharp(join(folder, 'masks', 'phantom-01.png'))
      .toColourspace('b-w')
      .raw()
      .toBuffer(),
  );
  expect(values).toEqual(new Set([0, 255]));
});

test('written again it is the same; with fewer pairs none is left over; an edited experiment stays', async () => {
  const folder = temporaryFolder();
  const fingerprint = async () => datasetFingerprint(await listPairs(datasetIn(folder)));
  await writePhantom(folder, { pairs: 3, scale: 0.1 });
  const first = await fingerprint();
  await writeFile(join(folder, 'phantom.losscape.json'), '{ "mine": true }');
  expect((await writePhantom(folder, { pairs: 3, scale: 0.1 })).experimentKept).toBe(true);
  expect(await fingerprint()).toBe(first);
  expect(await readFile(join(folder, 'phantom.losscape.json'), 'utf8')).toBe('{ "mine": true }');
  await writePhantom(folder, { pairs: 2, scale: 0.1 });
  expect(await readdir(join(folder, 'masks'))).toEqual(['phantom-01.png', 'phantom-02.png']);
});

test('nothing of other making is overwritten', async () => {
  const folder = temporaryFolder();
  await mkdir(join(folder, 'images'));
  await writeFile(join(folder, 'images', 'patient.png'), 'precious');
  await expect(writePhantom(folder, { pairs: 1, scale: 0.1 })).rejects.toThrow('something else already (patient.png)');
  expect(await readdir(folder)).toEqual(['images']);
  const project = temporaryFolder();
  await writeFile(join(project, 'README.md'), 'My project');
  await expect(writePhantom(project, { pairs: 1, scale: 0.1 })).rejects.toThrow(Problem);
  expect(await readdir(project)).toEqual(['README.md']);
});

test('a folder that cannot be written to, and options out of range', async () => {
  const folder = temporaryFolder();
  await writeFile(join(folder, 'file'), '');
  const error = await writePhantom(join(folder, 'file', 'phantom'), { pairs: 1 }).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(Problem);
  expect((error as Problem).describe()).toContain(join(folder, 'file'));
  await expect(writePhantom(folder, { pairs: 0 })).rejects.toThrow('0 is no number of pairs');
  await expect(writePhantom(folder, { scale: 2 })).rejects.toThrow('cannot be scaled by 2');
});

function mean(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0) / values.length;
}

function shareOf(labels: Uint8Array): number {
  return labels.reduce((sum, label) => sum + label, 0) / labels.length;
}

/** The best IoU that any threshold of these grey values reaches. */
function bestThresholdIou(background: readonly number[], foreground: readonly number[]): number {
  const above = (values: readonly number[]) => {
    const counts = new Array<number>(257).fill(0);
    for (const value of values) counts[value]!++;
    for (let v = 254; v >= 0; v--) counts[v]! += counts[v + 1]!;
    return counts;
  };
  const [wrong, right] = [above(background), above(foreground)];
  return Math.max(...right.map((hits, v) => hits / (foreground.length + wrong[v]!)));
}
