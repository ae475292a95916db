import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { decodeNpy } from '../../../src/engine/report/npy';
import { readSurfaces } from '../../../src/engine/report/surfaces';
import { createSurface, quantityFiles, type SurfaceFolder } from '../../../src/engine/surface/newSurface';
import { axisValues } from '../../../src/engine/surface/order';
import { randomPlane } from '../../../src/engine/surface/plane';
import { measuresOf } from '../../../src/engine/surface/quantities';
import { sweepSurface, type SurfaceEvent } from '../../../src/engine/surface/sweep';
import { initializeParameters } from '../../../src/engine/unet/initializers';
import { unetParameters } from '../../../src/engine/unet/unet';
import { isBeingSampled, readSurfaceDocument, resolveSurface } from '../../../src/runs/surfaceDocument';
import { SurfaceGrid } from '../../../src/runs/surfaceGrid';
import { temporaryFolder } from '../../runs/support';

const accelerator = { name: 'onnx', provider: 'cpu', threads: 1, reason: 'a test' };
const specs = unetParameters({ filters: 2, depth: 1, padding: 'same', classes: 2, channels: 1 });
const { measures } = measuresOf([{ type: 'crossEntropy' }]);

async function newSurface(runFolder: string, points = 9): Promise<SurfaceFolder> {
  await mkdir(runFolder, { recursive: true });
  const axis = axisValues(-1, 1, points);
  const checkpoint = { run: 'r', epoch: 3, loss: 'cross-entropy' };
  return createSurface({
    runFolder,
    specs,
    plane: randomPlane(specs, initializeParameters(specs, 'he', 1), {
      seed: 4,
      normalization: 'filter',
      biases: 'ignore',
      checkpoint,
    }),
    losses: [{ type: 'crossEntropy' }],
    measures,
    axes: { a: axis, b: axis.slice(1) },
    images: [{ split: 'train', names: ['x', 'y'], available: 5, seed: 4, region: 'whole', digest: 'd' }],
    synthetic: true,
    accelerator,
    versions: {},
  });
}

/** A sampler that needs no network: values that tell the point, NaN and infinity among them. */
function formula(stopAfter = Infinity, stop?: () => void) {
  const asked: string[] = [];
  return {
    asked,
    sample(a: number, b: number) {
      asked.push(`${a},${b}`);
      if (asked.length === stopAfter) stop?.();
      const means = Float64Array.from(measures, (_, m) => m + Math.sin(3 * a) + b / 3);
      if (a === 1) means[0] = Infinity;
      if (b === 1) means[1] = NaN;
      return Promise.resolve({ means, errors: means.map((value) => value / 10) });
    },
  };
}

async function sweep(surface: SurfaceFolder, sampler = formula(), signal = new AbortController().signal) {
  const events: SurfaceEvent[] = [];
  const document = await readSurfaceDocument(surface.folder);
  const status = await sweepSurface({
    folder: surface.folder,
    document,
    sampler,
    signal,
    accelerator,
    versions: {},
    emit: (event) => events.push(event),
  });
  return { status, events };
}

const bytesOf = async ({ folder, document }: SurfaceFolder): Promise<Buffer[]> =>
  Promise.all(
    [...quantityFiles(document.quantities), 'done.npy', 'plane.safetensors'].map((f) => readFile(join(folder, f))),
  );

describe('a sweep', () => {
  it('writes one array per quantity, a row-major [b, a], that the report reads', async () => {
    const run = temporaryFolder();
    const surface = await newSurface(run);
    expect(surface.document).toMatchObject({ id: 'epoch-0003-random-4-9x8', status: 'sampling', done: 0, total: 72 });
    const { status, events } = await sweep(surface);
    expect(status).toBe('finished');
    const { surfaces, warnings } = await readSurfaces(run);
    expect(warnings).toEqual([]);
    const [read] = surfaces;
    // Standard errors are beside the means, but not drawn.
    expect(read!.quantities.map(({ label }) => label)).toEqual([
      'cross-entropy',
      'accuracy',
      'IoU',
      'mean confidence, background',
      'mean confidence, foreground',
      'ECE of P(foreground)',
      'ECE of the top label',
      'ECE of the top label, foreground',
      'ECE of the top label, around the boundary',
      'negative log-likelihood',
      'Brier score',
    ]);
    const [loss] = read!.quantities;
    for (const [j, b] of read!.b.entries())
      for (const [i, a] of read!.a.entries())
        expect(loss!.values[j * 9 + i]).toBe(a === 1 ? Infinity : Math.fround(Math.sin(3 * a) + b / 3));
    expect(read!.provenance).toContain('Mean over 2 of 5 training images (chosen with seed 4)');
    expect(read!.provenance).toContain('synthetic');

    expect(events.filter(({ type }) => type === 'progress')).toHaveLength(72);
    expect(events.flatMap((event) => (event.type === 'refined' ? [event.points] : []))).toEqual([
      [5, 5],
      [9, 8],
    ]);
    expect(await readSurfaceDocument(surface.folder)).toMatchObject({ status: 'finished', done: 72 });
  });

  it('leaves NaN where nothing has been computed, also while the surface is new', async () => {
    const run = temporaryFolder();
    await newSurface(run);
    const { surfaces } = await readSurfaces(run);
    expect(surfaces[0]!.quantities[0]!.values.every(Number.isNaN)).toBe(true);
  });

  it('goes on where it was stopped, and ends with the same bytes', async () => {
    const folder = temporaryFolder();
    const undisturbed = await newSurface(join(folder, 'one'));
    await sweep(undisturbed);
    const stopped = await newSurface(join(folder, 'two'));
    const total: string[] = [];
    for (const after of [7, 1, 30]) {
      const controller = new AbortController();
      const sampler = formula(after, () => controller.abort());
      const { status } = await sweep(stopped, sampler, controller.signal);
      expect(status).toBe('stopped');
      total.push(...sampler.asked);
      expect(await readSurfaceDocument(stopped.folder)).toMatchObject({ status: 'stopped', done: total.length });
    }
    const last = formula();
    expect((await sweep(stopped, last)).status).toBe('finished');
    total.push(...last.asked);
    expect(new Set(total).size).toBe(72);
    expect(total).toHaveLength(72);
    expect(await bytesOf(stopped)).toEqual(await bytesOf(undisturbed));
  });

  it('computes points again whose values were written but not marked, whatever is in them', async () => {
    const folder = temporaryFolder();
    const undisturbed = await newSurface(join(folder, 'one'));
    await sweep(undisturbed);
    const killed = await newSurface(join(folder, 'two'));
    const grid = SurfaceGrid.open(killed.folder, quantityFiles(killed.document.quantities), 9, 8);
    grid.put(
      0,
      0,
      Float32Array.from({ length: 2 * measures.length }, () => randomBytes(4).readFloatLE()),
    );
    grid.put(8, 7, new Float32Array(2 * measures.length));
    grid.close();
    const sampler = formula();
    await sweep(killed, sampler);
    expect(sampler.asked).toHaveLength(72);
    expect(await bytesOf(killed)).toEqual(await bytesOf(undisturbed));
  });

  it('stops at a stop file, which is forgotten when it goes on', async () => {
    const surface = await newSurface(temporaryFolder());
    const stop = join(surface.folder, 'stop');
    const sampler = formula();
    const sample = sampler.sample.bind(sampler);
    sampler.sample = async (a, b) => {
      if (sampler.asked.length === 3) await writeFile(stop, '');
      return sample(a, b);
    };
    expect((await sweep(surface, sampler)).status).toBe('stopped');
    expect(sampler.asked).toHaveLength(4);
    expect((await sweep(surface)).status).toBe('finished');
    expect(existsSync(stop)).toBe(false);
  });

  it('keeps what it has when a point fails', async () => {
    const surface = await newSurface(temporaryFolder());
    const sampler = formula();
    const sample = sampler.sample.bind(sampler);
    sampler.sample = (a, b) => (sampler.asked.length === 5 ? Promise.reject(new Error('no memory')) : sample(a, b));
    await expect(sweep(surface, sampler)).rejects.toThrow('no memory');
    expect(await readSurfaceDocument(surface.folder)).toMatchObject({ status: 'failed', done: 5 });
    const { data } = decodeNpy(await readFile(join(surface.folder, 'accuracy.npy')), 'accuracy.npy');
    expect(data.filter((value) => !Number.isNaN(value)).length).toBe(5);
    expect((await sweep(surface)).status).toBe('finished');
  });
});

describe('a surface folder', () => {
  it('that is damaged is refused with the name of the file', async () => {
    const surface = await newSurface(temporaryFolder());
    await truncate(join(surface.folder, 'iou.npy'), 200);
    await expect(sweep(surface)).rejects.toMatchObject({ place: { file: join(surface.folder, 'iou.npy') } });
  });

  it('of a newer format says so', async () => {
    const surface = await newSurface(temporaryFolder());
    const document = await readSurfaceDocument(surface.folder);
    await writeFile(join(surface.folder, 'surface.json'), JSON.stringify({ ...document, formatVersion: 2 }));
    await expect(readSurfaceDocument(surface.folder)).rejects.toThrow(/newer Losscape/);
  });

  it('has a name of its own, by a part of which it is found', async () => {
    const run = temporaryFolder();
    await newSurface(run);
    const second = await newSurface(run);
    expect(second.document.id).toBe('epoch-0003-random-4-9x8-2');
    expect(await resolveSurface(run, '8-2')).toBe(second.folder);
    expect(await resolveSurface(run, 'epoch-0003-random-4-9x8')).toBe(join(run, 'surfaces', 'epoch-0003-random-4-9x8'));
    await expect(resolveSurface(run, 'random')).rejects.toThrow(/fits 2 surfaces/);
    await expect(resolveSurface(run, 'pca')).rejects.toThrow(/no surface "pca"/);
  });

  it('is being sampled while the process that says so lives and renews it', async () => {
    const { document } = await newSurface(temporaryFolder());
    const other = { ...document, pid: process.ppid };
    expect(isBeingSampled(other)).toBe(true);
    expect(isBeingSampled(document)).toBe(false); // a process of this id that died: this one knows that it is not sampling
    expect(isBeingSampled({ ...other, status: 'stopped' })).toBe(false);
    expect(isBeingSampled({ ...other, host: 'elsewhere' })).toBe(true);
    expect(isBeingSampled({ ...other, host: 'elsewhere' }, new Date(Date.now() + 61_000))).toBe(false);
  });
});
