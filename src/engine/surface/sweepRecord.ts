import { hostname } from 'node:os';
import { SurfaceClaims } from '../../runs/surfaceClaims';
import { readSurfaceDocument, writeSurfaceDocument, type SurfaceDocument } from '../../runs/surfaceDocument';
import { SurfaceGrid } from '../../runs/surfaceGrid';
import { quantityFiles, type SurfaceFolder } from './newSurface';

/** Between two writings of what has been reached, and of the heartbeat. */
const flushMilliseconds = 1000;

/**
 * What a sweep has on disk: the grid, the claims of blocks under way, and `surface.json`. Every second what has been reached is
 * synced and marked, claims of finished blocks are given back, and `surface.json` is renewed. An error of that waits in
 * {@link failed} for the sweep to come by.
 */
export class SweepRecord {
  readonly grid: SurfaceGrid;
  readonly claims: SurfaceClaims;
  document: SurfaceDocument;
  /** Points that are there, those of other processes among them as of the last second. */
  done: number;
  private readonly folder: string;
  private readonly secondsBefore: number;
  private readonly started = performance.now();
  private readonly timer: NodeJS.Timeout;
  /** Points that are marked so on disk. */
  private marked: number;
  /** Claims of blocks whose points are there, but not marked yet. */
  private finishedBlocks: string[] = [];
  private writing: Promise<void> = Promise.resolve();
  private flushing = false;
  private failure: { error: unknown } | undefined;

  constructor({ folder, document }: SurfaceFolder, changes: Pick<SurfaceDocument, 'accelerator' | 'versions'>) {
    const { a, b } = document.axes;
    this.folder = folder;
    this.grid = SurfaceGrid.open(folder, quantityFiles(document.quantities), a.length, b.length);
    this.claims = new SurfaceClaims(folder);
    this.done = this.marked = this.grid.countDone().done;
    this.secondsBefore = document.secondsSampling;
    this.document = {
      ...document,
      ...changes,
      status: 'sampling',
      done: this.done,
      pid: process.pid,
      host: hostname(),
      finished: null,
    };
    this.timer = setInterval(() => this.flush(), flushMilliseconds);
  }

  /** Seconds that this process has been at it. */
  seconds(): number {
    return (performance.now() - this.started) / 1000;
  }

  /** Puts a measured point in its place. */
  put(a: number, b: number, values: ArrayLike<number>): void {
    this.grid.put(a, b, values);
    this.done = Math.min(this.document.total, this.done + 1);
  }

  /** A block whose points are all there: its claim is given back when they are marked. */
  finish(block: string): void {
    this.finishedBlocks.push(block);
  }

  isFinished(block: string): boolean {
    return this.finishedBlocks.includes(block);
  }

  /** Throws what went wrong while something was written in between. */
  throwFailure(): void {
    if (this.failure) throw this.failure.error;
  }

  /** Ends the writing every second, and waits for what is under way. */
  async settle(): Promise<void> {
    clearInterval(this.timer);
    await this.writing;
  }

  /** Marks what has been finished by now and gives its claims back; further points may be finished meanwhile. */
  async mark(): Promise<void> {
    const blocks = this.finishedBlocks.slice();
    await this.grid.flush();
    this.marked = this.grid.countDone().done;
    this.done = Math.min(this.document.total, this.marked + this.grid.unmarkedCount);
    for (const block of blocks) this.claims.release(block);
    this.finishedBlocks = this.finishedBlocks.filter((block) => !blocks.includes(block));
    this.claims.renew();
  }

  async write(patch: Partial<SurfaceDocument>): Promise<void> {
    const secondsSampling = this.secondsBefore + this.seconds();
    const adaptive = this.document.adaptive?.checked ? this.document.adaptive : await this.adaptiveOnDisk();
    this.document = {
      ...this.document,
      done: this.marked,
      secondsSampling,
      updated: new Date().toISOString(),
      adaptive,
      ...patch,
    };
    await writeSurfaceDocument(this.folder, this.document);
  }

  /** As another process may have written it by now. */
  async adaptiveOnDisk(): Promise<SurfaceDocument['adaptive']> {
    if (this.document.adaptive === null) return null;
    return (await readSurfaceDocument(this.folder)).adaptive;
  }

  close(): void {
    clearInterval(this.timer);
    this.claims.close();
    this.grid.close();
  }

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
}
