import * as tf from '@tensorflow/tfjs-core';
import { Problem } from '../../runs/problem';
import type { Tracer } from './tracer';

/** Name under which the tracing backend is known to tfjs. */
export const traceBackendName = 'losscape-trace';

/**
 * A tfjs backend that computes nothing: its kernels (see `kernels/`) write ONNX nodes. It is active only while a
 * {@link Tracer} is installed.
 */
class TraceBackend extends tf.KernelBackend {
  tracer: Tracer | undefined;

  private get active(): Tracer {
    if (!this.tracer) throw new Error('no trace is under way');
    return this.tracer;
  }

  override write(values: tf.BackendValues, shape: number[], dtype: tf.DataType): object {
    const dataId = {};
    this.active.register(dataId, this.active.constant(values, shape, dtype));
    return dataId;
  }

  override move(dataId: object, values: tf.BackendValues, shape: number[], dtype: tf.DataType): void {
    this.active.register(dataId, this.active.constant(values, shape, dtype));
  }

  override readSync(dataId: object): tf.BackendValues {
    const { storage, dimensions } = this.active.value({ dataId, shape: [], dtype: 'float32' });
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
      result = body();
    } finally {
      tf.engine().endScope();
    }
    return result;
  } finally {
    backend.tracer = undefined;
    if (before) await tf.setBackend(before);
  }
}
