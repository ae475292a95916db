import { dirname, join, resolve } from 'node:path';
import { effectiveStatus } from '../../runs/document';
import { fileNames, runPaths } from '../../runs/layout';
import { readRun, type RunEntry } from '../../runs/scan';
import { DescentIndex } from '../descents/descentIndex';
import { ChangeCoalescer } from './coalescer';
import { concurrently } from './concurrently';
import { foldersIn, isFolder, isRecent, signatureOf } from './folderFacts';
import { type FolderWatch, watchFailure, type WatchFolder, watchFolder } from './folderWatch';
import { Interner } from './interner';
import type { RunsChange, WatchingState } from './runData';
import { RunsFolderWatch } from './runsFolderWatch';

export interface IndexedRun {
  readonly entry: RunEntry;
  readonly runsFolder: string;
}

export interface RunIndexOptions {
  readonly watch?: WatchFolder;
  /** Least milliseconds between two reports of changes. */
  readonly gap?: number;
  /** Milliseconds between two looks at the runs that are live, while watching works and when it does not. */
  readonly liveEvery?: number;
  readonly liveEveryPolling?: number;
  /** Milliseconds between two looks at every run folder, while watching works and when it does not. */
  readonly sweepEvery?: number;
  readonly sweepEveryPolling?: number;
}

/** A run folder as it was last seen. */
interface Known extends IndexedRun {
  /** Time and size of run.json: while they stay the same it is not read again. */
  readonly signature: string;
}

/** A run that may change at any moment. */
interface Live {
  watch: FolderWatch | undefined;
  /** Times and sizes of the files that grow. */
  signature: string;
  /** When the file system last announced a change. */
  announced: number;
  /** Looks in a row that found a change which had not been announced. */
  missed: number;
}

/** Files read at the same time. More of them do not make a disk faster. */
const concurrency = 32;
/** Live runs watched at the same time; further ones are looked at every few seconds. */
const mostWatched = 64;
/** When to look again at a new folder that has no run.json yet, in milliseconds. */
const retries = [10, 30, 100, 300, 1000, 3000, 10_000];

/**
 * The runs in some folders, kept up to date. Knows nothing of the editor.
 *
 * Watched are the runs folders themselves and the folders of live runs: nothing is watched recursively, and a thousand
 * finished runs cost nothing. Live runs are also looked at every few seconds, because a dead process announces nothing.
 * When such a look finds changes that were not announced (network disks do not announce what other machines write), or
 * when watching fails, everything is looked at regularly instead, and `watching` says so.
 */
export class RunIndex {
  /** Descents on one image lie among the runs, but are none. */
  readonly descents = new DescentIndex();
  private readonly known = new Map<string, Known>();
  private readonly live = new Map<string, Live>();
  private readonly folders = new Map<string, RunsFolderWatch>();
  private readonly listeners = new Set<(change: RunsChange) => void>();
  private readonly watchingListeners = new Set<(state: WatchingState) => void>();
  private readonly coalescer: ChangeCoalescer;
  private readonly options: Required<RunIndexOptions>;
  private readonly interner = new Interner();
  private readonly checking = new Map<string, Promise<void>>();
  private readonly timers = new Set<NodeJS.Timeout>();
  private state: WatchingState = { mode: 'watching' };
  private lastSweep = performance.now();
  private disposed = false;

  constructor(options: RunIndexOptions = {}) {
    this.options = {
      watch: watchFolder,
      gap: 200,
      liveEvery: 5000,
      liveEveryPolling: 2000,
      sweepEvery: 60_000,
      sweepEveryPolling: 10_000,
      ...options,
    };
    this.coalescer = new ChangeCoalescer((change) => {
      for (const listener of this.listeners) listener(change);
    }, this.options.gap);
    this.scheduleLook();
  }

  get watching(): WatchingState {
    return this.state;
  }

  /** Folders of all runs, in no order. */
  runs(): ReadonlyMap<string, IndexedRun> {
    return this.known;
  }

  get(folder: string): IndexedRun | undefined {
    return this.known.get(folder);
  }

  /** Calls back with changes, at most once in `gap` milliseconds. Returns what ends it. */
  onChange(listener: (change: RunsChange) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  onWatching(listener: (state: WatchingState) => void): () => void {
    this.watchingListeners.add(listener);
    return () => this.watchingListeners.delete(listener);
  }

  /** Sets the folders that hold run folders. Resolves when the new ones have been read. */
  async setFolders(folders: readonly string[]): Promise<void> {
    const wanted = new Set(folders.map((folder) => resolve(folder)));
    for (const [folder, watch] of this.folders) {
      if (wanted.has(folder)) continue;
      watch.close();
      this.folders.delete(folder);
      this.descents.keep(folder, new Set());
      for (const [run, { runsFolder }] of this.known) if (runsFolder === folder) this.remove(run);
    }
    const fresh = [...wanted].filter((folder) => !this.folders.has(folder));
    for (const folder of fresh) this.folders.set(folder, this.watchOf(folder));
    await Promise.all(fresh.map((folder) => this.scan(folder)));
    this.flush();
  }

  /** Reports now what has been found out so far: for whoever has asked for it and waits. */
  flush(): void {
    this.coalescer.flush();
  }

  /** Looks at every run folder again. */
  async refresh(): Promise<void> {
    this.lastSweep = performance.now();
    await Promise.all([...this.folders.keys()].map((folder) => this.scan(folder)));
  }

  /** Looks at one run folder again. */
  check(folder: string): Promise<void> {
    const path = resolve(folder);
    const before = this.checking.get(path) ?? Promise.resolve();
    const now = before.then(() => this.read(path));
    this.checking.set(path, now);
    return now.finally(() => {
      if (this.checking.get(path) === now) this.checking.delete(path);
    });
  }

  dispose(): void {
    this.disposed = true;
    for (const timer of this.timers) clearTimeout(timer);
    for (const watch of this.folders.values()) watch.close();
    for (const { watch } of this.live.values()) watch?.close();
    this.coalescer.dispose();
    this.descents.dispose();
    this.listeners.clear();
    this.watchingListeners.clear();
  }

  /** Reads a runs folder: new and changed runs, and those that are gone. Newest first, as their names sort by age. */
  private async scan(runsFolder: string): Promise<void> {
    if (this.state.mode === 'watching') await this.folders.get(runsFolder)?.ensure();
    const names = await foldersIn(runsFolder);
    if (!this.folders.has(runsFolder)) return;
    const present = new Set(names.map((name) => join(runsFolder, name)));
    this.descents.keep(runsFolder, present);
    for (const [run, known] of this.known) {
      if (known.runsFolder === runsFolder && !present.has(run)) this.remove(run);
    }
    await concurrently([...present], concurrency, async (run) => {
      await this.check(run);
      // Seen for the first time between its folder and its run.json, which nothing would announce.
      if (!this.known.has(run) && !this.descents.has(run) && (await isRecent(run))) void this.checkNew(run);
    });
  }

  /** Reads one run folder, if its run.json has changed since. */
  private async read(folder: string): Promise<void> {
    const runsFolder = dirname(folder);
    if (this.disposed || !this.folders.has(runsFolder)) return;
    if (this.descents.has(folder)) return this.descents.look(folder);
    const known = this.known.get(folder);
    const signature = await signatureOf([runPaths(folder).document]);
    if (signature === '') {
      if (known) this.remove(folder);
      return;
    }
    if (known?.signature === signature) {
      this.age(folder, known);
      return;
    }
    const entry = await readRun(folder);
    if (this.disposed || !this.folders.has(runsFolder)) return;
    if (!entry.ok && entry.kind === 'descent') {
      if (known) this.remove(folder);
      return this.descents.look(folder);
    }
    if (entry.ok) this.interner.share(entry.document);
    this.known.set(folder, { entry, runsFolder, signature });
    if (known) this.coalescer.change(folder);
    else this.coalescer.add(folder);
    this.follow(folder, entry);
  }

  /** A run that says it is running turns into an interrupted one without any file changing. */
  private age(folder: string, known: Known): void {
    const { entry } = known;
    if (!entry.ok) return;
    const status = effectiveStatus(entry.document);
    if (status === entry.status) return;
    const aged = { ...entry, status };
    this.known.set(folder, { ...known, entry: aged });
    this.coalescer.change(folder);
    this.follow(folder, aged);
  }

  private remove(folder: string): void {
    if (!this.known.delete(folder)) return;
    this.unfollow(folder);
    this.coalescer.remove(folder);
  }

  private follow(folder: string, entry: RunEntry): void {
    if (!entry.ok || (entry.status !== 'running' && entry.status !== 'queued')) return this.unfollow(folder);
    if (this.live.has(folder)) return;
    const live: Live = { watch: undefined, signature: '', announced: 0, missed: 0 };
    this.live.set(folder, live);
    if (this.live.size > mostWatched || this.state.mode === 'polling') return;
    live.watch = this.options.watch(
      folder,
      (name) => {
        live.announced = performance.now();
        if (name === null || name === fileNames.document) void this.check(folder);
        if (name === null || grows.has(name)) this.coalescer.change(folder);
      },
      // A run folder that is deleted ends its watch, too; whether it is gone shows a look at it.
      (error) => {
        live.watch = undefined;
        if (error.code === 'ENOENT' || error.code === 'EPERM') void this.check(folder);
        else this.poll(watchFailure(error));
      },
    );
  }

  private unfollow(folder: string): void {
    this.live.get(folder)?.watch?.close();
    this.live.delete(folder);
  }

  private watchOf(folder: string): RunsFolderWatch {
    return new RunsFolderWatch(folder, this.options.watch, {
      changed: (name) => void (name === null ? this.scan(folder) : this.checkNew(join(folder, name))),
      failed: (error) => this.poll(watchFailure(error)),
    });
  }

  /**
   * Looks at a folder that something happened to. One without a run.json that can be read is looked at again: it is being
   * made, or copied from elsewhere, and nothing announces what happens inside it.
   */
  private async checkNew(folder: string, attempt = 0): Promise<void> {
    await this.check(folder);
    const wait = retries[attempt];
    if (
      this.known.get(folder)?.entry.ok ||
      this.descents.has(folder) ||
      wait === undefined ||
      !(await isFolder(folder))
    )
      return;
    this.later(() => void this.checkNew(folder, attempt + 1), wait);
  }

  /** From now on everything is looked at regularly. */
  private poll(reason: string): void {
    if (this.state.mode === 'polling' || this.disposed) return;
    this.state = { mode: 'polling', reason };
    for (const listener of this.watchingListeners) listener(this.state);
  }

  private scheduleLook(): void {
    const polling = this.state.mode === 'polling';
    this.later(
      () => void this.look().finally(() => this.scheduleLook()),
      polling ? this.options.liveEveryPolling : this.options.liveEvery,
    );
  }

  /** Looks at the live runs, and now and then at all. */
  private async look(): Promise<void> {
    await concurrently([...this.live], concurrency, ([folder, live]) => this.lookAt(folder, live));
    const polling = this.state.mode === 'polling';
    const every = polling ? this.options.sweepEveryPolling : this.options.sweepEvery;
    if (performance.now() - this.lastSweep >= every) await this.refresh();
  }

  private async lookAt(folder: string, live: Live): Promise<void> {
    const paths = runPaths(folder);
    const signature = await signatureOf([paths.document, paths.metrics, paths.steps]);
    const first = live.signature === '';
    const changed = signature !== live.signature;
    live.signature = signature;
    if (changed && !first) {
      this.coalescer.change(folder);
      const silent = performance.now() - live.announced > 2 * this.options.liveEvery;
      live.missed = live.watch && silent ? live.missed + 1 : 0;
      if (live.missed >= 2) this.poll('this file system does not announce changes');
    }
    await this.check(folder);
  }

  private later(work: () => void, milliseconds: number): void {
    if (this.disposed) return;
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      if (!this.disposed) work();
    }, milliseconds);
    timer.unref();
    this.timers.add(timer);
  }
}

const grows: ReadonlySet<string> = new Set([fileNames.metrics, fileNames.steps, fileNames.stop]);
