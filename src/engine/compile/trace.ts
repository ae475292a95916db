import type * as tf from '@tensorflow/tfjs-core';
// tfjs-core registers no gradients by itself.
import '@tensorflow/tfjs-core/dist/register_all_gradients';
import './kernels';
import type { Layout } from './layout';
import type { OnnxGraph } from './onnxGraph';
import type { ProgramSpec } from './program';
import { tensorFrom, withTracer } from './traceBackend';
import { Tracer, type Target, type TracedValue } from './tracer';

/** A traced program: the graph, and how its state lies in memory. */
export interface TracedProgram {
  readonly graph: OnnxGraph;
  /** Output names as in the program's `outputs`. */
  readonly outputs: readonly string[];
  readonly outputTypes: Readonly<Record<string, tf.DataType>>;
  /** Of every state: its layout, and the output that holds its next value (none when it never changes). */
  readonly state: Readonly<Record<string, { layout: Layout; dims: readonly number[]; next: string | undefined }>>;
}

/**
 * Runs `spec.body` once with tensors that only know their shape, and writes down what it does as an ONNX graph.
 * @throws Problem when the body reads values or uses an operation that cannot be lowered (named).
 */
export async function traceProgram(spec: ProgramSpec, target: Target): Promise<TracedProgram> {
  const tracer = new Tracer(target);
  const { graph } = tracer;
  return withTracer(tracer, () => {
    const inputs: Record<string, tf.Tensor> = {};
    for (const [name, { shape, dtype }] of Object.entries(spec.inputs)) {
      inputs[name] = tensorFrom(tracer.info(tracer.input(name, shape, dtype, false)));
    }
    const stateValues: Record<string, TracedValue> = {};
    const state: Record<string, tf.Tensor> = {};
    const byLeader = Object.entries(spec.state).sort(
      ([, a], [, b]) => Number(a.like !== undefined) - Number(b.like !== undefined),
    );
    for (const [name, { shape, like }] of byLeader) {
      const value = tracer.input(name, shape, 'float32', true, like === undefined ? undefined : stateValues[like]);
      stateValues[name] = value;
      state[name] = tensorFrom(tracer.info(value));
    }
    const result = spec.body(inputs, state);

    const traced: Record<string, { layout: Layout; dims: readonly number[]; next: string | undefined }> = {};
    for (const [name, value] of Object.entries(stateValues)) {
      const next = result.state?.[name];
      const memory = tracer.inputLayout(value);
      const dims = graph.dims(name);
      let output: string | undefined;
      if (next !== undefined && tracer.value(next).storage !== value.storage) {
        output = `next/${name}`;
        graph.addOutput(output, tracer.read(next, memory, dims));
      }
      traced[name] = { layout: memory, dims, next: output };
    }
    const outputTypes: Record<string, tf.DataType> = {};
    for (const [name, tensor] of Object.entries(result.outputs)) {
      graph.addOutput(`result/${name}`, tracer.read(tensor));
      outputTypes[name] = tensor.dtype;
    }
    graph.prune();
    return { graph, outputs: Object.keys(result.outputs), outputTypes, state: traced };
  });
}
