import { randomUUID } from 'node:crypto';
import {
  closeSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  utimesSync,
  writeSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { processExists } from './document';
import { fileProblem, temporaryPath } from './files';
import { surfaceFileNames } from './surfaceDocument';

interface Holder {
  readonly pid: number;
  readonly host: string;
  readonly token: string;
}

/** Tokens of claims that this very process made: what tells them from those of a dead process with the same id. */
const tokens = new Set<string>();

/** A claim that has not been renewed for so long belongs to nobody. */
const staleMilliseconds = 60_000;

/**
 * Who is at which block of a surface's points: a file for each block under way, so that processes, also on several machines with
 * a shared disk, share out the points of one surface. Claims only save work, they guard nothing: were two processes at the same
 * block, both would write the same values.
 *
 * A claim of a dead process of this machine is taken over at once; one from elsewhere when it has not been renewed for a
 * minute, as seen by this process's own clock (clocks of machines differ).
 */
export class SurfaceClaims {
  private readonly folder: string;
  private readonly held = new Map<string, string>();
  /** Claims of others: when this process first saw them as they are. */
  private readonly seen = new Map<string, { state: string; since: number }>();

  constructor(
    surfaceFolder: string,
    private readonly now: () => number = () => performance.now(),
  ) {
    this.folder = join(surfaceFolder, surfaceFileNames.claims);
  }

  /** Claims a block; false when another living process has it. Throws a Problem when the disk is full or not writable. */
  take(block: string): boolean {
    const path = join(this.folder, block);
    for (let attempt = 0; attempt < 3; attempt++) {
      if (this.create(block, path)) return true;
      const found = read(path);
      if (found === undefined) continue; // given back just now
      if (this.isAlive(path, found)) return false;
      removeStale(path, found.text);
    }
    return false;
  }

  /** Gives a block back. */
  release(block: string): void {
    const token = this.held.get(block);
    if (token === undefined) return;
    this.held.delete(block);
    tokens.delete(token);
    const path = join(this.folder, block);
    if (read(path)?.holder?.token === token) rmSync(path, { force: true });
  }

  /** Shows that this process lives. Call it at least every few seconds. */
  renew(): void {
    const time = new Date();
    for (const block of this.held.keys()) {
      try {
        utimesSync(join(this.folder, block), time, time);
      } catch (error) {
        // Taken over by another process while this one was asleep: both write the same.
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw fileProblem(error, join(this.folder, block));
      }
    }
  }

  /** Removes all claims, also those that dead processes left: of a surface that is finished they mean nothing. */
  clear(): void {
    try {
      rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
    } catch (error) {
      throw fileProblem(error, this.folder);
    }
  }

  /** Gives everything back; whoever is last removes the folder. */
  close(): void {
    for (const block of [...this.held.keys()]) this.release(block);
    try {
      rmdirSync(this.folder);
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? '';
      if (!['ENOENT', 'ENOTEMPTY', 'EEXIST', 'EPERM', 'EBUSY'].includes(code)) throw fileProblem(error, this.folder);
    }
  }

  private create(block: string, path: string): boolean {
    const token = randomUUID();
    let descriptor: number;
    try {
      mkdirSync(this.folder, { recursive: true });
      descriptor = openSync(path, 'wx');
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      // ENOENT: another process removed the empty folder in between.
      if (code === 'EEXIST' || code === 'ENOENT') return false;
      throw fileProblem(error, path);
    }
    try {
      writeSync(descriptor, JSON.stringify({ pid: process.pid, host: hostname(), token } satisfies Holder));
    } catch (error) {
      rmSync(path, { force: true });
      throw fileProblem(error, path);
    } finally {
      closeSync(descriptor);
    }
    tokens.add(token);
    this.held.set(block, token);
    return true;
  }

  private isAlive(path: string, { holder, state }: Found): boolean {
    if (
      holder?.host === hostname() &&
      (holder.pid === process.pid ? !tokens.has(holder.token) : !processExists(holder.pid))
    ) {
      return false;
    }
    const before = this.seen.get(path);
    if (before?.state === state) return this.now() - before.since < staleMilliseconds;
    this.seen.set(path, { state, since: this.now() });
    return true;
  }
}

interface Found {
  readonly text: string;
  /** Undefined when it is being written right now, or was left half-written. */
  readonly holder: Holder | undefined;
  /** Changes with every renewal. */
  readonly state: string;
}

function read(path: string): Found | undefined {
  try {
    const text = readFileSync(path, 'utf8');
    return { text, holder: parse(text), state: `${text} ${statSync(path).mtimeMs}` };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw fileProblem(error, path);
  }
}

function parse(text: string): Holder | undefined {
  try {
    return JSON.parse(text) as Holder;
  } catch {
    return undefined;
  }
}

/** Renaming is what makes it safe: of several processes that try, one gets hold of the file. */
function removeStale(path: string, text: string): void {
  const aside = temporaryPath(path);
  try {
    renameSync(path, aside);
    if (readFileSync(aside, 'utf8') === text) rmSync(aside, { force: true });
    else renameSync(aside, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw fileProblem(error, path);
  }
}
