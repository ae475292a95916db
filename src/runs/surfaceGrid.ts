import { closeSync, fdatasync, fstatSync, openSync, readSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { fileProblem, writeFileAtomic } from './files';
import { Problem } from './problem';
import { surfaceFileNames } from './surfaceDocument';

const synced = promisify(fdatasync);

interface GridFile {
  readonly path: string;
  readonly descriptor: number;
}

/** What `done.npy` says of a point. */
export const pointStates = { missing: 0, measured: 1, interpolated: 2 } as const;

/**
 * The values of a surface on disk: one float32 `.npy` per quantity, shaped [b, a] (a runs fastest) and NaN where nothing has
 * been computed, and `done.npy`, a uint8 array of the same shape that tells measured points from interpolated and missing ones.
 *
 * All files get their full size when the surface is created. A point is then written into its place in each of them, and
 * marked as done only when its values have reached the disk: whenever the process or the machine dies, what is marked is
 * there. Points in one file have bytes of their own, so processes that share a surface never overwrite each other's, and
 * nothing of the grid is held in memory.
 */
export class SurfaceGrid {
  private unmarked: { index: number; state: number }[] = [];
  private writing: Promise<void> = Promise.resolve();

  private constructor(
    /** Points along a. */
    readonly width: number,
    /** Points along b. */
    readonly height: number,
    private readonly values: readonly GridFile[],
    private readonly done: GridFile,
  ) {}

  /** Lays out the files of a new surface. Throws a Problem when the disk is full or the folder not writable. */
  static async create(folder: string, files: readonly string[], width: number, height: number): Promise<void> {
    for (const file of files) {
      await writeFileAtomic(join(folder, file), filled('<f4', width, height, Buffer.alloc(4 * width, float(NaN))));
    }
    await writeFileAtomic(join(folder, surfaceFileNames.done), filled('|u1', width, height, Buffer.alloc(width)));
  }

  /** Opens the files of a surface. Throws a Problem that names the file when one is missing or not of this shape. */
  static open(folder: string, files: readonly string[], width: number, height: number): SurfaceGrid {
    const opened: GridFile[] = [];
    try {
      for (const [file, type, bytes] of [
        ...files.map((file) => [file, '<f4', 4] as const),
        [surfaceFileNames.done, '|u1', 1] as const,
      ]) {
        const path = join(folder, file);
        opened.push({ path, descriptor: openChecked(path, npyHeader(type, width, height), bytes * width * height) });
      }
    } catch (error) {
      for (const { descriptor } of opened) closeSync(descriptor);
      throw error;
    }
    return new SurfaceGrid(width, height, opened.slice(0, -1), opened[opened.length - 1]!);
  }

  /** The states of the points of row `b`: one byte each. */
  doneInRow(b: number): Uint8Array {
    const row = new Uint8Array(this.width);
    this.attempt(this.done, () => readSync(this.done.descriptor, row, 0, this.width, headerBytes + b * this.width));
    return row;
  }

  /** How many points are there, and how many of them are interpolated. */
  countDone(): { done: number; interpolated: number } {
    let [done, interpolated] = [0, 0];
    for (let b = 0; b < this.height; b++) {
      for (const state of this.doneInRow(b)) {
        if (state !== pointStates.missing) done += 1;
        if (state === pointStates.interpolated) interpolated += 1;
      }
    }
    return { done, interpolated };
  }

  /** The values of point (a, b) in the first `count` files, whether they are marked or not. */
  valuesAt(a: number, b: number, count: number): Float32Array {
    const values = new Float32Array(count);
    const bytes = new Uint8Array(values.buffer);
    const place = headerBytes + 4 * (b * this.width + a);
    for (const [i, file] of this.values.slice(0, count).entries()) {
      this.attempt(file, () => readSync(file.descriptor, bytes, 4 * i, 4, place));
    }
    return values;
  }

  /** Writes the values of point (a, b), one for each file, in their order. Readers see them from now on. */
  put(a: number, b: number, values: ArrayLike<number>, state: 'measured' | 'interpolated' = 'measured'): void {
    const index = b * this.width + a;
    this.values.forEach((file, i) => {
      this.attempt(file, () => writeSync(file.descriptor, float(values[i]!), 0, 4, headerBytes + 4 * index));
    });
    this.unmarked.push({ index, state: pointStates[state] });
  }

  /** Points that were put, but are not waited for by a {@link flush} yet. */
  get unmarkedCount(): number {
    return this.unmarked.length;
  }

  /** Waits until all values are on the disk, then marks their points. Calls queue up. */
  flush(): Promise<void> {
    const points = this.unmarked;
    this.unmarked = [];
    this.writing = this.writing.then(() => this.mark(points));
    return this.writing;
  }

  close(): void {
    for (const { descriptor } of [...this.values, this.done]) closeSync(descriptor);
  }

  private async mark(points: readonly { index: number; state: number }[]): Promise<void> {
    if (points.length === 0) return;
    for (const file of this.values) await this.attempt(file, () => synced(file.descriptor));
    for (const { index, state } of points) {
      this.attempt(this.done, () => writeSync(this.done.descriptor, Uint8Array.of(state), 0, 1, headerBytes + index));
    }
    await this.attempt(this.done, () => synced(this.done.descriptor));
  }

  private attempt<T>({ path }: GridFile, work: () => T): T {
    try {
      const result = work();
      if (!(result instanceof Promise)) return result;
      return result.catch((error: unknown) => {
        throw fileProblem(error, path);
      }) as T;
    } catch (error) {
      throw fileProblem(error, path);
    }
  }
}

/** Every header is padded to this, so that all values are aligned and one offset serves all files. */
const headerBytes = 128;

/** The header of an `.npy` file (format version 1.0) of shape [height, width] in C order. */
function npyHeader(type: '<f4' | '|u1', width: number, height: number): Buffer {
  const header = Buffer.alloc(headerBytes, ' ');
  header.write('\x93NUMPY\x01\x00', 'latin1');
  header.writeUInt16LE(headerBytes - 10, 8);
  header.write(`{'descr': '${type}', 'fortran_order': False, 'shape': (${height}, ${width}), }`, 10, 'latin1');
  header.write('\n', headerBytes - 1, 'latin1');
  return header;
}

/** A whole file, row by row. */
function* filled(type: '<f4' | '|u1', width: number, height: number, row: Uint8Array): Iterable<Uint8Array> {
  yield npyHeader(type, width, height);
  for (let b = 0; b < height; b++) yield row;
}

function float(value: number): Uint8Array {
  const bytes = Buffer.alloc(4);
  bytes.writeFloatLE(value);
  return bytes;
}

function openChecked(path: string, header: Buffer, bytes: number): number {
  let descriptor: number;
  try {
    descriptor = openSync(path, 'r+');
  } catch (error) {
    throw fileProblem(error, path);
  }
  const found = Buffer.alloc(header.length);
  readSync(descriptor, found, 0, header.length, 0);
  if (found.equals(header) && fstatSync(descriptor).size === header.length + bytes) return descriptor;
  closeSync(descriptor);
  throw new Problem('this file is damaged, or does not belong to the surface.json beside it', {
    place: { file: path },
    hint: 'Delete the folder of this surface and sample it anew.',
  });
}
