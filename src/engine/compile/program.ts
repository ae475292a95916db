import type * as tf from '@tensorflow/tfjs-core';

/** A tensor that a program takes in at every run. */
export interface ProgramInput {
  readonly shape: readonly number[];
  readonly dtype: 'float32' | 'int32';
}

/** A float32 tensor that a program keeps between runs: weights, optimizer state. */
export interface ProgramState {
  readonly shape: readonly number[];
  /** Another state whose memory layout this one should share: optimizer state names its parameter. */
  readonly like?: string;
}

/**
 * A computation written in tfjs, with everything it needs made explicit, so that it can run eagerly or be traced once and
 * run natively. `body` must be pure: no variables, no reading of values, no randomness.
 */
export interface ProgramSpec {
  readonly name: string;
  readonly inputs: Readonly<Record<string, ProgramInput>>;
  readonly state: Readonly<Record<string, ProgramState>>;
  body(
    inputs: Record<string, tf.Tensor>,
    state: Record<string, tf.Tensor>,
  ): { outputs: Record<string, tf.Tensor>; state?: Record<string, tf.Tensor> };
}

/** A program that is ready to run. Calls must not overlap. */
export interface Program {
  /** Runs once. `inputs` are row-major arrays of the declared shapes; so are the results. State moves on. */
  run(inputs: Readonly<Record<string, Float32Array | Int32Array>>): Promise<Record<string, Float32Array>>;
  /** Row-major copies of the state. */
  readState(): Promise<Record<string, Float32Array>>;
  /** Replaces state; names that are left out keep their values. All of it starts at zero. */
  writeState(values: Readonly<Record<string, Float32Array>>): Promise<void>;
  dispose(): Promise<void>;
}

/** Something that can run programs. */
export interface Runtime {
  /** For `run.json` and the log: `onnx`, `tfjs-node`, … */
  readonly name: string;
  /** What executes: `cpu`, `webgpu`, `cuda`, … */
  readonly provider: string;
  readonly threads: number;
  readonly versions: Readonly<Record<string, string>>;
  /**
   * At most `most` runtimes whose programs may run at the same time, each with its share of the threads; left out where
   * there is only one. Independent programs of one thread each are faster than one after the other with all threads: these
   * wait for each other after every operation.
   */
  lanes?(most: number): readonly Runtime[];
  compile(spec: ProgramSpec): Promise<Program>;
}
