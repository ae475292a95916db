import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach } from 'vitest';
import { noMarks, type RunMarks, type RunRecord } from '../../../src/extension/runs/runData';
import type { EffectiveStatus, RunDocument } from '../../../src/runs/document';
import { runPaths } from '../../../src/runs/layout';
import { metricNames } from '../../../src/runs/metricsTable';

const cleanups: (() => void)[] = [];

afterEach(() => {
  for (const cleanup of cleanups.splice(0).reverse()) cleanup();
});

export function cleanUp(work: () => void): void {
  cleanups.push(work);
}

export function temporaryFolder(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'losscape-extension-')));
  cleanUp(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A finished run of another machine, but for what is given. */
export function runDocument(patch: Partial<RunDocument> = {}): RunDocument {
  return {
    formatVersion: 1,
    id: 'a-run',
    status: 'finished',
    kind: 'training',
    experiment: { name: 'disc', training: { batchSize: 4 }, losses: [] },
    experimentFile: '/data/disc.losscape.json',
    experimentName: 'disc',
    loss: { name: 'focal-2', label: 'focal γ=2', spec: { type: 'focal', gamma: 2 } },
    dataset: { fingerprint: 'f00d', train: ['a', 'b', 'c', 'd', 'e'], test: ['f'], synthetic: false },
    parameters: 7_760_130,
    engine: 'onnx',
    accelerator: { name: 'onnx', provider: 'cpu', threads: 2, reason: 'the default' },
    versions: { losscape: '0.1.0' },
    seed: 99,
    pid: 4242,
    host: 'elsewhere',
    started: '2026-03-01T10:00:00.000Z',
    updated: '2026-03-01T11:00:00.000Z',
    finished: '2026-03-01T11:00:00.000Z',
    epochsDone: 50,
    epochsTotal: 50,
    stepsDone: 100,
    secondsTraining: 3000,
    dataWaitShare: 0.01,
    last: null,
    best: null,
    error: null,
    resumedFrom: [],
    ...patch,
  };
}

/** A live run of this very process. */
export function liveDocument(patch: Partial<RunDocument> = {}): RunDocument {
  const now = new Date().toISOString();
  const mine = { pid: process.pid, host: hostname(), updated: now, started: now, finished: null };
  return runDocument({ status: 'running', epochsDone: 3, ...mine, ...patch });
}

/** Writes run.json as the engine does, folder and all. */
export function writeRun(folder: string, document: RunDocument): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(runPaths(folder).document, JSON.stringify(document));
}

export function means(iou: number, patch: Record<string, number> = {}): Record<string, number> {
  return { ...Object.fromEntries(metricNames.map((name) => [name, 0.5])), iou, ...patch };
}

/** A record that needs no disk. */
export function record(
  folder: string,
  patch: Partial<RunDocument> = {},
  marks: Partial<RunMarks> = {},
  status?: EffectiveStatus,
): RunRecord {
  const document = runDocument({ id: folder.split('/').at(-1)!, ...patch });
  return {
    folder,
    runsFolder: folder.slice(0, folder.lastIndexOf('/')),
    marks: { ...noMarks, ...marks },
    entry: { id: document.id, folder, ok: true, document, status: status ?? document.status },
  };
}

export function brokenRecord(folder: string, reason = 'its run.json is not whole JSON'): RunRecord {
  const id = folder.split('/').at(-1)!;
  return {
    folder,
    runsFolder: folder.slice(0, folder.lastIndexOf('/')),
    marks: noMarks,
    entry: { id, folder, ok: false, reason },
  };
}

/** Waits until something holds; fails after five seconds. */
export async function until(holds: () => boolean, what: string): Promise<void> {
  for (let attempt = 0; attempt < 250; attempt += 1) {
    if (holds()) return;
    await delay(20);
  }
  throw new Error(`Waited in vain until ${what}`);
}
