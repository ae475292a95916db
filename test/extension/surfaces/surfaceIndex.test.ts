import { chmodSync, mkdirSync, rmSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { SurfaceEntry } from '../../../src/extension/surfaces/surfaceFacts';
import { SurfaceIndex } from '../../../src/extension/surfaces/surfaceIndex';
import { type SurfaceDocument, writeSurfaceDocument } from '../../../src/runs/surfaceDocument';
import { cleanUp, temporaryFolder, until } from '../runs/support';
import { surfaceDocument, writeSurface } from './support';

function makeIndex(patience = 30_000) {
  const index = new SurfaceIndex({ every: 20, patience });
  const changes: { run: string; changed: readonly SurfaceEntry[] }[] = [];
  index.onChange((run, changed) => changes.push({ run, changed }));
  cleanUp(() => index.dispose());
  return { index, changes };
}

function runFolder(): string {
  const run = join(temporaryFolder(), 'run-1');
  mkdirSync(run);
  return run;
}

test('whether a run has surfaces is found out once it is asked, and told', async () => {
  const [without, run] = [runFolder(), runFolder()];
  const folder = await writeSurface(run, surfaceDocument());
  const { index, changes } = makeIndex();
  expect([index.has(run), index.has(without)]).toEqual([false, false]);
  await until(() => changes.length > 0, 'it was told');
  await delay(50);
  expect(changes).toEqual([{ run, changed: [] }]);
  expect([index.has(run), index.has(without)]).toEqual([true, false]);
  expect(await index.of(run)).toMatchObject([
    { folder, id: 'random-3x2', run, surface: { plane: 'random', epoch: 12, status: 'finished', size: [3, 2] } },
  ]);
});

test('surfaces stand newest first; one that cannot be read says why', async () => {
  const run = runFolder();
  await writeSurface(run, surfaceDocument({ id: 'old', created: '2026-01-01T00:00:00.000Z' }));
  await writeSurface(run, surfaceDocument({ id: 'new', created: '2026-02-01T00:00:00.000Z' }));
  const odd = await writeSurface(run, surfaceDocument({ id: 'odd' }));
  await writeSurfaceDocument(odd, { formatVersion: 99 } as unknown as SurfaceDocument);
  const found = await makeIndex().index.of(run);
  expect(found.map(({ id }) => id)).toEqual(['new', 'old', 'odd']);
  expect(found[2]!.surface).toEqual({ reason: expect.stringContaining('a newer Losscape (format 99') as string });
});

test('a surface that is being sampled is followed to its end', async () => {
  const run = runFolder();
  const document = surfaceDocument({ status: 'sampling', pid: process.ppid, host: hostname(), done: 1 });
  const folder = await writeSurface(run, document);
  const { index, changes } = makeIndex();
  expect(await index.of(run)).toMatchObject([{ surface: { status: 'sampling', done: 1 } }]);
  changes.length = 0;
  await writeSurfaceDocument(folder, { ...document, done: 4 });
  await until(() => changes.length > 0, 'its points were told');
  expect(changes[0]).toMatchObject({ run, changed: [{ folder, surface: { status: 'sampling', done: 4 } }] });
  await writeSurfaceDocument(folder, { ...document, done: 6, pid: 2 ** 30 });
  await until(() => JSON.stringify(changes.at(-1)).includes('interrupted'), 'the death of its process was told');
});

test('one that was stopped is followed again when a task goes on with it', async () => {
  const run = runFolder();
  const document = surfaceDocument({ status: 'stopped', done: 2 });
  const folder = await writeSurface(run, document);
  const { index, changes } = makeIndex();
  expect(await index.of(run)).toMatchObject([{ surface: { status: 'stopped' } }]);
  changes.length = 0;
  const end = index.watch([run]);
  await writeSurfaceDocument(folder, { ...document, status: 'sampling', pid: process.ppid, host: hostname(), done: 3 });
  await until(() => changes.length > 0, 'it was seen to go on');
  expect(changes).toMatchObject([{ run, changed: [{ folder, surface: { status: 'sampling', done: 3 } }] }]);
  end();
});

test('runs of a task are looked at while it goes on, and what is deleted is gone', async () => {
  const run = runFolder();
  const { index, changes } = makeIndex();
  expect(await index.of(run)).toEqual([]);
  const end = index.watch([run]);
  const folder = await writeSurface(run, surfaceDocument());
  await until(() => index.has(run), 'the new surface was found');
  end();
  rmSync(folder, { recursive: true });
  await index.look(run);
  expect(index.has(run)).toBe(false);
  expect(changes).toEqual([
    { run, changed: [] },
    { run, changed: [] },
  ]);
});

test('after some patience, or when asked to, a run is looked at again', async () => {
  const run = runFolder();
  const { index } = makeIndex();
  await index.of(run);
  await writeSurface(run, surfaceDocument());
  expect(index.has(run)).toBe(false);
  await delay(50);
  expect(index.has(run)).toBe(false);
  await index.refresh();
  expect(index.has(run)).toBe(true);
  const impatient = makeIndex(10).index;
  impatient.has(runFolder());
  const other = runFolder();
  impatient.has(other);
  await delay(30);
  await writeSurface(other, surfaceDocument());
  await until(() => impatient.has(other), 'it was found without being told');
});

test('a surface that another program makes is noticed without a question', async () => {
  const run = runFolder();
  const { index, changes } = makeIndex(20);
  expect(index.has(run)).toBe(false);
  await delay(30);
  await writeSurface(run, surfaceDocument());
  await until(() => changes.length > 0, 'it was told');
  expect(changes).toEqual([{ run, changed: [] }]);
  expect(index.has(run)).toBe(true);
});

test.skipIf(process.getuid?.() === 0)('surfaces that cannot be listed say why', async () => {
  const run = runFolder();
  await writeSurface(run, surfaceDocument());
  chmodSync(join(run, 'surfaces'), 0);
  cleanUp(() => chmodSync(join(run, 'surfaces'), 0o755));
  const { index } = makeIndex();
  expect(await index.of(run)).toMatchObject([
    { id: 'surfaces', surface: { reason: expect.stringContaining('surfaces') as string } },
  ]);
  expect(index.has(run)).toBe(true);
});
