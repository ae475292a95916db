import { mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** Names the file that stands for one launch by the editor. */
export const launchVariable = 'LOSSCAPE_LAUNCH';

/**
 * How long a launch is remembered, in days. It is needed for as long as an editor may come back to the session that started
 * it, which keeps its tasks until its window is opened again: after a holiday, say. The files are a few bytes each.
 */
const rememberedDays = 90;
/** Most files taken away at a time: starting a training must not wait for them. */
const mostForgotten = 200;

/** What the editor calls a launch. Nothing else in the folder is touched. */
const launchName = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * Whether this launch has been carried out before. An editor that is reloaded starts tasks of its last session again that it
 * believes to be running still: what one person asked for once would be trained twice.
 *
 * @param file is made by the first call and stays for some months; without one, nothing is known and the answer is no.
 */
export async function wasLaunchedBefore(file: string | undefined): Promise<boolean> {
  if (file === undefined || file === '') return false;
  try {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, `${process.pid}\n`, { flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return true;
    // Rather once too often than not at all.
    process.stderr.write(`Note: this launch could not be written down: ${(error as Error).message}\n`);
    return false;
  }
  // A launch comes when somebody has asked for minutes of work: the cheapest moment there is.
  await forgetOldLaunches(file);
  return false;
}

/** Takes away what stands for launches that no editor can come back to any more. What cannot be, stays. */
async function forgetOldLaunches(file: string): Promise<void> {
  const folder = dirname(file);
  const before = Date.now() - rememberedDays * 24 * 3600 * 1000;
  const names = await readdir(folder).catch(() => []);
  let forgotten = 0;
  for (const name of names) {
    if (forgotten >= mostForgotten || !launchName.test(name) || name === basename(file)) continue;
    const path = join(folder, name);
    // Another launch may be at the same file; the next one finds what is left.
    const changed = await stat(path).then(
      ({ mtimeMs }) => mtimeMs,
      () => Infinity,
    );
    if (changed >= before) continue;
    await rm(path, { force: true }).catch(() => undefined);
    forgotten += 1;
  }
}
