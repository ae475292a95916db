import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { MetricsSummary, RunDocument } from '../src/runs/document';
import { runPaths } from '../src/runs/layout';
import { metricNames } from '../src/runs/metricsTable';

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

/** Writes `count` run folders without tables or checkpoints, as a year of work leaves behind: 7 losses, 12 experiments. */
export async function writeRuns(folder: string, count: number): Promise<void> {
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

/** Writes one of them, or writes it anew. */
export async function writeRun(folder: string, number: number, epochsDone = 50): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(runPaths(folder).document, JSON.stringify({ ...document(folder, number), epochsDone }, null, 2));
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
