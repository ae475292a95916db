import { existsSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { writeRunDocument } from '../../src/runs/document';
import { lockRun } from '../../src/runs/lock';
import { newDocument } from '../../src/runs/newRun';
import { firstOutput, killNow, runInit, startProgram, temporaryFolder } from './support';

const minuteAgo = new Date(Date.now() - 60_000);

/** A folder with a lock file that was written a minute ago. */
function lockedFolder(content: string): string {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'lock'), content);
  utimesSync(join(folder, 'lock'), minuteAgo, minuteAgo);
  return folder;
}

async function expectTakenOver(folder: string): Promise<void> {
  const lock = await lockRun(folder);
  expect(JSON.parse(readFileSync(join(folder, 'lock'), 'utf8'))).toMatchObject({ pid: process.pid, host: hostname() });
  await lock.release();
  expect(readdirSync(folder).filter((name) => name !== 'run.json')).toEqual([]);
}

const held = 'this run is being trained by';

describe('lockRun', () => {
  it('is held by one at a time, also within a process', async () => {
    const folder = temporaryFolder();
    const lock = await lockRun(folder);
    await expect(lockRun(folder)).rejects.toThrow(held);
    await lock.release();
    await lock.release();
    expect(existsSync(join(folder, 'lock'))).toBe(false);
    await (await lockRun(folder)).release();
  });

  it('is got by exactly one of many who try at once', async () => {
    const folder = lockedFolder(JSON.stringify({ pid: 2 ** 30, host: hostname(), token: 'dead' }));
    const tries = await Promise.allSettled(Array.from({ length: 20 }, () => lockRun(folder)));
    const got = tries.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    expect(got).toHaveLength(1);
    await got[0]?.release();
    expect(readdirSync(folder)).toEqual([]);
  });

  it('is taken over from a process that was killed, not from one that lives', async () => {
    const folder = temporaryFolder();
    const child = await startProgram(
      `import { lockRun } from './lock';
       void lockRun(process.argv[2]!).then(() => console.log('locked'));
       setInterval(() => undefined, 1000);`,
      [folder],
    );
    await firstOutput(child);
    utimesSync(join(folder, 'lock'), minuteAgo, minuteAgo);
    await expect(lockRun(folder)).rejects.toThrow(`${held} process ${child.pid} on ${hostname()}`);
    await killNow(child);
    await expectTakenOver(folder);
  });

  it('is taken over from a dead process that had the same id', async () => {
    await expectTakenOver(lockedFolder(JSON.stringify({ pid: process.pid, host: hostname(), token: 'before' })));
  });

  it('is taken over from another machine when the heartbeat of the run is dead', async () => {
    const folder = lockedFolder(JSON.stringify({ pid: process.pid, host: 'another-machine', token: 'x' }));
    await writeRunDocument(folder, newDocument('id', runInit, new Date()));
    await expect(lockRun(folder)).rejects.toThrow(`${held} process ${process.pid} on another-machine`);
    await writeRunDocument(folder, newDocument('id', runInit, minuteAgo));
    await expectTakenOver(folder);
  });

  it('is not taken over while it is young, from a process that is just writing it', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'lock'), '{"pid":');
    await expect(lockRun(folder)).rejects.toThrow(`${held} another process`);
    utimesSync(join(folder, 'lock'), minuteAgo, minuteAgo);
    await expectTakenOver(folder);
  });

  it('does not remove a lock that somebody else has taken', async () => {
    const folder = temporaryFolder();
    const lock = await lockRun(folder);
    const other = JSON.stringify({ pid: 1, host: hostname(), token: 'other' });
    writeFileSync(join(folder, 'lock'), other);
    await lock.release();
    expect(readFileSync(join(folder, 'lock'), 'utf8')).toBe(other);
  });
});
