/*
 * The runs view with 5,000 run folders, without the editor: reading them all, the first page, taking up one change,
 * sorting, filtering and grouping.
 *
 *   npx esbuild bench/runs-view.ts --bundle --platform=node --main-fields=module,main --outfile=.cache/runs-view.cjs
 *   node --expose-gc .cache/runs-view.cjs [number of runs]
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { RunIndex } from '../src/extension/runs/runIndex';
import { noMarks, type RunRecord } from '../src/extension/runs/runData';
import { buildTree, defaultViewState, type TreeInput } from '../src/extension/tree/treeModel';
import { writeRun, writeRuns } from './manyRuns';

const count = Number(process.argv[2] ?? 5000);
void main();

async function main(): Promise<void> {
  const parent = await mkdtemp(join(tmpdir(), 'losscape-bench-'));
  try {
    const folder = join(parent, 'runs');
    await writeRuns(folder, count);
    console.log(`${count} run folders, ${cpus().length} cores (${cpus()[0]?.model}), Node ${process.versions.node}`);
    await measure(folder);
  } finally {
    await rm(parent, { recursive: true, force: true });
  }
}

async function measure(folder: string): Promise<void> {
  const before = memory();
  const index = new RunIndex();
  const started = performance.now();
  let firstRuns = NaN;
  index.onChange(() => {
    if (!Number.isNaN(firstRuns)) return;
    const tree = buildTree(inputOf(index));
    firstRuns = performance.now() - started;
    line('first page of the tree', firstRuns, `${index.runs().size} runs known, ${tree.roots.length} groups`);
  });
  const cpuBefore = process.cpuUsage();
  await index.setFolders([folder]);
  line('all runs read', performance.now() - started, `${index.runs().size} runs, ${processorTime(cpuBefore)}`);
  timed('tree of all runs: group, sort', () => buildTree(inputOf(index)));
  timed('sorted by test IoU', () => buildTree(inputOf(index, { sorting: 'testIou', grouping: 'none' })));
  timed('grouped by loss', () => buildTree(inputOf(index, { grouping: 'loss' })));
  timed('filtered by "status:finished focal"', () => buildTree(inputOf(index, { filter: 'status:finished focal' })));

  await delay(500);
  const runs = [...index.runs().keys()];
  const latencies: number[] = [];
  for (let round = 0; round < 5; round += 1) {
    const name = `20270101-00000${round}-new-focal-2-abcd`;
    const seen = new Promise<number>((done) => {
      const stop = index.onChange(({ added }) => {
        if (!added.includes(join(folder, name))) return;
        stop();
        const heard = performance.now();
        buildTree(inputOf(index));
        latencies.push(performance.now() - heard);
        done(performance.now());
      });
    });
    const from = performance.now();
    await writeRun(join(folder, name), count + round);
    const at = await Promise.race([seen, delay(10_000, NaN)]);
    line('a new run on disk until it stands in the tree', at - from);
    await delay(300);
  }
  line('  of which in the tree model', Math.max(...latencies), 'slowest of five');
  const sweep = performance.now();
  const cpu = process.cpuUsage();
  await index.refresh();
  line('looking at all run folders again', performance.now() - sweep, processorTime(cpu));
  line('memory of the index (MiB, not ms)', memory() - before, `${runs.length} runs`);
  index.dispose();
}

function inputOf(index: RunIndex, state: Partial<typeof defaultViewState> = {}): TreeInput {
  const records: RunRecord[] = [];
  for (const [folder, { entry, runsFolder }] of index.runs())
    records.push({ folder, entry, runsFolder, marks: noMarks });
  return { records, experiments: [], queued: [], state: { ...defaultViewState, ...state }, now: new Date() };
}

function timed(what: string, work: () => unknown): void {
  const times = Array.from({ length: 5 }, () => {
    const from = performance.now();
    work();
    return performance.now() - from;
  });
  line(what, Math.max(...times), 'slowest of five');
}

function line(what: string, milliseconds: number, note = ''): void {
  console.log(`${what.padEnd(48)} ${milliseconds.toFixed(1).padStart(8)} ms  ${note}`);
}

function processorTime(since: NodeJS.CpuUsage): string {
  const { user, system } = process.cpuUsage(since);
  return `${((user + system) / 1000).toFixed(0)} ms of processor time`;
}

function memory(): number {
  (globalThis as { gc?: () => void }).gc?.();
  return process.memoryUsage().heapUsed / 2 ** 20;
}
