import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { readRunDocument } from '../../src/runs/document';
import { temporaryPath } from '../../src/runs/files';
import { checkpointPath, runPaths } from '../../src/runs/layout';
import { readMetrics } from '../../src/runs/metricsTable';
import { Problem } from '../../src/runs/problem';
import { checkpointEpochs } from '../../src/runs/retention';
import { decodeSafetensors } from '../../src/runs/safetensors';
import { RunWriter } from '../../src/runs/runWriter';
import { readSteps } from '../../src/runs/stepsTable';
import { firstOutput, killNow, metricsRow, runInit, startProgram, stepRow, temporaryFolder, tinyDisk } from './support';

const tensors = [{ name: 'head.bias', shape: [2], data: Float32Array.of(1, 2) }];

afterEach(() => vi.useRealTimers());

/** What a training process writes at the end of an epoch. */
async function writeEpoch(run: RunWriter, epoch: number, iou: number): Promise<void> {
  await run.appendSteps([stepRow(2 * epoch - 1, epoch), stepRow(2 * epoch, epoch)]);
  await run.appendMetrics([metricsRow(epoch, 'train', 'a, b', iou), metricsRow(epoch, 'test', 'c', iou)]);
  await run.writeCheckpoint(epoch, tensors);
  await run.writeResume(tensors, { epoch: String(epoch) });
  await run.update({ epochsDone: epoch });
}

describe('RunWriter.create', () => {
  it('makes a run folder with a document and a lock', async () => {
    const runs = join(temporaryFolder(), 'not', 'yet');
    const run = await RunWriter.create(runs, runInit);
    expect(basename(run.folder)).toMatch(/^\d{8}-\d{6}-disc-focal-2-[a-z]{4}$/);
    expect(readdirSync(runs)).toEqual([basename(run.folder)]);
    expect(readdirSync(run.folder).sort()).toEqual(['checkpoints', 'lock', 'run.json']);
    expect(await readRunDocument(run.folder)).toEqual({ ok: true, document: run.document });
    expect(run.document).toMatchObject({
      ...runInit,
      formatVersion: 1,
      id: basename(run.folder),
      status: 'running',
      pid: process.pid,
      host: hostname(),
      finished: null,
      epochsDone: 0,
      resumedFrom: [],
    });
    await run.close();
    expect(existsSync(runPaths(run.folder).lock)).toBe(false);
  });

  it('can begin queued, and keeps runs of the same second apart', async () => {
    const runs = temporaryFolder();
    const made = await Promise.all(
      Array.from({ length: 8 }, () => RunWriter.create(runs, { ...runInit, status: 'queued' })),
    );
    expect(new Set(made.map((run) => run.folder)).size).toBe(8);
    expect(made[0]?.document.status).toBe('queued');
    for (const run of made) await run.close();
  });

  it('refuses a runs folder that cannot be written to, as bad usage', async ({ skip }) => {
    const file = join(temporaryFolder(), 'file');
    writeFileSync(file, '');
    for (const place of [file, join(file, 'runs')]) {
      const error = await RunWriter.create(place, runInit).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(Problem);
      expect(error).toMatchObject({ exitCode: 2, place: { file: place } });
    }
    const disk = tinyDisk('ro');
    if (disk === null) return skip();
    for (const place of [disk, join(disk, 'runs'), join(disk, 'not', 'yet')]) {
      const message = 'the file system is read-only';
      await expect(RunWriter.create(place, runInit)).rejects.toMatchObject({ message, exitCode: 2 });
    }
  });

  it('leaves nothing of a run for which the disk has no room', async ({ skip }) => {
    const disk = tinyDisk('size=16k');
    if (disk === null) return skip();
    const large = { ...runInit, experiment: 'x'.repeat(30_000) };
    await expect(RunWriter.create(disk, large)).rejects.toMatchObject({ message: 'the disk is full', exitCode: 1 });
    expect(readdirSync(disk)).toEqual([]);
  });
});

describe('RunWriter', () => {
  it('writes in the order of the calls', async () => {
    const run = await RunWriter.create(temporaryFolder(), runInit);
    const calls: Promise<unknown>[] = [];
    for (let step = 1; step <= 30; step += 1) {
      calls.push(run.appendSteps([stepRow(step, 1)]), run.log(`step ${step}\nof 30`), run.update({ stepsDone: step }));
    }
    await run.close();
    await Promise.all(calls);
    expect((await readSteps(run.folder)).rows.map((row) => row.step)).toEqual(
      Array.from({ length: 30 }, (_, i) => i + 1),
    );
    const log = readFileSync(runPaths(run.folder).log, 'utf8');
    expect(log).toBe(Array.from({ length: 30 }, (_, i) => `step ${i + 1}\nof 30\n`).join(''));
    expect(await readRunDocument(run.folder)).toMatchObject({ document: { stepsDone: 30 } });
  });

  it('goes on after a write that failed, and tells only the caller of that one', async ({ skip }) => {
    const disk = tinyDisk('size=64k');
    if (disk === null) return skip();
    const run = await RunWriter.create(disk, runInit);
    const failing = run.writeCheckpoint(1, [{ name: 'a', shape: [50_000], data: new Float32Array(50_000) }]);
    const following = run.writeCheckpoint(2, tensors);
    await expect(failing).rejects.toMatchObject({ message: 'the disk is full', exitCode: 1 });
    await following;
    await run.close();
    expect(await checkpointEpochs(run.folder)).toEqual([2]);
    expect(readdirSync(runPaths(run.folder).checkpoints)).toEqual(['epoch-0002.safetensors']);
  });

  it('renews the heartbeat every five seconds until it is closed', async () => {
    const run = await RunWriter.create(temporaryFolder(), runInit);
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'Date'], now: Date.now() + 60_000 });
    run.startHeartbeat();
    run.startHeartbeat();
    expect(vi.getTimerCount()).toBe(1);
    const before = run.document.updated;
    await vi.advanceTimersByTimeAsync(5_000);
    await run.log('all writes up to here are done');
    const read = await readRunDocument(run.folder);
    expect(read.ok && Date.parse(read.document.updated) - Date.parse(before)).toBeGreaterThanOrEqual(60_000);
    await run.close();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('reports a heartbeat that failed when no later write succeeded', async () => {
    const run = await RunWriter.create(temporaryFolder(), runInit);
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    run.startHeartbeat();
    rmSync(run.folder, { recursive: true });
    await vi.advanceTimersByTimeAsync(5_000);
    await expect(run.close()).rejects.toMatchObject({ message: 'there is no such file or folder', exitCode: 1 });
  });

  it('writes checkpoints that name their run and epoch', async () => {
    const run = await RunWriter.create(temporaryFolder(), runInit);
    const file = await run.writeCheckpoint(5, tensors);
    expect(file).toBe(checkpointPath(run.folder, 5));
    expect(decodeSafetensors(readFileSync(file))).toEqual({
      tensors,
      metadata: { format: 'pt', producer: 'losscape', run: run.document.id, epoch: '5' },
    });
    await run.close();
  });

  it('sees a request to stop', async () => {
    const run = await RunWriter.create(temporaryFolder(), runInit);
    expect(await run.stopRequested()).toBe(false);
    writeFileSync(runPaths(run.folder).stop, '');
    expect(await run.stopRequested()).toBe(true);
    await run.close();
  });

  it('appends nothing for no rows', async () => {
    const run = await RunWriter.create(temporaryFolder(), runInit);
    await run.appendSteps([]);
    await run.appendMetrics([]);
    expect(existsSync(runPaths(run.folder).steps)).toBe(false);
    await run.close();
  });
});

describe('applyRetention', () => {
  it.each([
    ['all', [1, 2, 3, 4, 5, 6, 7]],
    ['lastAndBest', [3, 7]],
    [{ every: 4 }, [3, 4, 7]],
  ] as const)('%j keeps %j', async (policy, kept) => {
    const run = await RunWriter.create(temporaryFolder(), runInit);
    for (let epoch = 1; epoch <= 7; epoch += 1) await run.writeCheckpoint(epoch, tensors);
    await run.writeResume(tensors, {});
    await run.applyRetention(policy, 3);
    expect(await checkpointEpochs(run.folder)).toEqual(kept);
    expect(await run.readResume()).toEqual({ tensors, metadata: {} });
    await run.close();
  });

  it('copes with no checkpoints and no best epoch', async () => {
    const run = await RunWriter.create(temporaryFolder(), runInit);
    await run.applyRetention('lastAndBest', null);
    await run.writeCheckpoint(1, tensors);
    await run.writeCheckpoint(2, tensors);
    await run.applyRetention('lastAndBest', null);
    expect(await checkpointEpochs(run.folder)).toEqual([2]);
    await run.close();
  });
});

describe('RunWriter.reopen and cutAfter', () => {
  it('brings a killed run back to its last whole epoch', async () => {
    const runs = temporaryFolder();
    const run = await RunWriter.create(runs, runInit);
    expect(await run.readResume()).toBeNull();
    await writeEpoch(run, 1, 0.5);
    await writeEpoch(run, 2, 0.75);
    const paths = runPaths(run.folder);
    const steps = readFileSync(paths.steps);
    const metrics = readFileSync(paths.metrics);

    // Epoch 3 got as far as its checkpoint; then everything was torn.
    await run.appendSteps([stepRow(5, 3)]);
    await run.appendMetrics([metricsRow(3, 'test', 'c', 0.9)]);
    await run.writeCheckpoint(3, tensors);
    await run.update({ epochsDone: 3 });
    await run.close();
    appendFileSync(paths.steps, '6,3,0.');
    appendFileSync(paths.metrics, '3,test,"a, ');
    appendFileSync(paths.log, 'half a li');
    writeFileSync(temporaryPath(paths.resume), 'half');
    writeFileSync(temporaryPath(paths.document), 'half');
    for (const epoch of ['epoch-0002', 'epoch-0003']) mkdirSync(join(paths.predictions, epoch), { recursive: true });
    writeFileSync(join(paths.predictions, 'epoch-0003', 'c.png'), '');

    const again = await RunWriter.reopen(run.folder);
    const resume = await again.readResume();
    expect(resume).toEqual({ tensors, metadata: { epoch: '2' } });
    await again.cutAfter(2);
    await again.log('resumed');
    expect(readFileSync(paths.steps)).toEqual(steps);
    expect(readFileSync(paths.metrics)).toEqual(metrics);
    expect(readFileSync(paths.log, 'utf8')).toBe('resumed\n');
    expect(await checkpointEpochs(run.folder)).toEqual([1, 2]);
    expect(readdirSync(paths.checkpoints).filter((name) => name.startsWith('.'))).toEqual([]);
    expect(readdirSync(run.folder).filter((name) => name.startsWith('.'))).toEqual([]);
    expect(readdirSync(paths.predictions)).toEqual(['epoch-0002']);
    expect(again.document).toMatchObject({ epochsDone: 2, stepsDone: 4, last: { epoch: 2 }, best: { epoch: 2 } });

    // The second time round, the tables go on as if nothing had happened.
    await writeEpoch(again, 3, 0.6);
    await again.close();
    expect((await readMetrics(run.folder)).map((row) => row.epoch)).toEqual([1, 1, 2, 2, 3, 3]);
    expect((await readSteps(run.folder)).rows.map((row) => row.step)).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('can go back to the very beginning', async () => {
    const run = await RunWriter.create(temporaryFolder(), runInit);
    await run.appendSteps([stepRow(1, 1)]);
    await run.cutAfter(0);
    expect(run.document).toMatchObject({ epochsDone: 0, stepsDone: 0, last: null, best: null });
    await run.close();
  });

  it('forgets a request to stop and changes nothing else', async () => {
    const run = await RunWriter.create(temporaryFolder(), runInit);
    await run.update({ status: 'stopped' });
    await run.close();
    writeFileSync(runPaths(run.folder).stop, '');
    const before = readFileSync(runPaths(run.folder).document);
    const again = await RunWriter.reopen(run.folder);
    expect(await again.stopRequested()).toBe(false);
    await again.close();
    expect(readFileSync(runPaths(run.folder).document)).toEqual(before);
    expect(readdirSync(run.folder).sort()).toEqual(['checkpoints', 'run.json']);
  });

  it('refuses what is no run, without leaving a lock', async () => {
    const folder = temporaryFolder();
    await expect(RunWriter.reopen(folder)).rejects.toMatchObject({
      message: 'this folder cannot be taken up as a run: it has no run.json',
      exitCode: 2,
    });
    writeFileSync(join(folder, 'run.json'), '{"formatVersion":7}');
    await expect(RunWriter.reopen(folder)).rejects.toThrow('newer Losscape');
    expect(readdirSync(folder)).toEqual(['run.json']);
  });

  it('names a damaged resume file', async () => {
    const run = await RunWriter.create(temporaryFolder(), runInit);
    const file = runPaths(run.folder).resume;
    await run.writeResume(tensors, {});
    writeFileSync(file, readFileSync(file).subarray(0, 50));
    await expect(run.readResume()).rejects.toMatchObject({ place: { file } });
    await run.close();
  });

  it('refuses to append steps of another model', async () => {
    const run = await RunWriter.create(temporaryFolder(), runInit);
    await run.appendSteps([stepRow(1, 1)]);
    await run.close();
    const again = await RunWriter.reopen(run.folder);
    const other = { ...stepRow(2, 1), changes: { 'head.weight': 1 } };
    await expect(again.appendSteps([other])).rejects.toMatchObject({ place: { file: runPaths(run.folder).steps } });
    await again.close();
  });

  it('refuses a run that another process trains, and takes it over when that one is killed', async () => {
    const runs = temporaryFolder();
    const child = await startProgram(
      `import { RunWriter } from './runWriter';
       async function main() {
         const run = await RunWriter.create(process.argv[2]!, JSON.parse(process.argv[3]!));
         run.startHeartbeat();
         console.log(run.folder);
         for (let step = 1; ; step += 1) {
           await run.appendSteps([{ step, epoch: 1, loss: 1, learningRate: 1, seconds: 1, imagesPerSecond: 1, changes: { a: step } }]);
           await run.writeResume([{ name: 'a', shape: [9000], data: new Float32Array(9000).fill(step) }], { step: String(step) });
         }
       }
       void main();`,
      [runs, JSON.stringify(runInit)],
    );
    const folder = (await firstOutput(child)).trim();
    await expect(RunWriter.reopen(folder)).rejects.toMatchObject({
      message: `this run is being trained by process ${child.pid} on ${hostname()}`,
      exitCode: 2,
    });
    await new Promise((done) => setTimeout(done, 150));
    await killNow(child);

    const run = await RunWriter.reopen(folder);
    expect(run.document.pid).toBe(process.pid);
    const resume = await run.readResume();
    const step = Number(resume?.metadata.step);
    expect(step).toBeGreaterThan(0);
    expect(resume?.tensors[0]?.data.every((value) => value === step)).toBe(true);
    await run.cutAfter(1);
    const { rows } = await readSteps(folder);
    expect(rows.map((row) => row.step)).toEqual(Array.from({ length: rows.length }, (_, index) => index + 1));
    expect(rows.length).toBeGreaterThanOrEqual(step);
    expect(readdirSync(runPaths(folder).checkpoints)).toEqual(['resume.safetensors']);
    await run.close();
  });
});
