/** What waits for its turn. */
export interface Waiting {
  readonly id: string;
  /** Those that were asked for together share one. */
  readonly batch: string;
  /** Experiment file. */
  readonly file: string;
  /** Name of the loss, as the engine takes it; undefined with `resume`. */
  readonly loss?: string;
  /** The loss in words. */
  readonly label: string;
  /** Run folder to go on with. */
  readonly resume?: string;
}

export interface QueueOptions {
  /** How many may run at the same time. */
  limit(): number;
  /** How many are running. */
  running(): number;
  /** Starts one. When it rejects, the ones of the same batch are dropped: what is wrong with one is wrong with all. */
  start(waiting: Waiting): Promise<void>;
  /** The list changed. */
  changed(waiting: readonly Waiting[]): void;
}

/** Trainings that wait until fewer than the limit are running, first come, first served. */
export class TrainingQueue {
  private list: Waiting[] = [];
  private starting = 0;

  constructor(private readonly options: QueueOptions) {}

  waiting(): readonly Waiting[] {
    return this.list;
  }

  add(...waiting: readonly Waiting[]): void {
    this.list = [...this.list, ...waiting];
    this.options.changed(this.list);
    this.pump();
  }

  /** Takes those out that fit. Gives how many there were. */
  remove(fits: (waiting: Waiting) => boolean): number {
    const left = this.list.filter((waiting) => !fits(waiting));
    const removed = this.list.length - left.length;
    if (removed === 0) return 0;
    this.list = left;
    this.options.changed(this.list);
    return removed;
  }

  /** Starts what may start now. To be called whenever something has ended, or the limit has changed. */
  pump(): void {
    while (this.list.length > 0 && this.options.running() + this.starting < Math.max(1, this.options.limit())) {
      const [next, ...rest] = this.list;
      this.list = rest;
      this.starting += 1;
      this.options.changed(this.list);
      void this.startOne(next!);
    }
  }

  private async startOne(waiting: Waiting): Promise<void> {
    try {
      await this.options.start(waiting);
    } catch {
      // Whoever starts has told the user.
      this.remove(({ batch }) => batch === waiting.batch);
    } finally {
      this.starting -= 1;
      this.pump();
    }
  }
}

const stored: readonly (keyof Waiting)[] = ['id', 'batch', 'file', 'loss', 'label', 'resume'];

/** What waited when the window was closed, out of what was stored then. What is no such thing is left out. */
export function parseWaiting(value: unknown): Waiting[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((item: unknown) => {
    if (typeof item !== 'object' || item === null) return [];
    const record = item as Record<string, unknown>;
    const { id, batch, file, label } = record;
    if ([id, batch, file, label].some((part) => typeof part !== 'string')) return [];
    const entries = stored.flatMap((key) => (typeof record[key] === 'string' ? [[key, record[key]] as const] : []));
    return [Object.fromEntries(entries) as unknown as Waiting];
  });
}
