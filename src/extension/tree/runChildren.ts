import { basename, dirname, join } from 'node:path';
import * as vscode from 'vscode';
import type { DescentEntry } from '../../runs/descentDocument';
import { isUnderWay } from '../descents/descentIndex';
import type { RunStore } from '../runs/runStore';
import { surfaceTaskType } from '../surfaces/surfaceCall';
import type { SurfaceEntry } from '../surfaces/surfaceFacts';
import { isSampled, SurfaceIndex } from '../surfaces/surfaceIndex';
import { sameExecution } from '../tasks/sameExecution';
import { childText, type ChildText } from './childText';

/** A descent or a loss surface, below the run that it began with. */
export type ChildNode = {
  readonly id: string;
  /** Absolute path of its own folder. */
  readonly folder: string;
  /** Absolute path of the run folder; null when that run is gone. */
  readonly run: string | null;
  /** Whether a process is at it. */
  readonly live: boolean;
  readonly text: ChildText;
} & ({ readonly kind: 'descent' } | { readonly kind: 'surface' });

/** Stands for the descents whose run is gone. */
export interface LeftoverNode {
  readonly kind: 'leftover';
  readonly id: 'leftover';
  readonly count: number;
}

/** What has to be drawn anew: rows of runs by their folders, rows below them, and everything when runs are not enough. */
export interface ChildrenChange {
  readonly runs: readonly string[];
  readonly nodes: readonly ChildNode[];
  readonly all: boolean;
}

/**
 * What stands below the rows of runs. Nothing is read before a row is drawn: descents announce themselves when the runs
 * folder is read, surfaces are looked up behind the rows that are on the screen, and read when their run is opened.
 */
export class RunChildren implements vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<ChildrenChange>();
  readonly onDidChange = this.changed.event;
  private readonly surfaces = new SurfaceIndex();
  /** The same objects from one look to the next: the editor knows a row by its object. */
  private readonly nodes = new Map<string, ChildNode>();
  private gone: readonly DescentEntry[] = [];
  private settling: NodeJS.Timeout | undefined;
  private readonly disposables: vscode.Disposable[] = [this.changed, this.surfaces];

  constructor(private readonly store: RunStore) {
    const watches = new Map<vscode.TaskExecution, () => void>();
    this.disposables.push(
      { dispose: store.descents.onChange((changed) => this.descentsChanged(changed)) },
      {
        dispose: this.surfaces.onChange((run, changed) => {
          const nodes = changed.map((entry) => this.surfaceNode(entry));
          this.changed.fire({ runs: nodes.length === 0 ? [run] : [], nodes, all: false });
        }),
      },
      store.onDidChange(({ added, removed }) => {
        if (added.length + removed.length > 0 && store.descents.all().length > 0) this.settleSoon();
      }),
      vscode.tasks.onDidStartTask(({ execution }) => {
        const { type, runs } = execution.task.definition as { type: string; runs?: unknown };
        if (type !== surfaceTaskType || !Array.isArray(runs)) return;
        watches.set(execution, this.surfaces.watch(runs.filter((run) => typeof run === 'string')));
      }),
      vscode.tasks.onDidEndTask(({ execution }) => {
        for (const [watched, end] of watches) {
          if (!sameExecution(watched, execution)) continue;
          watches.delete(watched);
          end();
        }
      }),
    );
  }

  /** Whether something is known to stand below a run. What is not known yet is found out, and told. */
  has(run: string): boolean {
    // Both are asked: a row that has a descent may have surfaces too.
    const surfaces = this.surfaces.has(run);
    return surfaces || this.descentsOf(run).length > 0;
  }

  /** What stands below a run: descents, then surfaces, newest first. */
  async of(run: string): Promise<ChildNode[]> {
    const surfaces = await this.surfaces.of(run);
    return [
      ...newestFirst(this.descentsOf(run)).map((entry) => this.descentNode(entry)),
      ...surfaces.map((entry) => this.surfaceNode(entry)),
    ];
  }

  /** The descents whose run is gone, as one row, if there are any. */
  leftover(): LeftoverNode[] {
    const count = this.gone.length;
    return count === 0 ? [] : [{ kind: 'leftover', id: 'leftover', count }];
  }

  /** The descents whose run is gone, newest first. */
  leftovers(): ChildNode[] {
    return newestFirst(this.gone).map((entry) => this.descentNode(entry));
  }

  /** Looks again at one that was changed here. */
  async look({ kind, folder, run }: ChildNode): Promise<void> {
    if (kind === 'descent') await this.store.descents.look(folder);
    else if (run !== null) await this.surfaces.look(run);
  }

  /** Looks again at all that was on the screen. */
  refresh(): Promise<void> {
    return this.surfaces.refresh();
  }

  dispose(): void {
    clearTimeout(this.settling);
    for (const disposable of this.disposables) disposable.dispose();
  }

  private descentsChanged(changed: readonly DescentEntry[]): void {
    const present = new Set(this.store.descents.all());
    const runs: string[] = [];
    const nodes: ChildNode[] = [];
    for (const entry of changed) {
      const run = this.runOf(entry);
      if (run === null) this.settleSoon();
      // A row that comes or goes changes the one above it; another state only its own.
      else if (present.has(entry) && this.nodes.has(idOf(entry))) nodes.push(this.descentNode(entry));
      else runs.push(run);
      if (!present.has(entry)) this.nodes.delete(idOf(entry));
    }
    this.changed.fire({ runs, nodes, all: false });
  }

  private descentsOf(run: string): DescentEntry[] {
    return this.store.descents.ofRunNamed(basename(run)).filter((entry) => this.runOf(entry) === run);
  }

  /** Finds out which runs are gone, once all of them have been read: one that is still to be read is not gone. */
  private settleSoon(): void {
    clearTimeout(this.settling);
    this.settling = setTimeout(() => {
      void this.store.loaded.then(() => {
        const before = this.gone;
        this.gone = this.store.descents.all().filter((entry) => this.runOf(entry) === null);
        if (this.gone.length === before.length && this.gone.every((entry, index) => entry === before[index])) return;
        this.changed.fire({ runs: [], nodes: [], all: true });
      });
    }, 1000);
  }

  /** The run that a descent began with: beside it, or where it lay then; null when it is not among the runs. */
  private runOf(entry: DescentEntry): string | null {
    if (!entry.ok) return null;
    const { run, folder } = entry.document.checkpoint;
    return [join(dirname(entry.folder), run), folder].find((one) => this.store.get(one)) ?? null;
  }

  private descentNode(entry: DescentEntry): ChildNode {
    const { folder } = entry;
    const text = childText({ kind: 'descent', entry });
    return this.keep({
      kind: 'descent',
      id: idOf(entry),
      folder,
      run: this.runOf(entry),
      live: isUnderWay(entry),
      text,
    });
  }

  private surfaceNode(entry: SurfaceEntry): ChildNode {
    const { folder, run } = entry;
    const text = childText({ kind: 'surface', entry });
    return this.keep({ kind: 'surface', id: `surface:${folder}`, folder, run, live: isSampled(entry), text });
  }

  private keep(node: ChildNode): ChildNode {
    const known = this.nodes.get(node.id);
    if (known) return Object.assign(known, node);
    this.nodes.set(node.id, node);
    return node;
  }
}

const idOf = ({ folder }: DescentEntry): string => `descent:${folder}`;

function newestFirst(entries: readonly DescentEntry[]): DescentEntry[] {
  const started = (entry: DescentEntry): string => (entry.ok ? entry.document.started : '');
  return [...entries].sort((a, b) => started(b).localeCompare(started(a)));
}
