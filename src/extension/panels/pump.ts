/**
 * Hands on gathered changes at most once per `gap` milliseconds, and never before the last ones have been dealt with. What
 * arrives meanwhile is gathered, each thing once.
 */
export class Pump<Item> {
  private readonly waiting = new Set<Item>();
  private timer: ReturnType<typeof setTimeout> | undefined;
  private working = false;
  private last = -Infinity;

  constructor(
    private readonly work: (items: Item[]) => Promise<void>,
    private readonly gap = 200,
  ) {}

  add(items: Iterable<Item>): void {
    for (const item of items) this.waiting.add(item);
    this.schedule();
  }

  /** Forgets what has been gathered: a snapshot is about to say it all. */
  clear(): void {
    this.waiting.clear();
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  dispose(): void {
    this.clear();
  }

  private schedule(): void {
    if (this.working || this.timer !== undefined || this.waiting.size === 0) return;
    this.timer = setTimeout(() => void this.run(), Math.max(0, this.last + this.gap - performance.now()));
  }

  private async run(): Promise<void> {
    this.timer = undefined;
    this.working = true;
    this.last = performance.now();
    const items = [...this.waiting];
    this.waiting.clear();
    try {
      await this.work(items);
    } finally {
      this.working = false;
      this.schedule();
    }
  }
}
