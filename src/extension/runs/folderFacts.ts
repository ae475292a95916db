import { readdir, stat } from 'node:fs/promises';

/** Times and sizes of files; empty when the first of them does not exist. */
export async function signatureOf(paths: readonly string[]): Promise<string> {
  const parts = await Promise.all(
    paths.map(async (path) => {
      try {
        const { mtimeMs, size, ino } = await stat(path);
        return `${mtimeMs}/${size}/${ino}`;
      } catch {
        // Missing or out of reach: what cannot be looked at is as good as not there, until it can.
        return '';
      }
    }),
  );
  return parts[0] === '' ? '' : parts.join();
}

/** Names of the folders in a folder, newest runs first; none when it does not exist or may not be read. */
export async function foldersIn(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries
      .filter((entry) => (entry.isDirectory() || entry.isSymbolicLink()) && !entry.name.startsWith('.'))
      .map(({ name }) => name)
      .sort((a, b) => (a < b ? 1 : -1));
  } catch {
    return [];
  }
}

/** Whether something was made in a folder, or the folder itself, in the last seconds. */
export async function isRecent(folder: string): Promise<boolean> {
  try {
    return Date.now() - (await stat(folder)).mtimeMs < 20_000;
  } catch {
    return false;
  }
}

export async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch {
    return false;
  }
}
