import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, expect } from 'vitest';
import { writePhantom } from '../../../src/engine/data/phantom/writePhantom';
import type { TrainingEvent } from '../../../src/engine/training/events';
import { readRunDocument, type RunDocument } from '../../../src/runs/document';
import { checkpointEpochs } from '../../../src/runs/retention';
import { checkpointPath, runPaths } from '../../../src/runs/layout';
import { readSafetensors } from '../../../src/runs/safetensors';

/*
 * The real command line, as a process of its own, on data sets so small that a training takes a second.
 */

/** The built command line. */
export const program = resolve(import.meta.dirname, '../../../dist/engine/cli.cjs');

const cleanups: (() => void)[] = [];

afterEach(() => {
  for (const cleanup of cleanups.splice(0).reverse()) cleanup();
});

/** A new folder that is removed after the test. */
export function temporaryFolder(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'losscape-cli-')));
  cleanups.push(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/**
 * A file system in memory, mounted with `options` (see tmpfs), that is gone after the test. Null where it cannot be
 * mounted, which only root may; the reason is printed.
 */
export function mountedFolder(options: string): string | null {
  const folder = join(temporaryFolder(), 'disk');
  mkdirSync(folder);
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', folder], { stdio: 'pipe' });
  } catch (error) {
    console.log(`Skipped: a file system cannot be mounted here (${String(error).split('\n').join(' ')})`);
    return null;
  }
  cleanups.push(() => execFileSync('umount', [folder]));
  return folder;
}

/** Mounts a file system once more, with other options. */
export function remount(folder: string, options: string): void {
  execFileSync('mount', ['-o', `remount,${options}`, folder], { stdio: 'pipe' });
}

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command line that runs. */
export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
}

/** Starts the command line. `onEvent` is called with each event of `--json`. */
export function start(args: readonly string[], onEvent?: (event: TrainingEvent, child: ChildProcess) => void): Running {
  if (!existsSync(program)) throw new Error(`${program} is not built: npm run build`);
  const child = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  cleanups.push(() => child.kill('SIGKILL'));
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (data: Buffer) => (stdout += data.toString()));
  child.stderr.on('data', (data: Buffer) => (stderr += data.toString()));
  if (onEvent) {
    createInterface(child.stdout).on('line', (line) => {
      // A killed process may leave half a line.
      if (line.endsWith('}')) onEvent(JSON.parse(line) as TrainingEvent, child);
    });
  }
  const ended = new Promise<Ended>((done, fail) => {
    child.on('error', fail);
    child.on('close', (code, signal) => done({ code, signal, stdout, stderr }));
  });
  return { child, ended };
}

/** Runs the command line to its end. */
export function losscape(...args: string[]): Promise<Ended> {
  return start(args).ended;
}

/** Runs a command that must succeed; gives what it printed. */
export async function succeed(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await losscape(...args);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout;
}

/** Settings that differ from those of a tiny experiment. */
export interface Changes {
  dataset?: object;
  model?: object;
  input?: object;
  training?: object;
  losses?: object[];
}

/** Writes an experiment file for `images` and `masks` beside it: tiny, unless told otherwise. */
export async function writeExperiment(folder: string, changes: Changes = {}, name = 'tiny'): Promise<string> {
  const file = join(folder, `${name}.losscape.json`);
  const experiment = {
    dataset: { images: 'images', masks: 'masks', test: 2, ...changes.dataset },
    model: { filters: 2, depth: 2, ...changes.model },
    input: { crop: [32, 32], ...changes.input },
    training: { epochs: 2, batchSize: 2, optimizer: { type: 'adam', learningRate: 1e-3 }, ...changes.training },
    losses: changes.losses ?? [{ type: 'crossEntropy' }],
  };
  await writeFile(file, JSON.stringify(experiment, null, 2));
  return file;
}

/** A folder with a phantom of 43 × 57 pixels and an experiment file for it. */
export async function tinyDataset(changes: Changes = {}, pairs = 8): Promise<{ folder: string; file: string }> {
  const folder = temporaryFolder();
  await writePhantom(folder, { pairs, scale: 0.1 });
  return { folder, file: await writeExperiment(folder, changes) };
}

/** Folders of the runs in a runs folder, oldest first; none when it does not exist. */
export function runsIn(runs: string): string[] {
  return existsSync(runs)
    ? readdirSync(runs)
        .sort()
        .map((name) => join(runs, name))
    : [];
}

/** The only run of a runs folder. */
export function onlyRun(runs: string): string {
  const folders = runsIn(runs);
  expect(folders).toHaveLength(1);
  return folders[0]!;
}

export async function documentOf(run: string): Promise<RunDocument> {
  const read = await readRunDocument(run);
  if (!read.ok) throw new Error(read.reason);
  return read.document;
}

/** What two runs with the same seed must share: every metric, every step but its times, every weight of every epoch. */
export async function outcome(run: string): Promise<{
  metrics: string;
  steps: string[];
  checkpoints: { epoch: number; tensors: { name: string; bytes: Buffer }[] }[];
}> {
  const steps = readFileSync(runPaths(run).steps, 'utf8').trim().split('\n');
  const times = ['seconds', 'imagesPerSecond'].map((name) => steps[0]!.split(',').indexOf(name));
  const checkpoints = [];
  for (const epoch of await checkpointEpochs(run)) {
    const { tensors } = await readSafetensors(checkpointPath(run, epoch));
    checkpoints.push({
      epoch,
      tensors: tensors.map(({ name, data }) => ({
        name,
        bytes: Buffer.from(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength),
      })),
    });
  }
  return {
    metrics: readFileSync(runPaths(run).metrics, 'utf8'),
    steps: steps.map((row) =>
      row
        .split(',')
        .filter((_, column) => !times.includes(column))
        .join(),
    ),
    checkpoints,
  };
}
