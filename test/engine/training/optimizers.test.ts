import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import type { OptimizerConfig } from '../../../src/engine/experiment/schema';
import { createOptimizer } from '../../../src/engine/training/optimizers';

interface Golden {
  start: number[];
  cases: Record<string, number[][]>;
}
const golden = JSON.parse(
  readFileSync(new URL('../../fixtures/golden-optimizers.json', import.meta.url), 'utf8'),
) as Golden;

const adam = { learningRate: 0.01, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };
const configs: Record<string, OptimizerConfig> = {
  sgd: { type: 'sgd', learningRate: 0.1, momentum: 0 },
  sgdMomentum: { type: 'sgd', learningRate: 0.1, momentum: 0.9 },
  adam: { type: 'adam', ...adam },
  adamBetas: { type: 'adam', learningRate: 0.02, beta1: 0.8, beta2: 0.95, epsilon: 1e-3 },
  adamw: { type: 'adamw', ...adam, weightDecay: 0.1 },
};

beforeAll(async () => {
  await tf.setBackend('cpu');
});

describe('createOptimizer', () => {
  it.each(Object.entries(configs))('%s follows PyTorch over five steps', (name, config) => {
    const expected = golden.cases[name]!;
    const optimizer = createOptimizer(config);
    let parameter: tf.Tensor = tf.tensor1d(golden.start);
    let state: Record<string, tf.Tensor> = Object.fromEntries(
      optimizer.stateNames.map((key) => [key, tf.zeros([golden.start.length])]),
    );
    expected.forEach((values, index) => {
      const step = index + 1;
      const waves = tf.tensor1d(golden.start.map((_, i) => Math.sin(3 * i + step)));
      const scalars = Object.fromEntries(
        Object.entries(optimizer.scalars(step, config.learningRate)).map(([key, value]) => [key, tf.scalar(value)]),
      );
      ({ parameter, state } = optimizer.update(parameter, tf.add(waves, tf.mul(parameter, 0.5)), state, scalars));
      expect(Object.keys(state)).toEqual([...optimizer.stateNames]);
      parameter.dataSync().forEach((value, i) => expect(Math.abs(value - values[i]!)).toBeLessThan(2e-6));
    });
    expect(expected).toHaveLength(5);
  });

  it('leaves the given tensors alone', () => {
    const optimizer = createOptimizer(configs['adam']!);
    const parameter = tf.tensor1d([1, 2]);
    const state = { m: tf.zeros([2]), v: tf.zeros([2]) };
    optimizer.update(parameter, tf.ones([2]), state, { stepSize: tf.scalar(0.1), epsilon: tf.scalar(1e-8) });
    expect([...parameter.dataSync()]).toEqual([1, 2]);
    expect([...state.m.dataSync()]).toEqual([0, 0]);
  });

  it('does not move a parameter whose gradient has always been 0', () => {
    const optimizer = createOptimizer(configs['adam']!);
    const state = { m: tf.zeros([1]), v: tf.zeros([1]) };
    const scalars = Object.fromEntries(
      Object.entries(optimizer.scalars(1, 0.01)).map(([key, value]) => [key, tf.scalar(value)]),
    );
    const { parameter } = optimizer.update(tf.tensor1d([0.25]), tf.zeros([1]), state, scalars);
    expect([...parameter.dataSync()]).toEqual([0.25]);
  });
});
