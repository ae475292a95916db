import { mkdir, rm, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, resolve } from 'node:path';
import { appendRows, cutTable, readTable } from './csv';
import { readRunDocument, type RunDocument, writeRunDocument } from './document';
import { appendLines, fileProblem, removeTemporaries } from './files';
import { checkpointPath, runPaths } from './layout';
import { lockRun, type RunLock } from './lock';
import { metricsCells, metricsColumns, type MetricsRow, readMetrics, summarizeMetrics } from './metricsTable';
import { makeRunFolder, newDocument, type RunInit } from './newRun';
import { Problem } from './problem';
import { checkpointEpochs, epochsToDrop, removeLaterEpochs, type RetentionPolicy } from './retention';
import { floatTensors, type NamedTensor, readSafetensors, writeSafetensors } from './safetensors';
import { stepCells, type StepRow, stepsColumns } from './stepsTable';

/** Weights and optimizer state to go on from. */
export interface ResumeState {
  tensors: NamedTensor[];
  metadata: Record<string, string>;
}

export type { RunInit };

const heartbeatMilliseconds = 5_000;

/**
 * The one who writes a run folder. It holds the folder's lock from `create` or `reopen` until `close`, and does one write
 * after the other, in the order of the calls. Every write throws a Problem (exit code 1) when the disk is full or the
 * folder cannot be written to.
 */
export class RunWriter {
  private pending: Promise<unknown> = Promise.resolve();
  private waiting = 0;
  private heartbeat: NodeJS.Timeout | undefined;
  /** A failed heartbeat has nobody to report to. Forgotten when a later write succeeds, else thrown by `close`. */
  private heartbeatError: Error | undefined;
  private readonly knownColumns = new Map<string, string>();

  private constructor(
    /** Absolute path of the run folder. */
    readonly folder: string,
    private current: RunDocument,
    private readonly lock: RunLock,
  ) {}

  /**
   * Makes a run folder with its first document. Throws a Problem (exit code 2) when the runs folder cannot be written to;
   * then nothing of the run is left.
   */
  static async create(runsFolder: string, init: RunInit): Promise<RunWriter> {
    const started = new Date();
    const folder = await makeRunFolder(resolve(runsFolder), init, started);
    try {
      const lock = await lockRun(folder);
      const document = newDocument(basename(folder), init, started);
      await mkdir(runPaths(folder).checkpoints);
      await writeRunDocument(folder, document);
      return new RunWriter(folder, document, lock);
    } catch (error) {
      await rm(folder, { recursive: true, force: true });
      throw fileProblem(error, folder);
    }
  }

  /**
   * Takes up an existing run. Nothing of it changes but the lock, and that a request to stop is forgotten; `cutAfter` is
   * what brings it back to a whole epoch. Throws a Problem when the folder is no run, is of a newer format, or is being
   * trained by another process.
   */
  static async reopen(runFolder: string): Promise<RunWriter> {
    const folder = resolve(runFolder);
    // Read twice: what a process that is about to end writes last counts, and no lock is put into what is no run.
    await readOrThrow(folder);
    const lock = await lockRun(folder);
    try {
      const document = await readOrThrow(folder);
      await rm(runPaths(folder).stop, { force: true });
      return new RunWriter(folder, { ...document, id: basename(folder), pid: process.pid, host: hostname() }, lock);
    } catch (error) {
      await lock.release();
      throw fileProblem(error, folder);
    }
  }

  /** The document as it stands, with every update so far. */
  get document(): RunDocument {
    return this.current;
  }

  /** Changes the document and writes it. Renews the heartbeat. */
  update(patch: Partial<RunDocument>): Promise<void> {
    this.current = { ...this.current, ...patch };
    return this.enqueue(() => this.writeDocument());
  }

  /** From now on the document is renewed every 5 seconds, so that readers see that the run lives. Until `close`. */
  startHeartbeat(): void {
    this.heartbeat ??= setInterval(() => {
      // Writes that wait are a sign of a slow disk; more of them would not help.
      if (this.waiting > 0) return;
      this.enqueue(() => this.writeDocument()).catch((error: Error) => (this.heartbeatError = error));
    }, heartbeatMilliseconds).unref();
  }

  /** Appends rows to `metrics.csv`; they are on the disk when the promise resolves. */
  appendMetrics(rows: readonly MetricsRow[]): Promise<void> {
    return this.appendTable(runPaths(this.folder).metrics, metricsColumns, rows.map(metricsCells));
  }

  /** Appends rows to `steps.csv`; they are on the disk when the promise resolves. */
  async appendSteps(rows: readonly StepRow[]): Promise<void> {
    const parameters = Object.keys(rows[0]?.changes ?? {});
    const cells = rows.map((row) => stepCells(row, parameters));
    if (cells.length > 0) await this.appendTable(runPaths(this.folder).steps, stepsColumns(parameters), cells);
  }

  /** Appends to `log.txt`. A text of several lines stays several lines. */
  log(text: string): Promise<void> {
    return this.enqueue(() => appendLines(runPaths(this.folder).log, text.split(/\r?\n/), { sync: false }));
  }

  /** Writes the weights of an epoch; gives the file's path. The tensors must not change until the promise resolves. */
  async writeCheckpoint(epoch: number, tensors: readonly NamedTensor[]): Promise<string> {
    const file = checkpointPath(this.folder, epoch);
    const metadata = { format: 'pt', producer: 'losscape', run: this.current.id, epoch: String(epoch) };
    await this.enqueue(() => writeSafetensors(file, tensors, metadata));
    return file;
  }

  /** Replaces what a resumed run goes on from. The tensors must not change until the promise resolves. */
  writeResume(tensors: readonly NamedTensor[], metadata: Record<string, string>): Promise<void> {
    return this.enqueue(() => writeSafetensors(runPaths(this.folder).resume, tensors, metadata));
  }

  /** What to go on from; null when the run ended before its first epoch did. Throws a Problem when the file is damaged. */
  readResume(): Promise<ResumeState | null> {
    const file = runPaths(this.folder).resume;
    return this.enqueue(async () => {
      if (!(await exists(file))) return null;
      const { tensors, metadata } = await readSafetensors(file);
      return { tensors: floatTensors(tensors, file), metadata };
    });
  }

  /**
   * Brings the folder back to what it was right after an epoch (0: before the first): drops the metrics and steps of later
   * epochs, torn rows, later checkpoints and predictions and what killed writes left behind, and sets the document's
   * `epochsDone`, `stepsDone`, `last` and `best` to what is left. Of the next epoch, the steps up to number `steps` stay: for
   * a run that was stopped in the middle of one.
   */
  cutAfter(epoch: number, steps = 0): Promise<void> {
    return this.enqueue(async () => {
      const paths = runPaths(this.folder);
      await removeTemporaries(this.folder);
      await removeTemporaries(paths.checkpoints);
      await cutTable(paths.metrics, (row) => Number(row.epoch) <= epoch);
      await cutTable(paths.steps, (row) => Number(row.epoch) <= epoch || Number(row.step) <= steps);
      await removeLaterEpochs(paths.checkpoints, epoch);
      await removeLaterEpochs(paths.predictions, epoch);
      const { last, best } = summarizeMetrics(await readMetrics(this.folder));
      const stepsDone = (await readTable(paths.steps))?.rows.length ?? 0;
      this.current = { ...this.current, epochsDone: epoch, stepsDone, last, best };
      await this.writeDocument();
    });
  }

  /** Removes the checkpoints that a policy gives up. The last one and the best one always stay. */
  applyRetention(policy: RetentionPolicy, bestEpoch: number | null): Promise<void> {
    return this.enqueue(async () => {
      for (const epoch of epochsToDrop(await checkpointEpochs(this.folder), policy, bestEpoch)) {
        await rm(checkpointPath(this.folder, epoch), { force: true });
      }
    });
  }

  /** Whether somebody asked this run to stop, by a file named `stop` in its folder. */
  stopRequested(): Promise<boolean> {
    return exists(runPaths(this.folder).stop);
  }

  /** Ends the heartbeat, waits for the writes under way and unlocks the folder. The document stays as it is. */
  async close(): Promise<void> {
    clearInterval(this.heartbeat);
    await this.pending;
    await this.lock.release();
    if (this.heartbeatError !== undefined) throw this.heartbeatError;
  }

  private async writeDocument(): Promise<void> {
    this.current = { ...this.current, updated: new Date().toISOString() };
    await writeRunDocument(this.folder, this.current);
  }

  private appendTable(path: string, columns: readonly string[], rows: Parameters<typeof appendRows>[2]): Promise<void> {
    return this.enqueue(async () => {
      const header = columns.join();
      if (this.knownColumns.get(path) !== header) {
        const table = await readTable(path);
        if (table !== null && table.columns.join() !== header) {
          throw new Problem('its columns are those of another model or of another version of Losscape', {
            place: { file: path },
            hint: 'Start a new run instead of resuming this one.',
          });
        }
        this.knownColumns.set(path, header);
      }
      await appendRows(path, columns, rows);
    });
  }

  /** One write after the other. A failed one is its caller's affair and does not keep the next ones from running. */
  private enqueue<T>(work: () => Promise<T>): Promise<T> {
    this.waiting += 1;
    const result = this.pending.then(work).finally(() => (this.waiting -= 1));
    this.pending = result.then(
      () => (this.heartbeatError = undefined),
      () => undefined,
    );
    return result;
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw fileProblem(error, path);
  }
}

async function readOrThrow(folder: string): Promise<RunDocument> {
  const read = await readRunDocument(folder);
  if (read.ok) return read.document;
  throw new Problem(`this folder cannot be taken up as a run: ${read.reason}`, { place: { file: folder } });
}
