import * as tf from '@tensorflow/tfjs-core';
import { Problem } from '../../../runs/problem';
import { adopt, currentTracer, tensorFrom, traceBackendName } from '../traceBackend';
import type { Tracer } from '../tracer';

export type Inputs = Record<string, tf.TensorInfo>;
export type Attributes = Record<string, unknown>;
export type Lowering = (tracer: Tracer, inputs: Inputs, attributes: Attributes) => tf.TensorInfo | tf.TensorInfo[];

/** Registers how tfjs's kernel `name` is written as ONNX nodes. */
export function lower(name: string, lowering: Lowering): void {
  tf.registerKernel({
    kernelName: name,
    backendName: traceBackendName,
    kernelFunc: ({ inputs, attrs }) => {
      const tracer = currentTracer();
      const known = mapInputs(inputs as Inputs, (tensor) => adopt(tracer, tensor));
      const result = lowering(tracer, known, attrs ?? {});
      return Array.isArray(result)
        ? result.map((tensor) => withoutEmpty(tracer, tensor))
        : withoutEmpty(tracer, result);
    },
  });
}

/**
 * Registers a kernel that is made of other tfjs operations. They run inside the kernel, where tfjs records no gradient, so
 * the gradient that tfjs defines for the kernel still applies.
 */
export function compose(
  name: string,
  body: (inputs: Record<string, tf.Tensor>, attributes: Attributes) => tf.Tensor,
): void {
  lower(name, (tracer, inputs, attributes) => {
    // Under names of their own: tfjs forgets an identity as soon as the first tensor that carries it goes out of scope.
    const fresh = mapInputs(inputs, (tensor) => tensorFrom(tracer.info(tracer.value(tensor))));
    return tracer.info(tracer.value(body(fresh, attributes)));
  });
}

/** Registers that kernel `name` cannot be compiled, with the reason and the way out. */
export function refuse(name: string, reason: string, hint: string): void {
  lower(name, () => {
    throw new Problem(`the operation ${name} cannot be compiled: ${reason}`, { hint });
  });
}

function mapInputs<T extends tf.TensorInfo>(inputs: Inputs, map: (tensor: tf.TensorInfo) => T): Record<string, T> {
  const known: Record<string, T> = {};
  // Optional inputs are present but undefined.
  for (const [name, tensor] of Object.entries(inputs) as [string, tf.TensorInfo | undefined][]) {
    if (tensor) known[name] = map(tensor);
  }
  return known;
}

/** ONNX reads a 0 in a shape as "as before": tensors without elements are constants, and never computed. */
function withoutEmpty(tracer: Tracer, tensor: tf.TensorInfo): tf.TensorInfo {
  if (tf.util.sizeFromShape(tensor.shape) > 0) return tensor;
  return tracer.info(tracer.constant(new Float32Array(0), tensor.shape, tensor.dtype));
}
