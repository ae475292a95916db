import { existsSync, rmSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { writeSurfaceDocument, type SurfaceDocument } from '../../runs/surfaceDocument';
import { SurfaceGrid } from '../../runs/surfaceGrid';
import { quantityFiles, type SurfaceFolder } from './newSurface';
import { coarseToFine, reachedAfter } from './order';
import type { PointValues } from './sampler';

export type SurfaceEvent =
  | { type: 'started'; folder: string; document: SurfaceDocument }
  | {
      type: 'progress';
      surface: string;
      done: number;
      total: number;
      /** Over this process's own points. */
      pointsPerSecond: number;
      etaSeconds: number;
    }
  /** A pass has ended: the picture is whole at this number of points per side. */
  | { type: 'refined'; surface: string; done: number; total: number; points: [number, number] }
  | { type: 'ended'; surface: string; status: SurfaceDocument['status']; folder: string; document: SurfaceDocument };

export interface SweepOptions extends SurfaceFolder {
  readonly sampler: { sample(a: number, b: number): Promise<PointValues> };
  /** Asks to stop after the point under way. So does a file named `stop` in the surface's folder. */
  readonly signal: AbortSignal;
  readonly accelerator: SurfaceDocument['accelerator'];
  readonly versions: Readonly<Record<string, string>>;
  readonly emit: (event: SurfaceEvent) => void;
}

/** Between two writings of what has been reached, and of the heartbeat. */
const flushMilliseconds = 1000;

/**
 * Measures the points of a surface that are not finished yet, from coarse to fine. Values go to disk point by point; every
 * second they are synced, marked as done, and `surface.json` is renewed. It may end at any moment, in any way: sampled
 * again, the surface goes on from there and ends with the same bytes.
 *
 * @throws Problem when the disk is full; the surface can be gone on with then, too.
 */
export async function sweepSurface(options: SweepOptions): Promise<'finished' | 'stopped'> {
  const sweep = new Sweep(options);
  try {
    const status = await sweep.run();
    await sweep.end(status);
    return status;
  } catch (error) {
    await sweep.fail(error);
    throw error;
  } finally {
    sweep.close();
  }
}

class Sweep {
  private readonly grid: SurfaceGrid;
  private readonly stopFile: string;
  private readonly secondsBefore: number;
  private readonly started = performance.now();
  private document: SurfaceDocument;
  /** Points that are finished, and those of them that are marked so on disk. */
  private done: number;
  private marked: number;
  private own = 0;
  private writing: Promise<void> = Promise.resolve();
  private flushing = false;
  private failure: { error: unknown } | undefined;

  constructor(private readonly options: SweepOptions) {
    const { folder, document } = options;
    const { a, b } = document.axes;
    this.stopFile = join(folder, 'stop');
    rmSync(this.stopFile, { force: true });
    this.grid = SurfaceGrid.open(folder, quantityFiles(document.quantities), a.length, b.length);
    this.done = this.marked = this.grid.countDone();
    this.secondsBefore = document.secondsSampling;
    this.document = {
      ...document,
      status: 'sampling',
      done: this.done,
      accelerator: options.accelerator,
      versions: { ...options.versions },
      pid: process.pid,
      host: hostname(),
      finished: null,
    };
  }

  async run(): Promise<'finished' | 'stopped'> {
    const { options, grid, document } = this;
    const { a: across, b: along } = document.axes;
    await this.write({});
    options.emit({ type: 'started', folder: options.folder, document: this.document });
    const timer = setInterval(() => this.flush(), flushMilliseconds);
    try {
      let pass = 0;
      for (const row of coarseToFine(across.length, along.length)) {
        if (row.pass > pass) this.refined(pass);
        pass = row.pass;
        const finished = grid.doneInRow(row.b);
        for (const a of row.a) {
          if (finished[a] === 1) continue;
          if (options.signal.aborted || existsSync(this.stopFile)) return 'stopped';
          const { means, errors } = await options.sampler.sample(across[a]!, along[row.b]!);
          grid.put(a, row.b, [...means, ...errors]);
          this.done += 1;
          this.own += 1;
          this.progress();
          await turn(); // signals and the timer are heard between points
          if (this.failure) throw this.failure.error;
        }
      }
      this.refined(pass);
      return 'finished';
    } finally {
      clearInterval(timer);
    }
  }

  async end(status: 'finished' | 'stopped'): Promise<void> {
    await this.writing;
    if (this.failure) throw this.failure.error;
    await this.mark();
    await this.write({ status, finished: status === 'finished' ? new Date().toISOString() : null });
    this.emitEnd();
  }

  /** Writes down what was reached before an error, which the caller goes on to throw. */
  async fail(error: unknown): Promise<void> {
    await this.writing;
    try {
      await this.mark();
      await this.write({ status: 'failed' });
    } catch (second) {
      // On a full disk not even that can be written: whoever called hears of both.
      if (error instanceof Error)
        error.message += ` (and the surface's folder could not be brought up to date: ${(second as Error).message})`;
    }
    this.emitEnd();
  }

  close(): void {
    this.grid.close();
  }

  /** Puts on disk what has been reached, while the sweep goes on. An error waits for the next point. */
  private flush(): void {
    if (this.flushing) return; // a slow disk is not given more to do
    this.flushing = true;
    this.writing = this.writing
      .then(() => this.mark())
      .then(() => this.write({}))
      .catch((error: unknown) => {
        this.failure ??= { error };
      })
      .finally(() => (this.flushing = false));
  }

  /** Marks what has been finished by now; further points may be finished meanwhile. */
  private async mark(): Promise<void> {
    const reached = this.done;
    await this.grid.flush();
    this.marked = reached;
  }

  private async write(patch: Partial<SurfaceDocument>): Promise<void> {
    const secondsSampling = this.secondsBefore + this.seconds();
    this.document = {
      ...this.document,
      done: this.marked,
      secondsSampling,
      updated: new Date().toISOString(),
      ...patch,
    };
    await writeSurfaceDocument(this.options.folder, this.document);
  }

  private seconds(): number {
    return (performance.now() - this.started) / 1000;
  }

  private progress(): void {
    const { total, id } = this.document;
    const pointsPerSecond = this.own / this.seconds();
    const etaSeconds = (total - this.done) / pointsPerSecond;
    this.options.emit({ type: 'progress', surface: id, done: this.done, total, pointsPerSecond, etaSeconds });
  }

  private refined(pass: number): void {
    const { id, total, axes } = this.document;
    const points = [reachedAfter(axes.a.length, pass), reachedAfter(axes.b.length, pass)] as [number, number];
    this.options.emit({ type: 'refined', surface: id, done: this.done, total, points });
  }

  private emitEnd(): void {
    const { document } = this;
    this.options.emit({
      type: 'ended',
      surface: document.id,
      status: document.status,
      folder: this.options.folder,
      document,
    });
  }
}
