import {
  copyFileSync,
  cpSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp, { type Sharp } from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chooseRuntime } from '../../../../src/engine/accelerators/chooseRuntime';
import { regionLabels } from '../../../../src/engine/data/tiles';
import { handlers } from '../../../../src/engine/insight/handlers';
import { InspectorContext } from '../../../../src/engine/insight/inspector/context';
import { trueProbability } from '../../../../src/engine/insight/maps';
import type { ImageReference } from '../../../../src/engine/insight/protocol';
import { checkpointPath, runPaths } from '../../../../src/runs/layout';
import { readMetrics } from '../../../../src/runs/metricsTable';
import { Problem } from '../../../../src/runs/problem';
import { tinyRun, type TinyRun } from '../tinyRun';
import { asking } from './support';

const folder = mkdtempSync(join(tmpdir(), 'losscape-look-'));
const context = new InspectorContext(async () => (await chooseRuntime('auto', { threads: 1 })).runtime);
const ask = asking(context);
let run: TinyRun;

beforeAll(async () => {
  run = await tinyRun(folder);
}, 120_000);

afterAll(async () => {
  await context.dispose();
  rmSync(folder, { recursive: true, force: true });
});

/** A copy of the run that may be damaged. */
function copyOfRun(name: string): string {
  const copy = join(folder, name);
  cpSync(run.folder, copy, { recursive: true });
  return copy;
}

const meanOver = (values: Float32Array, labels: Uint8Array, side: number): number => {
  const chosen = values.filter((_, i) => labels[i] === side);
  return chosen.reduce((sum, value) => sum + value, 0) / chosen.length;
};

describe('an image of the run', () => {
  it('comes with its target, its split, and word that it is as it was', async () => {
    const { result, arrays } = await ask('image', { run: run.folder, image: { name: run.test[0]! } });
    expect(result).toMatchObject({ name: run.test[0], split: 'test', changed: null, compared: true, notes: [] });
    const { height, width } = result;
    expect(arrays.photo.shape).toEqual([height, width, 3]);
    const expected = await sharp(join(run.images, `${run.test[0]}.png`))
      .raw()
      .toBuffer();
    expect(Buffer.from(arrays.photo.values).equals(expected)).toBe(true);
    const share = arrays.labels!.values.reduce((sum, label) => sum + label, 0) / (height * width);
    expect(share).toBeGreaterThan(0.02);
    expect(share).toBeLessThan(0.4);
  });

  it('whose file has changed is shown, and says so', async () => {
    const name = run.train[0]!;
    const file = join(run.masks, `${name}.png`);
    const before = readFileSync(file);
    writeFileSync(file, await sharp(before).negate({ alpha: false }).png().toBuffer());
    const { result } = await ask('image', { run: run.folder, image: { name, split: 'train' } });
    expect(result.changed).toBe('The mask has changed since this run began.');
    writeFileSync(file, before);
    expect((await ask('image', { run: run.folder, image: { name } })).result.changed).toBeNull();
  });

  it('of a run that wrote no hashes down cannot be compared', async () => {
    const older = copyOfRun('older');
    rmSync(runPaths(older).images);
    const { result } = await ask('image', { run: older, image: { name: run.train[0]! } });
    expect(result).toMatchObject({ changed: null, compared: false });
  });

  it('that does not exist is a Problem that lists some', async () => {
    await expect(ask('image', { run: run.folder, image: { name: 'nobody' } })).rejects.toThrow('has no image "nobody"');
    const wrongSplit = ask('image', { run: run.folder, image: { name: run.train[0]!, split: 'test' } });
    await expect(wrongSplit).rejects.toThrow('no test image');
  });

  it('that is gone is a Problem in words', async () => {
    const file = join(run.images, `${run.train[1]!}.png`);
    renameSync(file, `${file}.away`);
    const gone = ask('image', { run: run.folder, image: { name: run.train[1]! } });
    await expect(gone).rejects.toThrow('is no longer there');
    renameSync(`${file}.away`, file);
    await ask('image', { run: run.folder, image: { name: run.train[1]! } });
  });
});

describe('any image file', () => {
  it.each([
    ['grey', (image: Sharp) => image.toColourspace('b-w'), 'grey is repeated'],
    ['grey of 16 bits', (image: Sharp) => image.toColourspace('grey16'), '16 bits'],
    ['colours that are partly transparent', (image: Sharp) => image.ensureAlpha(0.5), ''],
  ])('of another size and %s is looked at', async (name, change, note) => {
    const path = join(folder, `${name}.png`);
    await change(sharp(join(run.images, `${run.test[0]}.png`)).resize(50, 37)).toFile(path);
    const { result, arrays } = await ask('image', { run: run.folder, image: { path } });
    expect(result).toMatchObject({ height: 37, width: 50, split: null, changed: null, compared: false });
    expect(result.notes.join(' ')).toContain(note);
    expect(arrays.labels).toBeUndefined();
    const margin = await ask('margin', { run: run.folder, epoch: 'last', image: { path } });
    expect(margin.result).toMatchObject({ height: 37, width: 50, top: 0, left: 0 });
    expect(margin.arrays.margin.values.every(Number.isFinite)).toBe(true);
  });

  it('in colours is looked at by a network for grey ones', async () => {
    const grey = await tinyRun(join(folder, 'channels'), { model: { channels: 1 }, training: { epochs: 1 } });
    const path = join(run.images, `${run.test[0]}.png`);
    const { result, arrays } = await ask('image', { run: grey.folder, image: { path } });
    expect(arrays.photo.shape).toEqual([result.height, result.width, 3]);
    const [red, green, blue] = arrays.photo.values;
    expect([green, blue]).toEqual([red, red]);
    const margin = await ask('margin', { run: grey.folder, epoch: 'last', image: { path } });
    expect(margin.arrays.margin.values.every(Number.isFinite)).toBe(true);
  }, 60_000);

  it('with a mask of another size is refused, and both are named', async () => {
    const mask = join(folder, 'small mask.png');
    await sharp(join(run.masks, `${run.test[0]}.png`))
      .resize(40, 30)
      .toFile(mask);
    const path = join(run.images, `${run.test[0]}.png`);
    const problem = (await ask('image', { run: run.folder, image: { path, mask } }).catch(
      (error: unknown) => error,
    )) as Problem;
    expect(problem).toBeInstanceOf(Problem);
    expect(problem.describe()).toContain('40');
    expect(problem.describe()).toContain(`${run.test[0]}.png`);
  });

  it('larger than what passes at once goes through in tiles; larger than memory allows is refused before it is read', async () => {
    const wide = join(folder, 'wide.png');
    await sharp(join(run.images, `${run.test[0]}.png`))
      .resize(1210, 900, { fit: 'fill' })
      .toFile(wide);
    const { result, arrays } = await ask('margin', { run: run.folder, epoch: 2, image: { path: wide } });
    expect(result).toMatchObject({ height: 900, width: 1210, top: 0, left: 0 });
    expect(arrays.margin.values.every(Number.isFinite)).toBe(true);
    const huge = join(folder, 'huge.png');
    await sharp({ create: { width: 9000, height: 8000, channels: 3, background: 'grey' } })
      .toColourspace('b-w')
      .png({ compressionLevel: 1 })
      .toFile(huge);
    const began = performance.now();
    const problem = (await ask('image', { run: run.folder, image: { path: huge } }).catch(
      (error: unknown) => error,
    )) as Problem;
    expect(problem.message).toContain('72 million pixels');
    expect(problem.hint).toContain('losscape predict');
    expect(problem.place?.file).toBe(huge);
    // Its header is enough.
    expect(performance.now() - began).toBeLessThan(1000);
  }, 60_000);

  it('with its mask has a target', async () => {
    const image: ImageReference = {
      path: join(run.images, `${run.test[0]}.png`),
      mask: join(run.masks, `${run.test[0]}.png`),
    };
    const { arrays } = await ask('image', { run: run.folder, image });
    const own = await ask('image', { run: run.folder, image: { name: run.test[0]! } });
    expect(arrays.labels!.values).toEqual(own.arrays.labels!.values);
  });

  it('that is no picture, or is not there, is a Problem that names it', async () => {
    const path = join(folder, 'text.png');
    writeFileSync(path, 'no picture');
    const problem = await ask('image', { run: run.folder, image: { path } }).catch(
      (error: unknown) => error as Problem,
    );
    expect(problem).toBeInstanceOf(Problem);
    expect((problem as Problem).place!.file).toBe(path);
    await expect(ask('image', { run: run.folder, image: { path: join(folder, 'nothing.png') } })).rejects.toThrow(
      'no longer there',
    );
    await expect(ask('image', { run: run.folder, image: { path: 'relative.png' } })).rejects.toThrow('absolute');
  });
});

describe('the margin', () => {
  it('gives the confidence that the metrics say, for every image and epoch', async () => {
    const rows = await readMetrics(run.folder);
    expect(rows.length).toBeGreaterThan(8);
    for (const row of rows) {
      const image = { name: row.image };
      const { result, arrays } = await ask('margin', { run: run.folder, epoch: row.epoch, image });
      expect(result).toMatchObject({ epoch: row.epoch, note: null });
      const labels = (await ask('image', { run: run.folder, image })).arrays.labels!.values;
      const { height, width } = result;
      const pt = trueProbability({ height, width, margin: arrays.margin.values, labels });
      expect(meanOver(pt, labels, 0)).toBeCloseTo(row.confidenceBackground, 5);
      expect(meanOver(pt, labels, 1)).toBeCloseTo(row.confidenceForeground, 5);
    }
  });

  it('covers the centre of an image where the run is evaluated there', async () => {
    const centred = await tinyRun(join(folder, 'centred'), { training: { evaluate: 'center', epochs: 1 } });
    const rows = (await readMetrics(centred.folder)).filter(({ epoch }) => epoch === 1);
    for (const row of rows) {
      const image = { name: row.image };
      const { result, arrays } = await ask('margin', { run: centred.folder, epoch: 1, image });
      const whole = await ask('image', { run: centred.folder, image });
      const { top, left, height, width } = result;
      expect([height, width]).toEqual([48, 64]);
      expect(top).toBe((whole.result.height - 48) >> 1);
      const labels = regionLabels({ labels: whole.arrays.labels!.values, width: whole.result.width }, result);
      const pt = trueProbability({ height, width, margin: arrays.margin.values, labels });
      expect(left).toBe((whole.result.width - 64) >> 1);
      expect(meanOver(pt, labels, 1)).toBeCloseTo(row.confidenceForeground, 5);
    }
    // An image of another origin is looked at whole, even if it is smaller than the crop.
    const path = join(folder, 'small.png');
    await sharp(join(run.images, `${run.test[0]}.png`))
      .resize(20, 30)
      .toFile(path);
    const { result } = await ask('margin', { run: centred.folder, epoch: 1, image: { path } });
    expect(result).toMatchObject({ height: 30, width: 20, top: 0, left: 0 });
  }, 60_000);

  it('of a missing checkpoint is that of the nearest, with a note', async () => {
    const { result } = await ask('margin', { run: run.folder, epoch: 7, image: { name: run.test[0]! } });
    expect(result).toMatchObject({ epoch: 2, note: 'Epoch 7 has no checkpoint: this is epoch 2.' });
  });

  it('of a damaged checkpoint is that of the nearest whole one, with a note', async () => {
    const damaged = copyOfRun('damaged');
    truncateSync(checkpointPath(damaged, 2), 1000);
    const image = { name: run.test[0]! };
    const answer = await ask('margin', { run: damaged, epoch: 2, image });
    expect(answer.result).toMatchObject({ epoch: 1, note: 'The checkpoint of epoch 2 is damaged: this is epoch 1.' });
    const whole = await ask('margin', { run: run.folder, epoch: 1, image });
    expect(answer.arrays.margin.values).toEqual(whole.arrays.margin.values);
    for (const epoch of [0, 1]) truncateSync(checkpointPath(damaged, epoch), 100);
    await expect(ask('margin', { run: damaged, epoch: 2, image })).rejects.toThrow('truncated');
    rmSync(runPaths(damaged).checkpoints, { recursive: true });
    await expect(ask('margin', { run: damaged, epoch: 2, image })).rejects.toThrow('no checkpoint yet');
  });

  it('follows a checkpoint that is written again', async () => {
    const again = copyOfRun('again');
    const image = { name: run.test[0]! };
    const before = await ask('margin', { run: again, epoch: 2, image });
    copyFileSync(checkpointPath(again, 1), checkpointPath(again, 2));
    const after = await ask('margin', { run: again, epoch: 2, image });
    expect(after.arrays.margin.values).not.toEqual(before.arrays.margin.values);
  });

  it('of several epochs asked for at once does not mix them up', async () => {
    const image = { name: run.train[0]! };
    const epochs = [0, 1, 2, 0, 1, 2];
    const answers = await Promise.all(epochs.map((epoch) => ask('margin', { run: run.folder, epoch, image })));
    expect(answers.map(({ result }) => result.epoch)).toEqual(epochs);
    const values = answers.map(({ arrays }) => arrays.margin.values);
    expect(values[0]).toEqual(values[3]);
    expect(values[2]).toEqual(values[5]);
    expect(values[0]).not.toEqual(values[1]);
  });

  it('that nobody waits for is given up', async () => {
    const controller = new AbortController();
    controller.abort();
    const params = { run: run.folder, epoch: 1, image: { name: run.test[0]! } };
    await expect(handlers.margin!(params, context, controller.signal)).rejects.toThrow('aborted');
  });

  it('of a run of a newer format, or of no run, is a Problem', async () => {
    const newer = copyOfRun('newer');
    const document = JSON.parse(readFileSync(runPaths(newer).document, 'utf8')) as object;
    writeFileSync(runPaths(newer).document, JSON.stringify({ ...document, formatVersion: 99 }));
    const problem = await ask('margin', { run: newer, epoch: 1, image: { name: run.test[0]! } }).catch(
      (error: unknown) => error as Problem,
    );
    expect((problem as Problem).message).toContain('newer Losscape');
    expect((problem as Problem).hint).toContain('Update');
    await expect(ask('margin', { run: folder, epoch: 1, image: { name: 'x' } })).rejects.toThrow('no run.json');
  });
});

describe('the layers', () => {
  it('are those of the network', async () => {
    const { layers } = (await ask('layers', { run: run.folder })).result;
    const { parameters } = JSON.parse(readFileSync(runPaths(run.folder).document, 'utf8')) as { parameters: number };
    expect(layers.reduce((sum, layer) => sum + layer.parameters, 0)).toBe(parameters);
    expect(layers[0]).toMatchObject({ name: 'encoder.0.conv1', channels: 4, stride: 1 });
    expect(layers.find(({ name }) => name === 'bottom.conv2')).toMatchObject({ channels: 16, stride: 4 });
    expect(layers.find(({ name }) => name === 'decoder.1.up')).toMatchObject({ channels: 8, stride: 2 });
    expect(layers.at(-1)).toMatchObject({ name: 'head', channels: 2, stride: 1 });
  });
});
