import { basename, join, resolve } from 'node:path';
import type { DescentDocument } from './descentSchema';
import { effectiveStatus, readDocumentValue, type EffectiveStatus } from './document';
import { namesIn } from './files';
import { resolveFolder } from './scan';

export type { DescentDocument };

/** A descent's folder: its document and status, or the reason why they cannot be read. */
export type DescentEntry = { id: string; /** Absolute path. */ folder: string } & (
  { ok: true; document: DescentDocument; status: EffectiveStatus } | { ok: false; reason: string }
);

/** The descent in a folder. Never throws: what is no descent, half-written or of a newer format gives the reason in words. */
export async function readDescent(folder: string): Promise<DescentEntry> {
  const path = resolve(folder);
  const base = { id: basename(path), folder: path };
  const read = await readDocumentValue(path);
  if (!read.ok) return { ...base, ...read };
  if (!isDescent(read.value)) return { ...base, ok: false, reason: 'it is a training, not a descent on one image' };
  // Loaded when the first one is read, as the checks of run documents are.
  const { descentSchema } = await import('./descentSchema');
  const parsed = descentSchema.safeParse(read.value);
  if (parsed.success) return { ...base, ok: true, document: parsed.data, status: effectiveStatus(parsed.data) };
  const key = parsed.error.issues[0]?.path.join('.');
  return { ...base, ok: false, reason: `its run.json has no valid "${key ?? ''}"` };
}

/** The descents in a runs folder, newest first; ones that cannot be read with the reason. Trainings are left out. */
export async function listDescents(runsFolder: string): Promise<DescentEntry[]> {
  const found: DescentEntry[] = [];
  for (const name of await namesIn(runsFolder)) {
    const folder = join(runsFolder, name);
    const read = await readDocumentValue(folder);
    if (read.ok && isDescent(read.value)) found.push(await readDescent(folder));
  }
  const started = (entry: DescentEntry): number => (entry.ok ? Date.parse(entry.document.started) : 0);
  return found.sort((a, b) => started(b) - started(a) || (a.id < b.id ? 1 : -1));
}

/** The folder of the descent that a user means, as `resolveRun`. Throws a Problem when there is none or more than one. */
export function resolveDescent(nameOrPath: string, runsFolder: string): Promise<string> {
  return resolveFolder(nameOrPath, runsFolder, 'descent', listDescents);
}

const isDescent = (value: unknown): boolean => (value as { kind?: unknown } | null)?.kind === 'descent';
