import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readSurfaceData, surfacesOf, surfaceVersion } from '../../../src/extension/surfaces/surfaceFiles';
import { SurfaceWatch } from '../../../src/extension/surfaces/surfaceWatch';
import { writeTrajectories } from '../../../src/runs/surfaceTrajectories';
import { gridOf, surfaceDocument, writeSurface } from './support';

let run: string;

beforeEach(() => {
  run = join(mkdtempSync(join(tmpdir(), 'losscape-surfaces-')), 'run-1');
  mkdirSync(run);
});

afterEach(() => rmSync(join(run, '..'), { recursive: true, force: true }));

describe('surfaces on disk', () => {
  it('are found, newest first; what cannot be read is said and hides no other', async () => {
    expect(await surfacesOf([run, `${run}-gone`])).toEqual({ surfaces: [], problems: [] });
    await writeSurface(run, surfaceDocument({ id: 'old', created: '2026-01-01T00:00:00.000Z' }));
    await writeSurface(run, surfaceDocument({ id: 'new', created: '2026-02-01T00:00:00.000Z' }));
    const broken = await writeSurface(run, surfaceDocument({ id: 'broken' }));
    writeFileSync(join(broken, 'surface.json'), '{');
    mkdirSync(join(run, 'surfaces', 'being-made'));
    const { surfaces, problems } = await surfacesOf([run, run]);
    expect(surfaces.map(({ id }) => id)).toEqual(['new', 'old']);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain('not whole JSON');
  });

  it('give values, states and trajectories, and only of marked points what they promise', async () => {
    const document = surfaceDocument();
    const folder = await writeSurface(run, document);
    const grid = gridOf(folder, document);
    grid.put(0, 0, [0.5, 0.1]);
    grid.put(2, 1, [Infinity, NaN]);
    await grid.flush();
    grid.put(1, 1, [0.25, 0.05]); // not marked yet
    await writeTrajectories(folder, {
      formatVersion: 1,
      quantities: ['loss.dice.train'],
      runs: [
        {
          run: 'run-1',
          loss: 'dice',
          available: 1,
          points: [{ epoch: 3, a: 0.5, b: 0.5, distance: 4, true: [0.7], plane: [Infinity] }],
        },
      ],
    });
    const data = await readSurfaceData(folder, ['loss.dice.train', 'loss.dice.train.error', 'unknown']);
    grid.close();
    expect([...data.states]).toEqual([1, 0, 0, 0, 0, 1]);
    expect(data.values['loss.dice.train']![0]).toBe(0.5);
    expect(data.values['loss.dice.train']![5]).toBe(Infinity);
    expect(Object.keys(data.values)).toEqual(['loss.dice.train', 'loss.dice.train.error']);
    expect(data.paths[0]!.points[0]).toMatchObject({
      distance: 4,
      own: { 'loss.dice.train': 0.7 },
      plane: { 'loss.dice.train': Infinity },
    });
    expect(data.info).toMatchObject({ run: 'run-1', runs: ['run-1'], bound: null });
    expect(data.info.quantities).toMatchObject([
      { key: 'loss.dice.train', error: 'loss.dice.train.error', variant: 'reported' },
    ]);
  });

  it('that are damaged are named', async () => {
    const folder = await writeSurface(run, surfaceDocument());
    truncateSync(join(folder, 'loss.dice.train.npy'), 130);
    await expect(readSurfaceData(folder, ['loss.dice.train'])).rejects.toThrow('cut off');
    rmSync(join(folder, 'done.npy'));
    await expect(readSurfaceData(folder, [])).rejects.toMatchObject({ place: { file: join(folder, 'done.npy') } });
  });

  it('tell of a sweep whose process is gone', async () => {
    const hour = new Date(Date.now() - 3_600_000).toISOString();
    const folder = await writeSurface(run, surfaceDocument({ status: 'sampling', updated: hour }));
    expect((await readSurfaceData(folder, [])).info.status).toBe('interrupted');
  });
});

describe('watching a surface', () => {
  it('tells of points as they land, each time once, and of nothing after it was stopped', async () => {
    const document = surfaceDocument({ status: 'sampling' });
    const folder = await writeSurface(run, document);
    const grid = gridOf(folder, document);
    const seen: number[] = [];
    const watch = new SurfaceWatch(folder, async () => {
      const { states } = await readSurfaceData(folder, []);
      seen.push(states.filter(Boolean).length);
    });
    await delay(300);
    expect(seen).toEqual([]);
    grid.put(0, 0, [1, 0]);
    await grid.flush();
    await until(() => seen.length === 1);
    grid.put(1, 0, [1, 0]);
    grid.put(2, 0, [1, 0]);
    await grid.flush();
    await until(() => seen.length === 2);
    expect(seen).toEqual([1, 3]);
    watch.stop();
    grid.put(0, 1, [1, 0]);
    await grid.flush();
    grid.close();
    await delay(500);
    expect(seen).toEqual([1, 3]);
  });

  it('is told of once more after a silence: who samples it may have been killed', async () => {
    const document = surfaceDocument({ status: 'sampling', host: hostname(), pid: 2 ** 30 });
    const folder = await writeSurface(run, document);
    const seen: string[] = [];
    const watch = new SurfaceWatch(
      folder,
      async () => void seen.push((await readSurfaceData(folder, [])).info.status),
      [300],
    );
    await until(() => seen.length === 1);
    await delay(500);
    expect(seen).toEqual(['interrupted']);
    watch.stop();
  });

  it('sees a folder go away', async () => {
    const folder = await writeSurface(run, surfaceDocument());
    const before = await surfaceVersion(folder);
    rmSync(folder, { recursive: true });
    expect(await surfaceVersion(folder)).not.toBe(before);
  });
});

async function until(condition: () => boolean): Promise<void> {
  for (let wait = 0; wait < 60 && !condition(); wait += 1) await delay(50);
}
