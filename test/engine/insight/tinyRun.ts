import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { trainCommand } from '../../../src/engine/cli/trainCommand';
import { writePhantom } from '../../../src/engine/data/phantom/writePhantom';

export interface TinyRun {
  /** Absolute path of the run folder. */
  readonly folder: string;
  readonly runs: string;
  readonly images: string;
  readonly masks: string;
  readonly train: string[];
  readonly test: string[];
}

/** Really trains a tiny network for two epochs on eight small generated pictures, in `folder`. */
export async function tinyRun(
  folder: string,
  {
    training = {},
    model = {},
    loss = { type: 'crossEntropy' },
  }: { training?: object; model?: object; loss?: object } = {},
): Promise<TinyRun> {
  const data = join(folder, 'data');
  await writePhantom(data, { pairs: 8, seed: 1, scale: 0.15 });
  const experiment = {
    dataset: { images: 'data/images', masks: 'data/masks', test: 2, synthetic: true },
    model: { filters: 4, depth: 2, padding: 'same', ...model },
    input: { crop: [48, 64] },
    training: { epochs: 2, batchSize: 2, optimizer: { type: 'adam', learningRate: 3e-3 }, ...training },
    losses: [loss],
  };
  const file = join(folder, 'tiny.losscape.json');
  writeFileSync(file, JSON.stringify(experiment));
  const runs = join(folder, 'runs');
  let err = '';
  const io = { stdout: { write: () => true }, stderr: { write: (text: string) => (err += text) } };
  const code = await trainCommand({ file, losses: [], runs, threads: 1, accelerator: 'auto', json: true }, io);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  const run = join(runs, readdirSync(runs)[0]!);
  const { dataset } = JSON.parse(readFileSync(join(run, 'run.json'), 'utf8')) as {
    dataset: { train: string[]; test: string[] };
  };
  return { folder: run, runs, images: join(data, 'images'), masks: join(data, 'masks'), ...dataset };
}
