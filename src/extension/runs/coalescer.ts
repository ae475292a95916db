import type { RunsChange } from './runData';

/**
 * Gathers changes and hands them on together: the first one nearly at once, then no more often than every `gap`
 * milliseconds. What appears and disappears in between is not mentioned.
 */
export class ChangeCoalescer {
  private readonly added = new Set<string>();
  private readonly changed = new Set<string>();
  private readonly removed = new Set<string>();
  private timer: NodeJS.Timeout | undefined;
  private lastFlush = -Infinity;

  constructor(
    private readonly emit: (change: RunsChange) => void,
    private readonly gap = 200,
    private readonly lead = 10,
  ) {}

  add(folder: string): void {
    if (this.removed.delete(folder)) this.changed.add(folder);
    else this.added.add(folder);
    this.schedule();
  }

  change(folder: string): void {
    if (!this.added.has(folder)) this.changed.add(folder);
    this.schedule();
  }

  remove(folder: string): void {
    this.changed.delete(folder);
    if (!this.added.delete(folder)) this.removed.add(folder);
    this.schedule();
  }

  /** Hands on now what has been gathered. */
  flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.added.size + this.changed.size + this.removed.size === 0) return;
    const change = { added: [...this.added], changed: [...this.changed], removed: [...this.removed] };
    this.added.clear();
    this.changed.clear();
    this.removed.clear();
    this.lastFlush = performance.now();
    this.emit(change);
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  private schedule(): void {
    if (this.timer) return;
    const wait = Math.max(this.lead, this.lastFlush + this.gap - performance.now());
    this.timer = setTimeout(() => this.flush(), wait);
  }
}
