import { MessageChannel } from 'node:worker_threads';
import type * as ort from 'onnxruntime-node';
import { loadOnnxRuntime, type OnnxProvider, sessionOptions } from './onnxLibrary';

/** Everything needed to run a traced program, and nothing that cannot cross to another thread. */
export interface SessionSpec {
  readonly name: string;
  /** The encoded ONNX model. */
  readonly bytes: Uint8Array;
  readonly provider: OnnxProvider;
  readonly threads: number;
  readonly inputs: Readonly<Record<string, { type: 'float32' | 'int32'; dims: readonly number[] }>>;
  /** Dimensions as they lie in memory, and the output that holds the next value. */
  readonly state: Readonly<Record<string, { dims: readonly number[]; next: string | undefined }>>;
  readonly outputs: readonly string[];
}

export type Arrays = Record<string, Float32Array | Int32Array>;

/** An ONNX Runtime session with its state. All arrays are in the memory layout of the graph. */
export interface Session {
  run(inputs: Readonly<Arrays>): Promise<Record<string, Float32Array>>;
  /** Copies of the state. */
  read(): Promise<Record<string, Float32Array>>;
  write(values: Readonly<Record<string, Float32Array>>): Promise<void>;
  dispose(): Promise<void>;
}

const zeros = (dims: readonly number[]): Float32Array => new Float32Array(dims.reduce((a, b) => a * b, 1));

/**
 * Makes a session on this thread. Its `run` blocks the thread while it computes.
 *
 * State goes in and comes out of every run: two sets of buffers take turns, so that nothing is allocated or copied.
 */
export async function openSession(spec: SessionSpec): Promise<Session> {
  const { InferenceSession, Tensor } = loadOnnxRuntime();
  const session = await InferenceSession.create(spec.bytes, sessionOptions(spec.provider, spec.threads));
  const used = new Set(session.inputNames);
  const states = Object.entries(spec.state);
  const changing = states.filter(([, { next }]) => next !== undefined);
  const buffers = (entries: typeof states): Record<string, ort.Tensor> =>
    Object.fromEntries(entries.map(([name, { dims }]) => [name, new Tensor('float32', zeros(dims), dims)]));
  const current = buffers(states);
  const spare = buffers(changing);

  return {
    async run(inputs) {
      const feeds: Record<string, ort.Tensor> = {};
      for (const [name, { type, dims }] of Object.entries(spec.inputs)) {
        if (used.has(name)) feeds[name] = new Tensor(type, inputs[name] as Float32Array, dims);
      }
      for (const [name] of states) if (used.has(name)) feeds[name] = current[name]!;
      const fetches: Record<string, ort.Tensor | null> = {};
      for (const name of spec.outputs) fetches[`result/${name}`] = null;
      for (const [name, { next }] of changing) fetches[next!] = spare[name]!;
      const results = await session.run(feeds, fetches);
      release(changing.map(([name, { next }]) => [results[next!]!, spare[name]!]));
      for (const [name] of changing) [current[name], spare[name]] = [spare[name]!, current[name]!];
      return Object.fromEntries(
        spec.outputs.map((name) => [name, toFloats(results[`result/${name}`]!.data as Float32Array)]),
      );
    },
    // eslint-disable-next-line @typescript-eslint/require-await -- the same interface reaches across threads
    async read() {
      return Object.fromEntries(states.map(([name]) => [name, (current[name]!.data as Float32Array).slice()]));
    },
    // eslint-disable-next-line @typescript-eslint/require-await -- the same interface reaches across threads
    async write(values) {
      for (const [name, value] of Object.entries(values)) (current[name]!.data as Float32Array).set(value);
    },
    async dispose() {
      await session.release();
    },
  };
}

/**
 * The Node binding hands out a copy even of results that were written to buffers of ours: as much as the whole state, every
 * step. Left to the garbage collector, which sees only small objects, many of them pile up; moved to a closed port they are
 * freed at once.
 */
function release(pairs: readonly (readonly [copy: ort.Tensor, ours: ort.Tensor])[]): void {
  const copies = new Set<ArrayBuffer>();
  for (const [copy, ours] of pairs) {
    const { buffer } = copy.data as Float32Array;
    if (buffer !== (ours.data as Float32Array).buffer) copies.add(buffer as ArrayBuffer);
  }
  if (copies.size === 0) return;
  const { port1, port2 } = new MessageChannel();
  port2.close();
  port1.postMessage(null, [...copies]);
  port1.close();
}

/** A float copy: the runtime may use its own memory again. */
function toFloats(data: Float32Array | Int32Array | Uint8Array): Float32Array {
  return data instanceof Float32Array ? data.slice() : Float32Array.from(data);
}
