import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Session, SessionSpec } from './sessionHost';
import type { SessionAnswer, SessionRequest } from './sessionWorker';

type Body<T> = T extends unknown ? Omit<T, 'id' | 'session'> : never;

/** The thread that runs sessions. One serves all: the sessions of one process take turns, each using all processor cores. */
export class SessionThread {
  private readonly worker: Worker;
  private readonly waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
  private lastId = 0;
  private lastSession = 0;

  private constructor(file: string) {
    this.worker = new Worker(file);
    this.worker.on('message', (answer: SessionAnswer) => {
      const due = this.waiting.get(answer.id);
      this.waiting.delete(answer.id);
      if (this.waiting.size === 0) this.worker.unref();
      if (answer.ok) due?.resolve(answer.value);
      else due?.reject(new Error(answer.message));
    });
    const fail = (error: Error): void => {
      for (const { reject } of this.waiting.values()) reject(error);
      this.waiting.clear();
    };
    this.worker.on('error', fail);
    this.worker.on('exit', (code) => fail(new Error(`the thread that runs ONNX Runtime ended (code ${code})`)));
    // A program that has finished its work ends, although this thread is there; while an answer is due, it stays. Last, since
    // to listen for messages keeps a program alive, too.
    this.worker.unref();
  }

  /** Starts the thread, or gives undefined where its program is not beside this one: in tests that run from source. */
  static start(): SessionThread | undefined {
    const file = join(__dirname, 'sessionWorker.cjs');
    return existsSync(file) ? new SessionThread(file) : undefined;
  }

  async open(spec: SessionSpec): Promise<Session> {
    const session = ++this.lastSession;
    const ask = (body: Body<SessionRequest>, transfer: ArrayBuffer[] = []): Promise<unknown> =>
      this.ask({ ...body, session }, transfer);
    await ask({ type: 'open', spec });
    return {
      run: (inputs) => ask({ type: 'run', inputs }) as Promise<Record<string, Float32Array>>,
      read: () => ask({ type: 'read' }) as Promise<Record<string, Float32Array>>,
      write: (values) => ask({ type: 'write', values }) as Promise<void>,
      dispose: () => ask({ type: 'dispose' }) as Promise<void>,
    };
  }

  private ask(body: Body<SessionRequest> & { session: number }, transfer: ArrayBuffer[]): Promise<unknown> {
    const id = ++this.lastId;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      this.worker.ref();
      this.worker.postMessage({ ...body, id }, transfer);
    });
  }
}
