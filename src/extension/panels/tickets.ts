/** What a page waits for, by the tickets that it gives out: so that it can give up each of them. */
export class Tickets {
  private readonly waiting = new Map<number, AbortController>();

  async waitFor<Value>(ticket: number, ask: (signal: AbortSignal) => Promise<Value>): Promise<Value> {
    const controller = new AbortController();
    this.waiting.set(ticket, controller);
    try {
      return await ask(controller.signal);
    } finally {
      this.waiting.delete(ticket);
    }
  }

  cancel(tickets: readonly number[]): void {
    for (const ticket of tickets) this.waiting.get(ticket)?.abort();
  }

  /** Gives up all of them. */
  dispose(): void {
    for (const controller of this.waiting.values()) controller.abort();
  }
}
