import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { checkpointPath, runPaths } from '../../../src/runs/layout';
import { checkpointEpochs } from '../../../src/runs/retention';
import { floatTensors, readSafetensors, writeSafetensors } from '../../../src/runs/safetensors';
import {
  documentOf,
  losscape,
  mountedFolder,
  onlyRun,
  outcome,
  remount,
  runsIn,
  start,
  succeed,
  tinyDataset,
  writeExperiment,
} from './support';

vi.setConfig({ testTimeout: 120_000 });

test('a loss that is no longer a number: stops, keeps the last good checkpoint, says the step and what to try', async () => {
  const { folder, file } = await tinyDataset({ training: { epochs: 1 } });
  await succeed('train', file);
  const run = onlyRun(join(folder, 'runs'));
  // Weights that the next step cannot bear stand in for a learning rate that lets them grow over many epochs.
  const state = runPaths(run).resume;
  const { tensors, metadata } = await readSafetensors(state);
  const huge = floatTensors(tensors, state).map(({ name, shape, data }) => ({
    name,
    shape,
    data: data.map(() => 1e30),
  }));
  await writeSafetensors(state, huge, metadata);
  await writeExperiment(folder, { training: { epochs: 4 } });

  const { code, stderr, stdout } = await losscape('train', file, '--resume', run);
  expect(code).toBe(1);
  expect(stderr).toMatch(/^error training diverged: in step 4 \(epoch 2\) the (loss is|weights are)/);
  expect(stderr).toContain('The checkpoint of epoch 1 is kept. Try a smaller learning rate');
  expect(stdout).toContain('failed after 1 of 4 epochs');
  const { status, error, epochsDone } = await documentOf(run);
  expect({ status, epochsDone }).toEqual({ status: 'failed', epochsDone: 1 });
  expect(error!.message).toContain('training diverged');
  expect(await checkpointEpochs(run)).toEqual([0, 1]);
  for (const { data } of (await readSafetensors(checkpointPath(run, 1))).tensors)
    expect(data.every((value) => Number.isFinite(Number(value)))).toBe(true);
  expect(existsSync(runPaths(run).lock)).toBe(false);
});

test('a learning rate far too high', async () => {
  const { folder, file } = await tinyDataset({
    model: { filters: 4 },
    training: { epochs: 5, optimizer: { type: 'sgd', learningRate: 1000 }, initializer: 'default' },
  });
  const { code, stderr } = await losscape('train', file);
  expect({ code, stderr }).toMatchObject({ code: 1, stderr: expect.stringContaining('training diverged') as string });
  expect((await documentOf(onlyRun(join(folder, 'runs')))).status).toBe('failed');
});

test('a disk that fills up while training: says so, and goes on once there is room', async (context) => {
  const disk = mountedFolder('size=1m');
  if (disk === null) return context.skip();
  const { folder, file } = await tinyDataset({ training: { epochs: 6 } });
  await succeed('train', file, '--runs', join(folder, 'undisturbed'));
  const runs = join(disk, 'runs');
  const filler = join(disk, 'filler');
  const { ended } = start(['train', file, '--runs', runs, '--json'], (event) => {
    if (event.type !== 'evaluated' || event.epoch !== 2) return;
    // All that is left, byte by byte at the end: writing fails somewhere in the next epochs.
    for (let size = 1 << 20; size >= 1; size >>= 1) fill(filler, size);
  });
  const { code, stderr } = await ended;
  expect(code).toBe(1);
  expect(stderr).toMatch(/^error .*the disk is full/);
  expect(stderr).toContain('--resume');

  rmSync(filler);
  const run = onlyRun(runs);
  expect(readdirSync(run, { recursive: true }).filter((name) => String(name).endsWith('.tmp'))).toEqual([]);
  await succeed('train', '--resume', run);
  expect(await outcome(run)).toEqual(await outcome(onlyRun(join(folder, 'undisturbed'))));
});

test('a full disk to begin with: no run is left behind', async (context) => {
  const disk = mountedFolder('size=16k');
  if (disk === null) return context.skip();
  const { file } = await tinyDataset({}, 4);
  for (let size = 1 << 14; size >= 1; size >>= 1) fill(join(disk, 'filler'), size);
  const { code, stderr } = await losscape('train', file, '--runs', join(disk, 'runs'));
  expect(stderr).toContain('the disk is full');
  expect([1, 2]).toContain(code);
  expect(runsIn(join(disk, 'runs'))).toEqual([]);
});

test('a runs folder that cannot be written to: exit code 2, before anything is trained', async (context) => {
  const disk = mountedFolder('size=64k');
  if (disk === null) return context.skip();
  remount(disk, 'ro');
  const { file } = await tinyDataset({}, 4);
  const { code, stdout, stderr } = await losscape('train', file, '--runs', join(disk, 'runs'));
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain('run folders cannot be written here');
  expect(stderr).toContain('--runs');
  expect(readdirSync(disk)).toEqual([]);
});

test('a runs folder that is a file', async () => {
  const { folder, file } = await tinyDataset({}, 4);
  writeFileSync(join(folder, 'runs'), 'mine');
  const { code, stderr } = await losscape('train', file);
  expect(code).toBe(2);
  expect(stderr).toContain('runs are kept in a folder, and this is a file');
});

/** Appends so many bytes, if there is room for them. */
function fill(file: string, bytes: number): void {
  try {
    writeFileSync(file, Buffer.alloc(bytes), { flag: 'a' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
  }
}
