import { mkdir, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { cutTable } from './csv';
import { readDescent, type DescentDocument } from './descentDocument';
import { descentPaths, framePath, frameStep } from './descentFrames';
import { descentCells, descentColumns, type DescentRow } from './descentTable';
import { writeRunDocument } from './document';
import { fileProblem, namesIn, removeTemporaries, writeFileAtomic } from './files';
import { FolderWriter } from './folderWriter';
import { formatVersion, runPaths } from './layout';
import { lockRun } from './lock';
import { makeRunFolder } from './newRun';
import { encodeNpy } from './npy';
import { Problem } from './problem';
import { slug } from './slug';

/** What a new descent is made from; the rest of its document begins empty. */
export type DescentInit = Pick<
  DescentDocument,
  | 'experimentName'
  | 'experiment'
  | 'checkpoint'
  | 'image'
  | 'losses'
  | 'optimizer'
  | 'steps'
  | 'every'
  | 'accelerator'
  | 'versions'
>;

/** PNGs of the region: the photograph, and the target. */
export interface DescentPictures {
  readonly image: Uint8Array;
  readonly mask: Uint8Array;
}

/** The one who writes the folder of a descent: holds its lock from `create` or `reopen` until `close`. */
export class DescentWriter extends FolderWriter<DescentDocument> {
  /**
   * Makes the folder of a new descent; `run.json` comes last, so that readers who see it find the rest. Throws a Problem
   * (exit code 2) when the runs folder cannot be written to; then nothing of it is left.
   */
  static async create(runsFolder: string, init: DescentInit, pictures: DescentPictures): Promise<DescentWriter> {
    const started = new Date();
    const what = `descent-${slug(init.image.name, 30)}`;
    const folder = await makeRunFolder(resolve(runsFolder), init.experimentName, what, started);
    try {
      const lock = await lockRun(folder);
      const now = started.toISOString();
      const document: DescentDocument = {
        formatVersion,
        id: basename(folder),
        kind: 'descent',
        status: 'running',
        ...init,
        stepsDone: 0,
        stepsTotal: init.losses.length * init.steps,
        secondsDescending: 0,
        pid: process.pid,
        host: hostname(),
        started: now,
        updated: now,
        finished: null,
        error: null,
      };
      const paths = descentPaths(folder);
      await mkdir(runPaths(folder).checkpoints);
      for (const loss of init.losses) await mkdir(join(paths.frames, loss.folder), { recursive: true });
      await writeFileAtomic(paths.image, pictures.image);
      await writeFileAtomic(paths.mask, pictures.mask);
      await writeRunDocument(folder, document);
      return new DescentWriter(folder, document, lock);
    } catch (error) {
      await rm(folder, { recursive: true, force: true });
      throw fileProblem(error, folder);
    }
  }

  /**
   * Takes up an existing descent; a request to stop is forgotten. Throws a Problem when the folder is no descent, is of a
   * newer format, or another process is at it.
   */
  static async reopen(descentFolder: string): Promise<DescentWriter> {
    const folder = resolve(descentFolder);
    await readOrThrow(folder);
    const lock = await lockRun(folder);
    try {
      const document = await readOrThrow(folder);
      await rm(runPaths(folder).stop, { force: true });
      return new DescentWriter(folder, { ...document, id: basename(folder), pid: process.pid, host: hostname() }, lock);
    } catch (error) {
      await lock.release();
      throw fileProblem(error, folder);
    }
  }

  /** Appends rows to `descent.csv`; they are on the disk when the promise resolves. */
  async appendRows(rows: readonly DescentRow[]): Promise<void> {
    if (rows.length > 0) {
      await this.appendTable(descentPaths(this.folder).table, descentColumns, rows.map(descentCells));
    }
  }

  /** Writes a frame. @param loss the loss's `folder`; @param margin [height, width] of the region. */
  writeFrame(loss: string, step: number, margin: Float32Array): Promise<void> {
    const { height, width } = this.current.image.region;
    const bytes = encodeNpy([height, width], margin);
    return this.enqueue(() => writeFileAtomic(framePath(this.folder, loss, step), bytes));
  }

  /**
   * Brings the folder back to what it was when `step` steps under loss number `index` had been taken, and the network after
   * them had not been measured yet: drops later rows and frames, torn rows and what killed writes left behind.
   */
  cutBefore(index: number, step: number): Promise<void> {
    return this.enqueue(async () => {
      const { losses, steps } = this.current;
      const paths = descentPaths(this.folder);
      const place = new Map(losses.map(({ name }, i) => [name, i]));
      /** Whether what belongs to a step under a loss was there before. */
      const before = (loss: number, at: number): boolean => loss < index || (loss === index && at < step);
      await removeTemporaries(this.folder);
      await removeTemporaries(dirname(runPaths(this.folder).resume));
      await cutTable(paths.table, (row) => before(place.get(row.descended ?? '') ?? Infinity, Number(row.step)));
      for (const [i, { folder }] of losses.entries()) {
        const frames = join(paths.frames, folder);
        await mkdir(frames, { recursive: true });
        await removeTemporaries(frames);
        for (const name of await namesIn(frames)) {
          if (!before(i, frameStep(name) ?? -1)) await rm(join(frames, name), { force: true });
        }
      }
      this.current = { ...this.current, stepsDone: index * steps + step };
      await this.writeDocument();
    });
  }
}

async function readOrThrow(folder: string): Promise<DescentDocument> {
  const read = await readDescent(folder);
  if (read.ok) return read.document;
  throw new Problem(`this folder cannot be taken up as a descent: ${read.reason}`, { place: { file: folder } });
}
