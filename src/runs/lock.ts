import { randomUUID } from 'node:crypto';
import { open, readFile, rename, rm, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { heartbeatAge, heartbeatDeadMilliseconds, processExists } from './document';
import { fileProblem, temporaryPath } from './files';
import { runPaths } from './layout';
import { Problem } from './problem';

/** A held lock of a run folder. */
export interface RunLock {
  /** Gives the folder free for others. */
  release(): Promise<void>;
}

interface Holder {
  pid: number;
  host: string;
  token: string;
}

/** Tokens of the locks that this very process holds: what tells them from those of a dead process with the same id. */
const held = new Set<string>();

/**
 * Locks a run folder, so that no two processes ever train into it. A lock whose process is dead is taken over.
 * Throws a Problem when another process holds it.
 */
export async function lockRun(folder: string): Promise<RunLock> {
  const path = runPaths(folder).lock;
  const token = randomUUID();
  for (let attempt = 0; attempt < 5; attempt += 1) {
    if (await createLock(path, token)) return { release: () => releaseLock(path, token) };
    const found = await readLock(path);
    if (found === null) continue;
    if (await isHeld(folder, found)) throw heldProblem(path, found.holder);
    await removeStale(path, found.text);
  }
  throw heldProblem(path, null);
}

/** Creates the lock file; false when there is one already. */
async function createLock(path: string, token: string): Promise<boolean> {
  const holder: Holder = { pid: process.pid, host: hostname(), token };
  try {
    const handle = await open(path, 'wx');
    held.add(token);
    try {
      await handle.writeFile(`${JSON.stringify(holder)}\n`);
    } finally {
      await handle.close();
    }
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    if (held.delete(token)) await rm(path, { force: true });
    throw fileProblem(error, path);
  }
}

interface FoundLock {
  text: string;
  /** Null when the text is not whole: its process is writing it right now, or died doing so. */
  holder: Holder | null;
  /** Milliseconds since it was written. */
  age: number;
}

async function readLock(path: string): Promise<FoundLock | null> {
  try {
    const text = await readFile(path, 'utf8');
    const { mtimeMs } = await stat(path);
    return { text, holder: parseHolder(text), age: Date.now() - mtimeMs };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw fileProblem(error, path);
  }
}

function parseHolder(text: string): Holder | null {
  try {
    const { pid, host, token } = JSON.parse(text) as Partial<Holder>;
    return typeof pid === 'number' && typeof host === 'string' && typeof token === 'string'
      ? { pid, host, token }
      : null;
  } catch {
    return null;
  }
}

/**
 * Whether the process behind a lock lives. On this machine its process id tells. A process on another machine shows that
 * it lives by the heartbeat in run.json only.
 */
async function isHeld(folder: string, { holder, age }: FoundLock): Promise<boolean> {
  if (holder?.host === hostname()) {
    // After a restart of a container, say, a new process can have the id of the dead one.
    return holder.pid === process.pid ? held.has(holder.token) : processExists(holder.pid);
  }
  if (age <= heartbeatDeadMilliseconds) return true;
  const heartbeat = await heartbeatAge(folder);
  return heartbeat !== null && heartbeat <= heartbeatDeadMilliseconds;
}

/** Removes a stale lock, unless another process was faster and the lock is a new one by now. */
async function removeStale(path: string, text: string): Promise<void> {
  // Renaming is what makes it safe: of several processes that try, only one gets hold of the file.
  const aside = temporaryPath(path);
  try {
    await rename(path, aside);
    if ((await readFile(aside, 'utf8')) === text) await rm(aside);
    else await rename(aside, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw fileProblem(error, path);
  }
}

async function releaseLock(path: string, token: string): Promise<void> {
  if (!held.delete(token)) return;
  const found = await readLock(path);
  if (found?.holder?.token === token) await rm(path, { force: true });
}

function heldProblem(path: string, holder: Holder | null): Problem {
  const who = holder ? `process ${holder.pid} on ${holder.host}` : 'another process';
  return new Problem(`this run is being trained by ${who}`, {
    place: { file: path },
    hint: `Wait until it ends, or stop it. If it is long gone, delete the file "lock" and try again.`,
  });
}
