import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readSurfaceDocument, surfaceFileNames, type SurfaceDocument } from '../../../runs/surfaceDocument';
import { readTrajectories, type SurfaceTrajectories } from '../../../runs/surfaceTrajectories';
import { fileProblem } from '../../../runs/files';
import { Problem } from '../../../runs/problem';
import { decodeNpy } from '../../report/npy';

/** A surface with its values in memory. */
export interface LoadedSurface {
  readonly document: SurfaceDocument;
  /** Each [b, a], a fastest; NaN where nothing is. In the order of `document.quantities`. */
  readonly values: ReadonlyMap<string, Float32Array>;
  /** [b, a]: as `pointStates`. */
  readonly states: Uint8Array;
  readonly trajectories: SurfaceTrajectories | undefined;
}

/** @throws Problem when a file is missing or damaged. */
export async function readSurface(folder: string): Promise<LoadedSurface> {
  const document = await readSurfaceDocument(folder);
  const points = document.axes.a.length * document.axes.b.length;
  const read = async (name: string): Promise<Buffer> => {
    const path = join(folder, name);
    try {
      return await readFile(path);
    } catch (error) {
      throw fileProblem(error, path);
    }
  };
  const values = new Map<string, Float32Array>();
  for (const [key, { file }] of Object.entries(document.quantities)) {
    const { data } = decodeNpy(await read(file), join(folder, file));
    if (data.length !== points)
      throw new Problem(`the array has ${data.length} values, not ${points}`, { place: { file } });
    values.set(key, data);
  }
  const done = await read(surfaceFileNames.done);
  const states = new Uint8Array(done.subarray(done.length - points));
  return { document, values, states, trajectories: await readTrajectories(folder) };
}
