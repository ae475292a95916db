import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mapsCommand, type MapsArguments } from '../../../../src/engine/cli/mapsCommand';
import { predictCommand, type PredictArguments } from '../../../../src/engine/cli/predictCommand';
import { OnnxRuntimeEngine } from '../../../../src/engine/compile/onnxRuntime';
import { decodeImage } from '../../../../src/engine/data/decode';
import { unetGeometry } from '../../../../src/engine/data/geometry';
import { copyWindow } from '../../../../src/engine/data/window';
import { Checkpoints } from '../../../../src/engine/insight/inspector/checkpoints';
import { marginPass } from '../../../../src/engine/insight/inspector/networks';
import { readInspectedRun } from '../../../../src/engine/insight/inspector/runs';
import { colourAt, paint } from '../../../../src/engine/insight/maps';
import { readMetrics } from '../../../../src/runs/metricsTable';
import { decodeNpy } from '../../../../src/runs/npy';
import { tinyRun, type TinyRun } from '../tinyRun';

const folder = mkdtempSync(join(tmpdir(), 'losscape-maps-'));
let run: TinyRun;

beforeAll(async () => {
  run = await tinyRun(folder, { loss: { type: 'focal', gamma: 2 } });
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Line {
  image: string;
  epoch: number;
  quantity: string;
  range: [number, number] | null;
  height: number;
  width: number;
  files: { figure: string; map: string; values: string };
}

async function maps(args: Partial<MapsArguments>): Promise<{ lines: Line[]; err: string }> {
  let [out, err] = ['', ''];
  const code = await mapsCommand(
    {
      run: run.folder,
      runsFolder: run.runs,
      epochs: [2],
      images: [run.test[0]!],
      quantities: ['pt'],
      losses: [],
      out: join(folder, 'maps'),
      threads: 1,
      json: true,
      ...args,
    },
    { stdout: { write: (text) => (out += text) }, stderr: { write: (text) => (err += text) } },
  );
  expect(code).toBe(0);
  const lines = out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
  return { lines, err };
}

const npy = (file: string) => decodeNpy(readFileSync(file), file);
const mean = (values: Float32Array) => values.reduce((sum, value) => sum + value, 0) / values.length;

describe('losscape maps', () => {
  it('writes numbers, a picture of one pixel per pixel, and a figure', async () => {
    const { lines, err } = await maps({ quantities: ['pt', 'outcome', 'gradient'] });
    expect(err).toBe('');
    expect(lines.map(({ quantity }) => quantity)).toEqual(['pt', 'outcome', 'gradient']);
    for (const { quantity, files, height, width, range } of lines) {
      const { shape, data } = npy(files.values);
      expect(shape).toEqual([height, width]);
      const { data: pixels, info } = await sharp(files.map).raw().toBuffer({ resolveWithObject: true });
      expect([info.height, info.width, info.channels]).toEqual([height, width, 4]);
      const expected = paint(quantity as 'pt', data, range === null ? {} : { range });
      expect(Buffer.from(expected).equals(pixels)).toBe(true);
      const figure = await sharp(files.figure).metadata();
      expect(figure.width).toBeGreaterThan(2 * width);
    }
    expect(lines[0]!.range).toEqual([0, 1]);
    expect(lines[1]!.range).toBeNull();
    const [from, to] = lines[2]!.range!;
    expect(from).toBe(-to);
  });

  it('shows the colour bar from the bottom of the range to its top', async () => {
    const { lines } = await maps({ quantities: ['entropy'], range: [0, 0.5] });
    const { data, info } = await sharp(lines[0]!.files.figure)
      .removeAlpha()
      .raw()
      .toBuffer({ resolveWithObject: true });
    const rowsNear = (share: number): number[] => {
      const colour = colourAt('viridis', share);
      // Right of the picture there is the bar only.
      const columns = Array.from({ length: Math.floor(info.width * 0.25) }, (_, i) => info.width - 1 - i);
      return Array.from({ length: info.height }, (_, y) => y).filter((y) =>
        columns.some((x) => colour.every((part, c) => Math.abs(data[(y * info.width + x) * 3 + c]! - part) < 6)),
      );
    };
    const [bottom, middle, top] = [0.05, 0.5, 0.95].map(rowsNear) as [number[], number[], number[]];
    expect(Math.min(bottom.length, middle.length, top.length)).toBeGreaterThan(3);
    expect(Math.max(...top)).toBeLessThan(Math.min(...middle) - 50);
    expect(Math.max(...middle)).toBeLessThan(Math.min(...bottom) - 50);
  });

  it('of the loss average to the loss in metrics.csv, for every image and epoch', async () => {
    const rows = await readMetrics(run.folder);
    const { lines } = await maps({
      quantities: ['loss'],
      epochs: [0, 1, 2],
      images: [...run.train, ...run.test],
      out: join(folder, 'losses'),
    });
    expect(rows.length).toBeGreaterThanOrEqual(16);
    for (const row of rows) {
      const line = lines.find(({ image, epoch }) => image === row.image && epoch === row.epoch)!;
      expect(Math.abs(mean(npy(line.files.values).data) - row.loss)).toBeLessThan(1e-5);
    }
  });

  it('takes any loss by name or as JSON, and files with a mask', async () => {
    const name = run.test[0]!;
    const asFile = await maps({
      images: [join(run.images, `${name}.png`)],
      mask: join(run.masks, `${name}.png`),
      quantities: ['loss'],
      losses: ['focal-2', '{"type":"crossEntropy","classWeights":[1,3]}'],
      out: join(folder, 'files'),
    });
    const asImage = await maps({ quantities: ['loss'] });
    expect(asFile.lines).toHaveLength(2);
    expect(npy(asFile.lines[0]!.files.values)).toEqual(npy(asImage.lines[0]!.files.values));
    expect(asFile.lines[1]!.files.values).toContain('loss-cross-entropy-1-3');
  });

  it('says why there is no map, and uses the nearest checkpoint aloud', async () => {
    await expect(maps({ quantities: ['loss'], losses: ['{"type":"dice"}'] })).rejects.toThrow('ratio of sums');
    await expect(maps({ images: ['nobody'] })).rejects.toThrow('neither an image of the run nor a file');
    await expect(maps({ losses: ['{"type":"nothing"}'], quantities: ['loss'] })).rejects.toThrow('no loss');
    const noTarget = maps({ images: [join(run.images, `${run.test[0]}.png`)] });
    await expect(noTarget).rejects.toThrow('no mask');
    const { lines, err } = await maps({ epochs: [9] });
    expect(lines[0]!.epoch).toBe(2);
    expect(err).toContain('Epoch 9 has no checkpoint');
  });
});

async function predict(args: Partial<PredictArguments>, expected = 0): Promise<string> {
  let err = '';
  const code = await predictCommand(
    {
      run: run.folder,
      runsFolder: run.runs,
      images: [run.images],
      epoch: 2,
      out: join(folder, 'predictions'),
      bits: 16,
      force: false,
      threads: 1,
      json: false,
      ...args,
    },
    { stdout: { write: () => true }, stderr: { write: (text: string) => (err += text) } },
  );
  expect(code).toBe(expected);
  return err;
}

describe('losscape predict', () => {
  it('writes masks and probabilities of every image of a folder, of one size and meaning', async () => {
    const out = join(folder, 'predictions');
    await predict({});
    expect(readdirSync(out)).toHaveLength(3 * 8);
    const name = run.test[1]!;
    const { shape, data } = npy(join(out, `${name}.probability.npy`));
    const [mask, grey] = await Promise.all(
      ['mask', 'probability'].map((ending) =>
        sharp(join(out, `${name}.${ending}.png`))
          .toColourspace(ending === 'mask' ? 'b-w' : 'grey16')
          .raw({ depth: ending === 'mask' ? 'uchar' : 'ushort' })
          .toBuffer({ resolveWithObject: true }),
      ),
    );
    for (const { info } of [mask!, grey!]) expect([info.height, info.width, info.channels]).toEqual([...shape, 1]);
    const { channels } = await sharp(join(out, `${name}.mask.png`)).metadata();
    expect(channels).toBe(1);
    const sixteen = new Uint16Array(grey!.data.buffer, grey!.data.byteOffset, data.length);
    data.forEach((p, i) => {
      expect(sixteen[i]).toBe(Math.round(65535 * p));
      // At exactly one half the float32 probability cannot tell.
      if (p !== 0.5) expect(mask!.data[i]).toBe(p > 0.5 ? 255 : 0);
    });
  });

  it('never overwrites without being told to', async () => {
    const file = join(folder, 'predictions', `${run.test[0]}.mask.png`);
    const before = statSync(file).mtimeMs;
    const image = join(run.images, `${run.test[0]}.png`);
    await expect(predict({ images: [image] })).rejects.toThrow('already');
    expect(statSync(file).mtimeMs).toBe(before);
    await predict({ images: [image], force: true, bits: 8 });
    expect(statSync(file).mtimeMs).toBeGreaterThan(before);
    expect((await sharp(join(folder, 'predictions', `${run.test[0]}.probability.png`)).metadata()).depth).toBe('uchar');
  });

  it('puts the tiles of a large image of another kind together without seams', async () => {
    const image = join(folder, 'large.png');
    // Grey, of 16 bits, and more than the 2^20 pixels that pass at once.
    const [height, width] = [1000, 1210];
    const values = Uint16Array.from({ length: height * width }, (_, i) => {
      const [y, x] = [Math.floor(i / width), i % width];
      return 32767 + 32000 * Math.sin(y / 17 + Math.sin(x / 31) + (x * y) / 90000);
    });
    await sharp(values, { raw: { height, width, channels: 1 } })
      .toColourspace('grey16')
      .png()
      .toFile(image);
    await predict({ images: [image], out: join(folder, 'large') });
    const tiled = npy(join(folder, 'large', 'large.probability.npy'));
    expect(tiled.shape).toEqual([height, width]);

    const inspected = await readInspectedRun(run.folder);
    const { model } = inspected.experiment;
    const { weights } = await new Checkpoints().read(inspected, 2);
    const { tile, pad } = unetGeometry(model, [height, width]);
    const program = await new OnnxRuntimeEngine('cpu', 1).compile(marginPass(model, tile));
    await program.writeState(weights);
    const images = new Float32Array(3 * tile[0] * tile[1]);
    copyWindow(
      await decodeImage(image, 1, 3),
      { top: -pad.top, left: -pad.left, height: tile[0], width: tile[1] },
      { top: 0, left: 0, height, width },
      images,
      0,
    );
    const { margin } = await program.run({ images });
    await program.dispose();
    let worst = 0;
    let spread = 0;
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const whole = 1 / (1 + Math.exp(-margin![(y + pad.top) * tile[1] + x + pad.left]!));
        worst = Math.max(worst, Math.abs(whole - tiled.data[y * width + x]!));
        spread = Math.max(spread, Math.abs(whole - 0.5));
      }
    }
    expect(worst).toBeLessThan(1e-5);
    expect(spread).toBeGreaterThan(0.01);
  }, 60_000);

  it('tells of images that cannot be read, and predicts the others', async () => {
    const out = join(folder, 'some');
    const [text, torn] = [join(folder, 'text.png'), join(folder, 'torn.png')];
    writeFileSync(text, 'no image at all');
    const whole = readFileSync(join(run.images, `${run.test[0]}.png`));
    writeFileSync(torn, whole.subarray(0, whole.length / 2));
    const good = join(run.images, `${run.test[1]}.png`);
    const err = await predict({ images: [text, good, torn], out }, 2);
    expect(readdirSync(out).sort()).toEqual(
      ['mask.png', 'probability.npy', 'probability.png'].map((ending) => `${run.test[1]}.${ending}`),
    );
    const complaints = err.split('\n').filter((line) => line.startsWith('error '));
    expect(complaints).toHaveLength(2);
    expect(complaints[0]).toContain(`${text}: `);
    expect(complaints[1]).toContain(`${torn}: `);
  });

  it('says what is wrong with the images', async () => {
    await expect(predict({ images: [join(folder, 'none.png')] })).rejects.toThrow('no such file');
    const empty = join(folder, 'empty');
    mkdirSync(empty);
    await expect(predict({ images: [empty] })).rejects.toThrow('no image in this folder');
    const twice = [join(run.images, `${run.test[0]}.png`), join(run.masks, `${run.test[0]}.png`)];
    await expect(predict({ images: twice, out: join(folder, 'twice') })).rejects.toThrow('two images are called');
  });
});
