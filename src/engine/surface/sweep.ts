import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as turn, setTimeout as delay } from 'node:timers/promises';
import { writeDown } from '../../runs/failure';
import type { SurfaceDocument } from '../../runs/surfaceDocument';
import { pointStates, type SurfaceGrid } from '../../runs/surfaceGrid';
import type { AdaptivePlan } from './adaptive';
import { fillInterpolated, interpolationErrors, pointsToCheck, rangesOf } from './interpolation';
import { minimaOf } from './minima';
import type { SurfaceFolder } from './newSurface';
import type { PointValues } from './sampler';
import { adaptivePasses, everyPass, type Block, type Pass } from './sweepPoints';
import { SweepRecord } from './sweepRecord';
import type { TrajectoryMeasuring } from './trajectories';

export type SurfaceEvent =
  | { type: 'started'; folder: string; document: SurfaceDocument }
  | {
      type: 'progress';
      surface: string;
      /** Points that are there, those of other processes among them. */
      done: number;
      total: number;
      /** Over this process's own points. */
      pointsPerSecond: number;
      /** If this process measured all that is missing: an upper limit where others help or points are skipped. */
      etaSeconds: number;
    }
  /** A pass has ended: the picture is whole at this number of points per side. */
  | { type: 'refined'; surface: string; done: number; total: number; points: readonly [number, number] }
  /** Networks of the trajectories that are measured. */
  | { type: 'trajectories'; surface: string; done: number; total: number }
  | { type: 'ended'; surface: string; status: SurfaceDocument['status']; folder: string; document: SurfaceDocument };

export interface SweepOptions extends SurfaceFolder {
  readonly sampler: { sample(a: number, b: number): Promise<PointValues> };
  readonly trajectories?: Pick<TrajectoryMeasuring, 'run' | 'progress'> | undefined;
  /** Asks to stop after the point under way. So does a file named `stop` in the surface's folder. */
  readonly signal: AbortSignal;
  readonly accelerator: SurfaceDocument['accelerator'];
  readonly versions: Readonly<Record<string, string>>;
  readonly emit: (event: SurfaceEvent) => void;
}

/** Between two looks at what other processes are still at. */
const waitMilliseconds = 100;

/**
 * Measures the points of a surface that are not there yet, from coarse to fine, then the trajectories. Values go to disk point
 * by point; every second they are synced, marked as done, and `surface.json` is renewed. It may end at any moment, in any way:
 * sampled again, the surface goes on from there and ends with the same bytes. Several processes may do so at once and share
 * out the points; each returns when all is there.
 *
 * @throws Problem when the disk is full; the surface can be gone on with then, too.
 */
export async function sweepSurface(options: SweepOptions): Promise<'finished' | 'stopped'> {
  const sweep = new Sweep(options);
  try {
    const status = (await sweep.run()) ? 'finished' : 'stopped';
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
  private readonly record: SweepRecord;
  private readonly grid: SurfaceGrid;
  private readonly stopFile: string;
  /** Quantities that are means; their standard errors follow. */
  private readonly means: readonly string[];
  /** Points that this process has measured. */
  private own = 0;

  constructor(private readonly options: SweepOptions) {
    const { folder, document, accelerator, versions } = options;
    this.stopFile = join(folder, 'stop');
    rmSync(this.stopFile, { force: true });
    this.record = new SweepRecord(options, { accelerator, versions: { ...versions } });
    this.grid = this.record.grid;
    this.means = Object.entries(document.quantities).flatMap(([key, q]) =>
      q.standardErrorOf === undefined ? key : [],
    );
  }

  /** Whether everything is there; false when it was asked to stop. */
  async run(): Promise<boolean> {
    await this.record.write({});
    this.options.emit({ type: 'started', folder: this.options.folder, document: this.document });
    return (await this.points()) && (await this.trajectories());
  }

  private get document(): SurfaceDocument {
    return this.record.document;
  }

  private async points(): Promise<boolean> {
    const { axes, adaptive } = this.document;
    let plan: AdaptivePlan | undefined;
    const finish = (made: AdaptivePlan): void => void (plan = made);
    const passes = adaptive
      ? adaptivePasses(axes.a, axes.b, adaptive.tolerance, this.guide(), finish)
      : everyPass(axes.a.length, axes.b.length);
    for (const pass of passes) if (!(await this.pass(pass))) return false;
    return plan === undefined || this.interpolate(plan);
  }

  /** What an adaptive surface is guided by: the mean of each loss. */
  private guide(): (a: number, b: number) => Float32Array {
    const places = this.means.flatMap((key, i) => (this.document.quantities[key]!.kind === 'loss' ? i : []));
    return (a, b) => {
      const values = this.grid.valuesAt(a, b, this.means.length);
      return Float32Array.from(places, (i) => values[i]!);
    };
  }

  /** Blocks that other processes are at are looked at again at the end: they may have died. */
  private async pass({ blocks, points }: Pass): Promise<boolean> {
    let waiting: Block[] = [];
    for (const block of blocks) {
      const state = await this.block(block);
      if (state === 'stopped') return false;
      if (state === 'taken') waiting.push(block);
    }
    while (waiting.length > 0) {
      await this.record.mark(); // others may be waiting for this process in turn
      await delay(waitMilliseconds);
      const still: Block[] = [];
      for (const block of waiting) {
        const state = await this.block(block);
        if (state === 'stopped') return false;
        if (state === 'taken') still.push(block);
      }
      waiting = still;
    }
    const { id, total } = this.document;
    this.options.emit({ type: 'refined', surface: id, done: this.record.done, total, points });
    return true;
  }

  private async block({ key, a, b }: Block): Promise<'done' | 'taken' | 'stopped'> {
    const missing = (): number[] => {
      const states = this.grid.doneInRow(b);
      return a.filter((place) => states[place] !== pointStates.measured);
    };
    if (this.record.isFinished(key) || missing().length === 0) return 'done';
    if (this.stopAsked()) return 'stopped';
    if (!this.record.claims.take(key)) return 'taken';
    // Another process may have finished it before the claim.
    for (const place of missing()) {
      if (this.stopAsked()) return 'stopped';
      await this.measure(place, b);
    }
    this.record.finish(key);
    return 'done';
  }

  private async measure(a: number, b: number): Promise<void> {
    const { axes, total, id } = this.document;
    const { means, errors } = await this.options.sampler.sample(axes.a[a]!, axes.b[b]!);
    this.record.put(a, b, [...means, ...errors]);
    this.own += 1;
    const { done } = this.record;
    const pointsPerSecond = this.own / this.record.seconds();
    const etaSeconds = (total - done) / pointsPerSecond;
    this.options.emit({ type: 'progress', surface: id, done, total, pointsPerSecond, etaSeconds });
    await turn(); // signals and the timer are heard between points
    this.record.throwFailure();
  }

  /** Fills what was left out, and measures some of it to state the error. One process does; others wait for it. */
  private async interpolate(plan: AdaptivePlan): Promise<boolean> {
    return this.alone(
      'interpolation',
      async () => ((await this.record.adaptiveOnDisk())?.checked ?? null) !== null,
      async () => {
        fillInterpolated(this.grid, plan, Object.keys(this.document.quantities).length);
        await this.record.mark();
        const points = pointsToCheck(plan);
        for (const { a, b } of points) {
          if (this.grid.doneInRow(b)[a] === pointStates.measured) continue;
          if (this.stopAsked()) return false;
          await this.measure(a, b);
        }
        await this.record.mark();
        const errors = interpolationErrors(this.grid, points, rangesOf(this.grid, this.means.length));
        const largest = Object.fromEntries(this.means.map((key, i) => [key, errors[i]!]));
        const adaptive = { ...this.document.adaptive!, checked: { points: points.length, largest } };
        await this.record.write({ adaptive });
        return true;
      },
    );
  }

  private async trajectories(): Promise<boolean> {
    const { trajectories, emit } = this.options;
    if (!trajectories) return true;
    const surface = this.document.id;
    const complete = async (): Promise<boolean> => {
      const { done, total } = await trajectories.progress();
      return done === total;
    };
    return this.alone('trajectories', complete, () =>
      trajectories.run((done, total) => {
        emit({ type: 'trajectories', surface, done, total });
        this.record.throwFailure();
        return !this.stopAsked();
      }),
    );
  }

  /** Does work that one process does for all, unless it is done; waits while another process is at it. */
  private async alone(key: string, complete: () => Promise<boolean>, work: () => Promise<boolean>): Promise<boolean> {
    await this.record.mark();
    while (!(await complete())) {
      if (this.stopAsked()) return false;
      if (this.record.claims.take(key)) {
        const finished = await work();
        this.record.claims.release(key);
        if (!finished) return false;
      } else {
        await delay(waitMilliseconds);
        this.record.throwFailure();
      }
    }
    return true;
  }

  private stopAsked(): boolean {
    return this.options.signal.aborted || existsSync(this.stopFile);
  }

  async end(status: 'finished' | 'stopped'): Promise<void> {
    await this.record.settle();
    this.record.throwFailure();
    await this.record.mark();
    const finished = status === 'finished';
    if (finished) this.record.claims.clear();
    const minima = finished ? await minimaOf(this.options.folder, this.document) : null;
    await this.record.write({ status, minima, finished: finished ? new Date().toISOString() : null });
    this.emitEnd();
  }

  /** Writes down what was reached before an error, which the caller goes on to throw. */
  async fail(error: unknown): Promise<void> {
    await this.record.settle();
    await writeDown(error, "the surface's folder", async () => {
      await this.record.mark();
      await this.record.write({ status: 'failed' });
    });
    this.emitEnd();
  }

  close(): void {
    this.record.close();
  }

  private emitEnd(): void {
    const { document } = this;
    const { emit, folder } = this.options;
    emit({ type: 'ended', surface: document.id, status: document.status, folder, document });
  }
}
