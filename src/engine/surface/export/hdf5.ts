import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** One array of an HDF5 file, or one text. */
export interface Hdf5Dataset {
  readonly name: string;
  readonly data: Float64Array | Float32Array | Uint8Array | string;
  /** Left out: as long as the array. */
  readonly shape?: readonly number[];
}

const types = [
  [Float64Array, '<d'],
  [Float32Array, '<f'],
  [Uint8Array, '<B'],
] as const;

/**
 * The bytes of an HDF5 file with arrays and texts at its root. Written by the HDF5 library itself (h5wasm), by way of a temporary
 * file: the library knows nothing else.
 * @param attributes texts about the whole file.
 */
export async function hdf5Bytes(
  datasets: readonly Hdf5Dataset[],
  attributes: Readonly<Record<string, string>> = {},
): Promise<Buffer> {
  const hdf5 = await import('h5wasm/node');
  await hdf5.ready;
  const folder = await mkdtemp(join(tmpdir(), 'losscape-hdf5-'));
  const path = join(folder, 'data.h5');
  try {
    const file = new hdf5.File(path, 'w');
    try {
      for (const [name, text] of Object.entries(attributes)) file.create_attribute(name, text);
      for (const { name, data, shape } of datasets) {
        if (typeof data === 'string') file.create_dataset({ name, data });
        else {
          const dtype = types.find(([kind]) => data instanceof kind)![1];
          file.create_dataset({ name, data, shape: [...(shape ?? [data.length])], dtype });
        }
      }
    } finally {
      file.close();
    }
    return await readFile(path);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
