import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { describe, expect, it } from 'vitest';
import { EagerRuntime } from '../../../src/engine/accelerators/eagerRuntime';
import { OnnxRuntimeEngine } from '../../../src/engine/compile/onnxRuntime';
import type { ProgramSpec } from '../../../src/engine/compile/program';
import { adam, predict, sgd, tinyModel, train, trainer, worstDifference } from './tinyTraining';

tf.env().set('PROD', true);
const eager = new EagerRuntime({ name: 'cpu', backend: 'cpu', provider: 'cpu', threads: 1, versions: {} });
const compiled = new OnnxRuntimeEngine('cpu', 2);

/** Adds its input to a running total. */
const total: ProgramSpec = {
  name: 'running total',
  inputs: { x: { shape: [2, 2], dtype: 'float32' } },
  state: { sum: { shape: [2, 2] }, untouched: { shape: [3] } },
  body: ({ x }, { sum }) => {
    const next = tf.add(sum!, x!);
    return { outputs: { mean: tf.mean(next), sum: next, again: next, x: x!, before: sum! }, state: { sum: next } };
  },
};

describe('programs that run eagerly', () => {
  it('keep state from run to run and hand out row-major arrays', async () => {
    const program = await eager.compile(total);
    await program.writeState({ sum: Float32Array.of(1, 2, 3, 4), untouched: Float32Array.of(7, 8, 9) });
    const x = Float32Array.of(10, 20, 30, 40);
    await program.run({ x });
    x.fill(1); // the caller's to use again
    const { mean, sum, again, before, x: same } = await program.run({ x });
    expect([...sum!]).toEqual([12, 23, 34, 45]);
    expect([...again!]).toEqual([12, 23, 34, 45]);
    expect([...before!]).toEqual([11, 22, 33, 44]);
    expect([...same!]).toEqual([1, 1, 1, 1]);
    expect([...mean!]).toEqual([28.5]);
    expect(await program.readState()).toEqual({ sum, untouched: Float32Array.of(7, 8, 9) });
    await program.dispose();
  });

  it('start with state of zeros and leave out what is not written', async () => {
    const program = await eager.compile(total);
    await program.writeState({ untouched: Float32Array.of(1, 2, 3) });
    expect(await program.readState()).toEqual({
      sum: new Float32Array(4),
      untouched: Float32Array.of(1, 2, 3),
    });
    await program.dispose();
  });

  it('say what they were given wrong', async () => {
    const program = await eager.compile(total);
    await expect(program.writeState({ other: new Float32Array(1) })).rejects.toThrow('no state "other"');
    await expect(program.writeState({ sum: new Float32Array(3) })).rejects.toThrow('has 4 values, not 3');
    await expect(program.run({})).rejects.toThrow('was given no "x"');
    await program.dispose();
    await expect(program.run({ x: new Float32Array(4) })).rejects.toThrow('disposed');
  });

  it('leave timers and signals their turn', async () => {
    const program = await eager.compile(total);
    let fired = false;
    const timer = setTimeout(() => (fired = true), 1);
    const end = performance.now() + 1000;
    while (!fired && performance.now() < end) await program.run({ x: new Float32Array(4) });
    clearTimeout(timer);
    expect(fired).toBe(true);
    await program.dispose();
  });

  it('hold no more tensors after 100 runs, and none after they are disposed of', async () => {
    await tf.setBackend('cpu');
    const before = tf.memory().numTensors;
    const program = await eager.compile(total);
    await program.run({ x: new Float32Array(4) });
    const held = tf.memory().numTensors;
    for (let n = 0; n < 100; n++) await program.run({ x: new Float32Array(4) });
    await program.writeState({ sum: new Float32Array(4) });
    await program.readState();
    expect(tf.memory().numTensors).toBe(held);
    expect(held).toBe(before + 2);
    await program.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it('hold no more tensors after training steps', async () => {
    const { program, step } = await trainer(eager, {
      model: { ...tinyModel, filters: 2, depth: 1 },
      loss: { type: 'focal', gamma: 2, modulator: 'detached' },
      optimizer: adam,
      size: 8,
      batchSize: 1,
    });
    await step(1);
    const held = tf.memory().numTensors;
    for (let n = 2; n <= 20; n++) await step(n);
    expect(tf.memory().numTensors).toBe(held);
    await program.dispose();
  });

  it.each([
    ['same padding', tinyModel, sgd],
    ['valid padding', { ...tinyModel, depth: 1, padding: 'valid' as const }, adam],
  ])('train as the compiled ones do: %s', async (_, model, optimizer) => {
    const a = await train(compiled, { model, optimizer });
    const b = await train(eager, { model, optimizer });
    a.losses.forEach((loss, i) => expect(Math.abs(loss - b.losses[i]!)).toBeLessThan(1e-5));
    expect(worstDifference(a.state, b.state)).toBeLessThan(1e-5);
  });

  it('predict as the compiled ones do', async () => {
    const logits = await predict(compiled, tinyModel, 16);
    expect(worstDifference({ logits }, { logits: await predict(eager, tinyModel, 16) })).toBeLessThan(1e-5);
  });
});
