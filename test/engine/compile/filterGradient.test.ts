import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { asConvolution, asMatrixProduct } from '../../../src/engine/compile/kernels/filterGradient';
import { OnnxRuntimeEngine, targetOf } from '../../../src/engine/compile/onnxRuntime';
import type { ProgramSpec } from '../../../src/engine/compile/program';
import { currentTracer, tensorFrom } from '../../../src/engine/compile/traceBackend';
import { randomFor } from '../../../src/engine/data/random';

const block = (await targetOf('cpu')).block;

interface Case {
  readonly name: string;
  readonly image: [number, number, number, number];
  readonly outputs: number;
  readonly pad: number;
}

/** The same gradient by each lowering, straight from the lowering functions. */
function bothWays({ image, outputs, pad }: Case): ProgramSpec {
  const [batch, height, width, inputs] = image;
  const rows = height + 2 * pad - 2;
  const columns = width + 2 * pad - 2;
  const geometry = {
    kernel: [3, 3] as const,
    strides: [1, 1] as const,
    dilations: [1, 1] as const,
    pads: [pad, pad, pad, pad] as const,
  };
  return {
    name: 'filter gradient',
    inputs: {
      x: { shape: [batch, inputs, height, width], dtype: 'float32' },
      dy: { shape: [batch, outputs, rows, columns], dtype: 'float32' },
    },
    state: {},
    body({ x, dy }) {
      const tracer = currentTracer();
      const from = tf.transpose(x!, [0, 2, 3, 1]);
      const to = tf.transpose(dy!, [0, 2, 3, 1]);
      const shape = [3, 3, inputs, outputs];
      const limits = { whole: 0, band: 5 * width * block * 4 };
      return {
        outputs: {
          product: tensorFrom(asMatrixProduct(tracer, from, to, shape, geometry)),
          whole: tensorFrom(asConvolution(tracer, from, to, shape, geometry)),
          bands: tensorFrom(asConvolution(tracer, from, to, shape, geometry, limits)),
        },
      };
    },
  };
}

describe.runIf(block > 0)('the gradient of a convolution with respect to its filter', () => {
  const cases: Case[] = [
    { name: 'same padding', image: [2, 24, 2 * block, 2 * block], outputs: block, pad: 1 },
    { name: 'valid padding', image: [1, 21, 2 * block, block], outputs: 2 * block, pad: 0 },
    { name: 'columns that do not fill the last vector', image: [2, 17, 2 * block - 3, block], outputs: block, pad: 1 },
  ];
  it.each(cases)('is the same by every lowering: $name', async (example) => {
    const spec = bothWays(example);
    const program = await new OnnxRuntimeEngine('cpu', 2).compile(spec);
    const random = randomFor(5, example.name);
    const values = (name: string): Float32Array =>
      Float32Array.from({ length: spec.inputs[name]!.shape.reduce((a, b) => a * b, 1) }, () => random.next() - 0.5);
    const { product, whole, bands } = await program.run({ x: values('x'), dy: values('dy') });
    const largest = product!.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    expect(largest).toBeGreaterThan(0.1);
    for (const other of [whole!, bands!]) {
      const worst = other.reduce((most, value, i) => Math.max(most, Math.abs(value - product![i]!)), 0);
      expect(worst / largest).toBeLessThan(1e-5);
    }
    await program.dispose();
  });
});
