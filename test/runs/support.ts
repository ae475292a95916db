import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import { afterEach } from 'vitest';
import { metricNames, type MetricsRow, type Split } from '../../src/runs/metricsTable';
import type { RunInit } from '../../src/runs/runWriter';
import type { StepRow } from '../../src/runs/stepsTable';

const cleanups: (() => void)[] = [];

afterEach(() => {
  for (const cleanup of cleanups.splice(0).reverse()) cleanup();
});

/** A new folder that is removed after the test. */
export function temporaryFolder(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'losscape-runs-')));
  cleanups.push(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/**
 * A file system of a few KiB, for filling up or for refusing to be written to; null where it cannot be mounted, with the
 * reason printed.
 */
export function tinyDisk(options: string): string | null {
  const folder = join(temporaryFolder(), 'disk');
  mkdirSync(folder);
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', folder], { stdio: 'pipe' });
  } catch (error) {
    console.log(`Skipped: a tiny disk cannot be mounted here (${String(error).split('\n').join(' ')})`);
    return null;
  }
  cleanups.push(() => execFileSync('umount', [folder]));
  return folder;
}

/** Starts a TypeScript program that may import from src/, in a process of its own. */
export async function startProgram(code: string, args: readonly string[]): Promise<ChildProcess> {
  const outfile = join(temporaryFolder(), 'program.cjs');
  await build({
    stdin: { contents: code, resolveDir: resolve(import.meta.dirname, '../../src/runs'), loader: 'ts' },
    bundle: true,
    platform: 'node',
    format: 'cjs',
    outfile,
  });
  const child = spawn(process.execPath, [outfile, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  cleanups.push(() => child.kill('SIGKILL'));
  return child;
}

/** Resolves with the first output of a process; rejects when it ends without any. */
export function firstOutput(child: ChildProcess): Promise<string> {
  return new Promise((done, fail) => {
    child.stdout?.once('data', (data: Buffer) => done(data.toString()));
    child.once('exit', (code) => fail(new Error(`The process ended with ${code} and printed nothing`)));
  });
}

/** Kills a process as a power cut would, and waits until it is gone. */
export function killNow(child: ChildProcess): Promise<void> {
  return new Promise((done) => {
    child.once('exit', () => done());
    child.kill('SIGKILL');
  });
}

export const runInit: RunInit = {
  experiment: { name: 'disc', training: { epochs: 3 } },
  experimentFile: '/data/disc.losscape.json',
  experimentName: 'disc',
  loss: { name: 'focal-2', label: 'focal γ=2', spec: { type: 'focal', gamma: 2 } },
  dataset: { fingerprint: 'f00d', train: ['a', 'b'], test: ['c'], synthetic: false },
  parameters: 7_760_130,
  engine: 'onnx',
  accelerator: { name: 'onnx', provider: 'cpu', threads: 2, reason: 'the default' },
  versions: { losscape: '0.1.0' },
  seed: 99,
  epochsTotal: 3,
};

/** A row of metrics whose values are all `value`, but for those given. */
export function metricsRow(epoch: number, split: Split, image: string, value: number, other: object = {}): MetricsRow {
  const metrics = Object.fromEntries(metricNames.map((name) => [name, value])) as Record<
    (typeof metricNames)[number],
    number
  >;
  return { epoch, split, image, ...metrics, ...other };
}

export function stepRow(step: number, epoch: number, loss = 0.5): StepRow {
  const changes = { 'encoder.0.conv1.weight': 0.1 + step, 'head.bias': 1 / 3 };
  return { step, epoch, loss, learningRate: 1e-4, seconds: 0.25, imagesPerSecond: 16, changes };
}
