import { spawnSync, type ChildProcess } from 'node:child_process';
import { existsSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { mkdir, readdir, readFile, rename } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SurfaceClaims } from '../../../src/runs/surfaceClaims';
import { readSurfaceDocument } from '../../../src/runs/surfaceDocument';
import { bundleCommandLine, startCommandLine } from '../commandLine';
import { temporaryFolder } from '../../runs/support';
import { writeTinyRuns, type TinyRun } from './tinyRun';

describe('a claim', () => {
  const claimOf = (folder: string, block: string, holder: object): string => {
    const path = join(folder, 'claims', block);
    writeFileSync(path, JSON.stringify({ host: hostname(), token: 'another', ...holder }));
    return path;
  };
  const folderWithClaims = async (): Promise<string> => {
    const folder = temporaryFolder();
    await mkdir(join(folder, 'claims'));
    return folder;
  };
  /** A process that has ended. */
  const deadPid = (): number => spawnSync(process.execPath, ['-e', '']).pid;

  it('keeps others off a block until it is given back', () => {
    const folder = temporaryFolder();
    const [one, two] = [new SurfaceClaims(folder), new SurfaceClaims(folder)];
    expect(one.take('x')).toBe(true);
    expect(two.take('x')).toBe(false);
    expect(two.take('y')).toBe(true);
    one.release('x');
    expect(two.take('x')).toBe(true);
    one.release('x'); // not its own any more
    expect(one.take('x')).toBe(false);
    two.close();
    expect(existsSync(join(folder, 'claims'))).toBe(false);
    expect(one.take('x')).toBe(true);
    one.close();
  });

  it('of a dead process of this machine is taken over at once, of a living one not', async () => {
    const folder = await folderWithClaims();
    claimOf(folder, 'x', { pid: deadPid() });
    claimOf(folder, 'y', { pid: process.ppid });
    claimOf(folder, 'z', { pid: process.pid }); // a process that had this one's id before
    const claims = new SurfaceClaims(folder);
    expect(['x', 'y', 'z'].map((block) => claims.take(block))).toEqual([true, false, true]);
    claims.close();
    expect(readdirSync(join(folder, 'claims'))).toEqual(['y']);
  });

  it('from elsewhere is taken over when it has not been renewed for a minute of this process’s own time', async () => {
    const folder = await folderWithClaims();
    const path = claimOf(folder, 'x', { pid: 1, host: 'elsewhere' });
    let now = 0;
    const claims = new SurfaceClaims(folder, () => now);
    const future = new Date(Date.now() + 3_600_000); // its clock is wrong
    utimesSync(path, future, future);
    expect(claims.take('x')).toBe(false);
    now = 59_000;
    expect(claims.take('x')).toBe(false);
    const renewed = new Date(future.getTime() + 1000);
    utimesSync(path, renewed, renewed);
    now = 61_000;
    expect(claims.take('x')).toBe(false);
    now = 120_000;
    expect(claims.take('x')).toBe(false);
    now = 121_000;
    expect(claims.take('x')).toBe(true);
    claims.close();
  });

  it('of a block that was finished just before its process died is gone with the others in the end', async () => {
    const folder = await folderWithClaims();
    claimOf(folder, 'x', { pid: deadPid() });
    const claims = new SurfaceClaims(folder);
    claims.take('y');
    claims.clear();
    claims.close();
    expect(existsSync(join(folder, 'claims'))).toBe(false);
  });

  it('that was left half-written goes stale, too', async () => {
    const folder = await folderWithClaims();
    writeFileSync(join(folder, 'claims', 'x'), '{"pid":');
    let now = 0;
    const claims = new SurfaceClaims(folder, () => now);
    expect(claims.take('x')).toBe(false);
    now = 60_000;
    expect(claims.take('x')).toBe(true);
    claims.close();
  });
});

describe('two processes on one surface', () => {
  let bundle = '';
  let program = '';
  beforeAll(async () => {
    ({ folder: bundle, program } = await bundleCommandLine());
  });
  afterAll(() => rmSync(bundle, { recursive: true }));

  interface Process {
    readonly child: ChildProcess;
    readonly ended: Promise<number | null>;
    /** Points that this process has measured itself. */
    measured(): number;
  }

  function start(...args: string[]): Process {
    const child = startCommandLine(program, ['surface', ...args, '--json', '--threads', '1']);
    let text = '';
    child.stdout.on('data', (data: Buffer) => (text += data.toString()));
    return {
      child,
      ended: new Promise((done) => child.once('close', done)),
      measured: () => text.split('\n').filter((line) => line.includes('"type":"progress"')).length,
    };
  }

  /** Waits until the process has measured a point. */
  async function underWay(process: Process): Promise<void> {
    for (let tries = 0; process.measured() === 0; tries++) {
      if (tries === 20_000) throw new Error('the process has measured no point');
      await delay(2);
    }
  }

  async function onlySurface(run: string): Promise<string> {
    for (let tries = 0; tries < 6000; tries++) {
      const [name] = await readdir(join(run, 'surfaces')).catch(() => []);
      if (name !== undefined && existsSync(join(run, 'surfaces', name, 'surface.json')))
        return join(run, 'surfaces', name);
      await delay(10);
    }
    throw new Error('there is no surface');
  }

  async function bytesOf(folder: string): Promise<Record<string, Buffer>> {
    const names = (await readdir(folder)).filter((name) => name !== 'surface.json');
    return Object.fromEntries(
      await Promise.all(names.map(async (name) => [name, await readFile(join(folder, name))] as const)),
    );
  }

  it.each([
    ['every point measured', 25, []],
    ['adaptive', 49, ['--adaptive', '0.001']],
  ])(
    'give the surface that one gives: %s',
    async (_, points, more) => {
      const folder = temporaryFolder();
      const [{ folder: run }] = (await writeTinyRuns(folder, {
        losses: [{ type: 'crossEntropy' }, { type: 'dice' }],
        model: { filters: 8, depth: 2 },
        size: [48, 64],
      })) as [TinyRun];
      const settings = ['--points', String(points), '--images', '3', '--split', 'train', ...more];
      expect(await start(run, ...settings).ended).toBe(0);
      const alone = await bytesOf(await onlySurface(run));
      await rename(join(run, 'surfaces'), join(folder, 'alone'));

      const first = start(run, ...settings);
      const shared = await onlySurface(run);
      const id = shared.slice(shared.lastIndexOf('surface') + 9);
      // The first one, under way, waits until the second one is under way, too: else either could be done before the other has loaded.
      await underWay(first);
      first.child.kill('SIGSTOP');
      const second = start(run, '--resume', id);
      await underWay(second);
      first.child.kill('SIGCONT');
      expect(await Promise.all([first.ended, second.ended])).toEqual([0, 0]);
      expect(await bytesOf(shared)).toEqual(alone);
      expect(await readSurfaceDocument(shared)).toMatchObject({ status: 'finished', done: points ** 2 });
      // Each did a part (how large a part is up to the machine), and hardly anything was done twice.
      expect(first.measured()).toBeGreaterThan(0);
      expect(second.measured()).toBeGreaterThan(0);
      const total = alone['done.npy']!.subarray(128).filter((state) => state === 1).length;
      expect(total < points ** 2).toBe(more.length > 0);
      expect(first.measured() + second.measured()).toBeLessThanOrEqual(total + 16);
    },
    180_000,
  );

  it('of which one is killed: the other takes over what it was at', async () => {
    const folder = temporaryFolder();
    const [{ folder: run }] = (await writeTinyRuns(folder, { model: { filters: 8, depth: 2 }, size: [48, 64] })) as [
      TinyRun,
    ];
    const first = start(run, '--points', '25', '--images', '3', '--split', 'train');
    const shared = await onlySurface(run);
    const id = shared.slice(shared.lastIndexOf('surface') + 9);
    // In the middle of a block, which it holds until it is killed.
    await underWay(first);
    first.child.kill('SIGSTOP');
    const second = start(run, '--resume', id);
    await underWay(second);
    first.child.kill('SIGKILL');
    expect(await second.ended).toBe(0);
    expect(await readSurfaceDocument(shared)).toMatchObject({ status: 'finished', done: 625 });
    expect(existsSync(join(shared, 'claims'))).toBe(false);
  }, 180_000);
});
