import { stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { type EffectiveStatus, effectiveStatus, readRunDocument, type RunDocument } from './document';
import { namesIn } from './files';
import { fileNames } from './layout';
import { Problem } from './problem';

/** A run folder: its document and status, or the reason why they cannot be read. */
export type RunEntry = { id: string; /** Absolute path. */ folder: string } & (
  | { ok: true; document: RunDocument; status: EffectiveStatus }
  /** `kind` where it is something whole, but no training. */
  | { ok: false; reason: string; kind?: 'descent' }
);

/**
 * The runs in a folder, newest first: every folder in it that has a `run.json`. Ones that cannot be read are listed with
 * the reason; descents on one image are left out (`listDescents` has them). An empty list when the folder does not exist.
 */
export async function listRuns(folder: string): Promise<RunEntry[]> {
  const found: { entry: RunEntry; time: number }[] = [];
  for (const name of await namesIn(folder)) {
    const run = resolve(folder, name);
    const changed = await documentTime(run);
    if (changed === null) continue;
    const entry = await readRun(run);
    if (!entry.ok && entry.kind === 'descent') continue;
    found.push({ entry, time: entry.ok ? Date.parse(entry.document.started) : changed });
  }
  found.sort((a, b) => b.time - a.time || (a.entry.id < b.entry.id ? 1 : -1));
  return found.map(({ entry }) => entry);
}

/** One run folder as an entry. Never throws. */
export async function readRun(folder: string): Promise<RunEntry> {
  const path = resolve(folder);
  const base = { id: basename(path), folder: path };
  const read = await readRunDocument(path);
  if (!read.ok) return { ...base, ...read };
  return { ...base, ok: true, document: read.document, status: effectiveStatus(read.document) };
}

/**
 * The absolute path of the run folder that a user means: a path, the name of a folder in the runs folder, or any part of
 * such a name that only one of them has (its four letters, say). Throws a Problem when there is none or more than one.
 */
export function resolveRun(nameOrPath: string, runsFolder: string): Promise<string> {
  return resolveFolder(nameOrPath, runsFolder, 'run', listRuns);
}

/** As `resolveRun`, for whatever kind of folder `list` finds in the runs folder, newest first. */
export async function resolveFolder(
  nameOrPath: string,
  runsFolder: string,
  noun: string,
  list: (runsFolder: string) => Promise<readonly { id: string; folder: string }[]>,
): Promise<string> {
  for (const folder of [resolve(nameOrPath), resolve(runsFolder, nameOrPath)]) {
    if ((await documentTime(folder)) !== null) return folder;
  }
  const entries = await list(runsFolder);
  const matches = entries.filter(({ id }) => id.includes(nameOrPath));
  const match = matches[0];
  if (match && matches.length === 1) return match.folder;
  const names = (some: readonly { id: string }[]) =>
    some
      .slice(0, 5)
      .map(({ id }) => id)
      .join(', ') + (some.length > 5 ? ', …' : '');
  if (match) {
    throw new Problem(`"${nameOrPath}" fits ${matches.length} ${noun}s`, { hint: `Say which one: ${names(matches)}` });
  }
  throw new Problem(`there is no ${noun} "${nameOrPath}"`, {
    hint:
      entries.length === 0
        ? `There are no ${noun}s in ${resolve(runsFolder)}.`
        : `The newest ${noun}s: ${names(entries)}`,
  });
}

/** When a folder's run.json was last changed, or null when it has none. */
async function documentTime(folder: string): Promise<number | null> {
  try {
    return (await stat(join(folder, fileNames.document))).mtimeMs;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'EACCES') return null;
    throw error;
  }
}
