import { surfaceVersion } from './surfaceFiles';

/** Milliseconds between two looks while points land, and while nothing has happened for a while. */
export const gaps = { busy: 200, idle: 2000 } as const;

/** So long after the last change looks stay frequent: a slow sweep marks its points once a second. */
const busyMilliseconds = 10_000;

/**
 * After so long without a change it is told once more: whoever samples writes every second, and a process that was killed
 * announces nothing. The second time a process of another machine counts as dead, too.
 */
const usualSilences: readonly number[] = [busyMilliseconds, 65_000];

/**
 * Looks at the few files of one surface and tells when they have changed, at most five times a second. Looking, and not the
 * system's watching, because surfaces are also sampled by other machines over shared disks, whose writes nobody announces.
 */
export class SurfaceWatch {
  private timer: ReturnType<typeof setTimeout> | undefined;
  private last = '';
  private changedAt = 0;
  private silencesTold = 0;
  private stopped = false;

  /**
   * @param changed is waited for before the next look. It must not reject.
   * @param silences milliseconds without a change after which it is called, too.
   */
  constructor(
    readonly folder: string,
    private readonly changed: () => Promise<void>,
    private readonly silences: readonly number[] = usualSilences,
  ) {
    void this.begin();
  }

  /** The change could not be read: tell of it again at the next look. */
  again(): void {
    this.last = '';
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
  }

  private async begin(): Promise<void> {
    this.last = await surfaceVersion(this.folder);
    this.changedAt = Date.now();
    this.next();
  }

  private next(): void {
    if (this.stopped) return;
    const gap = Date.now() - this.changedAt < busyMilliseconds ? gaps.busy : gaps.idle;
    this.timer = setTimeout(() => void this.look(), gap);
    this.timer.unref?.();
  }

  private async look(): Promise<void> {
    const version = await surfaceVersion(this.folder);
    if (version !== this.last && !this.stopped) {
      this.last = version;
      this.changedAt = Date.now();
      this.silencesTold = 0;
      await this.changed();
    } else if (!this.stopped && Date.now() - this.changedAt >= (this.silences[this.silencesTold] ?? Infinity)) {
      this.silencesTold += 1;
      await this.changed();
    }
    this.next();
  }
}
