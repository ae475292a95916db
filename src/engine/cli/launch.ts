import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Names the file that stands for one launch by the editor. */
export const launchVariable = 'LOSSCAPE_LAUNCH';

/**
 * Whether this launch has been carried out before. An editor that is reloaded starts tasks of its last session again that it
 * believes to be running still: what one person asked for once would be trained twice.
 *
 * @param file is made by the first call and stays; without one, nothing is known and the answer is no.
 */
export async function wasLaunchedBefore(file: string | undefined): Promise<boolean> {
  if (file === undefined || file === '') return false;
  try {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, `${process.pid}\n`, { flag: 'wx' });
    return false;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return true;
    // Rather once too often than not at all.
    process.stderr.write(`Note: this launch could not be written down: ${(error as Error).message}\n`);
    return false;
  }
}
