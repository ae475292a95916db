import { mkdtempSync, rmSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect } from 'vitest';
import { run } from '../../../src/engine/cli/program';
import { lossName } from '../../../src/engine/experiment/lossLabel';
import type { LossSpec } from '../../../src/engine/experiment/schema';
import { decodeNpy } from '../../../src/engine/report/npy';
import type { SurfaceDocument } from '../../../src/runs/surfaceDocument';
import { writeTinyImages } from './tinyRun';

export interface Result {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** A new folder that stays until all tests of the file have run. */
export function lastingFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'losscape-trained-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Runs the command line in this process, on one thread: two of them quarrel when other tests run beside. */
export async function losscape(...args: string[]): Promise<Result> {
  let [out, err] = ['', ''];
  const code = await run(['node', 'losscape', ...args], {
    stdout: { write: (text) => (out += text) },
    stderr: { write: (text) => (err += text) },
  });
  return { code, out, err };
}

/** Trains a tiny network under each loss for real, with a checkpoint of every epoch. Gives the run folders in that order. */
export async function trainedRuns(folder: string, losses: readonly LossSpec[], epochs = 4): Promise<string[]> {
  await mkdir(folder, { recursive: true });
  await writeTinyImages(folder, [24, 32]);
  const file = join(folder, 'tiny.losscape.json');
  const experiment = {
    name: 'tiny',
    dataset: { images: 'images', masks: 'masks', test: 2 },
    model: { filters: 4, depth: 1 },
    input: { crop: [16, 16] },
    training: { epochs, batchSize: 2, optimizer: { type: 'adam', learningRate: 1e-2 } },
    losses,
  };
  await writeFile(file, JSON.stringify(experiment));
  const { code, err } = await losscape('train', file, '--threads', '1', '--json');
  expect([code, err]).toEqual([0, '']);
  const names = await readdir(join(folder, 'runs'));
  const found = await Promise.all(
    names.map(async (name) => {
      const document = JSON.parse(await readFile(join(folder, 'runs', name, 'run.json'), 'utf8')) as {
        loss: { name: string };
      };
      return { folder: join(folder, 'runs', name), loss: document.loss.name };
    }),
  );
  return losses.map((loss) => found.find((one) => one.loss === lossName(loss))!.folder);
}

/** Mean over the images of a split of a column of `metrics.csv`. */
export async function recorded(runFolder: string, epoch: number, split: string, column: string): Promise<number> {
  const [head, ...rows] = (await readFile(join(runFolder, 'metrics.csv'), 'utf8')).trim().split('\n');
  const columns = head!.split(',');
  const values = rows
    .map((row) => row.split(','))
    .filter((row) => Number(row[0]) === epoch && row[1] === split)
    .map((row) => Number(row[columns.indexOf(column)]));
  expect(values.length).toBeGreaterThan(0);
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

export interface Sampled {
  readonly folder: string;
  readonly document: SurfaceDocument;
  values(key: string): Promise<Float32Array>;
}

/** Runs `losscape surface` to its end; gives the surfaces that it made. */
export async function sampled(...args: string[]): Promise<Sampled[]> {
  const { code, out, err } = await losscape('surface', ...args, '--threads', '1', '--json');
  expect([code, err]).toEqual([0, '']);
  return out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { type: string; folder: string; document: SurfaceDocument })
    .filter(({ type }) => type === 'ended')
    .map(({ folder, document }) => ({
      folder,
      document,
      values: async (key) => decodeNpy(await readFile(join(folder, document.quantities[key]!.file)), key).data,
    }));
}
