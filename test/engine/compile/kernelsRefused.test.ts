import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { OnnxRuntimeEngine } from '../../../src/engine/compile/onnxRuntime';
import type { Program } from '../../../src/engine/compile/program';
import { traceBackendName } from '../../../src/engine/compile/traceBackend';
import { Problem } from '../../../src/runs/problem';

beforeEach(async () => {
  await tf.setBackend('cpu');
});

const compile = (body: (x: tf.Tensor) => tf.Tensor): Promise<Program> =>
  new OnnxRuntimeEngine('cpu', 1).compile({
    name: 'refused',
    inputs: { x: { shape: [2, 3], dtype: 'float32' } },
    state: {},
    body: ({ x }) => ({ outputs: { y: body(x!) } }),
  });

async function problemOf(body: (x: tf.Tensor) => tf.Tensor): Promise<Problem> {
  const error: unknown = await compile(body).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(Problem);
  expect((error as Problem).hint).toBeTruthy();
  return error as Problem;
}

describe('what cannot be compiled', () => {
  it('is known of every kernel of tfjs', () => {
    const core = dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs-core'));
    const text = readFileSync(join(core, 'kernel_names.d.ts'), 'utf8');
    const names = [...text.matchAll(/const \w+ = "(\w+)"/g)].map((match) => match[1]!);
    expect(names.length).toBeGreaterThan(150);
    const known = new Set(tf.getKernelsForBackend(traceBackendName).map(({ kernelName }) => kernelName));
    expect(names.filter((name) => !known.has(name))).toEqual([]);
  });

  it.each<[string, (x: tf.Tensor) => tf.Tensor, RegExp]>([
    ['Unique', (x) => tf.unique(x.reshape([-1])).values, /values, and the shapes of a compiled loss are fixed/],
    ['Multinomial', (x) => tf.multinomial(x as tf.Tensor2D, 2, 7), /random/],
    ['Complex', (x) => tf.real(tf.complex(x, x)), /complex numbers/],
    [
      'NonMaxSuppressionV3',
      (x) =>
        tf.image.nonMaxSuppression(
          x.pad<tf.Tensor2D>([
            [0, 0],
            [0, 1],
          ]),
          x.slice([0, 0], [2, 1]).reshape<tf.Tensor1D>([2]),
          1,
        ),
      /shapes/,
    ],
    ['RotateWithOffset', (x) => tf.image.rotateWithOffset(x.reshape<tf.Tensor4D>([1, 2, 3, 1]), 1), /warps/],
  ])('%s is named, with the reason and a way out', async (name, body, reason) => {
    const problem = await problemOf(body);
    expect(problem.message).toContain(`the operation ${name} cannot be compiled`);
    expect(problem.message).toMatch(reason);
  });

  it('an operation that is not of tfjs is named', async () => {
    const problem = await problemOf((x) => tf.engine().runKernel('MyOwn', { x }));
    expect(problem.message).toMatch(/the operation MyOwn cannot be compiled/);
  });

  it('an operation without gradient is named', async () => {
    const problem = await problemOf((x) => tf.grad((a) => tf.cumprod(a, 0))(x));
    expect(problem.message).toMatch(/no gradient for the operation Cumprod/);
  });

  it.each<[string, (x: tf.Tensor) => unknown]>([
    ['dataSync', (x) => x.exp().dataSync()],
    ['arraySync', (x) => x.exp().arraySync()],
    ['print', (x) => x.exp().print()],
    ['an input', (x) => x.dataSync()],
  ])('reading a value: %s', async (_, read) => {
    const problem = await problemOf((x) => {
      read(x);
      return x;
    });
    expect(problem.message).toMatch(/value of a tensor \(made by (Exp|input x)\) is read/);
  });

  it.each<[string, (x: tf.Tensor) => tf.Tensor]>([
    ['tf.dropout', (x) => tf.dropout(x, 0.5)],
    ['tf.randomNormal', (x) => x.add(tf.randomNormal([2, 3]))],
    ['Math.random', (x) => x.mul(Math.random())],
  ])('chance: %s', async (_, body) => {
    expect((await problemOf(body)).message).toMatch(/random number is drawn/);
    expect(Math.random()).toBeLessThan(1);
  });

  it('leaves tfjs as it was', async () => {
    await problemOf((x) => tf.unique(x.reshape([-1])).values);
    expect(tf.getBackend()).toBe('cpu');
    expect(tf.add(1, 2).dataSync()[0]).toBe(3);
  });
});

describe('tensors from outside the trace', () => {
  it('become constants, and stay usable', async () => {
    const weights = tf.tensor1d([1, 2, 3]);
    const column = weights.reshape([3, 1]);
    const loss = (x: tf.Tensor): tf.Tensor =>
      tf
        .grad((a) => a.mul(weights).matMul(column).sum())(x)
        .add(weights);
    for (let time = 0; time < 2; time++) {
      const program = await compile(loss);
      const { y } = await program.run({ x: new Float32Array(6) });
      await program.dispose();
      expect(Array.from(y!)).toEqual([2, 6, 12, 2, 6, 12]);
    }
    expect(Array.from(weights.dataSync())).toEqual([1, 2, 3]);
    expect(column.shape).toEqual([3, 1]);
  });

  it('that a loss made at its first call serve in the next ones', async () => {
    let table: tf.Tensor | undefined;
    const loss = (x: tf.Tensor): tf.Tensor => {
      table ??= tf.keep(tf.tensor1d([1, 2, 3]));
      return x.add(table);
    };
    for (let time = 0; time < 2; time++) {
      const program = await compile(loss);
      expect(Array.from((await program.run({ x: new Float32Array(6) })).y!)).toEqual([1, 2, 3, 1, 2, 3]);
      await program.dispose();
    }
  });

  it('that an earlier call computed are a problem', async () => {
    let before: tf.Tensor | undefined;
    const loss = (x: tf.Tensor): tf.Tensor => {
      before ??= tf.keep(x.exp());
      return x.add(before);
    };
    await (await compile(loss)).dispose();
    const problem = await problemOf(loss);
    expect(problem.message).toMatch(/computed while a loss was being compiled is used after that/);
  });
});
