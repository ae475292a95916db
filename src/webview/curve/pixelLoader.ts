import type { CurvePixels, CurveRun, CurveToHost, CurveToPanel } from '../protocol/curve';
import type { MessageHandler } from '../protocol/messageHandler';
import { together } from './pixels';
import type { PixelChoice } from './state';

/** What has been read of the pixels that were chosen. */
export interface LoadedPixels {
  readonly run: CurveRun | null;
  readonly counts: CurvePixels | null;
  /** Images that are counted, and how many there will be. */
  readonly done: number;
  readonly total: number;
  /** Why there are none, or not all. */
  readonly problem: string | null;
}

const nothing: LoadedPixels = { run: null, counts: null, done: 0, total: 0, problem: null };

type Host = Pick<MessageHandler<CurveToHost, CurveToPanel>, 'request'>;

/** Asks for the pixels of image after image and adds them up; another choice ends what is under way. */
export class PixelLoader {
  now: LoadedPixels = nothing;
  private wanted = '';
  private readonly known = new Map<string, CurvePixels>();

  /** @param changed there is more to show. */
  constructor(
    private readonly host: Host,
    private readonly changed: () => void,
  ) {}

  /** @param choice null for none. */
  want(choice: PixelChoice | null): void {
    const key = JSON.stringify(choice);
    if (key === this.wanted) return;
    this.wanted = key;
    // The counts of the choice before stay until there are new ones, so that nothing flickers while epochs go by.
    this.set(choice === null ? nothing : { ...this.now, problem: null });
    if (choice !== null) void this.load(choice, key);
  }

  /** A run that the user has just chosen needs not be asked for. */
  knows(run: CurveRun): void {
    this.now = { ...nothing, run };
  }

  private async load(choice: PixelChoice, key: string): Promise<void> {
    try {
      const { folder, epoch, split } = choice;
      const known = this.now.run?.folder === folder ? this.now.run : null;
      const run = known ?? (await this.host.request('run', { folder }));
      if (this.wanted !== key) return;
      if (run === null) throw new Error('This run is gone, or cannot be read.');
      const names = choice.image === null ? run.images[split] : [choice.image];
      let counts: CurvePixels | null = null;
      for (const [index, name] of names.entries()) {
        counts = together(counts, await this.pixels({ folder, epoch, split, name }));
        if (this.wanted !== key) return;
        this.set({ run, counts, done: index + 1, total: names.length, problem: null });
      }
    } catch (error) {
      if (this.wanted !== key) return;
      this.set({ ...this.now, counts: null, problem: error instanceof Error ? error.message : String(error) });
    }
  }

  private async pixels(question: {
    folder: string;
    epoch: number;
    split: 'train' | 'test';
    name: string;
  }): Promise<CurvePixels> {
    const key = JSON.stringify(question);
    const known = this.known.get(key) ?? (await this.host.request('pixels', question));
    this.known.set(key, known);
    return known;
  }

  private set(now: LoadedPixels): void {
    this.now = now;
    this.changed();
  }
}
