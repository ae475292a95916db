import * as tf from '@tensorflow/tfjs-core';
import type { CpuBackend, WasmBackend } from './backends';

/** Kernels that losses and their gradients can call, and that the wasm backend lacks. */
const missing = [
  tf.DepthwiseConv2dNativeBackpropFilter,
  tf.DepthwiseConv2dNativeBackpropInput,
  tf.Einsum,
  tf.UnsortedSegmentSum,
];

/** Kernels that the wasm backend has and that are wrong for negative numbers, which no maximum is looked for among. */
const wrong = [tf.Dilation2D, tf.Dilation2DBackpropFilter, tf.Dilation2DBackpropInput, tf.MaxPool3D, tf.MaxPool3DGrad];

/**
 * Gives the wasm backend kernels of the cpu backend, which must be registered. Tensors are copied there and back, and
 * plain JavaScript does the work: slow, but nothing in a step of the network itself needs them.
 */
export function borrowCpuKernels(backendName: string): void {
  const cpu = tf.findBackend('cpu') as CpuBackend;
  for (const kernelName of [...missing, ...wrong]) {
    const kernel = tf.getKernel(kernelName, 'cpu');
    if (!kernel) throw new Error(`the cpu backend has no kernel ${kernelName}`);
    if (tf.getKernel(kernelName, backendName)) tf.unregisterKernel(kernelName, backendName);
    tf.registerKernel({
      kernelName,
      backendName,
      kernelFunc({ inputs, attrs, backend }) {
        const wasm = backend as WasmBackend;
        const entries = Object.entries(inputs).map(([name, input]) => {
          const { shape, dtype, dataId } = input as tf.TensorInfo;
          const copy = cpu.makeTensorInfo(shape, dtype, wasm.readSync(dataId));
          return [name, { ...copy, rank: shape.length }] as const; // a few kernels ask for the rank that tensors have
        });
        // Some operations hand over a list of tensors instead of names.
        const copies = Object.assign(Array.isArray(inputs) ? [] : {}, Object.fromEntries(entries));
        const results = [kernel.kernelFunc({ inputs: copies, attrs, backend: cpu })].flat();
        const outputs = results.map(({ shape, dtype, dataId }) => {
          const output = wasm.makeOutput(shape, dtype, undefined, cpu.readSync(dataId));
          cpu.disposeData(dataId);
          return output;
        });
        for (const [, copy] of entries) cpu.disposeData(copy.dataId);
        return outputs.length === 1 ? outputs[0]! : outputs;
      },
    });
  }
}
