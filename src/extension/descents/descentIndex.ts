import { dirname } from 'node:path';
import { type DescentEntry, readDescent } from '../../runs/descentDocument';
import { effectiveStatus } from '../../runs/document';
import { runPaths } from '../../runs/layout';
import { concurrently } from '../runs/concurrently';
import { signatureOf } from '../runs/folderFacts';

interface Known {
  readonly entry: DescentEntry;
  /** Time and size of run.json: while they stay the same it is not read again. */
  readonly signature: string;
}

/**
 * The descents among the run folders, as whoever scans these comes across them. Knows nothing of the editor. It reads one
 * small file for each, and looks again by itself only at those that are under way.
 */
export class DescentIndex {
  private readonly known = new Map<string, Known>();
  private byRun: ReadonlyMap<string, readonly DescentEntry[]> | null = null;
  private readonly listeners = new Set<(changed: readonly DescentEntry[]) => void>();
  private timer: NodeJS.Timeout | undefined;
  private disposed = false;

  /** @param every milliseconds between two looks at descents that are under way. */
  constructor(private readonly every = 1000) {}

  /** Every descent, in no order. */
  all(): DescentEntry[] {
    return [...this.known.values()].map(({ entry }) => entry);
  }

  /** Descents that began with a run of this folder name, wherever it lay. */
  ofRunNamed(name: string): readonly DescentEntry[] {
    if (this.byRun === null) {
      const byRun = new Map<string, DescentEntry[]>();
      for (const entry of this.all()) {
        if (!entry.ok) continue;
        const { run } = entry.document.checkpoint;
        byRun.set(run, [...(byRun.get(run) ?? []), entry]);
      }
      this.byRun = byRun;
    }
    return this.byRun.get(name) ?? [];
  }

  has(folder: string): boolean {
    return this.known.has(folder);
  }

  /** Calls back with descents that appeared, changed or, as they were last, disappeared. Returns what ends it. */
  onChange(listener: (changed: readonly DescentEntry[]) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Looks at the folder of a descent, a new one or one that is known. */
  async look(folder: string): Promise<void> {
    const known = this.known.get(folder);
    const signature = await signatureOf([runPaths(folder).document]);
    if (signature === '') return this.forget(folder);
    const entry = known?.signature === signature ? aged(known.entry) : await readDescent(folder);
    if (this.disposed || entry === known?.entry) return;
    this.known.set(folder, { entry, signature });
    this.tell([entry]);
    this.schedule();
  }

  /** A folder is gone, or holds something else now. */
  forget(folder: string): void {
    const known = this.known.get(folder);
    if (known && this.known.delete(folder)) this.tell([known.entry]);
  }

  /** A runs folder has been read: what is not among `present` (absolute paths) is gone. */
  keep(runsFolder: string, present: ReadonlySet<string>): void {
    for (const folder of [...this.known.keys()]) {
      if (dirname(folder) === runsFolder && !present.has(folder)) this.forget(folder);
    }
  }

  dispose(): void {
    this.disposed = true;
    clearTimeout(this.timer);
    this.listeners.clear();
  }

  private tell(changed: readonly DescentEntry[]): void {
    this.byRun = null;
    for (const listener of this.listeners) listener(changed);
  }

  private schedule(): void {
    if (this.timer || this.disposed || !this.all().some(isUnderWay)) return;
    this.timer = setTimeout(() => {
      const live = this.all().filter(isUnderWay);
      void concurrently(live, 4, ({ folder }) => this.look(folder)).finally(() => {
        this.timer = undefined;
        this.schedule();
      });
    }, this.every);
    this.timer.unref();
  }
}

/** Whether a process is at a descent. */
export function isUnderWay(entry: DescentEntry): boolean {
  return entry.ok && (entry.status === 'running' || entry.status === 'queued');
}

/** The same entry, unless its process has died meanwhile: then nothing is written any more. */
function aged(entry: DescentEntry): DescentEntry {
  if (!entry.ok) return entry;
  const status = effectiveStatus(entry.document);
  return status === entry.status ? entry : { ...entry, status };
}
