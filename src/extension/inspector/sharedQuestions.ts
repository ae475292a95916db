import { ByteCache } from '../../webview/protocol/byteCache';
import { Cancelled } from './inspectorClient';

interface Open<Value> {
  readonly answer: Promise<Value>;
  readonly controller: AbortController;
  /** How many wait for it. */
  waiting: number;
}

/** Questions that several may have at the same time: each is asked once, and given up when nobody waits for it any more. */
export class SharedQuestions<Value> {
  private readonly open = new Map<string, Open<Value>>();
  private readonly known: ByteCache<Value>;

  /** @param bytes bound of the memory for answers. @param sizeOf bytes of an answer. */
  constructor(
    bytes: number,
    private readonly sizeOf: (value: Value) => number,
  ) {
    this.known = new ByteCache(bytes);
  }

  /**
   * The answer that is known, or is under way, or is now asked for. Rejects with Cancelled when `signal` gives it up.
   * @param key what tells questions apart. @param start asks; its signal says that nobody waits any more.
   */
  async ask(
    key: string,
    signal: AbortSignal | undefined,
    start: (signal: AbortSignal) => Promise<Value>,
  ): Promise<Value> {
    if (signal?.aborted) throw new Cancelled();
    const known = this.known.get(key);
    if (known !== undefined) return known;
    const open = this.open.get(key) ?? this.begin(key, start);
    open.waiting += 1;
    let leave: (() => void) | undefined;
    try {
      const left = new Promise<never>((_, reject) => {
        leave = () => reject(new Cancelled());
        signal?.addEventListener('abort', leave, { once: true });
      });
      return await Promise.race([open.answer, left]);
    } finally {
      if (leave) signal?.removeEventListener('abort', leave);
      open.waiting -= 1;
      if (open.waiting === 0 && this.open.get(key) === open) {
        this.open.delete(key);
        open.controller.abort();
      }
    }
  }

  private begin(key: string, start: (signal: AbortSignal) => Promise<Value>): Open<Value> {
    const controller = new AbortController();
    const close = (): void => {
      if (this.open.get(key) === open) this.open.delete(key);
    };
    const answer = start(controller.signal).then(
      (value) => {
        this.known.set(key, value, this.sizeOf(value));
        close();
        return value;
      },
      (error: unknown) => {
        close();
        throw error;
      },
    );
    const open: Open<Value> = { answer, controller, waiting: 0 };
    // Whoever asked may have left by then.
    answer.catch(() => undefined);
    this.open.set(key, open);
    return open;
  }
}
