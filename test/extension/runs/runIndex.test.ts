import { mkdirSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { WatchFolder } from '../../../src/extension/runs/folderWatch';
import { RunIndex, type RunIndexOptions } from '../../../src/extension/runs/runIndex';
import type { RunsChange } from '../../../src/extension/runs/runData';
import { runPaths } from '../../../src/runs/layout';
import { cleanUp, liveDocument, runDocument, temporaryFolder, until, writeRun } from './support';

function makeIndex(options: RunIndexOptions = {}): { index: RunIndex; changes: RunsChange[] } {
  const index = new RunIndex({ gap: 20, ...options });
  const changes: RunsChange[] = [];
  index.onChange((change) => changes.push(change));
  cleanUp(() => index.dispose());
  return { index, changes };
}

const status = (index: RunIndex, folder: string): string | undefined => {
  const entry = index.get(folder)?.entry;
  return entry?.ok ? entry.status : entry?.reason;
};

test('reads the runs of a folder, and says of those that cannot be read why', async () => {
  const runs = temporaryFolder();
  writeRun(join(runs, '20260101-000000-a'), runDocument());
  mkdirSync(join(runs, '20260102-000000-b'));
  writeFileSync(runPaths(join(runs, '20260102-000000-b')).document, '{"formatVer');
  mkdirSync(join(runs, 'no run'));
  writeFileSync(join(runs, 'a file'), '');
  const { index, changes } = makeIndex();
  await index.setFolders([runs]);
  expect(index.runs().size).toBe(2);
  expect(status(index, join(runs, '20260102-000000-b'))).toBe('its run.json is not whole JSON');
  await until(() => changes.flatMap(({ added }) => added).length === 2, 'both were reported');
});

test('runs that appear, change and disappear', async () => {
  const runs = temporaryFolder();
  const { index, changes } = makeIndex();
  await index.setFolders([runs]);
  const folder = join(runs, '20260101-000000-a');
  mkdirSync(folder);
  await delay(30);
  writeRun(folder, liveDocument());
  await until(() => status(index, folder) === 'running', 'the new run was found');
  writeRun(folder, liveDocument({ epochsDone: 4 }));
  await until(() => {
    const entry = index.get(folder)?.entry;
    return entry?.ok === true && entry.document.epochsDone === 4;
  }, 'its next epoch was seen');
  writeFileSync(runPaths(folder).metrics, 'epoch\n');
  await until(() => changes.some(({ changed }) => changed.includes(folder)), 'its table was seen to grow');
  rmSync(folder, { recursive: true });
  await until(() => index.get(folder) === undefined, 'it was seen to be gone');
  await until(() => changes.some(({ removed }) => removed.includes(folder)), 'that was reported');
});

test('a run that is copied slowly is read again until it is whole', async () => {
  const runs = temporaryFolder();
  const { index } = makeIndex();
  await index.setFolders([runs]);
  const folder = join(runs, '20260101-000000-a');
  mkdirSync(folder);
  const text = JSON.stringify(runDocument());
  writeFileSync(runPaths(folder).document, text.slice(0, 40));
  await until(() => status(index, folder) === 'its run.json is not whole JSON', 'its beginning was seen');
  writeFileSync(runPaths(folder).document, text);
  await until(() => status(index, folder) === 'finished', 'the whole of it was seen');
});

test('a runs folder that is made, deleted and made again', async () => {
  const parent = temporaryFolder();
  const runs = join(parent, 'runs');
  const { index } = makeIndex();
  await index.setFolders([runs]);
  writeRun(join(runs, 'one'), runDocument());
  await until(() => index.runs().size === 1, 'the first run was found');
  rmSync(runs, { recursive: true });
  await until(() => index.runs().size === 0, 'it was gone');
  writeRun(join(runs, 'two'), runDocument());
  await until(() => index.get(join(runs, 'two')) !== undefined, 'the run of the new folder was found');
});

test('the first run of all, whose run.json comes later than its folder', async () => {
  const runs = join(temporaryFolder(), 'runs');
  const { index } = makeIndex();
  await index.setFolders([runs]);
  const folder = join(runs, 'one');
  mkdirSync(folder, { recursive: true });
  await delay(80);
  writeRun(folder, liveDocument());
  await until(() => status(index, folder) === 'running', 'the run was found');
});

test('a run whose process is gone is interrupted, without any file changing', async () => {
  const runs = temporaryFolder();
  const folder = join(runs, 'one');
  writeRun(folder, liveDocument({ pid: 2 ** 22 - 7 }));
  const { index } = makeIndex();
  await index.setFolders([runs]);
  expect(status(index, folder)).toBe('interrupted');

  const other = join(runs, 'two');
  const updated = new Date(Date.now() - 29_800).toISOString();
  writeRun(other, liveDocument({ updated }));
  const { index: second, changes } = makeIndex({ liveEvery: 50 });
  await second.setFolders([runs]);
  expect(status(second, other)).toBe('running');
  await until(() => status(second, other) === 'interrupted', 'its heartbeat was dead');
  await until(() => changes.some(({ changed }) => changed.includes(other)), 'that was reported');
});

test('a run that was resumed elsewhere is found by looking again', async () => {
  const runs = temporaryFolder();
  const folder = join(runs, 'one');
  writeRun(folder, runDocument({ status: 'stopped' }));
  const { index } = makeIndex({ liveEvery: 30, sweepEvery: 60 });
  await index.setFolders([runs]);
  writeRun(folder, liveDocument());
  utimesSync(runPaths(folder).document, new Date(), new Date());
  await until(() => status(index, folder) === 'running', 'it was found');
});

test('without watches it says why and looks regularly', async () => {
  const runs = temporaryFolder();
  const none: WatchFolder = (_folder, _changed, failed) => {
    queueMicrotask(() => failed(Object.assign(new Error('no space'), { code: 'ENOSPC' })));
    return { close: () => undefined };
  };
  const { index } = makeIndex({ watch: none, liveEvery: 20, liveEveryPolling: 20, sweepEveryPolling: 40 });
  const states: string[] = [];
  index.onWatching(({ mode, reason }) => states.push(`${mode}: ${reason}`));
  await index.setFolders([runs]);
  await until(() => states.length > 0, 'it said so');
  expect(states).toEqual(['polling: the system has no more file watches to give (fs.inotify.max_user_watches)']);
  const folder = join(runs, 'one');
  writeRun(folder, liveDocument());
  await until(() => index.get(folder) !== undefined, 'the run was found all the same');
  writeRun(folder, liveDocument({ epochsDone: 9 }));
  await until(() => {
    const entry = index.get(folder)?.entry;
    return entry?.ok === true && entry.document.epochsDone === 9;
  }, 'its next epoch was seen');
});

test('a file system that announces nothing is noticed', async () => {
  const runs = temporaryFolder();
  const folder = join(runs, 'one');
  writeRun(folder, liveDocument());
  const deaf: WatchFolder = () => ({ close: () => undefined });
  const { index } = makeIndex({ watch: deaf, liveEvery: 20 });
  await index.setFolders([runs]);
  for (let epoch = 4; epoch < 60 && index.watching.mode === 'watching'; epoch += 1) {
    writeRun(folder, liveDocument({ epochsDone: epoch }));
    await delay(30);
  }
  expect(index.watching).toEqual({ mode: 'polling', reason: 'this file system does not announce changes' });
});

test('folders that are no longer wanted are forgotten', async () => {
  const [one, two] = [temporaryFolder(), temporaryFolder()];
  writeRun(join(one, 'a'), runDocument());
  writeRun(join(two, 'b'), runDocument());
  const { index } = makeIndex();
  await index.setFolders([one, two]);
  expect(index.runs().size).toBe(2);
  await index.setFolders([two]);
  expect([...index.runs().keys()]).toEqual([join(two, 'b')]);
});

test('equal lists and settings of many runs are held once', async () => {
  const runs = temporaryFolder();
  for (const name of ['a', 'b']) writeRun(join(runs, name), runDocument());
  const { index } = makeIndex();
  await index.setFolders([runs]);
  const [a, b] = [...index.runs().values()].map(({ entry }) => (entry.ok ? entry.document : null));
  expect(a!.dataset.train).toBe(b!.dataset.train);
  expect(a!.experiment).toBe(b!.experiment);
  expect(a!.dataset.train).not.toBe(a!.dataset.test);
});

test('a run folder that is renamed is the same run under another name', async () => {
  const runs = temporaryFolder();
  writeRun(join(runs, 'a'), runDocument());
  const { index } = makeIndex();
  await index.setFolders([runs]);
  renameSync(join(runs, 'a'), join(runs, 'b'));
  await until(() => [...index.runs().keys()].join() === join(runs, 'b'), 'the new name was seen');
});
