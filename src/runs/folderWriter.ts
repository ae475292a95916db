import { rm, stat } from 'node:fs/promises';
import { appendRows, readTable } from './csv';
import { writeRunDocument } from './document';
import { appendLines, fileProblem } from './files';
import { runPaths } from './layout';
import type { RunLock } from './lock';
import { Problem } from './problem';
import { floatTensors, type NamedTensor, readSafetensors, writeSafetensors } from './safetensors';

/** Tensors to go on from: weights and optimizer state, say. */
export interface ResumeState {
  tensors: NamedTensor[];
  metadata: Record<string, string>;
}

const heartbeatMilliseconds = 5_000;

/**
 * The one who writes a run folder of some kind. It holds the folder's lock until `close`, and does one write after the
 * other, in the order of the calls. Every write throws a Problem (exit code 1) when the disk is full or the folder cannot
 * be written to.
 */
export class FolderWriter<Document extends { readonly updated: string }> {
  private pending: Promise<unknown> = Promise.resolve();
  private waiting = 0;
  private heartbeat: NodeJS.Timeout | undefined;
  /** A failed heartbeat has nobody to report to. Forgotten when a later write succeeds, else thrown by `close`. */
  private heartbeatError: Error | undefined;
  private readonly knownColumns = new Map<string, string>();

  protected constructor(
    /** Absolute path of the run folder. */
    readonly folder: string,
    protected current: Document,
    private readonly lock: RunLock,
  ) {}

  /** The document as it stands, with every update so far. */
  get document(): Document {
    return this.current;
  }

  /** Changes the document and writes it. Renews the heartbeat. */
  update(patch: Partial<Document>): Promise<void> {
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

  /** Appends to `log.txt`. A text of several lines stays several lines. */
  log(text: string): Promise<void> {
    return this.enqueue(() => appendLines(runPaths(this.folder).log, text.split(/\r?\n/), { sync: false }));
  }

  /** Replaces what a resumed run goes on from. The tensors must not change until the promise resolves. */
  writeResume(tensors: readonly NamedTensor[], metadata: Record<string, string>): Promise<void> {
    return this.enqueue(() => writeSafetensors(runPaths(this.folder).resume, tensors, metadata));
  }

  /** What to go on from; null when nothing has been kept yet. Throws a Problem when the file is damaged. */
  readResume(): Promise<ResumeState | null> {
    const file = runPaths(this.folder).resume;
    return this.enqueue(async () => {
      if (!(await exists(file))) return null;
      const { tensors, metadata } = await readSafetensors(file);
      return { tensors: floatTensors(tensors, file), metadata };
    });
  }

  /** Removes what a resumed run would go on from. */
  removeResume(): Promise<void> {
    return this.enqueue(() => rm(runPaths(this.folder).resume, { force: true }));
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

  protected async writeDocument(): Promise<void> {
    this.current = { ...this.current, updated: new Date().toISOString() };
    await writeRunDocument(this.folder, this.current);
  }

  protected appendTable(
    path: string,
    columns: readonly string[],
    rows: Parameters<typeof appendRows>[2],
  ): Promise<void> {
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
  protected enqueue<T>(work: () => Promise<T>): Promise<T> {
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
