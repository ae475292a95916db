import { ByteCache } from '../protocol/byteCache';

/** How far a question is. */
export type Loaded<Value> =
  | { readonly state: 'ready'; readonly value: Value }
  | { readonly state: 'loading' }
  | { readonly state: 'failed'; readonly message: string };

let lastTicket = 0;

/**
 * The answers to one kind of question. Only the last question counts: one that is still open when another is asked is given
 * up. Answers are kept within a bound of memory, failures until they are asked again.
 */
export class Latest<Value> {
  private readonly kept: ByteCache<Value>;
  private readonly failures = new Map<string, string>();
  private flying: { readonly key: string; readonly ticket: number; readonly ahead: boolean } | null = null;
  /** What was asked ahead since something else was wanted: once, or a memory too small for it would never come to rest. */
  private readonly askedAhead = new Set<string>();
  private wanted = '';
  /** The last answer, whatever its size. */
  private held: { readonly key: string; readonly value: Value } | null = null;

  /**
   * @param cancel gives up a question by its ticket.
   * @param arrived an answer has come, or a failure.
   */
  constructor(
    private readonly cancel: (ticket: number) => void,
    private readonly arrived: () => void,
    limit: number,
    private readonly bytesOf: (value: Value) => number,
  ) {
    this.kept = new ByteCache(limit);
  }

  /** The answer that came last: to be shown until the next one is there. */
  get last(): Value | null {
    return this.held?.value ?? null;
  }

  /** Whether an answer is awaited by somebody. */
  get waiting(): boolean {
    return this.flying !== null && !this.flying.ahead;
  }

  /** Whether a question has been answered. */
  has(key: string): boolean {
    return this.held?.key === key || this.kept.has(key);
  }

  /** The answer to a question, which is asked if it must be. */
  want(key: string, ask: (ticket: number) => Promise<Value>): Loaded<Value> {
    if (key !== this.wanted) this.askedAhead.clear();
    this.wanted = key;
    const known = this.look(key);
    if (known.state === 'ready') this.hold(key, known.value);
    if (known.state !== 'loading') {
      if (this.waiting) this.giveUp();
      return known;
    }
    if (this.flying?.key === key) this.flying = { ...this.flying, ahead: false };
    else {
      this.giveUp();
      this.fly(key, ask, false);
    }
    return known;
  }

  /** Asks what may be wanted next, as long as nothing else is asked; one thing at a time. */
  ahead(key: string, ask: (ticket: number) => Promise<Value>): void {
    if (this.flying || this.has(key) || this.failures.has(key) || this.askedAhead.has(key)) return;
    this.askedAhead.add(key);
    this.fly(key, ask, true);
  }

  /** The answer to a question, if it is there; nothing is asked. */
  look(key: string): Loaded<Value> {
    const value = this.held?.key === key ? this.held.value : this.kept.get(key);
    if (value !== undefined) return { state: 'ready', value };
    const message = this.failures.get(key);
    return message === undefined ? { state: 'loading' } : { state: 'failed', message };
  }

  /** Gives up what is being waited for. */
  giveUp(): void {
    if (this.flying) this.cancel(this.flying.ticket);
    this.flying = null;
  }

  /** Lets everything that has failed be asked again. */
  retry(): void {
    this.failures.clear();
  }

  private hold(key: string, value: Value): void {
    if (this.held?.key !== key) this.held = { key, value };
  }

  private fly(key: string, ask: (ticket: number) => Promise<Value>, ahead: boolean): void {
    lastTicket += 1;
    const ticket = lastTicket;
    this.flying = { key, ticket, ahead };
    const wanted = (): boolean => this.flying?.ticket === ticket;
    ask(ticket).then(
      (value) => {
        this.kept.set(key, value, this.bytesOf(value));
        if (!wanted()) return;
        if (this.waiting) this.hold(key, value);
        this.flying = null;
        this.arrived();
      },
      (error: unknown) => {
        // The failure of a question that was given up is what was asked for.
        if (!wanted()) return;
        const { waiting } = this;
        this.flying = null;
        // Nobody has wanted it yet; who does will ask again.
        if (waiting) this.failures.set(key, error instanceof Error ? error.message : String(error));
        this.arrived();
      },
    );
  }
}
