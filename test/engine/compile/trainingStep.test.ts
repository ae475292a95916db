import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { beforeAll, describe, expect, it } from 'vitest';
import { OnnxRuntimeEngine } from '../../../src/engine/compile/onnxRuntime';
import { portableTarget, type Target } from '../../../src/engine/compile/tracer';
import { randomFor } from '../../../src/engine/data/random';
import { unetGeometry } from '../../../src/engine/data/geometry';
import type { LossSpec, ModelConfig, OptimizerConfig } from '../../../src/engine/experiment/schema';
import { createLoss } from '../../../src/engine/losses/registry';
import { createOptimizer } from '../../../src/engine/training/optimizers';
import { trainingStep } from '../../../src/engine/training/trainingStep';
import { initializeParameters } from '../../../src/engine/unet/initializers';
import { unetParameters } from '../../../src/engine/unet/unet';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

const adam: OptimizerConfig = { type: 'adam', learningRate: 1e-2, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };
const sgd: OptimizerConfig = { type: 'sgd', learningRate: 1e-2, momentum: 0.9 };

/** Five steps, eagerly on tfjs's own cpu backend and compiled; the worst relative difference of each tensor. */
async function compare(model: ModelConfig, spec: LossSpec, config: OptimizerConfig, size: number, target?: Target) {
  const loss = createLoss(spec);
  const optimizer = createOptimizer(config);
  const geometry = unetGeometry(model, [size, size]);
  const batchSize = 2;
  const program = trainingStep(model, loss, optimizer, {
    batchSize,
    tile: geometry.tile,
    crop: [size, size],
    offset: geometry.offset,
  });
  const compiled = await new OnnxRuntimeEngine('cpu', 2, target).compile(program);
  const parameters = initializeParameters(unetParameters(model), 'he', 7);
  await compiled.writeState(parameters);

  let state = Object.fromEntries(
    Object.entries(program.state).map(([name, { shape }]) => [
      name,
      parameters[name] ? tf.tensor(parameters[name], shape as number[]) : tf.zeros(shape as number[]),
    ]),
  );
  const random = randomFor(3, 'step test');
  const losses: { eager: number; compiled: number }[] = [];
  for (let step = 1; step <= 5; step++) {
    const images = Float32Array.from({ length: batchSize * 3 * geometry.tile[0] * geometry.tile[1] }, () =>
      random.next(),
    );
    const labels = Int32Array.from({ length: batchSize * size * size }, () => (random.next() > 0.7 ? 1 : 0));
    const scalars = optimizer.scalars(step, config.learningRate);
    const fed = Object.fromEntries(Object.entries(scalars).map(([name, value]) => [name, Float32Array.of(value)]));
    const result = await compiled.run({ images, labels, ...fed });
    const eager = tf.tidy(() => {
      const { outputs, state: next } = program.body(
        {
          images: tf.tensor(images, program.inputs.images!.shape as number[]),
          labels: tf.tensor(labels, program.inputs.labels!.shape as number[], 'int32'),
          ...Object.fromEntries(Object.entries(scalars).map(([name, value]) => [name, tf.scalar(value)])),
        },
        state,
      );
      return { loss: outputs.loss!, ...next };
    });
    losses.push({ eager: eager.loss.dataSync()[0]!, compiled: result.loss![0]! });
    state = Object.fromEntries(Object.keys(state).map((name) => [name, eager[name as keyof typeof eager]]));
  }
  const after = await compiled.readState();
  let worst = 0;
  for (const [name, tensor] of Object.entries(state)) {
    const expected = tensor.dataSync() as Float32Array;
    const scale = expected.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
    const difference = expected.reduce((largest, value, i) => Math.max(largest, Math.abs(value - after[name]![i]!)), 0);
    worst = Math.max(worst, difference / (scale || 1));
  }
  await compiled.dispose();
  return { losses, worst };
}

describe('a compiled training step', () => {
  const cases: [string, ModelConfig, LossSpec, OptimizerConfig, number, Target | undefined][] = [
    [
      'blocked convolutions, same padding',
      { filters: 16, depth: 1, padding: 'same', classes: 2, channels: 3 },
      { type: 'crossEntropy' },
      sgd,
      16,
      undefined,
    ],
    [
      '8 filters: plain and blocked layers together',
      { filters: 8, depth: 2, padding: 'same', classes: 2, channels: 3 },
      { type: 'focal', gamma: 2, modulator: 'full' },
      sgd,
      16,
      undefined,
    ],
    [
      'valid padding',
      { filters: 16, depth: 1, padding: 'valid', classes: 2, channels: 3 },
      { type: 'dice' },
      sgd,
      16,
      undefined,
    ],
    [
      'portable operators only',
      { filters: 4, depth: 2, padding: 'same', classes: 2, channels: 3 },
      { type: 'crossEntropy', classWeights: [1, 3] },
      sgd,
      16,
      portableTarget,
    ],
    [
      'adam',
      { filters: 4, depth: 1, padding: 'same', classes: 2, channels: 3 },
      { type: 'crossEntropy' },
      { ...adam, epsilon: 1e-3 },
      16,
      undefined,
    ],
  ];
  it.each(cases)('agrees with eager tfjs over five steps: %s', async (_, model, loss, optimizer, size, target) => {
    const { losses, worst } = await compare(model, loss, optimizer, size, target);
    for (const { eager, compiled } of losses)
      expect(Math.abs(eager - compiled)).toBeLessThan(1e-5 * Math.max(1, Math.abs(eager)));
    expect(worst).toBeLessThan(1e-5);
  });
});
