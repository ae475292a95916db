/*
 * The runs view with 5,000 run folders, without the editor: reading them all, the first page, taking up one change,
 * sorting, filtering and grouping.
 *
 *   npx esbuild bench/runs-view.ts --bundle --platform=node --main-fields=module,main --outfile=.cache/runs-view.cjs
 *   node --expose-gc .cache/runs-view.cjs [number of runs]
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { RunIndex } from '../src/extension/runs/runIndex';
import { noMarks, type RunRecord } from '../src/extension/runs/runData';
import { buildTree, defaultViewState, type TreeInput } from '../src/extension/tree/treeModel';
import type { MetricsSummary, RunDocument } from '../src/runs/document';
import { runPaths } from '../src/runs/layout';
import { metricNames } from '../src/runs/metricsTable';

const count = Number(process.argv[2] ?? 5000);
const losses = [
  'cross-entropy',
  'cross-entropy 1:3',
  'focal γ=1',
  'focal γ=2',
  'focal γ=5',
  'dice',
  'dice + 0.5 × cross-entropy',
];
const images = Array.from({ length: 54 }, (_, index) => `drishtiGS_${String(index).padStart(3, '0')}`);

void main();

async function main(): Promise<void> {
  const parent = await mkdtemp(join(tmpdir(), 'losscape-bench-'));
  try {
    const folder = join(parent, 'runs');
    await writeRuns(folder);
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

async function writeRuns(folder: string): Promise<void> {
  for (let first = 0; first < count; first += 100) {
    await Promise.all(
      Array.from({ length: Math.min(100, count - first) }, (_, offset) => {
        const number = first + offset;
        const loss = losses[number % losses.length]!.replace(/[^a-z0-9]+/g, '-');
        const time = new Date(2025, 0, 1, 0, 0, number * 97);
        const stamp = time.toISOString().replace(/[-:]/g, '').replace('T', '-').slice(0, 15);
        return writeRun(
          join(folder, `${stamp}-retina-${loss}-${number.toString(26).padStart(4, 'a').slice(-4)}`),
          number,
        );
      }),
    );
  }
}

async function writeRun(folder: string, number: number): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(runPaths(folder).document, JSON.stringify(document(folder, number), null, 2));
}

function document(folder: string, number: number): RunDocument {
  const started = new Date(2025, 0, 1, 0, 0, number * 97).toISOString();
  const means = Object.fromEntries(metricNames.map((name, index) => [name, ((number * 31 + index * 7) % 1000) / 1000]));
  const summary: MetricsSummary = { epoch: 50, train: means, test: means };
  const label = losses[number % losses.length]!;
  const status = (['finished', 'finished', 'finished', 'stopped', 'failed'] as const)[number % 5]!;
  return {
    formatVersion: 1,
    id: folder,
    status,
    kind: 'training',
    experiment: {
      name: `retina ${number % 12}`,
      dataset: { images: '/data/images', masks: '/data/masks', test: 9 },
      losses: [],
    },
    experimentFile: `/data/retina-${number % 12}.losscape.json`,
    experimentName: `retina ${number % 12}`,
    loss: { name: label, label, spec: { type: 'focal', gamma: 2 } },
    dataset: { fingerprint: 'f00d', train: images.slice(0, 45), test: images.slice(45), synthetic: false },
    parameters: 7_760_130,
    engine: 'onnx',
    accelerator: { name: 'onnx', provider: 'cpu', threads: 2, reason: 'the default' },
    versions: { losscape: '0.1.0', node: '20.0.0' },
    seed: 99,
    pid: 1,
    host: 'elsewhere',
    started,
    updated: started,
    finished: started,
    epochsDone: 50,
    epochsTotal: 50,
    stepsDone: 600,
    secondsTraining: 1234,
    dataWaitShare: 0.01,
    last: summary,
    best: summary,
    error: null,
    resumedFrom: [],
  };
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
