import { basename, dirname } from 'node:path';
import { readRun } from '../../runs/scan';
import { emptyFrame } from '../../webview/protocol/frame';
import type { RunData, RunInfo, RunSeries, RunUpdate } from '../../webview/protocol/run';
import { noMarks, type RunMetrics, type RunRecord, type RunSteps } from '../runs/runData';
import { removedInfo, runInfo, runSeries, seriesTails } from './runSeries';

/** What a feed reads from: the run store, or a stand-in. */
export interface FeedSource {
  get(folder: string): RunRecord | undefined;
  metrics(folder: string): Promise<RunMetrics>;
  steps(folder: string): Promise<RunSteps>;
}

/** A run as it was last sent. */
interface Sent {
  readonly data: RunData;
  readonly metrics: RunMetrics;
}

const nothing: RunSeries = { train: emptyFrame, test: emptyFrame, layers: emptyFrame, steps: emptyFrame };

/**
 * What a panel has been told about its runs, and from that, what it has to be told now: everything at first and whenever its
 * page comes back, only what has changed from then on.
 */
export class RunFeed {
  private readonly sent = new Map<string, Sent>();

  /** @param withSteps whether the panel shows single training steps. */
  constructor(
    private readonly source: FeedSource,
    readonly folders: readonly string[],
    private readonly withSteps: boolean,
  ) {}

  /** All runs, whole, in the order of the folders. */
  async snapshot(): Promise<{ data: RunData; metrics: RunMetrics }[]> {
    const now: Sent[] = [];
    for (const folder of this.folders) now.push(await this.read(folder));
    for (const one of now) this.sent.set(one.data.info.folder, one);
    return now;
  }

  /** What has changed about some runs since they were last sent; runs of which nothing has changed are not among them. */
  async updates(folders: Iterable<string>): Promise<{ update: RunUpdate; before: RunMetrics; metrics: RunMetrics }[]> {
    const updates = [];
    for (const folder of folders) {
      const before = this.sent.get(folder);
      if (!before) continue;
      const now = await this.read(folder);
      this.sent.set(folder, now);
      const tails = seriesTails(before.data.series, now.data.series);
      if (tails === null && JSON.stringify(before.data.info) === JSON.stringify(now.data.info)) continue;
      updates.push({
        update: { info: now.data.info, tails: tails ?? {} },
        before: before.metrics,
        metrics: now.metrics,
      });
    }
    return updates;
  }

  /** What the panel was last told of a run. */
  info(folder: string): RunInfo | undefined {
    return this.sent.get(folder)?.data.info;
  }

  private async read(folder: string): Promise<Sent> {
    const record = this.source.get(folder) ?? (await recordOf(folder));
    if (!record) return this.gone(folder);
    const [metrics, steps] = await Promise.all([this.source.metrics(folder), this.source.steps(folder)]);
    const info = runInfo(record, [metrics.problem, steps.problem]);
    const series = runSeries(metrics, steps, info.status === 'running');
    return { data: { info, series: this.withSteps ? series : { ...series, steps: emptyFrame } }, metrics };
  }

  /** A run whose folder is no longer there: as it was last seen. */
  private gone(folder: string): Sent {
    const before = this.sent.get(folder);
    if (before) return { ...before, data: { ...before.data, info: removedInfo(before.data.info) } };
    return { data: { info: unknownRun(folder), series: nothing }, metrics: { epochs: [] } };
  }
}

/** A run that the store does not know, because it lies outside the runs folders. */
async function recordOf(folder: string): Promise<RunRecord | undefined> {
  const entry = await readRun(folder);
  return entry.ok ? { folder, entry, marks: noMarks, runsFolder: dirname(folder) } : undefined;
}

/** A run of which nothing is left, and nothing is remembered. */
function unknownRun(folder: string): RunInfo {
  return {
    folder,
    id: basename(folder),
    title: null,
    loss: basename(folder),
    experiment: '',
    status: 'removed',
    problem: null,
    started: null,
    epochsDone: 0,
    epochsTotal: 0,
    images: { train: 0, test: 0 },
    synthetic: false,
    configuration: {},
  };
}
