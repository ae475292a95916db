import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { writeFileAtomic } from './files';
import { formatVersion, runPaths } from './layout';

/** A heartbeat older than this is dead. */
export const heartbeatDeadMilliseconds = 30_000;

/** What the training process last said of itself. */
export type RunStatus = 'queued' | 'running' | 'finished' | 'stopped' | 'failed';

/** What a reader makes of it: `interrupted` when it says queued or running, and its heartbeat is dead. */
export type EffectiveStatus = RunStatus | 'interrupted';

/** Means over the images of each split at one epoch, by metric name. Null where no image has a value. */
export interface MetricsSummary {
  epoch: number;
  train: Record<string, number | null> | null;
  test: Record<string, number | null> | null;
}

/** What `run.json` holds. Times are ISO 8601 in UTC. */
export interface RunDocument {
  formatVersion: 1;
  /** Name of the run folder. */
  id: string;
  status: RunStatus;
  kind: 'training';
  /** The experiment with every default filled in. */
  experiment: unknown;
  experimentFile: string | null;
  experimentName: string;
  /** `label` is the loss in words: "focal γ=2". */
  loss: { name: string; label: string; spec: unknown };
  /** `train` and `test` are the image names of each split. */
  dataset: { fingerprint: string; train: string[]; test: string[]; synthetic: boolean };
  /** Number of trainable parameters. */
  parameters: number;
  engine: string;
  accelerator: { name: string; provider: string; threads: number; reason: string };
  versions: Record<string, string>;
  seed: number;
  pid: number;
  host: string;
  started: string;
  /** The heartbeat: renewed at least every 5 seconds while the process lives. */
  updated: string;
  finished: string | null;
  epochsDone: number;
  epochsTotal: number;
  stepsDone: number;
  secondsTraining: number;
  /** Share of the training time that was spent waiting for data. */
  dataWaitShare: number | null;
  last: MetricsSummary | null;
  /** Best by test IoU, or by train IoU when there is no test split. */
  best: MetricsSummary | null;
  error: { message: string; hint?: string } | null;
  /** Epochs after which the run was taken up again. */
  resumedFrom: number[];
}

export type ReadRunDocument =
  | { ok: true; document: RunDocument }
  /** `kind` where the folder holds something whole that is no training. */
  | { ok: false; reason: string; kind?: 'descent' };

/**
 * The run document of a folder. Never throws: a folder that is no run, half-written or of a newer format gives the
 * reason in words, fit to be shown beside the folder's name. So does the folder of a descent on one image (see
 * `descentDocument.ts`), which has a run.json of its own kind.
 */
export async function readRunDocument(folder: string): Promise<ReadRunDocument> {
  const read = await readDocumentValue(folder);
  if (!read.ok) return read;
  const { value } = read;
  if ((value as { kind?: unknown } | null)?.kind === 'descent') {
    return { ok: false, kind: 'descent', reason: 'it is a descent on one image, not a training' };
  }
  // Loaded when the first run is read: an editor that has just started must not wait for the checks to be made.
  const { documentSchema } = await import('./documentSchema');
  const parsed = documentSchema.safeParse(value);
  if (parsed.success) return { ok: true, document: parsed.data };
  const key = parsed.error.issues[0]?.path.join('.');
  return { ok: false, reason: key ? `its run.json has no valid "${key}"` : 'its run.json is not a run document' };
}

/** What a folder's `run.json` holds, of whatever kind, when it is whole and of a format that this code may know. */
export async function readDocumentValue(
  folder: string,
): Promise<{ ok: true; value: unknown } | { ok: false; reason: string }> {
  let text: string;
  try {
    text = await readFile(runPaths(folder).document, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR') return { ok: false, reason: 'it has no run.json' };
    return { ok: false, reason: `its run.json cannot be read (${code ?? String(error)})` };
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { ok: false, reason: 'its run.json is not whole JSON' };
  }
  const version = (value as { formatVersion?: unknown } | null)?.formatVersion;
  if (typeof version === 'number' && version > formatVersion) {
    return {
      ok: false,
      reason: `it was written by a newer Losscape (format ${version}, this one reads up to ${formatVersion})`,
    };
  }
  return { ok: true, value };
}

/** Milliseconds since the process behind a run folder last showed that it lives; null when its run.json says nothing. */
export async function heartbeatAge(folder: string): Promise<number | null> {
  const read = await readDocumentValue(folder);
  const updated = read.ok ? (read.value as { updated?: unknown } | null)?.updated : undefined;
  const time = typeof updated === 'string' ? Date.parse(updated) : NaN;
  return Number.isNaN(time) ? null : Date.now() - time;
}

/** Writes `run.json`, whole or not at all. Throws a Problem when the disk is full or the folder not writable. */
export async function writeRunDocument(folder: string, document: object): Promise<void> {
  await writeFileAtomic(runPaths(folder).document, `${JSON.stringify(document, null, 2)}\n`);
}

/** What of a document tells whether its process lives. */
export type SignOfLife = Pick<RunDocument, 'status' | 'updated' | 'host' | 'pid'>;

/** The status as it really is: a queued or running run whose process is gone is `interrupted`. */
export function effectiveStatus(document: SignOfLife, now: Date = new Date()): EffectiveStatus {
  if (document.status !== 'queued' && document.status !== 'running') return document.status;
  return isAlive(document, now) ? document.status : 'interrupted';
}

function isAlive(document: SignOfLife, now: Date): boolean {
  if (now.getTime() - Date.parse(document.updated) > heartbeatDeadMilliseconds) return false;
  return document.host !== hostname() || processExists(document.pid);
}

/** Whether a process with this id exists on this machine, be it ours or somebody else's. */
export function processExists(pid: number): boolean {
  if (!Number.isSafeInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it exists and belongs to somebody else.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
