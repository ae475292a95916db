import { runPaths } from '../../runs/layout';
import { MetricsSeries } from './metricsSeries';
import type { RunMetrics, RunSteps } from './runData';
import { StepsSeries } from './stepsSeries';
import { TailedTable } from './tailedTable';

/** Tables of this many runs are kept; of the others, the ones asked for longest ago are forgotten. */
const keptMetrics = 256;
const keptSteps = 16;

interface Kept<T> {
  read(): Promise<T>;
  busy: Promise<unknown>;
}

/** The tables of runs, read by offset and kept while they are asked for. */
export class RunTables {
  private readonly metricsOf = new Map<string, Kept<RunMetrics>>();
  private readonly stepsOf = new Map<string, Kept<RunSteps>>();

  /** The measurements of a run. Never throws: what is wrong stands in `problem`. */
  metrics(folder: string): Promise<RunMetrics> {
    return this.read(this.metricsOf, folder, keptMetrics, () => {
      const series = new MetricsSeries();
      const table = new TailedTable(runPaths(folder).metrics, series);
      return async () => {
        const problem = await problemOf(table);
        return { epochs: series.epochs(), ...problem };
      };
    });
  }

  /** The training steps of a run. Never throws: what is wrong stands in `problem`. */
  steps(folder: string): Promise<RunSteps> {
    return this.read(this.stepsOf, folder, keptSteps, () => {
      const series = new StepsSeries();
      const table = new TailedTable(runPaths(folder).steps, series);
      return async () => {
        const problem = await problemOf(table);
        return problem ? { ...series.steps(), ...problem } : series.steps();
      };
    });
  }

  /** Forgets a run that is gone. */
  forget(folder: string): void {
    this.metricsOf.delete(folder);
    this.stepsOf.delete(folder);
  }

  private read<T>(all: Map<string, Kept<T>>, folder: string, most: number, create: () => () => Promise<T>): Promise<T> {
    const kept = all.get(folder) ?? { read: create(), busy: Promise.resolve() };
    // Deleted and set again: the map's order is the order of the last use.
    all.delete(folder);
    all.set(folder, kept);
    if (all.size > most) all.delete(all.keys().next().value!);
    const result = kept.busy.then(() => kept.read());
    kept.busy = result.catch(() => undefined);
    return result;
  }
}

async function problemOf(table: TailedTable): Promise<{ problem: string } | undefined> {
  try {
    await table.read();
    return undefined;
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}
