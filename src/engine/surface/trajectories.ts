import { existsSync } from 'node:fs';
import { checkpointPath } from '../../runs/layout';
import {
  readTrajectories,
  writeTrajectories,
  type SurfaceTrajectories,
  type TrajectoryPoint,
} from '../../runs/surfaceTrajectories';
import type { ParameterSpec } from '../unet/unet';
import { checkpointsOf } from './checkpointFiles';
import { readNetwork, type KnownRun } from './chooseNetworks';
import type { Weights } from './directions';
import type { Plane } from './plane';
import { project } from './projection';
import type { PointValues } from './sampler';

/**
 * Every checkpoint of the runs (evenly spread ones, where there are very many) as seen from the plane: where it falls on it,
 * and how far off it lies. Losses are not measured yet. One network at a time is in memory.
 * @param quantities keys of the means that will be measured.
 */
export async function projectRuns(
  plane: Plane,
  runs: readonly KnownRun[],
  specs: readonly ParameterSpec[],
  quantities: readonly string[],
): Promise<SurfaceTrajectories> {
  const trajectories: SurfaceTrajectories = { formatVersion: 1, quantities: [...quantities], runs: [] };
  for (const { run, epochs, available } of await checkpointsOf(runs)) {
    const points: TrajectoryPoint[] = [];
    for (const epoch of epochs) {
      const { weights } = await readNetwork(run, epoch, specs);
      points.push({ epoch, ...project(plane, weights), true: null, plane: null });
    }
    trajectories.runs.push({ run: run.document.id, loss: run.document.loss.label, available, points });
  }
  return trajectories;
}

const isMeasured = ({ true: own, plane }: TrajectoryPoint): boolean => own !== null && plane !== null;

/**
 * Takes over what other surfaces measured at the same checkpoints, of the same quantities on the same images: networks have their
 * losses wherever they are seen from.
 */
export function takeOverNetworks(from: SurfaceTrajectories, to: SurfaceTrajectories): void {
  if (from.quantities.join() !== to.quantities.join()) return;
  for (const { run, points } of to.runs) {
    const known = from.runs.find((other) => other.run === run)?.points ?? [];
    for (const point of points) point.true ??= known.find(({ epoch }) => epoch === point.epoch)?.true ?? null;
  }
}

/** What measures networks. */
export interface NetworkSampler {
  sample(a: number, b: number): Promise<PointValues>;
  measure(weights: Weights): Promise<PointValues>;
}

/**
 * Measures the checkpoints of a surface's trajectories, and the plane below each of them, on the surface's images. What has been
 * measured is kept, so it can go on after any interruption.
 */
export class TrajectoryMeasuring {
  /** @param runs those of the trajectories; a run that is missing here, or lost a checkpoint, keeps its projection only. */
  constructor(
    private readonly folder: string,
    private readonly sampler: NetworkSampler,
    private readonly runs: readonly KnownRun[],
    private readonly specs: readonly ParameterSpec[],
  ) {}

  /** How many of how many points are measured; those that cannot be any more are left out. */
  async progress(): Promise<{ done: number; total: number }> {
    const points = (await this.read()).runs.flatMap(({ run, points }) => points.filter((at) => this.exists(run, at)));
    return { done: points.filter(isMeasured).length, total: points.length };
  }

  /**
   * Measures what is missing.
   * @param visit called after each point; false stops. @returns whether all is measured.
   */
  async run(visit: (done: number, total: number) => boolean): Promise<boolean> {
    const all = await this.read();
    const { done: before, total } = await this.progress();
    let done = before;
    let written = performance.now();
    for (const { run, points } of all.runs) {
      for (const point of points) {
        if (isMeasured(point) || !this.exists(run, point)) continue;
        const known = this.runs.find(({ document }) => document.id === run)!;
        if (point.true === null) {
          const { weights } = await readNetwork(known, point.epoch, this.specs);
          point.true = [...(await this.sampler.measure(weights)).means];
        }
        point.plane = [...(await this.sampler.sample(point.a, point.b)).means];
        done += 1;
        if (performance.now() - written > 1000) {
          await writeTrajectories(this.folder, all);
          written = performance.now();
        }
        if (!visit(done, total)) {
          await writeTrajectories(this.folder, all);
          return false;
        }
      }
    }
    await writeTrajectories(this.folder, all);
    return true;
  }

  private exists(run: string, { epoch }: TrajectoryPoint): boolean {
    const known = this.runs.find(({ document }) => document.id === run);
    return known !== undefined && existsSync(checkpointPath(known.folder, epoch));
  }

  private async read(): Promise<SurfaceTrajectories> {
    return (await readTrajectories(this.folder)) ?? { formatVersion: 1, quantities: [], runs: [] };
  }
}
