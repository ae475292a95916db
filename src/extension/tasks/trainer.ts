import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import * as vscode from 'vscode';
import { Problem } from '../../runs/problem';
import type { RunDocument } from '../../runs/document';
import { runPaths } from '../../runs/layout';
import type { RunRecord, RunStore } from '../runs/runStore';
import { experimentNameOf, isLive } from '../tree/treeModel';
import type { Engine } from './engine';
import type { EngineResult } from './engineProcess';
import { type Started, StartedTrainings } from './startedTrainings';
import { StoredQueue } from './storedQueue';
import { type TrainingTask, taskType } from './taskDefinition';
import type { TaskFactory } from './taskFactory';
import { TrainingQueue, type Waiting } from './trainingQueue';
import { refuseUntrusted, tellNotTrained, trainingsOf } from './trainingRequest';

export interface Trainer {
  /** Trains under the named losses of an experiment file, or under all; they queue up. */
  train(file: string, lossNames: string[] | undefined): Promise<void>;
  resume(folder: string): Promise<void>;
  /** Asks a run to stop after the step under way; asked a second time, its process is told by a signal. */
  stop(folder: string): Promise<void>;
  /** Path of the Node that runs the engine. */
  readonly nodeCommand: Promise<string>;
  runEngine(args: string[], options?: { cwd?: string }): Promise<EngineResult>;
}

/** Starts trainings as the editor's tasks, a few at a time, and knows which run folder belongs to which of them. */
export class TaskTrainer implements Trainer, vscode.Disposable {
  private readonly started = new StartedTrainings();
  private readonly startedBatches = new Set<string>();
  /** Runs of this window's trainings whose end nobody has noticed yet. */
  private readonly linked = new Set<string>();
  private readonly stopRequested = new Set<string>();
  private readonly queue: TrainingQueue;
  private readonly stored: StoredQueue;
  private readonly changed = new vscode.EventEmitter<void>();
  private readonly runStarted = new vscode.EventEmitter<RunRecord>();
  private readonly runEnded = new vscode.EventEmitter<RunRecord>();
  private readonly disposables: vscode.Disposable[] = [this.changed, this.runStarted, this.runEnded];

  /** What waits, or what is being stopped, is not the same any more. */
  readonly onDidChange = this.changed.event;
  /** A training of this window has its run folder. */
  readonly onDidStartRun = this.runStarted.event;
  /** A run that a training of this window made has come to its end. */
  readonly onDidEndRun = this.runEnded.event;

  constructor(
    private readonly store: RunStore,
    private readonly engine: Engine,
    private readonly factory: TaskFactory,
    storage: vscode.Memento,
  ) {
    this.stored = new StoredQueue(storage);
    this.queue = new TrainingQueue({
      limit: () => vscode.workspace.getConfiguration('losscape').get('maxConcurrentRuns', 1),
      running: () => this.started.running(store.all()),
      start: (waiting) => this.start(waiting),
      changed: (waiting) => {
        this.stored.keep(waiting);
        this.changed.fire();
      },
    });
    this.disposables.push(
      vscode.tasks.onDidStartTaskProcess(({ execution, processId }) => this.processStarted(execution, processId)),
      vscode.tasks.onDidEndTaskProcess(({ execution, exitCode }) => void this.processEnded(execution, exitCode)),
      vscode.tasks.onDidEndTask(({ execution }) => void this.processEnded(execution, undefined)),
      store.onDidChange(({ added, changed, removed }) => this.runsChanged([...added, ...changed], removed)),
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration('losscape.maxConcurrentRuns')) this.queue.pump();
      }),
    );
    for (const execution of vscode.tasks.taskExecutions) this.started.adopt(execution);
  }

  get nodeCommand(): Promise<string> {
    return this.engine.node().then(({ command }) => command);
  }

  runEngine(args: string[], options: { cwd?: string; signal?: AbortSignal } = {}): Promise<EngineResult> {
    return this.engine.run(args, options);
  }

  /** What waits for its turn. */
  waiting(): readonly Waiting[] {
    return this.queue.waiting();
  }

  /** Whether a live run has been asked to stop. */
  isStopping(folder: string): boolean {
    return this.stopRequested.has(folder);
  }

  async train(file: string, lossNames: string[] | undefined): Promise<void> {
    refuseUntrusted();
    this.queue.add(...(await trainingsOf(file, lossNames)));
  }

  resume(folder: string): Promise<void> {
    refuseUntrusted();
    const record = this.store.get(folder);
    const document = record?.entry.ok ? record.entry.document : undefined;
    const label = document?.loss.label ?? basename(folder);
    const file = document?.experimentFile ?? folder;
    if (record && isLive(record)) throw new Problem(vscode.l10n.t('{0} is being trained already.', label));
    if (this.queue.waiting().some((waiting) => waiting.resume === folder)) return Promise.resolve();
    this.queue.add({ id: randomUUID(), batch: randomUUID(), file, label, resume: folder });
    return Promise.resolve();
  }

  async stop(folder: string): Promise<void> {
    const record = this.store.get(folder);
    if (!record || !isLive(record) || !record.entry.ok) return;
    const { pid, host } = record.entry.document;
    if (this.stopRequested.has(folder) && host === hostname()) {
      process.kill(pid, 'SIGINT');
      return;
    }
    await writeFile(runPaths(folder).stop, '');
    this.stopRequested.add(folder);
    this.changed.fire();
  }

  /** Takes a training out of the queue. */
  cancel(id: string): void {
    this.queue.remove((waiting) => waiting.id === id);
  }

  /** Takes up the queue of a window that was reloaded; asks first when it is an old one. */
  async restoreQueue(): Promise<void> {
    const waiting = await this.stored.restore();
    if (waiting.length > 0) this.queue.add(...waiting);
  }

  dispose(): void {
    for (const disposable of this.disposables) disposable.dispose();
  }

  /** Starts a training and follows it until its run folder is there. Rejects when it did not come so far. */
  private async start(waiting: Waiting): Promise<void> {
    const title = vscode.l10n.t('Starting to train {0}', waiting.label);
    const location = vscode.ProgressLocation.Notification;
    const failure = await vscode.window.withProgress({ location, title, cancellable: true }, async (_, token) => {
      try {
        const started = await this.execute(waiting);
        token.onCancellationRequested(() => started.execution.terminate());
        return await this.firstRun(started, token);
      } catch (error) {
        return error instanceof Error ? error.message : String(error);
      }
    });
    if (failure === null) return;
    if (failure !== '') void tellNotTrained(waiting, failure);
    throw new Error(failure);
  }

  private async execute(waiting: Waiting): Promise<Started> {
    const folder = vscode.workspace.getWorkspaceFolder(vscode.Uri.file(waiting.file));
    const definition: TrainingTask & vscode.TaskDefinition = {
      type: taskType,
      launch: randomUUID(),
      ...(waiting.resume === undefined
        ? { experiment: waiting.file, losses: [waiting.loss!] }
        : { resume: waiting.resume }),
    };
    const twins = this.started.twins(definition);
    if (twins > 0) definition.again = twins;
    // The first of those asked for together shows its terminal, the others leave it where it is.
    const first = !this.startedBatches.has(waiting.batch);
    this.startedBatches.add(waiting.batch);
    const reveal = first ? vscode.TaskRevealKind.Always : vscode.TaskRevealKind.Silent;
    const task = await this.factory.create(definition, folder ?? vscode.TaskScope.Workspace, {
      name: `${experimentNameOf(waiting.file)}: ${waiting.label}`,
      reveal,
    });
    const execution = await vscode.tasks.executeTask(task);
    return this.started.adopt(execution, waiting)!;
  }

  /** Resolves with null when the run folder is there, or with why the training ended before; empty when the user ended it. */
  private async firstRun(started: Started, token: vscode.CancellationToken): Promise<string | null> {
    for (;;) {
      if (started.folders.size > 0) return null;
      if (!this.started.has(started)) {
        if (token.isCancellationRequested || started.waiting === undefined) return '';
        return vscode.l10n.t('The engine ended before the training began; its terminal tells why.');
      }
      await Promise.race([this.nextChange(), delay(3000)]);
      // Changes are announced, but not on every disk: somebody is waiting for this one.
      if (started.folders.size === 0) await this.store.refresh();
    }
  }

  private nextChange(): Promise<void> {
    return new Promise((done) => {
      const listener = this.changed.event(() => {
        listener.dispose();
        done();
      });
    });
  }

  private processStarted(execution: vscode.TaskExecution, pid: number): void {
    const started = this.started.adopt(execution);
    if (!started) return;
    started.pid = pid;
    this.runsChanged(
      this.store.all().map(({ folder }) => folder),
      [],
    );
  }

  private async processEnded(execution: vscode.TaskExecution, exitCode: number | undefined): Promise<void> {
    if (execution.task.definition.type !== taskType) return;
    const started = this.started.find(execution);
    if (!started || started.ended) return;
    started.ended = true;
    // A training of a second may be over before anybody has seen its run folder.
    if (started.folders.size === 0) await this.store.refresh();
    await Promise.all([...started.folders].map((folder) => this.store.check(folder)));
    for (const record of this.store.all()) {
      if (record.entry.ok && !isLive(record)) this.linkRun(record, record.entry.document, started);
    }
    this.started.forget(started);
    if (exitCode !== undefined && exitCode !== 0 && started.waiting && started.folders.size === 0) {
      this.queue.remove(({ batch }) => batch === started.waiting!.batch);
    }
    this.changed.fire();
    this.queue.pump();
  }

  /** Finds the runs of our trainings by their process, and notices their ends. */
  private runsChanged(folders: readonly string[], removed: readonly string[]): void {
    for (const folder of folders) {
      const record = this.store.get(folder);
      if (!record?.entry.ok) continue;
      if (isLive(record)) this.linkRun(record, record.entry.document);
      else this.noticeEnd(record);
    }
    let ended = false;
    for (const folder of removed) ended = this.stopRequested.delete(folder) || ended;
    if (ended) this.changed.fire();
    // A run of another window or of a terminal may have been what the queue waited for.
    if (this.queue.waiting().length > 0) this.queue.pump();
  }

  /** Notes that a run belongs to one of our trainings, if its process says so. */
  private linkRun(record: RunRecord, { pid, host, updated }: RunDocument, ended?: Started): void {
    if (host !== hostname()) return;
    const started = this.started.ofProcess(pid);
    if (!started || started.folders.has(record.folder)) return;
    // Of runs that are over, only one of this very training: process ids come round again.
    if (ended && (started !== ended || Date.parse(updated) < started.since)) return;
    started.folders.add(record.folder);
    this.linked.add(record.folder);
    this.changed.fire();
    this.runStarted.fire(record);
    if (ended) this.noticeEnd(record);
  }

  private noticeEnd(record: RunRecord): void {
    if (this.stopRequested.delete(record.folder)) this.changed.fire();
    if (this.linked.delete(record.folder)) this.runEnded.fire(record);
  }
}
