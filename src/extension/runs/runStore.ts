import * as vscode from 'vscode';
import { type ExperimentFile, experimentNameOf, isOfExperiment } from '../tree/treeModel';
import type { DescentIndex } from '../descents/descentIndex';
import type { Experiments } from './experiments';
import { MarksStore } from './marks';
import type { RunMarks, RunMetrics, RunRecord, RunsChange, RunSteps, WatchingState } from './runData';
import { RunIndex } from './runIndex';
import { RunTables } from './runTables';

export type {
  EpochMetrics,
  RunMarks,
  RunMetrics,
  RunRecord,
  RunsChange,
  RunSteps,
  SplitMetrics,
  WatchingState,
} from './runData';

/** The runs of the workspace with the user's marks. The one place that panels, lenses and the view learn of runs from. */
export class RunStore implements vscode.Disposable {
  private readonly index = new RunIndex();
  private readonly tables = new RunTables();
  private readonly marks: MarksStore;
  private readonly records = new Map<string, RunRecord>();
  private list: readonly RunRecord[] | null = null;
  private readonly changed = new vscode.EventEmitter<RunsChange>();
  private readonly watchingChanged = new vscode.EventEmitter<WatchingState>();
  private readonly disposables: vscode.Disposable[] = [this.changed, this.watchingChanged];
  private loading: Promise<void> = Promise.resolve();

  /** Runs appeared, changed or disappeared; at most five times a second. */
  readonly onDidChange = this.changed.event;
  readonly onDidChangeWatching = this.watchingChanged.event;

  constructor(
    state: vscode.Memento,
    private readonly experiments: Experiments,
  ) {
    this.marks = new MarksStore(state);
    this.index.onChange((change) => this.take(change));
    this.index.onWatching((watching) => this.watchingChanged.fire(watching));
    this.disposables.push(
      { dispose: () => this.index.dispose() },
      experiments.onDidChange(() => void this.readFolders()),
    );
  }

  /** Descents on one image, which lie among the runs. */
  get descents(): DescentIndex {
    return this.index.descents;
  }

  /** Resolves when the runs folders that are known by now have been read. */
  get loaded(): Promise<void> {
    return this.loading;
  }

  /** Every run, in no order. The same array as before when nothing has changed. */
  all(): readonly RunRecord[] {
    return (this.list ??= [...this.records.values()]);
  }

  get(folder: string): RunRecord | undefined {
    return this.records.get(folder);
  }

  /** The runs that were trained from an experiment file. */
  ofExperiment(file: string): readonly RunRecord[] {
    const experiment: ExperimentFile = { file, name: experimentNameOf(file) };
    return this.all().filter(({ entry, runsFolder }) => {
      if (!entry.ok) return false;
      const { experimentFile, experimentName } = entry.document;
      return isOfExperiment({ experimentFile, runsFolder, name: experimentName }, experiment);
    });
  }

  /** What was measured at the epochs of a run so far. Read by offset; throws nothing. */
  metrics(folder: string): Promise<RunMetrics> {
    return this.tables.metrics(folder);
  }

  /** The training steps of a run so far. Read by offset; throws nothing. */
  steps(folder: string): Promise<RunSteps> {
    return this.tables.steps(folder);
  }

  get watching(): WatchingState {
    return this.index.watching;
  }

  /** Looks at every run folder again. */
  async refresh(): Promise<void> {
    await this.index.refresh();
    this.index.flush();
  }

  /** Looks at one run folder again. */
  async check(folder: string): Promise<void> {
    await this.index.check(folder);
    this.index.flush();
  }

  /** Changes the user's marks of runs. */
  async mark(folders: readonly string[], patch: (marks: RunMarks) => Partial<RunMarks>): Promise<void> {
    const changed: string[] = [];
    for (const folder of folders) {
      const record = this.records.get(folder);
      if (!record) continue;
      await this.marks.set(folder, patch(record.marks));
      this.records.set(folder, { ...record, marks: this.marks.get(folder) });
      changed.push(folder);
    }
    this.list = null;
    if (changed.length > 0) this.changed.fire({ added: [], changed, removed: [] });
  }

  /** Forgets the marks of runs that were deleted. */
  forgetMarks(folders: readonly string[]): Promise<void> {
    return this.marks.forget(folders);
  }

  /** Every tag that some run has. */
  tags(): string[] {
    return this.marks.tags();
  }

  dispose(): void {
    for (const disposable of this.disposables) disposable.dispose();
  }

  private readFolders(): Promise<void> {
    return (this.loading = this.index.setFolders(this.experiments.runsFolders()));
  }

  private take(change: RunsChange): void {
    for (const folder of [...change.added, ...change.changed]) {
      const run = this.index.get(folder);
      if (!run) continue;
      const { entry, runsFolder } = run;
      this.records.set(folder, { folder, entry, runsFolder, marks: this.marks.get(folder) });
    }
    for (const folder of change.removed) {
      this.records.delete(folder);
      this.tables.forget(folder);
    }
    this.list = null;
    this.changed.fire(change);
  }
}
