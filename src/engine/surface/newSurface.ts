import { mkdir } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { fileProblem } from '../../runs/files';
import {
  surfaceFileNames,
  surfaceFormatVersion,
  surfacesFolder,
  writeSurfaceDocument,
  type Checkpoint,
  type SurfaceDocument,
  type SurfaceQuantity,
} from '../../runs/surfaceDocument';
import { SurfaceGrid } from '../../runs/surfaceGrid';
import { lossLabel, lossName } from '../experiment/lossLabel';
import type { LossSpec } from '../experiment/schema';
import type { ParameterSpec } from '../unet/unet';
import type { ImageChoice } from './images';
import { writePlane, type Plane } from './plane';
import type { Measure } from './quantities';

/** Everything that is settled before a surface is sampled. */
export interface NewSurface {
  /** Folder of the run that keeps the surface. */
  readonly runFolder: string;
  readonly specs: readonly ParameterSpec[];
  readonly plane: Plane;
  readonly losses: readonly LossSpec[];
  readonly measures: readonly Measure[];
  readonly axes: { readonly a: readonly number[]; readonly b: readonly number[] };
  readonly images: ImageChoice & { readonly region: 'whole' | 'center'; readonly digest: string };
  readonly synthetic: boolean;
  readonly accelerator: SurfaceDocument['accelerator'];
  readonly versions: Readonly<Record<string, string>>;
}

/** A surface on disk. */
export interface SurfaceFolder {
  readonly folder: string;
  readonly document: SurfaceDocument;
}

/**
 * Makes the folder of a new surface: the plane, the files of all quantities at their full size, and at last `surface.json`,
 * by whose presence readers know that the rest is there.
 * @throws Problem when the folder cannot be written to or the disk is full.
 */
export async function createSurface(surface: NewSurface): Promise<SurfaceFolder> {
  const { runFolder, specs, plane, losses, axes, images } = surface;
  const folder = await makeFolder(surfacesFolder(runFolder), surfaceName(surface));
  const quantities = quantitiesOf(surface.measures);
  await writePlane(join(folder.path, surfaceFileNames.plane), specs, plane);
  await SurfaceGrid.create(folder.path, quantityFiles(quantities), axes.a.length, axes.b.length);
  const now = new Date().toISOString();
  const document: SurfaceDocument = {
    formatVersion: surfaceFormatVersion,
    kind: 'plane',
    id: folder.name,
    status: 'sampling',
    axes: { a: [...axes.a], b: [...axes.b] },
    quantities,
    provenance: provenanceInWords(surface),
    plane: plane.provenance,
    losses: losses.map((spec) => ({ name: lossName(spec), label: lossLabel(spec), spec })),
    images: { ...images, names: [...images.names] },
    done: 0,
    total: axes.a.length * axes.b.length,
    secondsSampling: 0,
    accelerator: surface.accelerator,
    versions: { ...surface.versions },
    pid: process.pid,
    host: hostname(),
    created: now,
    updated: now,
    finished: null,
  };
  await writeSurfaceDocument(folder.path, document);
  return { folder: folder.path, document };
}

/** The mean of every measure, then the standard error of every measure. */
export function quantitiesOf(measures: readonly Measure[]): Record<string, SurfaceQuantity> {
  const means = measures.map(({ key, quantity }) => [key, { ...quantity, file: `${key}.npy` }] as const);
  const errors = measures.map(({ key, quantity }) => {
    const label = `${quantity.label}, standard error`;
    return [`${key}.error`, { ...quantity, label, file: `${key}.error.npy`, standardErrorOf: key }] as const;
  });
  return Object.fromEntries([...means, ...errors]);
}

/** Files of the quantities, in the order in which {@link quantitiesOf} lists them. */
export function quantityFiles(quantities: Readonly<Record<string, SurfaceQuantity>>): string[] {
  return Object.values(quantities).map(({ file }) => file);
}

/** `epoch-0012-random-1-17x17`, so that a folder of surfaces can be read. */
function surfaceName({ plane: { provenance }, axes }: NewSurface): string {
  const size = `${axes.a.length}x${axes.b.length}`;
  if (provenance.kind === 'through') return `through-${size}`;
  return `epoch-${String(provenance.checkpoint.epoch).padStart(4, '0')}-random-${provenance.seed}-${size}`;
}

/** Makes a folder of this name, numbered where there is one already. */
async function makeFolder(parent: string, name: string): Promise<{ path: string; name: string }> {
  try {
    await mkdir(parent, { recursive: true });
    for (let n = 1; ; n++) {
      const numbered = n === 1 ? name : `${name}-${n}`;
      const path = join(parent, numbered);
      try {
        await mkdir(path);
        return { path, name: numbered };
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      }
    }
  } catch (error) {
    throw fileProblem(error, parent);
  }
}

function provenanceInWords({ plane: { provenance }, images, synthetic }: NewSurface): string {
  const { split, names, available, seed, region } = images;
  const kind = split === 'train' ? 'training' : 'test';
  const which =
    names.length === available
      ? `all ${available} ${kind} images`
      : `${names.length} of ${available} ${kind} images (chosen with seed ${seed})`;
  return (
    `${planeInWords(provenance)} Mean over ${which}, ${region === 'whole' ? 'each as a whole' : 'the centre of each'}.` +
    (synthetic ? ' The images are synthetic.' : '')
  );
}

function planeInWords(provenance: Plane['provenance']): string {
  if (provenance.kind === 'through') {
    const [origin, second, third] = provenance.checkpoints.map(checkpointInWords);
    return `The plane through three networks: ${origin} at (0, 0), ${second} at (1, 0), ${third} at (0, 1).`;
  }
  const { checkpoint, seed, normalization, biases } = provenance;
  const scaled = {
    filter: ', each filter scaled to the norm of the network’s own',
    layer: ', each tensor scaled to the norm of the network’s own',
    none: ', not normalised',
  }[normalization];
  return (
    `Weights of ${checkpointInWords(checkpoint)}, moved along two random directions (seed ${seed})${scaled}; ` +
    `biases ${biases === 'ignore' ? 'stay' : 'move, too'}.`
  );
}

const checkpointInWords = ({ run, epoch, loss }: Checkpoint): string => `epoch ${epoch} of ${run} (${loss})`;
