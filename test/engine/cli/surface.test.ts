import type { ChildProcess } from 'node:child_process';
import { appendFileSync, rmSync, statSync, truncateSync } from 'node:fs';
import { readdir, readFile, rename, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeNpy } from '../../../src/engine/report/npy';
import type { LossSpec } from '../../../src/engine/experiment/schema';
import type { SurfaceDocument } from '../../../src/runs/surfaceDocument';
import { bundleCommandLine, losscape as runLosscape, startCommandLine } from '../commandLine';
import { temporaryFolder } from '../../runs/support';
import { type TinyRun, writeTinyImages, writeTinyRuns } from '../surface/tinyRun';
import { mountedFolder } from './support';

const losses: LossSpec[] = [
  { type: 'crossEntropy' },
  { type: 'focal', gamma: 2, modulator: 'detached' },
  { name: 'overlap', type: 'dice' },
];

/** Runs the command line in this process, on one thread: two of them quarrel when other tests run beside. */
function losscape(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  return runLosscape(...args, ...(args.includes('--resume') ? [] : ['--threads', '1']));
}

interface Event {
  type: string;
  folder: string;
  document: SurfaceDocument;
  done: number;
}

const events = (out: string): Event[] =>
  out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Event);

/** Appends as many bytes as there is room for. */
function fill(file: string, size: number): void {
  try {
    appendFileSync(file, Buffer.alloc(size));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
  }
}

const valuesOf = async (folder: string, key: string): Promise<Float32Array> =>
  decodeNpy(await readFile(join(folder, `${key}.npy`)), key).data;

describe('losscape surface', () => {
  it('samples all losses of the experiment around the last checkpoint', async () => {
    const folder = temporaryFolder();
    const [first] = await writeTinyRuns(folder, { losses });
    const { code, out, err } = await losscape('surface', first!.folder, '--points', '3', '--images', '3', '--json');
    expect(err).toBe('');
    expect(code).toBe(0);
    const all = events(out);
    expect(all[0]).toMatchObject({ type: 'started', document: { status: 'sampling', done: 0, total: 9 } });
    expect(all.filter(({ type }) => type === 'progress').map(({ done }) => done)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    const { folder: at, document } = all.at(-1)!;
    expect(document).toMatchObject({
      status: 'finished',
      done: 9,
      axes: { a: [-1, 0, 1], b: [-1, 0, 1] },
      plane: { kind: 'random', seed: 1, normalization: 'filter', checkpoint: { epoch: 2 } },
      images: [
        { split: 'train', available: 4, region: 'whole' },
        { split: 'test', available: 2, region: 'whole' },
      ],
    });
    expect(document.losses.map(({ name }) => name)).toEqual(['cross-entropy', 'focal-2-detached', 'overlap']);
    for (const key of [
      'loss.cross-entropy',
      'loss.focal-2-detached.effective',
      'loss.overlap',
      'iou',
      'test.loss.overlap',
    ]) {
      expect(Object.keys(document.quantities)).toContain(key);
      const values = await valuesOf(at, key);
      expect(values).toHaveLength(9);
      expect(values.every(Number.isFinite)).toBe(true);
    }
    // The same plane, one loss, other images: only what was asked for.
    const id = document.id;
    const again = await losscape(
      ...['surface', first!.folder, '--plane', id, '--losses', 'overlap', '--points', '3', '--split', 'test', '--json'],
    );
    expect(again.code).toBe(0);
    const second = events(again.out).at(-1)!;
    expect(second.document.losses.map(({ name }) => name)).toEqual(['overlap']);
    expect(second.document.plane).toEqual(document.plane);
    expect(second.document.images).toMatchObject([{ split: 'test', names: ['image-5', 'image-6'] }]);
    expect(Object.keys(second.document.quantities)[0]).toBe('test.loss.overlap');
  });

  it('prints plain lines, and draws nothing over them', async () => {
    const [first] = await writeTinyRuns(temporaryFolder(), { losses: [losses[0]!] });
    const { code, out } = await losscape('surface', first!.folder, '--points', '7', '--epoch', 'best');
    expect(code).toBe(0);
    expect(out).toMatch(/Surface of 7 × 7 points: cross-entropy\n {2}Weights of epoch 1 of /);
    expect(out).toMatch(/ {2}5 × 5: 25 of 49 points, [\d.]+ points\/s/);
    expect(out).toContain('finished with 49 of 49 points');
    expect(out).not.toContain('\u001b');
  });

  it('samples the plane through three runs, which then have their own losses at its corners', async () => {
    const folder = temporaryFolder();
    const runs = await writeTinyRuns(folder, { losses });
    const names = runs.map((one) => basename(one.folder));
    const common = ['--runs', join(folder, 'runs'), '--json', '--seed', '2'];
    const plane = await losscape(
      ...['surface', ...names, '--plane', 'through', '--range', '0:1', '--points', '2', ...common],
    );
    expect(plane.err).toBe('');
    const { folder: at, document } = events(plane.out).at(-1)!;
    expect(document.plane).toMatchObject({ kind: 'through', checkpoints: names.map((name) => ({ run: name })) });
    const values = await valuesOf(at, 'loss.overlap');
    for (const [corner, name] of names.entries()) {
      // Each run's own surface on the same images: its centre is that run.
      const own = await losscape('surface', name, '--points', '3', '--losses', 'overlap', ...common);
      const centre = (await valuesOf(events(own.out).at(-1)!.folder, 'loss.overlap'))[4]!;
      expect(values[corner]).toBeCloseTo(centre, 5);
    }
  });

  it('says what is wrong before anything is written', async () => {
    const folder = temporaryFolder();
    const [first] = await writeTinyRuns(folder, { losses: [losses[0]!] });
    const at = first!.folder;
    const cases: [string[], RegExp][] = [
      [['nothing', '--runs', folder], /there is no run "nothing"/],
      [[at, '--losses', 'dice'], /no run of the experiment "tiny" has a loss called "dice"\n.*cross-entropy/],
      [[at, '--epoch', '7'], /has no checkpoint of epoch 7\n.*epochs 0, 1, 2/],
      [[at, '--epoch', 'first'], /must be the number of an epoch/],
      [[at, '--range', '1'], /must be FROM:TO/],
      [[at, '--range', '1:-1'], /--range 1:-1 is empty/],
      [[at, '--points', '1'], /from 2 to 4097/],
      [[at, '--images', '0'], /at least 1/],
      [[at, '--split', 'neither'], /Allowed choices are train, test, both/],
      [[at, '--plane', 'nothing'], /there is no surface "nothing"/],
      [[at, '--axes-of', 'nothing'], /there is no surface "nothing"/],
      [[at, '--axes-of', 'x', '--points', '9'], /leave out --points/],
      [[at, '--plane', 'line', '--epochs', '1,x'], /must be numbers of epochs/],
      [[`${at}@1`, at, '--plane', 'line', '--epochs', '1'], /Name each network as RUN@EPOCH/],
      [[`${at}@7`, at, '--plane', 'line'], /has no checkpoint of epoch 7/],
      [[at, at, '--plane', 'line'], /they are the same/],
      [[at, '--along', 'hessian'], /--along is for --plane line/],
      [[at, '--plane', 'pca', '--biases', 'keep'], /--biases is for random directions/],
      [[at, '--plane', 'random', '--of', 'dice'], /--of names the loss/],
      [[at, '--adaptive', '2'], /no share of a range/],
      [[at, '--adaptive', '--points', '5'], /at least 9 points/],
      [[at, '--extend', 'x', '--losses', 'dice'], /leave out --losses/],
      [[at, '--extend', 'x', '--resume', 'x'], /exclude each other/],
      [[at, at, '--plane', 'through'], /for three networks, not 2/],
      [[at, at, at, '--plane', 'through'], /span no plane/],
      [[at, '--resume', 'x'], /there is no surface "x"/],
      [[at, '--resume', 'x', '--points', '9'], /leave out --points/],
    ];
    for (const [args, message] of cases) {
      const { code, err } = await losscape('surface', ...args);
      expect(err).toMatch(message);
      expect(code).toBe(2);
    }
    expect(await readdir(at)).not.toContain('surfaces');
    await rm(join(folder, 'images', 'image-2.png'));
    await rm(join(folder, 'masks', 'image-2.png'));
    expect((await losscape('surface', at)).err).toMatch(/no longer there: image-2/);
  });

  it('refuses runs of different architectures on one plane', async () => {
    const [one, two] = [temporaryFolder(), temporaryFolder()];
    const [small] = await writeTinyRuns(one);
    const [large] = await writeTinyRuns(two, { model: { filters: 6 } });
    const { code, err } = await losscape('surface', small!.folder, large!.folder, small!.folder, '--plane', 'through');
    expect(err).toMatch(/has the shape \[6, 3, 3, 3\], not \[4, 3, 3, 3\]\n.*one architecture/);
    expect(code).toBe(2);
  });
});

describe('losscape surface --resume', () => {
  let bundle = '';
  let program = '';
  beforeAll(async () => {
    ({ folder: bundle, program } = await bundleCommandLine());
  });
  afterAll(() => rmSync(bundle, { recursive: true }));

  /** The command line as a process of its own, with one thread so that two of them agree to the last bit. */
  function start(...args: string[]): ChildProcess {
    const child = startCommandLine(program, ['surface', ...args, '--json', '--threads', '1']);
    child.stdout.resume();
    return child;
  }
  const ended = (child: ChildProcess): Promise<number | null> => new Promise((done) => child.once('exit', done));

  async function surfaceIn(runFolder: string): Promise<{ folder: string; document: SurfaceDocument } | undefined> {
    const [name] = await readdir(join(runFolder, 'surfaces')).catch(() => [] as string[]);
    if (name === undefined) return undefined;
    const folder = join(runFolder, 'surfaces', name);
    const text = await readFile(join(folder, 'surface.json'), 'utf8').catch(() => '');
    return text === '' ? undefined : { folder, document: JSON.parse(text) as SurfaceDocument };
  }

  /** Waits until more than `before` of the points, and not all of them, are marked on disk. */
  async function underWay(runFolder: string, before = 0): Promise<void> {
    for (let tries = 0; tries < 2000; tries++) {
      const surface = await surfaceIn(runFolder);
      if (surface && surface.document.done > before) {
        expect(surface.document.status).toBe('sampling');
        return;
      }
      await delay(10);
    }
    throw new Error('the sweep never got under way');
  }

  async function filesOf(folder: string): Promise<Record<string, Buffer>> {
    const files: Record<string, Buffer> = {};
    for (const name of await readdir(folder)) {
      if (name !== 'surface.json') files[name] = await readFile(join(folder, name));
    }
    return files;
  }

  it('goes on after SIGKILL and after SIGINT, and ends with the bytes of an undisturbed sweep', async () => {
    const folder = temporaryFolder();
    // Large enough for the sweep to take a few seconds.
    const [{ folder: at }] = (await writeTinyRuns(folder, {
      losses: losses.slice(0, 2),
      model: { filters: 8, depth: 2 },
      size: [48, 64],
    })) as [TinyRun];
    const settings = ['--points', '33', '--images', '4'];
    expect(await ended(start(at, ...settings))).toBe(0);
    const { folder: first } = (await surfaceIn(at))!;
    const undisturbed = await filesOf(first);
    expect(Object.keys(undisturbed)).toContain('done.npy');
    await rename(join(at, 'surfaces'), join(folder, 'undisturbed'));

    const killed = start(at, ...settings);
    await underWay(at);
    killed.kill('SIGKILL');
    await ended(killed);
    const { document: interrupted } = (await surfaceIn(at))!;
    expect(interrupted.status).toBe('sampling');
    expect(interrupted.done).toBeLessThan(interrupted.total);

    const stopped = start(at, '--resume', interrupted.id);
    await underWay(at, interrupted.done);
    stopped.kill('SIGINT');
    expect(await ended(stopped)).toBe(130);
    const { document: paused } = (await surfaceIn(at))!;
    expect(paused.status).toBe('stopped');
    expect(paused.done).toBeGreaterThanOrEqual(interrupted.done);

    expect(await ended(start(at, '--resume', interrupted.id))).toBe(0);
    const resumed = (await surfaceIn(at))!;
    expect(resumed.document).toMatchObject({ status: 'finished', done: 1089 });
    expect(await filesOf(resumed.folder)).toEqual(undisturbed);

    const again = await losscape('surface', at, '--resume', interrupted.id);
    expect([again.code, again.err]).toEqual([2, expect.stringMatching(/this surface is finished/)]);
  }, 180_000);

  it('on a full disk says so, leaves nothing half-written, and is sampled once there is room', async (context) => {
    const disk = mountedFolder('size=1m');
    if (disk === null) return context.skip();
    const [run] = (await writeTinyRuns(disk)) as [TinyRun];
    const filler = join(disk, 'filler');
    for (let size = 1 << 20; size >= 4096; size >>= 1) fill(filler, size);
    truncateSync(filler, statSync(filler).size - 65_536); // a part of the arrays has room
    const full = await losscape('surface', run.folder, '--points', '65');
    expect(full.err).toContain('the disk is full');
    expect(full.code).toBe(1);
    expect(await readdir(join(run.folder, 'surfaces')).catch(() => [])).toEqual([]);
    rmSync(filler);
    expect((await losscape('surface', run.folder, '--points', '9')).code).toBe(0);
  });

  it('refuses images that have changed', async () => {
    const folder = temporaryFolder();
    const [first] = await writeTinyRuns(folder);
    const child = start(first!.folder, '--points', '129');
    await underWay(first!.folder);
    child.kill('SIGKILL');
    await ended(child);
    const { document } = (await surfaceIn(first!.folder))!;
    await writeTinyImages(folder, [24, 36]);
    const { code, err } = await losscape('surface', first!.folder, '--resume', document.id);
    expect(err).toMatch(/the images have changed since this surface was begun/);
    expect(code).toBe(2);
  });
});
