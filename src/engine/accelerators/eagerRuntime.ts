import { setImmediate } from 'node:timers/promises';
import * as tf from '@tensorflow/tfjs-core';
// tfjs-core registers no gradients by itself.
import '@tensorflow/tfjs-core/dist/register_all_gradients';
import '../compile/kernels/gradients';
import type { Program, ProgramSpec, Runtime } from '../compile/program';

/** What an eager runtime executes on. */
export interface EagerDevice {
  /** For `run.json` and the log: `tfjs-node`, `wasm`, … */
  readonly name: string;
  /** Of the tfjs backend, which must be registered. */
  readonly backend: string;
  readonly provider: string;
  readonly threads: number;
  readonly versions: Readonly<Record<string, string>>;
}

type Values = Readonly<Record<string, Float32Array | Int32Array>>;

/**
 * Runs programs eagerly: every operation of `body` executes on a tfjs backend at every run. The reference that the
 * compiled path is held against, and the way to train where ONNX Runtime does not load.
 *
 * tfjs has one active backend in a process. It is switched to this one before each run and stays so afterwards.
 */
export class EagerRuntime implements Runtime {
  readonly name: string;
  readonly provider: string;
  readonly threads: number;
  readonly versions: Readonly<Record<string, string>>;
  private readonly backend: string;

  constructor({ name, backend, provider, threads, versions }: EagerDevice) {
    this.name = name;
    this.backend = backend;
    this.provider = provider;
    this.threads = threads;
    this.versions = { '@tensorflow/tfjs-core': tf.version_core, ...versions };
  }

  async compile(spec: ProgramSpec): Promise<Program> {
    await activate(this.backend);
    return new EagerProgram(spec, this.backend);
  }
}

class EagerProgram implements Program {
  private state: Record<string, tf.Tensor>;
  private disposed = false;

  constructor(
    private readonly spec: ProgramSpec,
    private readonly backend: string,
  ) {
    this.state = Object.fromEntries(
      Object.entries(spec.state).map(([name, { shape }]) => [name, tf.keep(tf.zeros([...shape]))]),
    );
  }

  async run(inputs: Values): Promise<Record<string, Float32Array>> {
    await this.prepare();
    const { outputs, state } = this.step(inputs);
    for (const [name, tensor] of Object.entries(this.state)) {
      if (state[name] !== tensor) tensor.dispose();
    }
    this.state = state;
    const results: Record<string, Float32Array> = {};
    for (const [name, tensor] of Object.entries(outputs)) {
      results[name] = Float32Array.from(await tensor.data());
      tensor.dispose();
    }
    // Backends that compute in this thread never leave it idle: signals, the heartbeat and the loader of data get their
    // turn here.
    await setImmediate();
    return results;
  }

  async readState(): Promise<Record<string, Float32Array>> {
    await this.prepare();
    const values: Record<string, Float32Array> = {};
    for (const [name, tensor] of Object.entries(this.state)) values[name] = Float32Array.from(await tensor.data());
    return values;
  }

  async writeState(values: Readonly<Record<string, Float32Array>>): Promise<void> {
    await this.prepare();
    for (const [name, value] of Object.entries(values)) {
      const before = this.state[name];
      if (!before) throw new Error(`the program ${this.spec.name} has no state "${name}"`);
      if (value.length !== before.size) {
        throw new Error(`state "${name}" has ${before.size} values, not ${value.length}`);
      }
      this.state[name] = tf.keep(tf.tensor(value.slice(), before.shape));
      before.dispose();
    }
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- other runtimes have to wait for their device
  async dispose(): Promise<void> {
    tf.dispose(this.state);
    this.state = {};
    this.disposed = true;
  }

  private async prepare(): Promise<void> {
    if (this.disposed) throw new Error(`the program ${this.spec.name} has been disposed of`);
    await activate(this.backend);
  }

  /** One run of the body. Synchronous, so that nothing can switch the backend in between. */
  private step(inputs: Values): { outputs: Record<string, tf.Tensor>; state: Record<string, tf.Tensor> } {
    return tf.tidy(() => {
      const given: Record<string, tf.Tensor> = {};
      for (const [name, { shape, dtype }] of Object.entries(this.spec.inputs)) {
        const values = inputs[name];
        if (!values) throw new Error(`the program ${this.spec.name} was given no "${name}"`);
        // Some backends keep the array that they are given, and the caller may fill it anew: a copy.
        given[name] = tf.tensor(values.slice(), [...shape], dtype);
      }
      const result = this.spec.body(given, this.state);

      // Each tensor that is handed out must be one of its own: the body may return the same tensor under two names, an
      // input, or the state before the run.
      const taken = new Set<tf.Tensor>(Object.values(this.state));
      const own = (tensor: tf.Tensor): tf.Tensor => {
        const mine = taken.has(tensor) ? tf.clone(tensor) : tensor;
        taken.add(mine);
        return mine;
      };
      const state = { ...this.state };
      for (const [name, next] of Object.entries(result.state ?? {})) {
        if (!(name in state)) throw new Error(`the program ${this.spec.name} has no state "${name}"`);
        if (next !== this.state[name]) state[name] = tf.keep(own(next));
      }
      const outputs: Record<string, tf.Tensor> = {};
      for (const [name, tensor] of Object.entries(result.outputs)) outputs[name] = own(tensor);
      return { outputs, state };
    });
  }
}

/** Makes `backend` the one that tfjs executes on. */
async function activate(backend: string): Promise<void> {
  if (tf.getBackend() === backend) return;
  if (!(await tf.setBackend(backend))) throw new Error(`tfjs's backend "${backend}" could not be started`);
}
