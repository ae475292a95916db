import { randomBytes } from 'node:crypto';
import { type FileHandle, open, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Problem } from './problem';

/** What can be written: a whole, or pieces that are made (or viewed) one after the other. */
export type FileContent = string | Uint8Array | Iterable<Uint8Array>;

/**
 * Replaces a file as a whole: readers see the old content or the new one, also after a power cut. The content goes to a
 * temporary name in the same folder, is synced, renamed over the file, and the folder is synced. When anything fails the
 * temporary file is removed and the old content stays.
 *
 * Throws a Problem when the disk is full or the place cannot be written to.
 */
export async function writeFileAtomic(path: string, content: FileContent): Promise<void> {
  const temporary = temporaryPath(path);
  try {
    const handle = await open(temporary, 'wx');
    try {
      try {
        for (const piece of pieces(content)) await writeAll(handle, piece);
        await handle.sync();
      } finally {
        await handle.close();
      }
      await renameOver(temporary, path);
    } catch (error) {
      // Where even that fails, the first error is the one that matters; a resumed run removes the rest.
      await rm(temporary, { force: true }).catch(() => undefined);
      throw error;
    }
    await syncFolder(dirname(path));
  } catch (error) {
    throw fileProblem(error, path);
  }
}

/** A name beside a file for something short-lived; `removeTemporaries` knows it. */
export function temporaryPath(path: string): string {
  return join(dirname(path), `.${basename(path)}.${process.pid}-${randomBytes(4).toString('hex')}.tmp`);
}

/** Removes what a killed `writeFileAtomic` left in a folder. Only for a folder that nobody else is writing to. */
export async function removeTemporaries(folder: string): Promise<void> {
  for (const name of await namesIn(folder)) {
    if (/^\..+\.\d+-[0-9a-f]{8}\.tmp$/.test(name)) await rm(join(folder, name), { force: true });
  }
}

/**
 * Appends whole lines to a text file, creating it when it is missing. A torn last line, left by a process that was killed
 * in the middle of writing it, is cut off first; when the writing fails half-way, the file goes back to what it was.
 *
 * @param lines without their newlines.
 * @param options.sync whether to wait until the lines are on the disk itself (default). Without it they survive the death
 *   of the process, but not of the machine.
 * @param options.header written first when the file is empty.
 * Throws a Problem when the disk is full or the place cannot be written to.
 */
export async function appendLines(
  path: string,
  lines: readonly string[],
  options: { sync?: boolean; header?: string } = {},
): Promise<void> {
  if (lines.length === 0) return;
  try {
    // 'a+' creates the file but reads and truncates too; every write goes to the end.
    const handle = await open(path, 'a+');
    try {
      const size = await cutTornLine(handle);
      const all = size === 0 && options.header !== undefined ? [options.header, ...lines] : lines;
      try {
        await writeAll(handle, Buffer.from(`${all.join('\n')}\n`));
        if (options.sync ?? true) await handle.sync();
      } catch (error) {
        // Where even that fails, what stays is a torn line, which readers ignore and the next append cuts off.
        await handle.truncate(size).catch(() => undefined);
        throw error;
      }
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw fileProblem(error, path);
  }
}

/** Cuts what stands after the last newline of a file; gives the size that is left. */
async function cutTornLine(handle: FileHandle): Promise<number> {
  const { size } = await handle.stat();
  const chunk = Buffer.alloc(64 * 1024);
  let end = size;
  while (end > 0) {
    const start = Math.max(0, end - chunk.length);
    const { bytesRead } = await handle.read(chunk, 0, end - start, start);
    const newline = chunk.subarray(0, bytesRead).lastIndexOf(0x0a);
    if (newline >= 0) {
      end = start + newline + 1;
      break;
    }
    end = start;
  }
  if (end < size) await handle.truncate(end);
  return end;
}

/** Names in a folder; none when it does not exist. */
export async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw fileProblem(error, folder);
  }
}

/**
 * A failed file operation as a Problem that names the file and the way out, when it is one that the user can put right;
 * any other error as it is.
 */
export function fileProblem(error: unknown, path: string, exitCode: 1 | 2 = 1): unknown {
  if (error instanceof Problem) return error;
  const known = problems[(error as NodeJS.ErrnoException).code ?? ''];
  if (known === undefined) return error;
  return new Problem(known.message, { place: { file: path }, hint: known.hint, exitCode, cause: error });
}

const full = 'Free some space, or choose another place with --runs, then go on with --resume.';
const denied = 'Change the permissions, or choose a folder that you may write to, for example with --runs.';

const problems: Record<string, { message: string; hint: string } | undefined> = {
  ENOSPC: { message: 'the disk is full', hint: full },
  EDQUOT: { message: 'your disk quota is used up', hint: full },
  EFBIG: { message: 'the file is larger than its file system allows', hint: full },
  EACCES: { message: 'no permission', hint: denied },
  EPERM: { message: 'the system does not permit this', hint: denied },
  EROFS: { message: 'the file system is read-only', hint: denied },
  ENOENT: {
    message: 'there is no such file or folder',
    hint: 'Was a folder of this path removed or renamed, or is a disk not connected?',
  },
  ENOTDIR: {
    message: 'a part of this path is a file, not a folder',
    hint: 'Move the file away or choose another folder.',
  },
  EEXIST: { message: 'a file of this name is in the way', hint: 'Move the file away or choose another folder.' },
  EISDIR: { message: 'this is a folder, not a file', hint: 'Move the folder away or choose another name.' },
  EMFILE: { message: 'too many files are open', hint: 'Raise the limit of open files (ulimit -n).' },
  EIO: { message: 'the disk failed to read or write', hint: 'Check the disk or the network share it is on.' },
};

function pieces(content: FileContent): Iterable<Uint8Array> {
  if (typeof content === 'string') return [Buffer.from(content)];
  return content instanceof Uint8Array ? [content] : content;
}

/** Largest single write. Some systems refuse or shorten writes beyond 2 GiB. */
const writeBytes = 64 * 1024 * 1024;

async function writeAll(handle: FileHandle, bytes: Uint8Array): Promise<void> {
  let done = 0;
  while (done < bytes.length) {
    // A nearly full disk takes a part of the bytes without an error; the next write tells.
    const { bytesWritten } = await handle.write(bytes, done, Math.min(writeBytes, bytes.length - done));
    done += bytesWritten;
  }
}

/** Windows refuses to replace a file that another process has open to read; it does not stay open for long. */
async function renameOver(from: string, to: string): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await rename(from, to);
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      const busy = process.platform === 'win32' && (code === 'EPERM' || code === 'EACCES' || code === 'EBUSY');
      if (!busy || attempt === 20) throw error;
      await delay(10 * attempt);
    }
  }
}

async function syncFolder(folder: string): Promise<void> {
  // Windows has no way to sync a folder, and none is needed there: NTFS journals its names.
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } catch (error) {
    // Some network file systems cannot sync a folder. The file itself is synced and in place by now.
    const code = (error as NodeJS.ErrnoException).code;
    if (code !== 'EINVAL' && code !== 'ENOTSUP') throw error;
  } finally {
    await handle.close();
  }
}
