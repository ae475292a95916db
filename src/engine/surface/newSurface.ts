import { mkdir, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { surfacesFolder } from '../../runs/layout';
import { fileProblem } from '../../runs/files';
import {
  surfaceFileNames,
  surfaceFormatVersion,
  writeSurfaceDocument,
  type SurfaceDocument,
  type SurfaceImageSet,
  type SurfaceQuantity,
} from '../../runs/surfaceDocument';
import { SurfaceGrid } from '../../runs/surfaceGrid';
import { lossLabel, lossName } from '../experiment/lossLabel';
import type { LossSpec } from '../experiment/schema';
import type { ParameterSpec } from '../unet/unet';
import { isLine, writePlane, type Plane } from './plane';
import { provenanceInWords } from './provenanceInWords';
import type { Measure } from './measure';

/** Everything that is settled before a surface is sampled. */
export interface NewSurface {
  /** Folder of the run that keeps the surface. */
  readonly runFolder: string;
  readonly specs: readonly ParameterSpec[];
  readonly plane: Plane;
  readonly losses: readonly LossSpec[];
  readonly measures: readonly Measure[];
  readonly axes: { readonly a: readonly number[]; readonly b: readonly number[] };
  /** One entry for each split. */
  readonly images: readonly SurfaceImageSet[];
  readonly synthetic: boolean;
  readonly series?: SurfaceDocument['series'];
  readonly adaptive?: SurfaceDocument['adaptive'];
  /** Folder names of runs whose checkpoints are projected on the plane. */
  readonly trajectories?: readonly string[];
  /** The surface whose points are taken over. */
  readonly extends?: string;
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
 * @throws Problem when the folder cannot be written to or the disk is full; nothing is left of it then.
 */
export async function createSurface(surface: NewSurface): Promise<SurfaceFolder> {
  const { runFolder } = surface;
  const folder = await makeFolder(surfacesFolder(runFolder), surfaceName(surface));
  try {
    return await layOut(surface, folder);
  } catch (error) {
    // Without its document it is no surface yet: nothing of it may stay in the way.
    await rm(folder.path, { recursive: true, force: true });
    throw error;
  }
}

async function layOut(surface: NewSurface, folder: { path: string; name: string }): Promise<SurfaceFolder> {
  const { specs, plane, losses, axes, images } = surface;
  const quantities = quantitiesOf(
    surface.measures,
    images.map(({ split }) => split),
  );
  await writePlane(join(folder.path, surfaceFileNames.plane), specs, plane);
  await SurfaceGrid.create(folder.path, quantityFiles(quantities), axes.a.length, axes.b.length);
  const now = new Date().toISOString();
  const document: SurfaceDocument = {
    formatVersion: surfaceFormatVersion,
    kind: isLine(plane) ? 'line' : 'plane',
    id: folder.name,
    status: 'sampling',
    axes: { a: [...axes.a], b: [...axes.b] },
    quantities,
    provenance: provenanceInWords(plane.provenance, images, surface),
    plane: plane.provenance,
    losses: losses.map((spec) => ({ name: lossName(spec), label: lossLabel(spec), spec })),
    images: images.map((set) => ({ ...set, names: [...set.names] })),
    series: surface.series ?? null,
    adaptive: surface.adaptive ?? null,
    trajectories: [...(surface.trajectories ?? [])],
    extends: surface.extends ?? null,
    minima: null,
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

/**
 * The mean of every measure over the images of each split, then the standard error of each. Keys are those of the measures; with
 * `test.` in front for test images.
 */
export function quantitiesOf(
  measures: readonly Measure[],
  splits: readonly ('train' | 'test')[],
): Record<string, SurfaceQuantity> {
  const all = splits.flatMap((split) => measures.map(({ key, quantity }) => ({ split, measure: key, quantity })));
  const means = all.map(({ split, measure, quantity }) => {
    const key = split === 'test' ? `test.${measure}` : measure;
    const label = split === 'test' ? `${quantity.label} (test)` : quantity.label;
    return [key, { ...quantity, label, split, measure, file: `${key}.npy` }] as const;
  });
  const errors = means.map(([key, quantity]) => {
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
function surfaceName({ plane, axes }: NewSurface): string {
  const { provenance } = plane;
  const size = isLine(plane) ? `line-${axes.a.length}` : `${axes.a.length}x${axes.b.length}`;
  const centre = provenance.movedTo ?? ('checkpoint' in provenance ? provenance.checkpoint : null);
  const epoch = centre ? `epoch-${String(centre.epoch).padStart(4, '0')}-` : '';
  switch (provenance.kind) {
    case 'random':
      return `${epoch}random-${provenance.seed}-${size}`;
    case 'curvature':
      return `${epoch}${provenance.axes[0] === 'gradient' ? 'gradient' : 'hessian'}-${size}`;
    case 'line':
      return `${epoch}${size}`;
    default:
      return `${epoch}${provenance.kind}-${size}`;
  }
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
