import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type SurfaceDocument, writeSurfaceDocument } from '../../../src/runs/surfaceDocument';
import { SurfaceGrid } from '../../../src/runs/surfaceGrid';

/** The document of a surface of 3 x 2 points with one loss and its standard error. */
export function surfaceDocument(patch: Partial<SurfaceDocument> = {}): SurfaceDocument {
  const now = new Date().toISOString();
  const common = { kind: 'loss', split: 'train', measure: 'loss.dice' } as const;
  const loss = { name: 'dice', variant: 'reported' } as const;
  return {
    formatVersion: 1,
    kind: 'plane',
    id: 'random-3x2',
    status: 'finished',
    axes: { a: [-1, 0, 1], b: [0, 1] },
    quantities: {
      'loss.dice.train': { ...common, label: 'dice', file: 'loss.dice.train.npy', loss },
      'loss.dice.train.error': {
        ...common,
        label: 'dice, standard error',
        file: 'loss.dice.train.error.npy',
        standardErrorOf: 'loss.dice.train',
      },
    },
    provenance: 'A random plane.',
    plane: {
      kind: 'random',
      checkpoint: { run: 'run-1', epoch: 12, loss: 'dice' },
      seed: 1,
      normalization: 'filter',
      biases: 'ignore',
      lengths: [2, 3],
      cosine: 0,
    },
    losses: [{ name: 'dice', label: 'dice', spec: { type: 'dice' } }],
    images: [{ split: 'train', names: ['one', 'two'], available: 8, seed: 1, region: 'whole', digest: '0'.repeat(64) }],
    series: null,
    adaptive: null,
    trajectories: [],
    extends: null,
    minima: null,
    done: 0,
    total: 6,
    secondsSampling: 2,
    accelerator: { name: 'onnx', provider: 'cpu', threads: 1, reason: '' },
    versions: {},
    pid: 1,
    host: 'elsewhere',
    created: now,
    updated: now,
    finished: null,
    ...patch,
  };
}

/** A surface on disk whose grid is still empty. */
export async function writeSurface(runFolder: string, document: SurfaceDocument): Promise<string> {
  const folder = join(runFolder, 'surfaces', document.id);
  mkdirSync(folder, { recursive: true });
  const files = Object.values(document.quantities).map(({ file }) => file);
  await SurfaceGrid.create(folder, files, document.axes.a.length, document.axes.b.length);
  await writeSurfaceDocument(folder, document);
  return folder;
}

/** The grid of such a surface, to put points into. */
export function gridOf(folder: string, { quantities, axes }: SurfaceDocument): SurfaceGrid {
  const files = Object.values(quantities).map(({ file }) => file);
  return SurfaceGrid.open(folder, files, axes.a.length, axes.b.length);
}
