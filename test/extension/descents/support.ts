import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DescentDocument } from '../../../src/runs/descentDocument';
import { runPaths } from '../../../src/runs/layout';

const loss = (name: string, label: string) => ({ name, label, spec: { type: 'crossEntropy' }, folder: name });

/** What is descended on, with what: as a descent begins. */
export const asked = {
  experimentName: 'disc',
  experiment: {},
  checkpoint: { run: 'a-run', folder: '/elsewhere/a-run', epoch: 5, loss: 'focal γ=2', digest: 'a' },
  image: {
    name: 'eye',
    split: 'test',
    height: 2,
    width: 3,
    region: { top: 0, left: 0, height: 2, width: 3 },
    synthetic: true,
    digest: 'b',
  },
  losses: [loss('ce', 'cross-entropy'), loss('focal', 'focal γ=2')],
  optimizer: { type: 'adam', learningRate: 1e-5 },
  steps: 4,
  every: 2,
  accelerator: { name: 'onnx', provider: 'cpu', threads: 1, reason: '' },
  versions: {},
} satisfies Partial<DescentDocument>;

/** A finished descent of another machine, but for what is given. */
export function descentDocument(patch: Partial<DescentDocument> = {}): DescentDocument {
  return {
    formatVersion: 1,
    id: 'a-descent',
    kind: 'descent',
    status: 'finished',
    ...asked,
    stepsDone: 8,
    stepsTotal: 8,
    secondsDescending: 1,
    pid: 4242,
    host: 'elsewhere',
    started: '2026-03-01T10:00:00.000Z',
    updated: '2026-03-01T10:05:00.000Z',
    finished: '2026-03-01T10:05:00.000Z',
    error: null,
    ...patch,
  };
}

/** Writes run.json as the engine does, folder and all. Returns the folder. */
export function writeDescent(runsFolder: string, id: string, patch: Partial<DescentDocument> = {}): string {
  const folder = join(runsFolder, id);
  mkdirSync(folder, { recursive: true });
  writeFileSync(runPaths(folder).document, JSON.stringify(descentDocument({ id, ...patch })));
  return folder;
}
