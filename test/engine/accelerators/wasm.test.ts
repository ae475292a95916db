import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { EagerRuntime } from '../../../src/engine/accelerators/eagerRuntime';
import { loadWasm } from '../../../src/engine/accelerators/wasm';
import type { Runtime } from '../../../src/engine/compile/program';
import { randomFor } from '../../../src/engine/data/random';
import { adam, everyLoss, predict, sgd, tinyModel, train, trainer, worstDifference } from './tinyTraining';

let wasm: Runtime;
const listeners = process.listenerCount('unhandledRejection');

beforeAll(async () => {
  wasm = await loadWasm();
});

/** The same function on both backends; values and, where it has one, gradient. */
async function onBoth(f: () => tf.Tensor): Promise<{ cpu: Float32Array; wasm: Float32Array }> {
  const values: Float32Array[] = [];
  for (const backend of ['cpu', 'wasm']) {
    await tf.setBackend(backend);
    const tensor = tf.tidy(f);
    values.push(Float32Array.from(tensor.dataSync()));
    tensor.dispose();
  }
  return { cpu: values[0]!, wasm: values[1]! };
}

function noise(name: string, shape: number[]): tf.Tensor {
  const random = randomFor(5, name);
  return tf.tensor(
    Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => random.normal()),
    shape,
  );
}

describe('the wasm backend', () => {
  it('says what it is, and leaves no listeners behind', () => {
    expect(wasm).toMatchObject({ name: 'wasm', provider: 'wasm-simd', threads: 1 });
    expect(wasm.versions['@tensorflow/tfjs-backend-wasm']).toBe(tf.version_core);
    expect(process.listenerCount('unhandledRejection')).toBe(listeners);
  });

  it.each([
    ['3x3, same padding', [2, 8, 6, 3], 4, 3, 1, 'same'],
    ['3x3, valid padding', [1, 9, 7, 5], 2, 3, 1, 'valid'],
    ['1x1', [2, 5, 5, 8], 2, 1, 1, 'same'],
    ['2x2, stride 2, as a transposed convolution needs it', [2, 8, 8, 3], 5, 2, 2, 'valid'],
    ['3x3, stride 2, same padding, odd sides', [1, 9, 11, 2], 3, 3, 2, 'same'],
    ['5x5, explicit padding', [1, 8, 8, 2], 3, 5, 1, 2],
    ['1x1, padded beyond its size', [1, 4, 4, 2], 3, 1, 1, 1],
    ['2x2, stride 2, with a row and a column left over', [1, 7, 9, 2], 3, 2, 2, 'valid'],
  ] as const)('has the gradients of a convolution: %s', async (_, shape, outputs, size, stride, padding) => {
    const x = (): tf.Tensor => noise('x', [...shape]);
    const filter = (): tf.Tensor => noise('filter', [size, size, shape[3], outputs]);
    const weighed = (x: tf.Tensor, w: tf.Tensor): tf.Tensor => {
      const y = tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, stride, padding);
      return tf.sum(tf.mul(y, noise('dy', y.shape)));
    };
    const ofFilter = await onBoth(() => tf.grad((w) => weighed(x(), w))(filter()));
    expect(worstDifference({ w: ofFilter.cpu }, { w: ofFilter.wasm })).toBeLessThan(1e-5);
    const ofInput = await onBoth(() => tf.grad((x) => weighed(x, filter()))(x()));
    expect(worstDifference({ x: ofInput.cpu }, { x: ofInput.wasm })).toBeLessThan(1e-5);
  });

  const shifted = (x: tf.Tensor): tf.Tensor4D => tf.sub(x, 3);
  it.each([
    ['max pooling of negative numbers', (x: tf.Tensor) => tf.maxPool(shifted(x), 2, 2, 'valid')],
    ['overlapping pools', (x: tf.Tensor) => tf.maxPool(x as tf.Tensor4D, 3, 2, 'same')],
    ['dilation', (x: tf.Tensor) => tf.dilation2d(shifted(x), noise('w', [2, 2, 3]) as tf.Tensor3D, 1, 'same')],
    ['3d pooling', (x: tf.Tensor) => tf.maxPool3d(tf.reshape<tf.Rank.R5>(shifted(x), [1, 2, 6, 8, 3]), 2, 2, 'valid')],
  ] as const)('has the value and gradient of %s', async (_, f) => {
    const value = await onBoth(() => f(noise('x', [2, 6, 8, 3])));
    expect(worstDifference({ value: value.cpu }, { value: value.wasm })).toBeLessThan(1e-6);
    const gradient = await onBoth(() =>
      tf.grad((x) => tf.sum(tf.mul(f(x), noise('dy', f(x).shape))))(noise('x', [2, 6, 8, 3])),
    );
    expect(worstDifference({ gradient: gradient.cpu }, { gradient: gradient.wasm })).toBeLessThan(1e-6);
  });

  it('has one-hot values of every type, and booleans of fractions', async () => {
    for (const dtype of ['float32', 'int32', 'bool'] as const) {
      const { cpu, wasm } = await onBoth(() => tf.oneHot(tf.tensor1d([0, 2, 5, -1], 'int32'), 3, 1, 0, dtype));
      expect(wasm).toEqual(cpu);
      expect([...wasm]).toEqual([1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0]);
    }
    const { wasm } = await onBoth(() => tf.cast(tf.tensor1d([0, 0.5, -0.25, 256]), 'bool'));
    expect([...wasm]).toEqual([0, 1, 1, 1]);
  });

  it('borrows kernels of the cpu backend without leaking', async () => {
    const f = (): tf.Tensor => {
      const x = noise('x', [1, 6, 6, 2]) as tf.Tensor4D;
      const depthwise = tf.grads((x: tf.Tensor, w: tf.Tensor) =>
        tf.sum(tf.square(tf.depthwiseConv2d(x as tf.Tensor4D, w as tf.Tensor4D, 1, 'same'))),
      )([x, noise('w', [3, 3, 2, 1])]);
      const gathered = tf.grad((t) => tf.sum(tf.square(tf.gather(t, tf.tensor1d([0, 2, 2], 'int32')))))(
        noise('t', [3, 4]),
      );
      const product = tf.einsum('ij,jk->ik', noise('a', [3, 4]), noise('b', [4, 2]));
      return tf.concat([...depthwise, gathered, product].map((tensor) => tf.reshape(tensor, [-1])));
    };
    await tf.setBackend('wasm');
    const before = tf.memory().numTensors;
    const dataBefore = [tf.findBackend('wasm').numDataIds(), tf.findBackend('cpu').numDataIds()];
    const { cpu, wasm } = await onBoth(f);
    expect(worstDifference({ cpu }, { cpu: wasm })).toBeLessThan(1e-5);
    expect(tf.memory().numTensors).toBe(before);
    expect([tf.findBackend('wasm').numDataIds(), tf.findBackend('cpu').numDataIds()]).toEqual(dataBefore);
  });
});

describe('training on wasm', () => {
  const cpu = new EagerRuntime({ name: 'cpu', backend: 'cpu', provider: 'cpu', threads: 1, versions: {} });

  it.each(everyLoss.map((loss) => [JSON.stringify(loss), loss] as const))(
    'agrees with the cpu backend: %s',
    async (_, loss) => {
      const model = { ...tinyModel, filters: 2 };
      const a = await train(cpu, { model, loss, optimizer: adam, size: 8, steps: 2 });
      const b = await train(wasm, { model, loss, optimizer: adam, size: 8, steps: 2 });
      a.losses.forEach((value, i) => expect(Math.abs(value - b.losses[i]!)).toBeLessThan(1e-5));
      expect(worstDifference(a.state, b.state)).toBeLessThan(1e-5);
    },
  );

  it('agrees with the cpu backend under valid padding and momentum, and so does a prediction', async () => {
    const model = { ...tinyModel, depth: 1, padding: 'valid' as const };
    const a = await train(cpu, { model, optimizer: sgd, size: 8, steps: 2 });
    const b = await train(wasm, { model, optimizer: sgd, size: 8, steps: 2 });
    expect(worstDifference(a.state, b.state)).toBeLessThan(1e-5);
    const logits = await predict(cpu, model, 8);
    expect(worstDifference({ logits }, { logits: await predict(wasm, model, 8) })).toBeLessThan(1e-5);
  });

  it('learns, and holds no more memory after many steps', async () => {
    const { program, step } = await trainer(wasm, {
      model: tinyModel,
      loss: { type: 'crossEntropy' },
      optimizer: { type: 'adam', learningRate: 1e-2, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
      size: 16,
      batchSize: 2,
    });
    const losses = [(await step(1)).loss![0]!];
    const held = [tf.memory().numTensors, tf.findBackend('wasm').numDataIds()];
    for (let n = 2; n <= 40; n++) losses.push((await step(n)).loss![0]!);
    expect([tf.memory().numTensors, tf.findBackend('wasm').numDataIds()]).toEqual(held);
    expect(losses.at(-1)).toBeLessThan(0.5 * losses[0]!);
    await program.dispose();
  });
});
