import { writeFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Dataset, File, ready } from 'h5wasm/node';
import { beforeAll, describe, expect, it } from 'vitest';
import { hdf5Bytes } from '../../../src/engine/surface/export/hdf5';
import { lossLandscapeFiles } from '../../../src/engine/surface/export/lossLandscape';
import { readSurface } from '../../../src/engine/surface/export/readSurface';
import { lastingFolder, losscape, sampled, trainedRuns, type Sampled } from './trainedRuns';

const out = lastingFolder();
let plane: Sampled;
let line: Sampled;
beforeAll(async () => {
  await ready;
  const runs = await trainedRuns(join(out, 'trained'), [{ type: 'crossEntropy' }, { type: 'dice' }], 2);
  const settings = ['--images', '2'];
  [plane] = (await sampled(...runs, '--plane', 'pca', '--points', '5', ...settings)) as [Sampled];
  [line] = (await sampled(...runs, '--plane', 'line', '--points', '3', ...settings)) as [Sampled];
});

/** What the HDF5 library reads: values and shapes of all datasets of a file. */
function read(path: string): Record<string, { shape: number[] | null; values: unknown }> {
  const file = new File(path, 'r');
  try {
    return Object.fromEntries(
      file.keys().map((name) => {
        const { shape, value } = file.get(name) as Dataset;
        return [name, { shape, values: value }];
      }),
    );
  } finally {
    file.close();
  }
}

async function exported(surface: Sampled, ...more: string[]): Promise<string> {
  const folder = join(out, `${surface.document.id} ${more.join(' ')}`);
  const result = await losscape('surface', 'export', surface.folder, '--format', 'h5', '--out', folder, ...more);
  expect([result.code, result.err]).toEqual([0, '']);
  return folder;
}

describe('the files of loss-landscape', () => {
  it('have the axes, and losses and accuracies of both splits under its names, rows along y', async () => {
    const folder = await exported(plane, '--height', 'loss.dice');
    const found = read(join(folder, 'surface.h5'));
    expect(found.xcoordinates).toEqual({ shape: [5], values: Float64Array.from(plane.document.axes.a) });
    expect(found.ycoordinates).toEqual({ shape: [5], values: Float64Array.from(plane.document.axes.b) });
    expect(found.train_loss).toEqual({ shape: [5, 5], values: await plane.values('loss.dice') });
    expect(found.test_loss?.values).toEqual(await plane.values('test.loss.dice'));
    expect(found.train_acc?.values).toEqual((await plane.values('accuracy')).map((value) => 100 * value));
    expect(found['loss.cross-entropy']?.values).toEqual(await plane.values('loss.cross-entropy'));
    const { explained } = plane.document.plane as { explained: number[] };
    const directions = read(join(folder, 'directions.h5'));
    expect(directions.explained_variance_ratio_?.values).toEqual(Float64Array.from(explained));
    expect((await readdir(folder)).filter((name) => name.endsWith('_proj.h5'))).toHaveLength(2);
  });

  it('of a line have one axis; a trajectory has a foot for each checkpoint', async () => {
    const folder = await exported(line);
    const found = read(join(folder, 'surface.h5'));
    expect(found.ycoordinates).toBeUndefined();
    expect(found.train_loss?.shape).toEqual([3]);
    const [path] = (await readdir(folder)).filter((name) => name.endsWith('_proj.h5'));
    const { proj_xcoord, epoch } = read(join(folder, path!));
    expect([epoch?.values, proj_xcoord?.shape]).toEqual([Float64Array.of(0, 1, 2), [3]]);
  });

  it('keep points that are missing or infinite as they are, on planes that are not square', async () => {
    const surface = await readSurface(plane.folder);
    const values = new Map([...surface.values].map(([key, data]) => [key, data.slice(0, 15)]));
    values.get('loss.dice')!.set([NaN, Infinity, -Infinity]);
    const axes = { ...surface.document.axes, b: surface.document.axes.b.slice(0, 3) };
    const cut = { ...surface, values, states: surface.states.slice(0, 15), document: { ...surface.document, axes } };
    const [file] = lossLandscapeFiles(cut, 'loss.dice');
    const path = join(out, 'cut.h5');
    writeFileSync(path, await hdf5Bytes(file!.datasets, file!.attributes));
    const { train_loss } = read(path);
    expect(train_loss?.shape).toEqual([3, 5]);
    expect([...(train_loss!.values as Float32Array)].slice(0, 3)).toEqual([NaN, Infinity, -Infinity]);
  });
});
