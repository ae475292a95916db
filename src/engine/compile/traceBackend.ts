import * as tf from '@tensorflow/tfjs-core';
import { Problem } from '../../runs/problem';
import type { Tracer } from './tracer';

interface Constant {
  readonly values: tf.BackendValues;
  readonly shape: readonly number[];
  readonly dtype: tf.DataType;
}

/** Name under which the tracing backend is known to tfjs. */
export const traceBackendName = 'losscape-trace';

/**
 * A tfjs backend that computes nothing: its kernels (see `kernels/`) write ONNX nodes. It is active only while a
 * {@link Tracer} is installed.
 *
 * What is written to it are constants of the graph. That includes random numbers with a seed: `tf.randomNormal` and its
 * relatives draw them in JavaScript when the loss is traced, and every run of the graph sees the same ones.
 */
class TraceBackend extends tf.KernelBackend {
  tracer: Tracer | undefined;
  /** Constants outlive the trace that made them: a loss may keep one in a variable of its own. */
  private readonly constants = new WeakMap<object, Constant>();

  private get active(): Tracer {
    if (!this.tracer) throw new Error('no trace is under way');
    return this.tracer;
  }

  override write(values: tf.BackendValues, shape: number[], dtype: tf.DataType): object {
    const dataId = {};
    this.move(dataId, values, shape, dtype);
    return dataId;
  }

  override move(dataId: object, values: tf.BackendValues, shape: number[], dtype: tf.DataType): void {
    this.constants.set(dataId, { values, shape, dtype });
    this.active.register(dataId, this.active.constant(values, shape, dtype));
  }

  override readSync(dataId: object): tf.BackendValues {
    const constant = this.constants.get(dataId);
    if (constant) return constant.values;
    if (!this.tracer?.has(dataId)) {
      throw new Problem('a tensor that was computed while a loss was being compiled is used after that', {
        hint: 'A loss is traced once and then run natively: it may not keep tensors it computed for a later call.',
      });
    }
    const { storage, dimensions } = this.tracer.value({ dataId, shape: [], dtype: 'float32' });
    if (storage.constant && dimensions.every((d, i) => d === i)) return storage.constant;
    throw new Problem(
      `the value of a tensor (made by ${storage.origin}) is read while the computation is being compiled`,
      {
        hint: 'A loss is traced once and then run natively: it may not look at values (dataSync, arraySync, print) to decide what to do. Use tf.where, tf.maximum and the like instead.',
      },
    );
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- the interface is asynchronous
  override async read(dataId: object): Promise<tf.BackendValues> {
    return this.readSync(dataId);
  }

  override disposeData(): boolean {
    return true;
  }
  override incRef(): void {}
  decRef(): void {}
  override refCount(): number {
    return 1;
  }
  override numDataIds(): number {
    return 0;
  }
  override floatPrecision(): 32 {
    return 32;
  }
  override epsilon(): number {
    return 1e-7;
  }
  override timerAvailable(): boolean {
    return false;
  }
  override memory(): { unreliable: boolean } {
    return { unreliable: true };
  }
  override dispose(): void {}
}

const backend = new TraceBackend();
tf.registerBackend(traceBackendName, () => backend);

/** The tracer that kernels write to. */
export function currentTracer(): Tracer {
  if (!backend.tracer) throw new Error('no trace is under way');
  return backend.tracer;
}

/** A tfjs tensor for a traced tensor info, owned by the engine's present scope. */
export function tensorFrom(info: tf.TensorInfo): tf.Tensor {
  return tf.engine().makeTensorFromTensorInfo(info);
}

/** Constants of the present trace that were made outside it. */
let adopted = new WeakMap<object, tf.TensorInfo[]>();

/**
 * `tensor` as the trace knows it. One that was made before the trace (a table of class weights that a custom loss creates when
 * it is loaded) enters it as a constant.
 */
export function adopt(tracer: Tracer, tensor: tf.TensorInfo): tf.TensorInfo {
  if (tracer.has(tensor.dataId)) return tensor;
  const { shape, dtype } = tensor;
  // tfjs shares the elements of a tensor and its reshaped copies.
  const known = adopted.get(tensor.dataId) ?? [];
  const same = known.find((other) => other.dtype === dtype && tf.util.arraysEqual(other.shape, shape));
  if (same) return same;
  const info = tracer.info(tracer.constant(tf.engine().readSync(tensor.dataId), shape, dtype));
  adopted.set(tensor.dataId, [...known, info]);
  return info;
}

/** tfjs's complaints about missing kernels and gradients, as the user's problem that they are; other errors as they are. */
function explained(error: unknown): unknown {
  const message = error instanceof Error ? error.message : '';
  const kernel = new RegExp(`Kernel '(.+)' not registered for backend '${traceBackendName}'`).exec(message)?.[1];
  if (kernel !== undefined) {
    return new Problem(`the operation ${kernel} cannot be compiled: it is not one of tfjs's own`, {
      hint: 'Write it with the operations of @tensorflow/tfjs-core; a gradient of its own can be given with tf.customGrad.',
      cause: error,
    });
  }
  const withoutGradient = /gradient function not found for (\w+)/.exec(message)?.[1];
  if (withoutGradient !== undefined) {
    return new Problem(`tfjs has no gradient for the operation ${withoutGradient}`, {
      hint: 'Replace it with operations that have one, or give the gradient with tf.customGrad.',
      cause: error,
    });
  }
  return error;
}

/**
 * Runs `body` with `Math.random` out of service: numbers drawn in a trace would silently be the same at every step. tfjs's
 * random operations and `tf.dropout` draw from it unless they are given a seed.
 */
function withoutChance<T>(body: () => T): T {
  const random = Math.random;
  Math.random = () => {
    throw new Problem('a random number is drawn while the computation is being compiled', {
      hint: 'A loss is traced once and then run natively: the number would be the same at every step. Leave chance out of the loss, or give the operation a seed if fixed numbers are wanted.',
    });
  };
  try {
    return body();
  } finally {
    Math.random = random;
  }
}

/**
 * Runs `body` with tfjs writing to `tracer`, and puts the former backend back afterwards. Synchronous inside, so that no
 * other tfjs work can slip into the trace.
 */
export async function withTracer<T>(tracer: Tracer, body: () => T): Promise<T> {
  if (backend.tracer) throw new Error('traces cannot be nested');
  const before = tf.engine().backendName;
  backend.tracer = tracer;
  try {
    await tf.setBackend(traceBackendName);
    let result: T | undefined;
    tf.engine().startScope('trace');
    try {
      result = withoutChance(body);
    } catch (error) {
      throw explained(error);
    } finally {
      tf.engine().endScope();
    }
    return result;
  } finally {
    backend.tracer = undefined;
    adopted = new WeakMap();
    if (before) await tf.setBackend(before);
  }
}
