import { inOneBuffer } from './oneBuffer';

/** What every set of messages looks like: a name, what it carries, and what comes back (void for an event). */
export type MessagesOf<Set> = { [Name in keyof Set]: (body: never) => unknown };

/** What a message carries. */
export type Body<Set extends MessagesOf<Set>, Name extends keyof Set> = Parameters<Set[Name]>[0];

/** What answers a message. */
export type Reply<Set extends MessagesOf<Set>, Name extends keyof Set> = ReturnType<Set[Name]>;

/** One function for each message that a side understands. */
export type Handlers<Set extends MessagesOf<Set>> = {
  [Name in keyof Set]: (body: Body<Set, Name>) => Reply<Set, Name> | Promise<Reply<Set, Name>>;
};

/** What travels between a panel and its host. */
export type Envelope =
  | {
      readonly message: string;
      readonly body: unknown;
      /** Present when an answer is expected. */ readonly id?: number;
    }
  | { readonly answers: number; readonly body: unknown }
  | { readonly answers: number; readonly error: string };

/**
 * One end of the line between a panel (a web page) and its host (the extension): typed messages in both directions,
 * and requests whose answers find their way back by number. Both ends use this class, with the types swapped.
 *
 * @typeParam To messages that the other end understands.
 * @typeParam From messages that this end understands.
 */
export class MessageHandler<To extends MessagesOf<To>, From extends MessagesOf<From>> {
  private lastId = 0;
  private readonly waiting = new Map<number, { resolve: (body: unknown) => void; reject: (error: Error) => void }>();

  /**
   * @param post hands an envelope to the other end.
   * @param handlers what this end does with each message.
   * @param onError hears of an event whose handler failed; the failure of a request goes back to who asked.
   */
  constructor(
    private readonly post: (envelope: Envelope) => void,
    private readonly handlers: Handlers<From>,
    private readonly onError: (error: unknown, message: string) => void,
  ) {}

  /** Sends an event: nobody waits for what comes of it. */
  send<Name extends keyof To & string>(message: Name, body: Body<To, Name>): void {
    this.post({ message, body: inOneBuffer(body) });
  }

  /** Sends a request. The promise fails with the other end's message when that end fails, or when this one is disposed. */
  request<Name extends keyof To & string>(message: Name, body: Body<To, Name>): Promise<Reply<To, Name>> {
    const id = ++this.lastId;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve: (answer) => resolve(answer as Reply<To, Name>), reject });
      this.post({ message, body: inOneBuffer(body), id });
    });
  }

  /** Takes in what has arrived. Anything that is no envelope of ours is left alone: other scripts post messages too. */
  receive(data: unknown): void {
    if (typeof data !== 'object' || data === null) return;
    const envelope = data as Envelope;
    if ('answers' in envelope) this.settle(envelope);
    else if ('message' in envelope && Object.hasOwn(this.handlers, envelope.message)) void this.handle(envelope);
  }

  /** Gives up on everything that has not been answered. */
  dispose(): void {
    for (const { reject } of this.waiting.values()) reject(new Error('The panel was closed before the answer came'));
    this.waiting.clear();
  }

  private settle(envelope: Extract<Envelope, { answers: number }>): void {
    const asked = this.waiting.get(envelope.answers);
    this.waiting.delete(envelope.answers);
    if ('error' in envelope) asked?.reject(new Error(envelope.error));
    else asked?.resolve(envelope.body);
  }

  private async handle({ message, body, id }: Extract<Envelope, { message: string }>): Promise<void> {
    try {
      const handlers = this.handlers as Readonly<Record<string, (body: unknown) => unknown>>;
      const answer = await handlers[message]!(body);
      if (id !== undefined) this.post({ answers: id, body: inOneBuffer(answer) });
    } catch (error) {
      if (id === undefined) this.onError(error, message);
      else this.post({ answers: id, error: error instanceof Error ? error.message : String(error) });
    }
  }
}
