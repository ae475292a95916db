import { type FileHandle, open } from 'node:fs/promises';
import { fileProblem } from './files';
import { Problem } from './problem';
import { safetensorsHeader, safetensorsHeaderBytes } from './safetensors';

/** A tensor in a file, without its values. */
interface Place {
  readonly shape: readonly number[];
  /** First byte in the file. */
  readonly start: number;
}

/**
 * A safetensors file of single-precision tensors of which parts are read, so that many files of any size can be walked
 * through side by side in little memory.
 */
export class SafetensorsFile {
  private constructor(
    readonly path: string,
    private readonly handle: FileHandle,
    private readonly places: ReadonlyMap<string, Place>,
  ) {}

  /** @throws Problem that names the file when it is missing, truncated, no such file, or holds other types. */
  static async open(path: string): Promise<SafetensorsFile> {
    let handle: FileHandle;
    try {
      handle = await open(path, 'r');
    } catch (error) {
      throw fileProblem(error, path, 2);
    }
    try {
      const { size } = await handle.stat();
      const head = async (length: number): Promise<Uint8Array> => {
        const buffer = new Uint8Array(Math.min(length, size));
        await handle.read(buffer, 0, buffer.length, 0);
        return buffer;
      };
      const header = await head(safetensorsHeaderBytes(await head(8)));
      const { entries, dataStart } = safetensorsHeader(header.length < 8 ? await head(8) : header, size, path);
      const places = entries.map(({ name, dtype, shape, begin }) => {
        if (dtype !== 'F32') {
          throw new Problem(`tensor "${name}" is of type ${dtype}, where F32 is needed`, { place: { file: path } });
        }
        return [name, { shape, start: dataStart + begin }] as const;
      });
      return new SafetensorsFile(path, handle, new Map(places));
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  /** Undefined when there is no tensor of this name. */
  shapeOf(name: string): readonly number[] | undefined {
    return this.places.get(name)?.shape;
  }

  /** `count` values of a tensor from element `first` on. */
  async read(name: string, first: number, count: number): Promise<Float32Array> {
    const place = this.places.get(name);
    if (!place) throw new Problem(`there is no tensor "${name}"`, { place: { file: this.path } });
    const values = new Float32Array(count);
    const bytes = new Uint8Array(values.buffer);
    let done = 0;
    while (done < bytes.length) {
      const { bytesRead } = await this.handle.read(bytes, done, bytes.length - done, place.start + 4 * first + done);
      if (bytesRead === 0) throw new Problem('the file has become shorter', { place: { file: this.path } });
      done += bytesRead;
    }
    return values;
  }

  async close(): Promise<void> {
    await this.handle.close();
  }
}
