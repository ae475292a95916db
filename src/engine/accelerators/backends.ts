import type * as tf from '@tensorflow/tfjs-core';

/** What kernels need of tfjs's wasm backend. */
export interface WasmBackend extends tf.KernelBackend {
  makeOutput(shape: number[], dtype: tf.DataType, offset: undefined, values: tf.BackendValues): tf.TensorInfo;
}

/** What kernels need of tfjs's cpu backend. */
export interface CpuBackend extends tf.KernelBackend {
  makeTensorInfo(shape: number[], dtype: tf.DataType, values: tf.BackendValues): tf.TensorInfo;
}
