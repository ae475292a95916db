// First: whichever copy of tfjs's modules is loaded first makes the tensors, and this one has their methods.
import '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import fixture from '../../fixtures/curvature.json' with { type: 'json' };
import { OnnxRuntimeEngine } from '../../../src/engine/compile/onnxRuntime';
import { Hessian, weightsOf } from '../../../src/engine/curvature/hessian';
import { lanczos, norm, ritzVector } from '../../../src/engine/curvature/lanczos';
import { startVector } from '../../../src/engine/curvature/probes';
import type { LossSpec } from '../../../src/engine/experiment/schema';
import { createLoss } from '../../../src/engine/losses/registry';
import { unetParameters } from '../../../src/engine/unet/unet';
import { formulaCase } from './formulaCase';

const runtime = new OnnxRuntimeEngine('cpu', 1);

const specsOfLosses: Record<keyof typeof fixture.cases, LossSpec> = {
  crossEntropy: { type: 'crossEntropy' },
  'crossEntropy 1:3': { type: 'crossEntropy', classWeights: [1, 3] },
  focal: { type: 'focal' },
  'focal detached': { type: 'focal', modulator: 'detached' },
  dice: { type: 'dice' },
};

describe.each(Object.entries(specsOfLosses))('the Hessian of %s', (name, spec) => {
  const expected = fixture.cases[name as keyof typeof fixture.cases];
  const { model, weights, images } = formulaCase();
  let hessian: Hessian;
  beforeAll(async () => {
    hessian = await Hessian.create(runtime, model, weights, createLoss(spec), images);
  });
  afterAll(() => hessian.dispose());

  const close = (found: ArrayLike<number>, wanted: readonly number[], share: number): void => {
    expect(found).toHaveLength(wanted.length);
    const scale = Math.max(...wanted.map(Math.abs));
    wanted.forEach((value, i) => expect(Math.abs(found[i]! - value)).toBeLessThan(share * scale));
  };

  it('times a vector is what PyTorch gives, and so is the gradient', async () => {
    expect(hessian.size).toBe(fixture.parameters);
    close(await hessian.gradient(), expected.gradient, 2e-5);
    const direction = Float32Array.from({ length: hessian.size }, (_, i) => Math.cos(i + 1));
    close(await hessian.product(direction), expected.product, 2e-5);
  });

  it('has the eigenvalues of the dense matrix', async () => {
    const found = await lanczos((v) => hessian.product(v), startVector(hessian.size, 1), 80);
    const scale = expected.eigenvalues[0]!;
    for (const i of [0, 1, 2, 3, 4]) {
      expect(Math.abs(found.values[i]! - expected.eigenvalues[i]!)).toBeLessThan(1e-4 * scale);
      expect(found.residuals[i]).toBeLessThan(1e-3 * scale);
    }
    expect(Math.abs(found.values.at(-1)! - expected.eigenvalues.at(-1)!)).toBeLessThan(1e-4 * scale);
    // The vector belongs to the value: H y = θ y.
    const vector = ritzVector(found, 0);
    const image = await hessian.product(vector);
    expect(norm(image.map((value, i) => value - found.values[0]! * vector[i]!))).toBeLessThan(1e-3 * scale);
  });
});

describe('vectors of all weights', () => {
  it('are cut into tensors without a copy', () => {
    const specs = unetParameters(formulaCase().model);
    const vector = Float32Array.from({ length: fixture.parameters }, (_, i) => i);
    const parts = weightsOf(specs, vector);
    expect(parts['encoder.0.conv1.bias']![0]).toBe(18);
    expect(parts['head.bias']!.buffer).toBe(vector.buffer);
  });
});
