import * as tf from '@tensorflow/tfjs-core';
import { currentTracer, traceBackendName } from '../traceBackend';
import type { Tracer } from '../tracer';

export type Inputs = Record<string, tf.TensorInfo>;
export type Lowering = (
  tracer: Tracer,
  inputs: Inputs,
  attributes: Record<string, unknown>,
) => tf.TensorInfo | tf.TensorInfo[];

/** Registers how tfjs's kernel `name` is written as ONNX nodes. */
export function lower(name: string, lowering: Lowering): void {
  tf.registerKernel({
    kernelName: name,
    backendName: traceBackendName,
    kernelFunc: ({ inputs, attrs }) => lowering(currentTracer(), inputs as Inputs, attrs ?? {}),
  });
}
