import { ByteCache } from '../protocol/byteCache';
import type { AscentSettings, NetworkPicture } from '../protocol/network';

/** What a picture is made for. */
export interface AscentSubject {
  readonly epoch: number;
  readonly layer: string;
  readonly channel: number;
  readonly settings: AscentSettings;
}

/** A picture, finished or on the way. */
export interface AscentResult {
  readonly picture: NetworkPicture;
  /** Steps that were made, and that were asked for. */
  readonly steps: number;
  readonly of: number;
}

/** How far the picture is that is being made. */
export interface AscentProgress {
  /** Share of the work that is done, in [0,1]; null as long as nobody can tell. */
  readonly share: number | null;
  readonly secondsLeft: number | null;
}

type Make = (subject: AscentSubject, ticket: number) => Promise<NetworkPicture>;

interface Running {
  readonly key: string;
  readonly steps: number;
  ticket: number;
  /** Of the stage that is being worked on. */
  began: number;
  secondsPerStep: number | null;
}

const mebibyte = 2 ** 20;

/** Tickets of their own, so that they are nobody else's. */
let lastTicket = 1_000_000_000;

/** So few steps are made at once. */
const fewSteps = 20;

/** How many steps are made first, to have something to look at and to know how long the rest takes. */
export function firstSteps(steps: number): number {
  return steps <= fewSteps ? steps : Math.max(5, Math.round(steps / 8));
}

/**
 * Makes one picture at a time. Equal seeds give equal pictures, so the first steps of a long ascent are a short one: it
 * is made first, and shown while the whole one is on its way.
 */
export class Ascent {
  private readonly results = new ByteCache<AscentResult>(48 * mebibyte);
  private readonly failures = new Map<string, string>();
  private running: Running | null = null;

  constructor(
    private readonly make: Make,
    private readonly cancel: (ticket: number) => void,
    private readonly changed: () => void,
    private readonly now: () => number = () => performance.now(),
  ) {}

  result(key: string): AscentResult | null {
    return this.results.get(key) ?? null;
  }

  failure(key: string): string | null {
    return this.failures.get(key) ?? null;
  }

  /** What is being made. */
  get busyWith(): string | null {
    return this.running?.key ?? null;
  }

  progress(): AscentProgress | null {
    const { running } = this;
    if (running === null) return null;
    if (running.secondsPerStep === null) return { share: null, secondsLeft: null };
    const all = running.secondsPerStep * running.steps;
    const gone = (this.now() - running.began) / 1000;
    return { share: Math.min(0.98, gone / all), secondsLeft: Math.max(1, Math.ceil(all - gone)) };
  }

  /** Makes a picture; what was being made is given up. Resolves when it is there, given up, or has failed. */
  async start(key: string, subject: AscentSubject): Promise<void> {
    this.stop();
    this.failures.delete(key);
    const { steps } = subject.settings;
    const running: Running = { key, steps, ticket: 0, began: 0, secondsPerStep: null };
    this.running = running;
    const first = firstSteps(steps);
    try {
      for (const count of first < steps ? [first, steps] : [steps]) {
        running.ticket = lastTicket += 1;
        running.began = this.now();
        this.changed();
        const picture = await this.make(
          { ...subject, settings: { ...subject.settings, steps: count } },
          running.ticket,
        );
        running.secondsPerStep = (this.now() - running.began) / 1000 / count;
        if (this.running !== running) return;
        this.results.set(key, { picture, steps: count, of: steps }, picture.picture.byteLength + 16 * count);
      }
    } catch (error) {
      // What was given up fails, as it should.
      if (this.running !== running) return;
      this.failures.set(key, error instanceof Error ? error.message : String(error));
    }
    this.running = null;
    this.changed();
  }

  /** Gives up what is being made; what there is of it stays. */
  stop(): void {
    const { running } = this;
    if (running === null) return;
    this.running = null;
    this.cancel(running.ticket);
    this.changed();
  }
}
