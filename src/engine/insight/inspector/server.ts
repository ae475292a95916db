import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { Problem } from '../../../runs/problem';
import { encodeFrame, type InspectorAnswer, type InspectorError, type NamedArrays } from '../protocol';
import type { InspectorContext } from './context';
import type { Handlers } from './handler';

export interface ServerOptions {
  /** Questions, one line of JSON each. */
  readonly input: Readable;
  /** Answers, as frames. */
  readonly output: Writable;
  /** What is wrong with this program, as opposed to its input. */
  log(text: string): void;
  readonly handlers: Handlers;
  readonly context: InspectorContext;
  /** Ends after so long without a question. Default: never. */
  readonly idleMilliseconds?: number | undefined;
}

/**
 * Answers questions until the input ends, or none has come for a while. They are worked on side by side, so answers may come
 * in another order. A question that is cancelled is answered at once, and so is one that cannot be read.
 */
export async function serve(options: ServerOptions): Promise<void> {
  const { input, output, idleMilliseconds } = options;
  const open = new Map<number, AbortController>();
  let written: Promise<void> = Promise.resolve();
  const send = (answer: InspectorAnswer): Promise<void> => (written = written.then(() => write(output, answer)));

  const lines = createInterface({ input, crlfDelay: Infinity });
  let idle: NodeJS.Timeout | undefined;
  const rest = (): void => {
    clearTimeout(idle);
    if (idleMilliseconds !== undefined && open.size === 0) idle = setTimeout(() => lines.close(), idleMilliseconds);
  };
  const work = new Set<Promise<void>>();
  // Whoever asked is gone: nothing more can be said.
  output.on('error', () => lines.close());
  rest();
  for await (const line of lines) {
    if (line.trim() === '') continue;
    const question = parse(line);
    if (question === undefined) {
      await send(failure(0, { message: 'a line that is no question' }));
      continue;
    }
    const { id, method, params } = question;
    if (method === 'cancel') {
      open.get((params as { id: number }).id)?.abort();
      continue;
    }
    const controller = new AbortController();
    open.set(id, controller);
    clearTimeout(idle);
    const task = answer(question, controller.signal, options)
      .then(send)
      .finally(() => {
        open.delete(id);
        work.delete(task);
        rest();
      });
    work.add(task);
  }
  clearTimeout(idle);
  for (const controller of open.values()) controller.abort();
  await Promise.allSettled(work);
}

interface Question {
  readonly id: number;
  readonly method: string;
  readonly params: unknown;
}

function parse(line: string): Question | undefined {
  try {
    const value = JSON.parse(line) as Partial<Question> | null;
    const params = value?.params;
    if (typeof value?.method !== 'string' || typeof params !== 'object' || params === null) return undefined;
    if (value.method !== 'cancel' && typeof value.id !== 'number') return undefined;
    return { id: value.id ?? 0, method: value.method, params };
  } catch {
    return undefined;
  }
}

async function answer(
  { id, method, params }: Question,
  signal: AbortSignal,
  options: ServerOptions,
): Promise<InspectorAnswer> {
  const { handlers, context } = options;
  if (!Object.hasOwn(handlers, method)) return failure(id, { message: `there is no method "${method}"` });
  const handler = handlers[method as keyof Handlers] as unknown as (
    params: unknown,
    context: InspectorContext,
    signal: AbortSignal,
  ) => Promise<{ result: unknown; arrays: NamedArrays }>;
  const given = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
  try {
    const { result, arrays } = await Promise.race([handler(params, context, signal), given]);
    return { id, ok: true, result, arrays };
  } catch (error) {
    if (signal.aborted) return failure(id, { message: 'cancelled', cancelled: true });
    return failure(
      id,
      errorOf(error, (text) => options.log(text)),
    );
  }
}

function errorOf(error: unknown, log: (text: string) => void): InspectorError {
  if (error instanceof Problem) {
    const { message, hint, place } = error;
    return { message, ...(hint === undefined ? {} : { hint }), ...(place === undefined ? {} : { file: place.file }) };
  }
  if (error instanceof RangeError && /allocation|array length|buffer/i.test(error.message)) {
    return { message: 'there is not enough memory for this image', hint: 'Cut or shrink it.' };
  }
  log(error instanceof Error ? (error.stack ?? error.message) : String(error));
  return { message: error instanceof Error ? error.message : String(error) };
}

function failure(id: number, error: InspectorError): InspectorAnswer {
  return { id, ok: false, error };
}

/** Writes one frame, at the reader's pace. */
async function write(output: Writable, answer: InspectorAnswer): Promise<void> {
  for (const chunk of encodeFrame(answer)) {
    if (output.destroyed) return;
    if (output.write(chunk)) continue;
    await new Promise<void>((resolve) => {
      const done = (): void => {
        for (const event of ['drain', 'close', 'error']) output.off(event, done);
        resolve();
      };
      for (const event of ['drain', 'close', 'error']) output.once(event, done);
    });
  }
}
