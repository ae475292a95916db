import { mkdir, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, resolve } from 'node:path';
import { cutTable, readTable } from './csv';
import { readRunDocument, type RunDocument, writeRunDocument } from './document';
import { fileProblem, removeTemporaries } from './files';
import { FolderWriter, type ResumeState } from './folderWriter';
import { checkpointPath, runPaths } from './layout';
import { lockRun } from './lock';
import { metricsCells, metricsColumns, type MetricsRow, readMetrics, summarizeMetrics } from './metricsTable';
import { makeRunFolder, newDocument, type RunInit } from './newRun';
import { Problem } from './problem';
import { checkpointEpochs, epochsToDrop, removeLaterEpochs, type RetentionPolicy } from './retention';
import { type NamedTensor, writeSafetensors } from './safetensors';
import { stepCells, type StepRow, stepsColumns } from './stepsTable';

export type { ResumeState, RunInit };

/** The one who writes the folder of a training: holds its lock from `create` or `reopen` until `close`. */
export class RunWriter extends FolderWriter<RunDocument> {
  /**
   * Makes a run folder with its first document. Throws a Problem (exit code 2) when the runs folder cannot be written to;
   * then nothing of the run is left.
   */
  static async create(runsFolder: string, init: RunInit): Promise<RunWriter> {
    const started = new Date();
    const folder = await makeRunFolder(resolve(runsFolder), init.experimentName, init.loss.name, started);
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

  /** Writes the weights of an epoch; gives the file's path. The tensors must not change until the promise resolves. */
  async writeCheckpoint(epoch: number, tensors: readonly NamedTensor[]): Promise<string> {
    const file = checkpointPath(this.folder, epoch);
    const metadata = { format: 'pt', producer: 'losscape', run: this.current.id, epoch: String(epoch) };
    await this.enqueue(() => writeSafetensors(file, tensors, metadata));
    return file;
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
}

async function readOrThrow(folder: string): Promise<RunDocument> {
  const read = await readRunDocument(folder);
  if (read.ok) return read.document;
  throw new Problem(`this folder cannot be taken up as a run: ${read.reason}`, { place: { file: folder } });
}
