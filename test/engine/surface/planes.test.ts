import { readFile, rename } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { LossSpec } from '../../../src/engine/experiment/schema';
import { readPlane } from '../../../src/engine/surface/plane';
import { unetParameters } from '../../../src/engine/unet/unet';
import { readSurfaceDocument } from '../../../src/runs/surfaceDocument';
import { readTrajectories, writeTrajectories, type SurfaceTrajectories } from '../../../src/runs/surfaceTrajectories';
import { lastingFolder, losscape, recorded, sampled, trainedRuns, type Sampled } from './trainedRuns';

const losses: LossSpec[] = [{ type: 'crossEntropy' }, { type: 'dice' }];
const specs = unetParameters({ filters: 4, depth: 1, padding: 'same', classes: 2, channels: 3 });
const all = ['--images', '6'];

/** As near as float32 sums come. */
function expectSame(found: number, expected: number): void {
  expect(Math.abs(found - expected)).toBeLessThan(2e-5 * Math.max(1, Math.abs(expected)));
}

let runs: string[];
let one: string;
let two: string;
beforeAll(async () => {
  runs = await trainedRuns(lastingFolder(), losses);
  [one, two] = runs as [string, string];
});

describe('the centre of a surface', () => {
  it.each(['train', 'test'] as const)('is the %s loss that the run recorded', async (split) => {
    const [surface] = await sampled(one, '--points', '3', ...all);
    const prefix = split === 'test' ? 'test.' : '';
    const columns = { 'loss.cross-entropy': 'loss', iou: 'iou', 'ece-boundary': 'eceBoundary', nll: 'nll' };
    for (const [key, column] of Object.entries(columns)) {
      expectSame((await surface!.values(prefix + key))[4]!, await recorded(one, 4, split, column));
    }
    expect((await surface!.values(`${prefix}loss.cross-entropy.error`))[4]).toBeGreaterThan(0);
  });
});

describe('the line between two runs trained with different losses', () => {
  it('has the losses that the runs recorded at its ends', async () => {
    const [line] = await sampled(one, two, '--plane', 'line', '--points', '9', ...all);
    const { document } = line!;
    expect(document.kind).toBe('line');
    expect(document.axes.b).toEqual([0]);
    expect(document.axes.a[2]).toBe(0);
    expect(document.axes.a[6]).toBe(1);
    expect(document.plane).toMatchObject({
      kind: 'line',
      checkpoints: [{ run: basename(one) }, { run: basename(two) }],
    });
    expectSame((await line!.values('loss.cross-entropy'))[2]!, await recorded(one, 4, 'train', 'loss'));
    expectSame((await line!.values('loss.dice'))[6]!, await recorded(two, 4, 'train', 'loss'));
    expectSame((await line!.values('test.loss.dice'))[6]!, await recorded(two, 4, 'test', 'loss'));
  });

  it('or between two checkpoints of one run', async () => {
    const [line] = await sampled(`${one}@1`, `${one}@3`, '--plane', 'line', '--range', '0:1', '--points', '3', ...all);
    const values = await line!.values('loss.cross-entropy');
    expectSame(values[0]!, await recorded(one, 1, 'train', 'loss'));
    expectSame(values[2]!, await recorded(one, 3, 'train', 'loss'));
    expect(await readPlane(join(line!.folder, 'plane.safetensors'), specs)).toMatchObject({
      provenance: { kind: 'line' },
    });
  });

  it('or along one random direction around one network', async () => {
    const [line] = await sampled(`${one}@2`, '--plane', 'line', '--points', '5', ...all);
    expect(line!.document).toMatchObject({ kind: 'line', plane: { kind: 'random', checkpoint: { epoch: 2 } } });
    expectSame((await line!.values('loss.cross-entropy'))[2]!, await recorded(one, 2, 'train', 'loss'));
  });
});

describe('the plane of principal components of two runs', () => {
  let surface: Sampled;
  beforeAll(async () => {
    [surface] = (await sampled(one, two, '--plane', 'pca', '--points', '9', ...all)) as [Sampled];
  });

  it('says what it explains, and has all checkpoints within its axes', async () => {
    const { document, folder } = surface;
    const { plane } = document;
    expect(plane).toMatchObject({
      kind: 'pca',
      checkpoint: null,
      runs: [{ run: basename(one) }, { run: basename(two) }],
    });
    const explained = (plane as { explained: number[] }).explained;
    expect(explained[0]! + explained[1]!).toBeGreaterThan(0.5);
    expect(document.provenance).toMatch(/first two principal components .* explain [\d.]+ % and [\d.]+ %/);
    const trajectories = (await readTrajectories(folder))!;
    expect(trajectories.runs.map(({ run, points }) => [run, points.length])).toEqual([
      [basename(one), 5],
      [basename(two), 5],
    ]);
    for (const { points } of trajectories.runs) {
      for (const { a, b } of points) {
        expect(a).toBeGreaterThan(document.axes.a[0]!);
        expect(a).toBeLessThan(document.axes.a.at(-1)!);
        expect(b).toBeGreaterThan(document.axes.b[0]!);
        expect(b).toBeLessThan(document.axes.b.at(-1)!);
      }
    }
    expect(document.axes.a).toContain(0);
    expect(document.axes.b).toContain(0);
  });

  it('has the true losses of every checkpoint beside those of the plane below it', async () => {
    const trajectories = (await readTrajectories(surface.folder))!;
    const place = trajectories.quantities.indexOf('loss.dice');
    const test = trajectories.quantities.indexOf('test.loss.dice');
    for (const { epoch, distance, true: own, plane } of trajectories.runs[1]!.points) {
      if (epoch > 0) {
        expectSame(own![place]!, await recorded(two, epoch, 'train', 'loss'));
        expectSame(own![test]!, await recorded(two, epoch, 'test', 'loss'));
      }
      expect(distance).toBeGreaterThan(0);
      expect(Number.isFinite(plane![place])).toBe(true);
    }
  });

  it('is the same for other epochs, around the networks of those, on the same axes', async () => {
    const series = await sampled(two, '--axes-of', surface.folder, '--epochs', '1,3', ...all);
    expect(series.map(({ document }) => document.plane.movedTo?.epoch)).toEqual([1, 3]);
    expect(new Set(series.map(({ document }) => document.series?.id)).size).toBe(1);
    const [zeroA, zeroB] = [surface.document.axes.a.indexOf(0), surface.document.axes.b.indexOf(0)];
    for (const { document, folder, values } of series) {
      expect(document.axes).toEqual(surface.document.axes);
      const centre = (await values('loss.dice'))[zeroB * 9 + zeroA]!;
      expectSame(centre, await recorded(two, document.plane.movedTo!.epoch, 'train', 'loss'));
      const plane = await readPlane(join(folder, 'plane.safetensors'), specs);
      const stored = await readPlane(join(surface.folder, 'plane.safetensors'), specs);
      expect(plane.a).toEqual(stored.a);
    }
    // Networks are measured once, for whatever plane they are seen from.
    const [first, second] = await Promise.all(series.map(({ folder }) => readTrajectories(folder)));
    const own = (of: typeof first) => of!.runs[0]!.points.map((point) => point.true);
    expect(own(second)).toEqual(own(first));
    expect(second!.runs[0]!.points.every(({ plane }) => plane !== null)).toBe(true);
    expect(series[0]!.document.provenance).toMatch(/The same directions around epoch 1 of /);
  });

  it('is made from all of them', async () => {
    const { err, code } = await losscape('surface', one, '--plane', 'pca', '--epoch', '3');
    expect([code, err]).toEqual([2, expect.stringMatching(/is made from all checkpoints/)]);
  });
});

describe('random directions at several epochs', () => {
  it('are the same ones', async () => {
    const surfaces = await sampled(
      one,
      '--epochs',
      '0,4',
      '--points',
      '3',
      '--split',
      'train',
      '--no-trajectories',
      ...all,
    );
    const planes = await Promise.all(surfaces.map(({ folder }) => readPlane(join(folder, 'plane.safetensors'), specs)));
    expect(planes[0]!.a).toEqual(planes[1]!.a);
    expect(planes[0]!.centre).not.toEqual(planes[1]!.centre);
    expectSame((await surfaces[1]!.values('loss.cross-entropy'))[4]!, await recorded(one, 4, 'train', 'loss'));
    await expect(readFile(join(surfaces[0]!.folder, 'trajectories.json'))).rejects.toThrow(/ENOENT/);
  });
});

describe('a finer and wider surface', () => {
  it('takes over what there is, and is the same as one sampled anew', async () => {
    const [small] = await sampled(one, '--points', '5', '--split', 'train', ...all);
    const before = small!.document.secondsSampling;
    expect(before).toBeGreaterThan(0);
    const { out, code } = await losscape(
      ...['surface', one, '--extend', small!.document.id, '--range', '-2:2', '--points', '17', '--json'],
    );
    expect(code).toBe(0);
    const events = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { type: string; folder: string });
    expect(events.filter(({ type }) => type === 'progress')).toHaveLength(17 * 17 - 25);
    const [anew] = await sampled(one, '--range', '-2:2', '--points', '17', '--split', 'train', ...all);
    const file = 'loss.cross-entropy.npy';
    expect(await readFile(join(events.at(-1)!.folder, file))).toEqual(await readFile(join(anew!.folder, file)));
  });

  it('must have the points of the old one', async () => {
    const [small] = await sampled(one, '--points', '5', '--split', 'train', '--images', '2');
    const wrong = await losscape('surface', one, '--extend', small!.document.id, '--range', '-1.7:2');
    expect(wrong.err).toMatch(/are not among those of the new grid.*\n.*--range -2:2 and --points 9 or 17/s);
    const same = await losscape('surface', one, '--extend', small!.document.id);
    expect(same.err).toMatch(/needs a finer or wider grid/);
  });
});

describe('networks so far away that their losses overflow', () => {
  it('are stored as they come out, and hide nothing else', async () => {
    const [far] = await sampled(one, '--range', '-1e30:1e30', '--points', '3', '--split', 'train', ...all);
    const values = await far!.values('loss.cross-entropy');
    expectSame(values[4]!, await recorded(one, 4, 'train', 'loss'));
    expect(values.filter((value) => !Number.isFinite(value))).toHaveLength(8);
    expect(far!.document).toMatchObject({ status: 'finished', done: 9 });
    expect((await readSurfaceDocument(far!.folder)).minima!['loss.cross-entropy']).toMatchObject({
      a: 0,
      b: 0,
      sharpness: null,
      curvature: [null, null],
    });
    // Seen from a line through such a network, checkpoints have losses of their own, and the line has none.
    const trajectories = (await readTrajectories(far!.folder))!;
    expect(trajectories.runs[0]!.points.every(({ true: own }) => Number.isFinite(own![0]))).toBe(true);
  });

  it('are read back from trajectories', async () => {
    const folder = lastingFolder();
    const point = { epoch: 1, a: 0, b: 0, distance: 1, true: [NaN, Infinity, 1.5], plane: [-Infinity, 0, 1] };
    const written: SurfaceTrajectories = {
      formatVersion: 1,
      quantities: ['x', 'y', 'z'],
      runs: [{ run: 'r', loss: 'l', available: 1, points: [point] }],
    };
    await writeTrajectories(folder, written);
    expect(await readTrajectories(folder)).toEqual(written);
  });
});

describe('a surface of which a run was deleted', () => {
  it('can be extended, without the path of that run', async () => {
    const [plane] = await sampled(one, two, '--plane', 'pca', '--points', '5', '--split', 'train', '--images', '2');
    await rename(two, `${two}-away`);
    try {
      const { out, code, err } = await losscape(
        ...['surface', one, '--extend', plane!.document.id, '--points', '9', '--threads', '1', '--json'],
      );
      expect([code, err]).toEqual([0, '']);
      const { folder } = JSON.parse(out.trim().split('\n').at(-1)!) as { folder: string };
      const { runs: found } = (await readTrajectories(folder))!;
      expect(found.map(({ run }) => run)).toEqual([basename(one)]);
      expect((await readSurfaceDocument(folder)).plane).toMatchObject({ runs: [{}, { run: basename(two) }] });
    } finally {
      await rename(`${two}-away`, two);
    }
  });
});
