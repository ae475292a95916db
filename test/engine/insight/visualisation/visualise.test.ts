import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-core/dist/register_all_gradients';
import { beforeAll, describe, expect, it } from 'vitest';
import { OnnxRuntimeEngine } from '../../../../src/engine/compile/onnxRuntime';
import { portableTarget } from '../../../../src/engine/compile/tracer';
import { randomFor } from '../../../../src/engine/data/random';
import type { ModelConfig } from '../../../../src/engine/experiment/schema';
import { networkLayers } from '../../../../src/engine/insight/activations/layers';
import { Adam } from '../../../../src/engine/insight/visualisation/adam';
import { ascentGradient, type ReluSide } from '../../../../src/engine/insight/visualisation/ascentGradient';
import {
  addDecayGradient,
  addTotalVariationGradient,
  blurred,
  rolled,
  totalVariation,
} from '../../../../src/engine/insight/visualisation/regularisers';
import { pictureSize, visualise } from '../../../../src/engine/insight/visualisation/visualise';
import { createOptimizer } from '../../../../src/engine/training/optimizers';
import { initializeParameters } from '../../../../src/engine/unet/initializers';
import { unetParameters } from '../../../../src/engine/unet/unet';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

const runtime = new OnnxRuntimeEngine('cpu', 1);
const model: ModelConfig = { filters: 4, depth: 2, padding: 'same', classes: 2, channels: 3 };
const weightsOf = (config: ModelConfig) => initializeParameters(unetParameters(config), 'default', 3);

/** Random pictures, [C,H,W]. */
function noise(name: string, length: number): Float32Array {
  const random = randomFor(5, name);
  return Float32Array.from({ length }, () => random.next());
}

describe('the gradient by the picture', () => {
  const cases: [string, ModelConfig, ReluSide][] = [
    ['same padding, before the ReLU', model, 'before'],
    ['same padding, after the ReLU', model, 'after'],
    ['valid padding', { ...model, depth: 1, padding: 'valid' }, 'before'],
    ['blocked convolutions', { ...model, depth: 1, filters: 16 }, 'after'],
    ['a grey picture', { ...model, depth: 1, channels: 1 }, 'before'],
  ];
  it.each(cases)('is that of eager tfjs for every layer: %s', async (_, config, side) => {
    const tile = pictureSize(config, 20);
    const weights = weightsOf(config);
    const picture = noise('picture', config.channels * tile[0] * tile[1]);
    for (const { name, channels } of networkLayers(config)) {
      const wanted = noise(name, channels);
      const spec = ascentGradient(config, tile, name, side);
      const eager = tf.tidy(() => {
        const parameters = Object.fromEntries(
          unetParameters(config).map(({ name, shape }) => [name, tf.tensor(weights[name]!, [...shape])]),
        );
        const { outputs } = spec.body(
          { picture: tf.tensor(picture, [1, config.channels, ...tile]), channels: tf.tensor(wanted) },
          parameters,
        );
        return {
          activation: outputs.activation!.dataSync()[0]!,
          gradient: Float32Array.from(outputs.gradient!.dataSync()),
        };
      });
      const largest = eager.gradient.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      expect(largest).toBeGreaterThan(0);
      for (const target of [undefined, portableTarget]) {
        const program = await new OnnxRuntimeEngine('cpu', 1, target).compile(spec);
        await program.writeState(weights);
        const { activation, gradient } = await program.run({ picture, channels: wanted });
        await program.dispose();
        expect(activation![0]).toBeCloseTo(eager.activation, 4);
        const worst = gradient!.reduce((most, value, i) => Math.max(most, Math.abs(value - eager.gradient[i]!)), 0);
        expect(worst / largest).toBeLessThan(1e-4);
      }
    }
  });
});

describe('visualise', () => {
  const options = { layer: 'bottom.conv2', channel: 3, size: 32, steps: 100 };
  const weights = initializeParameters(unetParameters(model), 'he', 3);
  const off = { jitter: 0, blur: 0, totalVariation: 0, decay: 0 };

  it('makes the feature grow to a multiple, and the same seed repeats it', async () => {
    const steps: number[] = [];
    const first = await visualise(runtime, model, weights, options, { onStep: (step) => steps.push(step) });
    const { height, width, picture, activation, withoutSlope } = first;
    expect([height, width, picture.length]).toEqual([32, 32, 32 * 32 * 3]);
    expect(activation).toHaveLength(101);
    expect(steps).toEqual(Array.from({ length: 100 }, (_, i) => i + 1));
    expect(withoutSlope).toBe(0);
    const growth = activation.at(-1)! / activation[0]!;
    expect(growth).toBeGreaterThan(3);
    expect(await visualise(runtime, model, weights, options)).toEqual(first);
    const other = await visualise(runtime, model, weights, { ...options, seed: 2 });
    expect(other.picture).not.toEqual(picture);
    expect(other.activation.at(-1)! / activation.at(-1)!).toBeCloseTo(1, 0);
    // Before the ReLU, and without anything that holds it back.
    const free = await visualise(runtime, model, weights, { ...options, ...off, relu: 'before' });
    expect(free.activation.at(-1)! / free.activation[0]!).toBeGreaterThan(8);
  });

  it('reaches further with each regulariser off', async () => {
    const last = async (changes: object): Promise<number> =>
      (await visualise(runtime, model, weights, { ...options, ...off, ...changes })).activation.at(-1)!;
    const free = await last({});
    for (const strong of [{ jitter: 8 }, { blur: 2 }, { totalVariation: 1 }, { decay: 10 }]) {
      expect(await last(strong)).toBeLessThan(free);
    }
  });

  it('says when a dead filter leaves it without a slope', async () => {
    const silent = { ...weights, 'encoder.0.conv1.bias': new Float32Array(4).fill(-100) };
    const first = { layer: 'encoder.0.conv1', channel: 1, size: 16, steps: 3 };
    const dead = await visualise(runtime, model, silent, first);
    expect(dead.withoutSlope).toBe(3);
    expect(dead.activation).toEqual([0, 0, 0, 0]);
    const { withoutSlope, activation } = await visualise(runtime, model, silent, { ...first, relu: 'before' });
    expect(withoutSlope).toBe(0);
    expect(activation.at(-1)).toBeLessThan(-90);
  });

  it('refuses what makes no sense', async () => {
    const cases: [object, string][] = [
      [{ layer: 'tail' }, 'the network has no layer "tail"'],
      [{ channel: 16 }, 'layer bottom.conv2 has no feature map 16'],
      [{ size: 5000 }, 'a picture of 5000 pixels a side cannot be made'],
      [{ steps: 0 }, '0 steps make no sense'],
      [{ learningRate: 0 }, 'must be above 0'],
      [{ jitter: 0.5 }, 'a jitter of 0.5 makes no sense'],
      [{ blur: -1 }, 'a blur of -1 makes no sense'],
    ];
    for (const [wrong, message] of cases) {
      await expect(visualise(runtime, model, weights, { ...options, ...wrong })).rejects.toThrow(message);
    }
  });

  it('gives up when it is told to', async () => {
    const controller = new AbortController();
    const onStep = (step: number) => step === 2 && controller.abort(new Error('enough'));
    await expect(visualise(runtime, model, weights, options, { signal: controller.signal, onStep })).rejects.toThrow(
      'enough',
    );
  });

  it('makes pictures of a size that the network can read', () => {
    expect(pictureSize(model, 30)).toEqual([32, 32]);
    const study: ModelConfig = { filters: 32, depth: 4, padding: 'valid', classes: 2, channels: 3 };
    expect(pictureSize(study, 128)).toEqual([188, 188]);
    expect(pictureSize(study, 572)).toEqual([572, 572]);
  });
});

describe('the regularisers', () => {
  const [height, width] = [5, 7];
  const picture = noise('planes', 2 * height * width);

  it('total variation has the gradient of finite differences', () => {
    const gradient = new Float32Array(picture.length);
    addTotalVariationGradient(picture, height, width, 3, gradient);
    for (let i = 0; i < picture.length; i++) {
      const at = (by: number): number => {
        const moved = Float32Array.from(picture);
        moved[i]! += by;
        return totalVariation(moved, height, width);
      };
      expect(gradient[i]).toBeCloseTo((3 * (at(1e-3) - at(-1e-3))) / 2e-3, 2);
    }
  });

  it('total variation joins neither planes nor rows', () => {
    const steps = Float32Array.from({ length: 2 * height * width }, (_, i) => (i < height * width ? 0 : 1));
    expect(totalVariation(steps, height, width)).toBe(0);
    expect(totalVariation(Float32Array.of(0, 0, 1, 1), 2, 2)).toBeCloseTo(2 * (Math.hypot(1, 0.01) - 0.01), 6);
  });

  it('decay pulls towards grey', () => {
    const gradient = new Float32Array(3);
    addDecayGradient(Float32Array.of(0, 0.5, 1), 0.2, gradient);
    expect([...gradient].map((value) => Number(value.toFixed(6)))).toEqual([-0.1, 0, 0.1]);
  });

  it('rolling moves every plane, and back', () => {
    const two = Float32Array.of(1, 2, 3, 4, 5, 6, 10, 20, 30, 40, 50, 60);
    expect([...rolled(two, 2, 3, 1, 1)]).toEqual([6, 4, 5, 3, 1, 2, 60, 40, 50, 30, 10, 20]);
    for (const [down, right] of [
      [2, -3],
      [-11, 16],
      [0, 0],
    ] as const) {
      expect(rolled(rolled(picture, height, width, down, right), height, width, -down, -right)).toEqual(picture);
    }
  });

  it('blurring keeps what is even, and spreads a point as a Gaussian', () => {
    const even = new Float32Array(35).fill(0.25);
    for (const value of blurred(even, height, width, 1.5)) expect(value).toBeCloseTo(0.25, 6);
    const point = new Float32Array(21 * 21);
    point[10 * 21 + 10] = 1;
    const spread = blurred(point, 21, 21, 1.5);
    expect(spread.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 4);
    expect(spread[10 * 21 + 12]! / spread[10 * 21 + 10]!).toBeCloseTo(Math.exp(-4 / (2 * 2.25)), 5);
    expect(spread[12 * 21 + 10]).toBeCloseTo(spread[10 * 21 + 12]!, 7);
  });
});

describe('Adam on an array', () => {
  it('steps as the optimizer of training does', () => {
    const config = { type: 'adam', learningRate: 0.02, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 } as const;
    const optimizer = createOptimizer(config);
    const values = noise('values', 6);
    let parameter: tf.Tensor = tf.tensor(values.slice());
    let state: Record<string, tf.Tensor> = { m: tf.zeros([6]), v: tf.zeros([6]) };
    const adam = new Adam(6, 0.02);
    for (let step = 1; step <= 4; step++) {
      const gradient = noise(`gradient ${step}`, 6).map((value) => value - 0.5);
      const scalars = Object.entries(optimizer.scalars(step, 0.02)).map(([name, value]) => [name, tf.scalar(value)]);
      const next = optimizer.update(parameter, tf.tensor(gradient), state, Object.fromEntries(scalars));
      ({ parameter, state } = next);
      adam.step(values, gradient);
    }
    const expected = parameter.dataSync();
    values.forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 5));
  });
});
