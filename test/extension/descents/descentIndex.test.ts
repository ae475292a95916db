import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { DescentIndex } from '../../../src/extension/descents/descentIndex';
import { RunIndex } from '../../../src/extension/runs/runIndex';
import type { DescentDocument } from '../../../src/runs/descentDocument';
import { runPaths } from '../../../src/runs/layout';
import { cleanUp, runDocument, temporaryFolder, until, writeRun } from '../runs/support';
import { descentDocument, writeDescent } from './support';

test('descents that a runs folder holds appear, change and disappear, and are no runs', async () => {
  const runs = temporaryFolder();
  writeRun(join(runs, '20260101-000000-a'), runDocument());
  const first = writeDescent(runs, '20260102-000000-b');
  const index = new RunIndex({ gap: 20, sweepEvery: 100_000 });
  cleanUp(() => index.dispose());
  const seen: string[] = [];
  index.descents.onChange((changed) => seen.push(...changed.map(({ id }) => id)));
  await index.setFolders([runs]);
  expect([...index.runs().keys()]).toEqual([join(runs, '20260101-000000-a')]);
  expect(index.descents.all().map(({ folder }) => folder)).toEqual([first]);
  expect(index.descents.ofRunNamed('a-run').map(({ folder }) => folder)).toEqual([first]);
  expect(index.descents.ofRunNamed('another')).toEqual([]);
  const second = join(runs, '20260103-000000-c');
  mkdirSync(second);
  writeDescent(runs, '20260103-000000-c', { checkpoint: { ...descentDocument().checkpoint, run: 'another' } });
  await until(() => index.descents.has(second), 'the new one was found');
  expect(index.descents.ofRunNamed('another').map(({ folder }) => folder)).toEqual([second]);
  rmSync(second, { recursive: true });
  await until(() => !index.descents.has(second), 'it was seen to be gone');
  expect(index.descents.ofRunNamed('another')).toEqual([]);
  expect(seen).toEqual(['20260102-000000-b', '20260103-000000-c', '20260103-000000-c']);
  await index.setFolders([]);
  expect(index.descents.all()).toEqual([]);
});

test('one that is under way is followed by itself, also when its process dies without a word', async () => {
  const runs = temporaryFolder();
  const live = (patch: Partial<DescentDocument>) =>
    writeDescent(runs, 'live', {
      status: 'running',
      pid: process.pid,
      host: hostname(),
      updated: new Date().toISOString(),
      finished: null,
      ...patch,
    });
  const folder = live({ stepsDone: 1 });
  const index = new DescentIndex(20);
  cleanUp(() => index.dispose());
  await index.look(folder);
  const now = () => index.all()[0]!;
  live({ stepsDone: 5 });
  await until(() => {
    const entry = now();
    return entry.ok && entry.document.stepsDone === 5;
  }, 'its next steps were seen');
  expect(now()).toMatchObject({ status: 'running' });
  // Of this computer, and no process has this number.
  live({ stepsDone: 6, pid: 2 ** 30 });
  await until(() => {
    const entry = now();
    return entry.ok && entry.status === 'interrupted';
  }, 'its death was seen');
  expect(readFileSync(runPaths(folder).document, 'utf8')).toContain('"running"');
});

test('one that cannot be read any more says why', async () => {
  const folder = writeDescent(temporaryFolder(), 'one');
  const index = new DescentIndex();
  cleanUp(() => index.dispose());
  await index.look(folder);
  writeFileSync(runPaths(folder).document, '{ "kind": "descent"');
  await index.look(folder);
  expect(index.all()).toEqual([{ id: 'one', folder, ok: false, reason: 'its run.json is not whole JSON' }]);
});
