import { ByteCache } from '../protocol/byteCache';
import type { DescentMap, DescentToHost, DescentToPanel } from '../protocol/descent';
import type { MessageHandler } from '../protocol/messageHandler';

export type LoadedMap =
  | { readonly state: 'loading' }
  | { readonly state: 'ready'; readonly value: DescentMap }
  | { readonly state: 'failed'; readonly problem: string };

type Host = Pick<MessageHandler<DescentToHost, DescentToPanel>, 'request'>;

const loading: LoadedMap = { state: 'loading' };

/** Fetches maps when they are looked at, and the rest of the sequence when there is nothing else to do. */
export class MapLoader {
  private readonly kept = new ByteCache<DescentMap>(192 * 2 ** 20);
  private readonly waiting = new Set<string>();
  private readonly failed = new Map<string, string>();

  /** @param changed a map has come, or will not come. */
  constructor(
    private readonly host: Host,
    private readonly changed: () => void,
  ) {}

  get(loss: number, step: number): LoadedMap {
    const key = `${loss} ${step}`;
    const value = this.kept.get(key);
    if (value) return { state: 'ready', value };
    const problem = this.failed.get(key);
    if (problem !== undefined) return { state: 'failed', problem };
    void this.load(loss, step, key);
    return loading;
  }

  /** Fetches one map that has not been seen yet, unless something is under way. */
  ahead(wanted: readonly (readonly [loss: number, step: number])[]): void {
    if (this.waiting.size > 0) return;
    const next = wanted.find(([loss, step]) => {
      const key = `${loss} ${step}`;
      return !this.kept.get(key) && !this.failed.has(key);
    });
    if (next) void this.load(next[0], next[1], `${next[0]} ${next[1]}`);
  }

  /** Forgets what went wrong, so that it is tried again. */
  retry(): void {
    this.failed.clear();
    this.changed();
  }

  private async load(loss: number, step: number, key: string): Promise<void> {
    if (this.waiting.has(key)) return;
    this.waiting.add(key);
    try {
      const value = await this.host.request('map', { loss, step });
      this.kept.set(key, value, value.margin.byteLength);
    } catch (error) {
      this.failed.set(key, error instanceof Error ? error.message : String(error));
    } finally {
      this.waiting.delete(key);
      this.changed();
    }
  }
}
