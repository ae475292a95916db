import { parentPort } from 'node:worker_threads';
import { openSession, type Arrays, type Session, type SessionSpec } from './sessionHost';

/** What the main thread asks for; every request is answered by its `id`. */
export type SessionRequest = { id: number; session: number } & (
  | { type: 'open'; spec: SessionSpec }
  | { type: 'run'; inputs: Arrays }
  | { type: 'read' }
  | { type: 'write'; values: Record<string, Float32Array> }
  | { type: 'dispose' }
);

export type SessionAnswer = { id: number } & ({ ok: true; value: unknown } | { ok: false; message: string });

/*
 * The thread in which sessions run: ONNX Runtime computes on the thread that calls it, and the main thread has batches to
 * prepare, metrics to count and signals to hear meanwhile.
 */
const sessions = new Map<number, Session>();

async function answer(request: SessionRequest): Promise<unknown> {
  if (request.type === 'open') {
    sessions.set(request.session, await openSession(request.spec));
    return undefined;
  }
  const session = sessions.get(request.session)!;
  switch (request.type) {
    case 'run':
      return session.run(request.inputs);
    case 'read':
      return session.read();
    case 'write':
      return session.write(request.values);
    case 'dispose':
      sessions.delete(request.session);
      return session.dispose();
  }
}

parentPort?.on('message', (request: SessionRequest) => {
  const post = (message: SessionAnswer, transfer: ArrayBuffer[] = []): void =>
    parentPort!.postMessage(message, transfer);
  answer(request).then(
    (value) => {
      const arrays = Object.values((value ?? {}) as Record<string, Float32Array>);
      post(
        { id: request.id, ok: true, value },
        arrays.map((array) => array.buffer as ArrayBuffer),
      );
    },
    (error: Error) => post({ id: request.id, ok: false, message: error.message }),
  );
});
