import { basename } from 'node:path';
import { surfacesFolder } from '../../runs/layout';
import { Problem } from '../../runs/problem';
import { concurrently } from '../runs/concurrently';
import { signatureOf } from '../runs/folderFacts';
import type { SurfaceEntry } from './surfaceFacts';

/** What is known of a run. */
interface Seen {
  /** Time and size of its folder of surfaces; while they stay the same, no surface has come or gone. Empty: not sure. */
  readonly signature: string;
  readonly folders: readonly string[];
  /** Why they could not be listed; null when they could. */
  readonly problem: string | null;
  readonly at: number;
}

/** Runs looked at together. */
const concurrency = 8;

/** Runs, the last ones that were asked about, of which it is noticed that another program gives them a surface. */
const most = 200;

/**
 * The surfaces of those runs that somebody asks about. Knows nothing of the editor. Asking costs nothing: what is not known
 * yet is looked up afterwards, one look for each run, and told. Surfaces that are being sampled are followed.
 */
export class SurfaceIndex {
  private readonly seen = new Map<string, Seen>();
  private readonly entries = new Map<string, { readonly entry: SurfaceEntry; readonly version: string }>();
  private readonly waiting = new Set<string>();
  /** In the order in which they were asked about. */
  private readonly asked = new Set<string>();
  private rounds: NodeJS.Timeout | undefined;
  private readonly watched = new Map<string, number>();
  private readonly listeners = new Set<(run: string, changed: readonly SurfaceEntry[]) => void>();
  private working = false;
  private timer: NodeJS.Timeout | undefined;
  private disposed = false;

  /**
   * @param every milliseconds between two looks at surfaces that are being sampled, and at runs that are watched.
   * @param patience milliseconds after which a run that is asked about is looked at again.
   */
  constructor(private readonly options: { readonly every: number; readonly patience: number } = defaults) {}

  /** Calls back when surfaces of a run appear or disappear (then none is named) or have changed. Returns what ends it. */
  onChange(listener: (run: string, changed: readonly SurfaceEntry[]) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Whether a run is known to have surfaces. What is not known, or no longer sure, is found out and told. */
  has(run: string): boolean {
    this.asked.delete(run);
    this.asked.add(run);
    this.rounds ??= setInterval(() => this.round(), this.options.patience).unref();
    const seen = this.seen.get(run);
    if (!seen || performance.now() - seen.at > this.options.patience) {
      this.waiting.add(run);
      void this.work();
    }
    return seen !== undefined && (seen.folders.length > 0 || seen.problem !== null);
  }

  /** The surfaces of a run, newest first, as they are now. */
  async of(run: string): Promise<SurfaceEntry[]> {
    await this.look(run);
    const { folders, problem } = this.seen.get(run)!;
    const found = await Promise.all(folders.map((folder) => this.read(run, folder)));
    this.schedule();
    if (problem !== null) {
      const folder = surfacesFolder(run);
      found.push({ folder, id: basename(folder), run, surface: { reason: problem } });
    }
    const created = ({ surface }: SurfaceEntry): string => ('reason' in surface ? '' : surface.created);
    return found.sort((a, b) => created(b).localeCompare(created(a)) || b.id.localeCompare(a.id));
  }

  /** Looks whether surfaces of a run have come or gone. */
  async look(run: string): Promise<void> {
    const before = this.seen.get(run);
    const signature = await signatureOf([surfacesFolder(run)]);
    const at = performance.now();
    if (before && signature === before.signature) {
      this.seen.set(run, { ...before, at });
      return;
    }
    const { folders, problem } = signature === '' ? none : await listed(run);
    // As it is by now: another look may have come first.
    const { folders: known, problem: knownProblem } = this.seen.get(run) ?? none;
    // A surface is a folder before it has its document, and then nothing announces that.
    const sure = signature === '' || folders.length > 0;
    this.seen.set(run, { signature: sure && !this.watched.has(run) ? signature : 'unsure', folders, problem, at });
    const left = known.filter((folder) => !folders.includes(folder));
    for (const folder of left) this.entries.delete(folder);
    if (left.length > 0 || folders.length !== known.length || problem !== knownProblem) this.tell(run, []);
  }

  /** A surface of these runs is about to be sampled: they are looked at until what is returned is called. */
  watch(runs: readonly string[]): () => void {
    const count = (by: number) => {
      for (const run of runs) {
        const now = (this.watched.get(run) ?? 0) + by;
        if (now > 0) this.watched.set(run, now);
        else this.watched.delete(run);
      }
    };
    count(1);
    this.schedule();
    return () => {
      count(-1);
      for (const run of runs) void this.look(run);
    };
  }

  /** Looks again at every run that was asked about, and at every surface that was read. */
  async refresh(): Promise<void> {
    for (const [run, seen] of this.seen) this.seen.set(run, { ...seen, signature: 'unsure' });
    await concurrently([...this.seen.keys()], concurrency, (run) => this.look(run));
    await this.readAgain([...this.entries.values()].map(({ entry }) => entry));
  }

  dispose(): void {
    this.disposed = true;
    clearTimeout(this.timer);
    clearInterval(this.rounds);
    this.listeners.clear();
  }

  private tell(run: string, changed: readonly SurfaceEntry[]): void {
    if (!this.disposed) for (const listener of this.listeners) listener(run, changed);
  }

  /** Looks again at the runs that somebody has on the screen, as far as that is known. */
  private round(): void {
    for (const run of [...this.asked].slice(0, -most)) this.asked.delete(run);
    for (const run of this.asked) this.waiting.add(run);
    void this.work();
  }

  private async work(): Promise<void> {
    if (this.working) return;
    this.working = true;
    try {
      // Rows are drawn first.
      await new Promise((resolve) => setImmediate(resolve));
      while (this.waiting.size > 0 && !this.disposed) {
        const runs = [...this.waiting];
        this.waiting.clear();
        await concurrently(runs, concurrency, (run) => this.look(run));
      }
    } finally {
      this.working = false;
    }
  }

  /** Reads a surface, if it has changed since. */
  private async read(run: string, folder: string): Promise<SurfaceEntry> {
    const version = await (await surfaceFiles()).surfaceVersion(folder);
    const known = this.entries.get(folder);
    if (known?.version === version && !isSampled(known.entry)) return known.entry;
    const entry: SurfaceEntry = { folder, id: basename(folder), run, surface: await readFacts(folder) };
    this.entries.set(folder, { entry, version });
    return entry;
  }

  private async readAgain(entries: readonly SurfaceEntry[]): Promise<void> {
    await concurrently(entries, concurrency, async (before) => {
      const now = await this.read(before.run, before.folder);
      if (JSON.stringify(now) !== JSON.stringify(before)) this.tell(before.run, [now]);
    });
    this.schedule();
  }

  private schedule(): void {
    // What was stopped may be gone on with by a task: of watched runs everything is looked at.
    const due = () =>
      [...this.entries.values()]
        .map(({ entry }) => entry)
        .filter((entry) => isSampled(entry) || this.watched.has(entry.run));
    if (this.timer || this.disposed || (this.watched.size === 0 && due().length === 0)) return;
    this.timer = setTimeout(() => {
      const work = async (): Promise<void> => {
        await concurrently([...this.watched.keys()], concurrency, (run) => this.look(run));
        await this.readAgain(due());
      };
      void work().finally(() => {
        this.timer = undefined;
        this.schedule();
      });
    }, this.options.every);
    this.timer.unref();
  }
}

const none: Pick<Seen, 'folders' | 'problem'> = { folders: [], problem: null };

/** The surfaces of a run, or why they are out of reach. */
async function listed(run: string): Promise<Pick<Seen, 'folders' | 'problem'>> {
  try {
    return { folders: await (await surfaceFiles()).surfaceFolders(run), problem: null };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return { folders: [], problem: error.message };
  }
}

// Loaded with the first surface: the checks of its document take a while to build.
const surfaceFiles = () => import('./surfaceFiles');
const readFacts = async (folder: string) => (await import('./surfaceFacts')).surfaceFacts(folder);

const defaults = { every: 1000, patience: 30_000 } as const;

/** Whether a process is sampling a surface. */
export function isSampled({ surface }: SurfaceEntry): boolean {
  return 'status' in surface && surface.status === 'sampling';
}
