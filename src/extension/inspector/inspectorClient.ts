import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import {
  type Answer,
  FrameDecoder,
  type InspectorAnswer,
  type InspectorError,
  type MethodName,
  type Params,
} from '../../engine/insight/protocol';
import { t } from '../text';

/** How the inspector is: `crashed` until the next answer, with what its user should know. */
export type InspectorState =
  { readonly kind: 'off' | 'starting' | 'ready' } | { readonly kind: 'crashed'; readonly reason: string };

/** What the inspector answered instead of an answer; `message` holds the file that it is about and the way out as well. */
export class InspectorFailure extends Error {
  override readonly name = 'InspectorFailure';

  constructor(readonly failure: InspectorError) {
    const { message, hint, file } = failure;
    super([file === undefined ? message : `${file}: ${message}`, hint].filter(Boolean).join('. '));
  }
}

/** A question that nobody waits for any more. */
export class Cancelled extends Error {
  override readonly name = 'Cancelled';

  constructor() {
    super(t('Nobody waits for this any more.'));
  }
}

interface Pending {
  readonly line: string;
  readonly resolve: (answer: Answer<MethodName>) => void;
  readonly reject: (error: Error) => void;
  /** How many processes have died with this question open. */
  deaths: number;
}

export interface InspectorOptions {
  /** Starts the process; its standard streams are pipes. */
  readonly start: () => Promise<ChildProcessWithoutNullStreams>;
  /** Nothing was asked for so long: the process is ended, and started again when it is needed. */
  readonly idleMilliseconds?: number;
  readonly onState?: (state: InspectorState) => void;
}

/** A question is asked again of a new process once; what kills that one too is given up. */
const mostDeaths = 2;
/** So much of what the process complains about is remembered, to say why it ended. */
const mostComplaints = 4000;

/**
 * The line to the inspector process: starts it with the first question, ends it when it has been idle, starts it again when
 * it has crashed and asks again what was open. Questions may be given up; their answers are then dropped.
 */
export class InspectorClient {
  private readonly pending = new Map<number, Pending>();
  private child: ChildProcessWithoutNullStreams | undefined;
  private starting: Promise<void> | undefined;
  private lastId = 0;
  private idle: ReturnType<typeof setTimeout> | undefined;
  private disposed = false;
  private now: InspectorState = { kind: 'off' };

  constructor(private readonly options: InspectorOptions) {}

  get state(): InspectorState {
    return this.now;
  }

  /**
   * Asks the inspector. Rejects with InspectorFailure when it says what is wrong, with Cancelled when `signal` gives the
   * question up, and with a plain Error when the process cannot be started or died of the question.
   */
  request<M extends MethodName>(method: M, params: Params<M>, signal?: AbortSignal): Promise<Answer<M>> {
    if (this.disposed || signal?.aborted) return Promise.reject(new Cancelled());
    const id = ++this.lastId;
    const line = `${JSON.stringify({ id, method, params })}\n`;
    clearTimeout(this.idle);
    return new Promise<Answer<MethodName>>((resolve, reject) => {
      this.pending.set(id, { line, resolve, reject, deaths: 0 });
      signal?.addEventListener('abort', () => this.cancel(id), { once: true });
      this.send(line);
    }) as Promise<Answer<M>>;
  }

  /** Ends the process and gives up what is open. */
  dispose(): void {
    this.disposed = true;
    clearTimeout(this.idle);
    this.rejectAll(new Cancelled());
    this.end();
  }

  private send(line: string): void {
    if (this.child) this.child.stdin.write(line);
    // What is pending is sent as soon as the process is there.
    else this.starting ??= this.start().finally(() => (this.starting = undefined));
  }

  private async start(): Promise<void> {
    if (this.now.kind !== 'crashed') this.setState({ kind: 'starting' });
    try {
      const child = await this.options.start();
      if (this.disposed) child.kill();
      else this.adopt(child);
    } catch (error) {
      this.setState({ kind: 'off' });
      this.rejectAll(error instanceof Error ? error : new Error(String(error)));
    }
  }

  private adopt(child: ChildProcessWithoutNullStreams): void {
    this.child = child;
    const decoder = new FrameDecoder();
    let complaints = '';
    let failure = '';
    child.stderr.setEncoding('utf8');
    child.stderr.on('data', (text: string) => (complaints = (complaints + text).slice(-mostComplaints)));
    child.stdout.on('data', (chunk: Uint8Array) => {
      try {
        for (const answer of decoder.push(chunk)) this.settle(answer);
      } catch (error) {
        // Not frames: nothing that comes after can be trusted.
        failure ||= error instanceof Error ? error.message : String(error);
        child.kill();
      }
    });
    // A pipe to a process that has just died; its end is heard of below.
    child.stdin.on('error', () => undefined);
    child.on('error', (error) => (failure = error.message));
    child.on('close', (code, killedBy) => {
      if (this.child !== child) return;
      this.child = undefined;
      // What it wrote last is no reason when somebody else ended it.
      const reason = killedBy === null ? lastComplaint(complaints) : t('it was ended by {0}', killedBy);
      this.ended(failure || reason || t('it ended with code {0}', code ?? -1));
    });
    for (const { line } of this.pending.values()) child.stdin.write(line);
  }

  private settle(answer: InspectorAnswer): void {
    const asked = this.pending.get(answer.id);
    this.pending.delete(answer.id);
    this.setState({ kind: 'ready' });
    this.restWhenIdle();
    if (answer.ok) asked?.resolve({ result: answer.result, arrays: answer.arrays } as unknown as Answer<MethodName>);
    else asked?.reject(answer.error.cancelled ? new Cancelled() : new InspectorFailure(answer.error));
  }

  private cancel(id: number): void {
    const asked = this.pending.get(id);
    if (!asked) return;
    this.pending.delete(id);
    asked.reject(new Cancelled());
    this.child?.stdin.write(`${JSON.stringify({ method: 'cancel', params: { id } })}\n`);
    this.restWhenIdle();
  }

  /** The process has ended by itself. */
  private ended(reason: string): void {
    if (this.pending.size === 0 && this.now.kind !== 'ready') {
      this.setState({ kind: 'off' });
      return;
    }
    for (const [id, asked] of this.pending) {
      asked.deaths += 1;
      if (asked.deaths < mostDeaths) continue;
      this.pending.delete(id);
      asked.reject(
        new Error(
          t(
            'The inspector ended twice over this: {0}. Try another epoch or image, or look at Losscape: Doctor.',
            reason,
          ),
        ),
      );
    }
    this.setState({ kind: 'crashed', reason });
    if (this.pending.size > 0) this.send('');
  }

  private restWhenIdle(): void {
    clearTimeout(this.idle);
    if (this.pending.size > 0) return;
    this.idle = setTimeout(() => this.end(), this.options.idleMilliseconds ?? 300_000);
    this.idle.unref?.();
  }

  /** Lets the process end: it does when its input ends. */
  private end(): void {
    const { child } = this;
    this.child = undefined;
    if (!child) return;
    this.setState({ kind: 'off' });
    child.stdin.end();
    const late = setTimeout(() => child.kill(), 5000);
    late.unref?.();
    child.once('close', () => clearTimeout(late));
  }

  private rejectAll(error: Error): void {
    for (const { reject } of this.pending.values()) reject(error);
    this.pending.clear();
  }

  private setState(state: InspectorState): void {
    if (state.kind === this.now.kind && state.kind !== 'crashed') return;
    this.now = state;
    this.options.onState?.(state);
  }
}

/** The last line that a process complained with: not what it tells when all is well, nor what stands below an error's name. */
function lastComplaint(text: string): string {
  const lines = text.split('\n').map((line) => line.trim());
  return lines.findLast((line) => line !== '' && !/^(Looking with |at |Node\.js v\d|})/.test(line)) ?? '';
}
