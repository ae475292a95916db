import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileProblem, writeFileAtomic } from '../../runs/files';
import { Problem } from '../../runs/problem';
import { findSurface } from '../surface/choosePlane';
import { surfaceCsv, trajectoriesCsv } from '../surface/export/csv';
import { hdf5Bytes } from '../surface/export/hdf5';
import { lossLandscapeFiles } from '../surface/export/lossLandscape';
import { npyBytes } from '../surface/export/npy';
import { readSurface, type LoadedSurface } from '../surface/export/readSurface';
import { surfaceVtp, trajectoriesVtp } from '../surface/export/vtk';
import type { CommandIo } from './io';

/** `h5`: the files of loss-landscape. */
export type SurfaceExportFormat = 'csv' | 'npy' | 'vtk' | 'h5';

export interface SurfaceExportArguments {
  /** Path of a surface's folder, or its name among the surfaces of all runs. */
  readonly surface: string;
  readonly runsFolder: string;
  readonly format: SurfaceExportFormat;
  /** Folder to write to; `<surface>-<format>` here when left out. */
  readonly out?: string | undefined;
  /** Quantity that makes the height of a mesh, or the loss of loss-landscape's files; the first one when left out. */
  readonly height?: string | undefined;
}

/** `losscape surface export`: a surface and its trajectories for other programs. Prints the files it wrote. Ends with 0. */
export async function surfaceExportCommand(args: SurfaceExportArguments, io: CommandIo): Promise<number> {
  const folder = await findSurface(args.surface, args.runsFolder);
  const surface = await readSurface(folder);
  const { document } = surface;
  const keys = Object.keys(document.quantities);
  const height = args.height ?? keys[0]!;
  if (!keys.includes(height)) {
    throw new Problem(`the surface has no quantity "${height}"`, { hint: `It has: ${keys.join(', ')}.` });
  }
  const out = resolve(args.out ?? `${document.id}-${args.format}`);
  try {
    await mkdir(out, { recursive: true });
  } catch (error) {
    throw fileProblem(error, out);
  }
  for (const [name, content] of await filesOf(surface, args.format, height)) {
    const path = join(out, name);
    await writeFileAtomic(path, content);
    io.stdout.write(`${path}\n`);
  }
  if (document.status !== 'finished') {
    io.stderr.write(
      `Note: the surface is ${document.status}: ${document.done} of ${document.total} points are there.\n`,
    );
  }
  return 0;
}

async function filesOf(
  surface: LoadedSurface,
  format: SurfaceExportFormat,
  height: string,
): Promise<[string, string | Buffer][]> {
  const { document, values, states } = surface;
  switch (format) {
    case 'csv': {
      const paths = [...trajectoriesCsv(surface)].join('');
      const table: [string, string] = ['surface.csv', [...surfaceCsv(surface)].join('')];
      return paths === '' ? [table] : [table, ['trajectories.csv', paths]];
    }
    case 'npy': {
      const shape = [document.axes.b.length, document.axes.a.length];
      return [
        ['a.npy', npyBytes(Float64Array.from(document.axes.a), [shape[1]!])],
        ['b.npy', npyBytes(Float64Array.from(document.axes.b), [shape[0]!])],
        ['state.npy', npyBytes(states, shape)],
        ...[...values].map(([key, data]): [string, Buffer] => [`${key}.npy`, npyBytes(data, shape)]),
      ];
    }
    case 'h5': {
      const files: [string, Buffer][] = [];
      for (const { name, datasets, attributes } of lossLandscapeFiles(surface, height)) {
        files.push([name, await hdf5Bytes(datasets, attributes)]);
      }
      return files;
    }
    case 'vtk': {
      const paths = trajectoriesVtp(surface, height);
      const mesh: [string, string] = ['surface.vtp', surfaceVtp(surface, height)];
      return paths === undefined ? [mesh] : [mesh, ['trajectories.vtp', paths]];
    }
  }
}
