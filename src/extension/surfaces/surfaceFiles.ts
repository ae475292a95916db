import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileProblem } from '../../runs/files';
import { decodeNpy } from '../../runs/npy';
import { surfacesFolder } from '../../runs/layout';
import { Problem } from '../../runs/problem';
import { readSurfaceDocument, surfaceFileNames } from '../../runs/surfaceDocument';
import { readTrajectories } from '../../runs/surfaceTrajectories';
import type { SurfaceData, SurfaceInfo } from '../../webview/protocol/surface';
import { surfaceInfo, surfacePaths } from './surfaceInfo';

/** Surfaces of some runs, and what is wrong with those that cannot be read. */
export interface FoundSurfaces {
  /** Newest first. */
  readonly surfaces: readonly SurfaceInfo[];
  readonly problems: readonly string[];
}

/** The surfaces in the folders of runs. One small file is read for each; a run without any costs one look. */
export async function surfacesOf(runFolders: readonly string[]): Promise<FoundSurfaces> {
  const surfaces: SurfaceInfo[] = [];
  const problems: string[] = [];
  for (const runFolder of new Set(runFolders)) {
    for (const folder of await surfaceFolders(runFolder)) {
      try {
        surfaces.push(surfaceInfo(folder, await readSurfaceDocument(folder)));
      } catch (error) {
        if (!(error instanceof Problem)) throw error;
        problems.push(`${folder}: ${error.message}`);
      }
    }
  }
  surfaces.sort((first, second) => (first.created < second.created ? 1 : first.created > second.created ? -1 : 0));
  return { surfaces, problems };
}

/** Folders of a run's surfaces; none when it has none, or is gone. A surface that is just being made has no document yet. */
export async function surfaceFolders(runFolder: string): Promise<string[]> {
  const parent = surfacesFolder(runFolder);
  try {
    const entries = await readdir(parent, { withFileTypes: true });
    const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(parent, name));
    const whole = await Promise.all(folders.map((folder) => exists(join(folder, surfaceFileNames.document))));
    return folders.filter((_, index) => whole[index]);
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return [];
    throw fileProblem(error, parent);
  }
}

/**
 * A surface with the values of some of its quantities, as they are now; unknown keys are left out.
 * States are read before the values: a point is marked only when its values are there, so what is marked is whole.
 * @throws Problem that names the file when one is missing or damaged.
 */
export async function readSurfaceData(folder: string, keys: readonly string[]): Promise<SurfaceData> {
  const document = await readSurfaceDocument(folder);
  const points = document.axes.a.length * document.axes.b.length;
  const done = await read(folder, surfaceFileNames.done);
  const states = Uint8Array.from(done.subarray(done.length - points));
  const values: Record<string, Float32Array> = {};
  for (const key of new Set(keys)) {
    const quantity = document.quantities[key];
    if (!quantity) continue;
    const { data } = decodeNpy(await read(folder, quantity.file), join(folder, quantity.file));
    if (data.length !== points) {
      throw new Problem(`the array has ${data.length} values, not ${points}`, {
        place: { file: join(folder, quantity.file) },
        hint: 'Delete the folder of this surface and sample it anew.',
      });
    }
    values[key] = data;
  }
  return {
    info: surfaceInfo(folder, document),
    values,
    states,
    paths: surfacePaths(await readTrajectories(folder)),
  };
}

/** What changes whenever something of a surface has changed on disk; the same text as long as nothing has. */
export async function surfaceVersion(folder: string): Promise<string> {
  const { done, document, trajectories } = surfaceFileNames;
  const parts = await Promise.all(
    [done, document, trajectories].map((name) =>
      stat(join(folder, name)).then(
        ({ mtimeMs, size, ino }) => `${mtimeMs} ${size} ${ino}`,
        () => '-',
      ),
    ),
  );
  return parts.join('|');
}

async function read(folder: string, name: string): Promise<Buffer> {
  const path = join(folder, name);
  try {
    return await readFile(path);
  } catch (error) {
    throw fileProblem(error, path);
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
