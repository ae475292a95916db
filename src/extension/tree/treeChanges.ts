/**
 * Gathers rows that have to be drawn anew and hands them on together: the first ones at once, then no more often than every
 * `gap` milliseconds.
 *
 * The editor draws a tree again only when its provider has been silent for 200 milliseconds; the first change after such a
 * silence it draws at once. So a gap above 200 makes every change appear without delay, and a smaller one would freeze the
 * view for as long as something is being trained.
 */
export class TreeChanges<Node> {
  private readonly nodes = new Set<Node>();
  private whole = false;
  private timer: NodeJS.Timeout | undefined;
  private lastFired = -Infinity;

  /** @param fire is called with the rows to draw, or with undefined for the whole tree. */
  constructor(
    private readonly fire: (nodes: Node[] | undefined) => void,
    private readonly gap = 300,
  ) {}

  /** These rows have changed; without any given, the tree as a whole. */
  add(nodes?: readonly Node[]): void {
    if (nodes === undefined) this.whole = true;
    else for (const node of nodes) this.nodes.add(node);
    if (this.timer || (!this.whole && this.nodes.size === 0)) return;
    const wait = this.lastFired + this.gap - performance.now();
    if (wait <= 0) this.flush();
    else this.timer = setTimeout(() => this.flush(), wait);
  }

  dispose(): void {
    clearTimeout(this.timer);
  }

  private flush(): void {
    this.timer = undefined;
    this.lastFired = performance.now();
    const nodes = this.whole ? undefined : [...this.nodes];
    this.whole = false;
    this.nodes.clear();
    this.fire(nodes);
  }
}
