import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { expect } from 'vitest';
import { OnnxRuntimeEngine } from '../../../src/engine/compile/onnxRuntime';
import type { ProgramInput } from '../../../src/engine/compile/program';
import { portableTarget } from '../../../src/engine/compile/tracer';
import { randomFor } from '../../../src/engine/data/random';

type Tensors = Record<string, tf.Tensor>;
export type Values = Float32Array | Int32Array;

/** An input of a program under test: its shape and values. */
export interface Input extends ProgramInput {
  readonly values: Values;
}

/** Random numbers, normally distributed with spread 2, or in [low, high). Equal names give equal numbers. */
export function floats(name: string, shape: readonly number[], low?: number, high?: number): Input {
  const random = randomFor(11, 'parity', name);
  const draw = (): number =>
    low === undefined || high === undefined ? 2 * random.normal() : low + (high - low) * random.next();
  return { shape, dtype: 'float32', values: Float32Array.from({ length: tf.util.sizeFromShape([...shape]) }, draw) };
}

/** Random whole numbers in [low, high). */
export function integers(name: string, shape: readonly number[], low: number, high: number): Input {
  const random = randomFor(11, 'parity', name);
  const draw = (): number => low + random.integer(high - low);
  return { shape, dtype: 'int32', values: Int32Array.from({ length: tf.util.sizeFromShape([...shape]) }, draw) };
}

/** These numbers. */
export function given(values: readonly number[], shape: readonly number[] = [values.length]): Input {
  return { shape, dtype: 'float32', values: Float32Array.from(values) };
}

/**
 * Runs `body` eagerly on tfjs's cpu backend and compiled, for this machine and with portable operators only, and expects
 * every output to agree within 1e-5 of its largest value. NaN and infinities must be at the same places.
 */
export async function expectParity(
  inputs: Record<string, Input>,
  body: (inputs: Tensors) => Tensors,
  tolerance = 1e-5,
): Promise<void> {
  await tf.setBackend('cpu');
  const eager = tf.tidy(() => {
    const outputs = body(
      Object.fromEntries(
        Object.entries(inputs).map(([name, { shape, dtype, values }]) => [name, tf.tensor(values, [...shape], dtype)]),
      ),
    );
    return Object.entries(outputs).map(([name, tensor]) => ({
      name,
      values: Array.from(tensor.dataSync()),
      shape: tensor.shape,
      dtype: tensor.dtype,
    }));
  });
  const wrong: string[] = [];
  for (const target of [undefined, portableTarget]) {
    const types: Record<string, string> = {};
    const program = await new OnnxRuntimeEngine('cpu', 1, target).compile({
      name: 'parity',
      inputs,
      state: {},
      body: (tensors) => {
        const outputs = body(tensors);
        for (const [name, { shape, dtype }] of Object.entries(outputs)) types[name] = `${dtype}[${shape.join()}]`;
        return { outputs };
      },
    });
    const feeds = Object.fromEntries(Object.entries(inputs).map(([name, { values }]) => [name, values]));
    const compiled = await program.run(feeds);
    await program.dispose();
    for (const { name, values, shape, dtype } of eager) {
      const where = `${target ? 'portable' : 'native'} ${name}`;
      const expectedType = `${dtype}[${shape.join()}]`;
      if (types[name] !== expectedType) wrong.push(`${where}: ${types[name]} instead of ${expectedType}`);
      const problem = difference(values, compiled[name]!, tolerance);
      if (problem) wrong.push(`${where}: ${problem}`);
    }
  }
  expect(wrong).toEqual([]);
}

/** Where two arrays differ most, in words; undefined when they agree. */
function difference(expected: readonly number[], actual: ArrayLike<number>, tolerance: number): string | undefined {
  if (expected.length !== actual.length) return `${actual.length} values instead of ${expected.length}`;
  const largest = expected.reduce(
    (most, value) => (Number.isFinite(value) ? Math.max(most, Math.abs(value)) : most),
    0,
  );
  let worst = 0;
  let at = -1;
  expected.forEach((value, i) => {
    const same = Object.is(value, actual[i]!) || value === actual[i]!;
    const error = same ? 0 : Math.abs(value - actual[i]!);
    if (Number.isNaN(error) || error > worst) {
      worst = Number.isNaN(error) ? Infinity : error;
      at = i;
    }
  });
  if (worst <= tolerance * largest) return undefined;
  return `[${at}] is ${actual[at]!} instead of ${expected[at]!} (largest ${largest.toPrecision(3)})`;
}

/** All entries of `tables` in one. */
export function merge(...tables: Tensors[]): Tensors {
  return Object.assign({}, ...tables) as Tensors;
}

/**
 * A function and its gradients with respect to `arguments_`, as outputs `<name>` and `<name> d<i>`. The gradient that comes
 * in from behind is different for every element.
 */
export function withGradients(
  name: string,
  run: (...tensors: tf.Tensor[]) => tf.Tensor,
  ...arguments_: tf.Tensor[]
): Tensors {
  const y = run(...arguments_);
  const weighted = (...tensors: tf.Tensor[]): tf.Tensor => {
    const result = run(...tensors);
    const weights = Float32Array.from({ length: result.size }, (_, i) => Math.sin(1 + 1.7 * i));
    return tf.sum(tf.mul(result, tf.tensor(weights, result.shape)));
  };
  const gradients = tf.grads(weighted)(arguments_);
  return { [name]: y, ...Object.fromEntries(gradients.map((gradient, i) => [`${name} d${i}`, gradient])) };
}

/** Ways in which a tensor [B,H,W,C] can lie in memory when an operation gets it. The numbers are the same. */
export const layouts: Record<string, { channels: number; lay: (x: tf.Tensor) => tf.Tensor }> = {
  'row-major': { channels: 5, lay: (x) => x },
  transposed: { channels: 5, lay: (x) => tf.transpose(x, [0, 2, 1, 3]) },
  planes: { channels: 6, lay: throughConvolution },
  '16 channels': { channels: 16, lay: throughConvolution },
  '32 channels': { channels: 32, lay: throughConvolution },
};

/** A 1x1 convolution with the unit matrix changes no number, but leaves the layout of convolutions. */
export function throughConvolution(x: tf.Tensor): tf.Tensor {
  const channels = x.shape[3]!;
  const unit = tf.reshape<tf.Rank.R4>(tf.eye(channels), [1, 1, channels, channels]);
  return tf.conv2d(x as tf.Tensor4D, unit, 1, 'same');
}
