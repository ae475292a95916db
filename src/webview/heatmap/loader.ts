import { ByteCache } from '../protocol/byteCache';
import type { MessageHandler } from '../protocol/messageHandler';
import type {
  HeatmapImage,
  HeatmapMargin,
  HeatmapNetwork,
  HeatmapRun,
  HeatmapToHost,
  HeatmapToPanel,
  ImageReference,
} from '../protocol/heatmap';

/** Something that is needed for what is shown. `network` null means the image itself. */
export interface Need {
  readonly run: HeatmapRun;
  readonly image: ImageReference;
  readonly network: HeatmapNetwork | null;
}

export type Loaded<Value> =
  | { readonly state: 'ready'; readonly value: Value }
  | { readonly state: 'loading' }
  | { readonly state: 'failed'; readonly message: string };

type Host = Pick<MessageHandler<HeatmapToHost, HeatmapToPanel>, 'request' | 'send'>;

const mebibyte = 2 ** 20;

/** After something that somebody waited for, the next wish often follows at once: it must not wait for what is fetched ahead. */
const pauseMilliseconds = 200;

/** What tells needs apart. */
export function needKey({ run, image, network }: Need): string {
  return JSON.stringify([run.info.folder, run.version, image, network]);
}

/**
 * Gets images and margins. Every drawing says what it needs now and what it may need next; what is needed now goes first, what
 * is not needed any more is given up (the last wish wins while somebody moves the slider), and what may be needed next is
 * fetched one by one when nothing else has been to do for a moment.
 */
export class Loader {
  private readonly images = new ByteCache<HeatmapImage>(64 * mebibyte);
  private readonly margins: ByteCache<HeatmapMargin>;
  /** What is shown, whatever its size: it must not be pushed out by what may follow. */
  private held = new Map<string, HeatmapImage | HeatmapMargin>();
  private readonly failures = new Map<string, string>();
  private readonly flying = new Map<string, { readonly ticket: number; readonly urgent: boolean }>();
  private now: readonly Need[] = [];
  private next: readonly Need[] = [];
  private lastTicket = 0;
  private pause: ReturnType<typeof setTimeout> | undefined;
  /** What has been fetched ahead for what is shown: once, or a memory too small for all of it would never come to rest. */
  private readonly fetchedAhead = new Set<string>();

  /**
   * @param arrived something has come, or has failed. `all`: it was the last that what is shown needs; `some`: more of it is on
   *   its way; `none`: it was fetched ahead.
   * @param marginBytes bound of the memory for margins.
   */
  constructor(
    private readonly host: Host,
    private readonly arrived: (shown: 'all' | 'some' | 'none') => void,
    marginBytes = 256 * mebibyte,
  ) {
    this.margins = new ByteCache(marginBytes);
  }

  image(run: HeatmapRun, image: ImageReference): Loaded<HeatmapImage> {
    return this.loaded(this.images, { run, image, network: null });
  }

  margin(run: HeatmapRun, network: HeatmapNetwork, image: ImageReference): Loaded<HeatmapMargin> {
    return this.loaded(this.margins, { run, image, network });
  }

  /** @param now in the order of importance. @param next what may come after it. */
  want(now: readonly Need[], next: readonly Need[]): void {
    if (now.map(needKey).join() !== this.now.map(needKey).join()) this.fetchedAhead.clear();
    this.now = now;
    this.next = next;
    this.hold();
    const wanted = new Set([...now, ...next].map(needKey));
    const urgent = new Set(now.map(needKey));
    const waiting = now.some((need) => !this.has(need));
    const dropped: number[] = [];
    for (const [key, { ticket, urgent: wasUrgent }] of this.flying) {
      // What was only fetched ahead makes room for what somebody waits for.
      if (wanted.has(key) && (urgent.has(key) || !waiting || wasUrgent)) continue;
      dropped.push(ticket);
      this.flying.delete(key);
    }
    if (dropped.length > 0) this.host.send('cancel', { tickets: dropped });
    this.pump();
  }

  /** Tries again what has failed. */
  retry(): void {
    this.failures.clear();
    this.pump();
  }

  private hold(): void {
    const before = this.held;
    this.held = new Map();
    for (const need of this.now) {
      const key = needKey(need);
      const value = before.get(key) ?? (need.network === null ? this.images.get(key) : this.margins.get(key));
      if (value !== undefined) this.held.set(key, value);
    }
  }

  private loaded<Value>(cache: ByteCache<Value>, need: Need): Loaded<Value> {
    const key = needKey(need);
    const value = (this.held.get(key) as Value | undefined) ?? cache.get(key);
    if (value !== undefined) return { state: 'ready', value };
    const message = this.failures.get(key);
    return message === undefined ? { state: 'loading' } : { state: 'failed', message };
  }

  private has(need: Need): boolean {
    const key = needKey(need);
    return (
      this.failures.has(key) || this.held.has(key) || (need.network === null ? this.images : this.margins).has(key)
    );
  }

  private pump(): void {
    const missing = (needs: readonly Need[]): Need[] => needs.filter((need) => !this.has(need));
    const urgent = missing(this.now);
    for (const need of urgent) this.fetch(need, true);
    if (urgent.length > 0 || this.flying.size > 0 || this.pause !== undefined) return;
    const ahead = missing(this.next).find((need) => !this.fetchedAhead.has(needKey(need)));
    if (!ahead) return;
    this.fetchedAhead.add(needKey(ahead));
    this.fetch(ahead, false);
  }

  /** Fetches nothing ahead for a moment. */
  private rest(): void {
    clearTimeout(this.pause);
    this.pause = setTimeout(() => {
      this.pause = undefined;
      this.pump();
    }, pauseMilliseconds);
  }

  private fetch(need: Need, urgent: boolean): void {
    const key = needKey(need);
    if (this.flying.has(key)) return;
    this.lastTicket += 1;
    const ticket = this.lastTicket;
    this.flying.set(key, { ticket, urgent });
    const { run, image, network } = need;
    const at = { folder: run.info.folder, image, ticket };
    const isWanted = (): boolean => this.flying.get(key)?.ticket === ticket;
    const settle = (value: HeatmapImage | HeatmapMargin | null): void => {
      if (isWanted()) this.flying.delete(key);
      const shown = this.now.some((one) => needKey(one) === key);
      if (value && shown) this.held.set(key, value);
      if (urgent) this.rest();
      this.arrived(!shown ? 'none' : this.now.every((need) => this.has(need)) ? 'all' : 'some');
      this.pump();
    };
    const asked =
      network === null
        ? this.host.request('image', at).then((value) => {
            this.images.set(key, value, value.photo.byteLength + (value.labels?.byteLength ?? 0));
            settle(value);
          })
        : this.host.request('margin', { ...at, network }).then((value) => {
            this.margins.set(key, value, value.margin.byteLength);
            settle(value);
          });
    asked.catch((error: unknown) => {
      if (!isWanted()) return;
      this.failures.set(key, error instanceof Error ? error.message : String(error));
      settle(null);
    });
  }
}
