import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { describe, expect, it } from 'vitest';
import { OnnxRuntimeEngine } from '../../../../src/engine/compile/onnxRuntime';
import type { ModelConfig } from '../../../../src/engine/experiment/schema';
import { networkLayers } from '../../../../src/engine/insight/activations/layers';
import { oneTile, readRunImage, type OneTile } from '../../../../src/engine/insight/oneTile';
import { ActivityMeter, deadFilters } from '../../../../src/engine/insight/weights/filterActivity';
import { layerDistances, layerNorms } from '../../../../src/engine/insight/weights/norms';
import { stepChanges } from '../../../../src/engine/insight/weights/stepChanges';
import { initializeParameters } from '../../../../src/engine/unet/initializers';
import { unet, unetParameters } from '../../../../src/engine/unet/unet';
import { temporaryFolder } from '../../../runs/support';
import { writeTinyRuns } from '../../surface/tinyRun';

const model: ModelConfig = { filters: 4, depth: 1, padding: 'same', classes: 2, channels: 3 };
const specs = unetParameters(model);
const layers = networkLayers(model).map(({ name }) => name);

describe('weight change by layer and step', () => {
  const parameters = ['encoder.0.conv1.weight', 'encoder.0.conv1.bias', 'head.weight', 'head.bias'];
  const row = (step: number) => ({
    step,
    changes: Object.fromEntries(parameters.map((name, i) => [name, step * 10 ** i])),
  });
  const rows = [1, 2, 3, 4, 5].map(row);

  it('adds the tensors of a layer', () => {
    const { layers, firstSteps, lastSteps, values } = stepChanges(parameters, rows, 100);
    expect(layers).toEqual(['encoder.0.conv1', 'head']);
    expect(firstSteps).toEqual([1, 2, 3, 4, 5]);
    expect(lastSteps).toEqual(firstSteps);
    expect([...values]).toEqual([11, 22, 33, 44, 55, 1100, 2200, 3300, 4400, 5500]);
  });

  it('averages over the steps of a column when there are too many', () => {
    const { firstSteps, lastSteps, values } = stepChanges(parameters, rows, 2);
    expect([firstSteps, lastSteps]).toEqual([
      [1, 3],
      [2, 5],
    ]);
    expect([...values]).toEqual([16.5, 44, 1650, 4400]);
  });

  it('is empty before the first step', () => {
    expect(stepChanges([], [], 100)).toEqual({ layers: [], firstSteps: [], lastSteps: [], values: new Float32Array() });
    expect(stepChanges(parameters, [], 100).values).toHaveLength(0);
  });
});

describe('norms by layer', () => {
  const weights = initializeParameters(specs, 'default', 1);

  it('are Euclidean, of weights and biases apart', () => {
    const norms = layerNorms(specs, weights);
    expect(norms.layers).toEqual(layers);
    norms.layers.forEach((layer, i) => {
      expect(norms.weights[i]).toBeCloseTo(Math.hypot(...weights[`${layer}.weight`]!), 5);
      expect(norms.biases[i]).toBeCloseTo(Math.hypot(...weights[`${layer}.bias`]!), 5);
    });
  });

  it('of a difference are the way between two networks', () => {
    const moved = { ...weights, 'head.bias': weights['head.bias']!.map((value, i) => value + [3, 4][i]!) };
    const { biases, weights: unmoved } = layerDistances(specs, weights, moved);
    expect(biases.at(-1)).toBeCloseTo(5, 5);
    expect([...biases.subarray(0, -1), ...unmoved].every((value) => value === 0)).toBe(true);
  });
});

describe('how much filters fire', () => {
  async function tiles(size: readonly [number, number]): Promise<OneTile[]> {
    const [run] = await writeTinyRuns(temporaryFolder(), { size });
    const { experiment } = run!;
    return Promise.all(
      ['image-1', 'image-2', 'image-5'].map(async (name) =>
        oneTile(experiment, (await readRunImage(experiment, name)).pair, 'whole'),
      ),
    );
  }

  it('is that of eager tfjs over all images, and a silenced filter is dead', async () => {
    await tf.setBackend('cpu');
    const images = [...(await tiles([24, 32])), ...(await tiles([16, 20])).slice(0, 1)];
    const weights = initializeParameters(specs, 'default', 1);
    // The first filter of this layer cannot fire: its largest sum is below 0.
    weights['bottom.conv1.bias']![0] = -1000;
    const expected = new Map<string, { largest: number[]; active: number[] }>();
    for (const { plan, images: pixels } of images) {
      tf.tidy(() => {
        const parameters = Object.fromEntries(
          specs.map(({ name, shape }) => [name, tf.tensor(weights[name]!, [...shape])]),
        );
        const x = tf.transpose(tf.tensor4d(pixels, [1, 3, ...plan.tile]), [0, 2, 3, 1]);
        unet(model, parameters, x, (name, after) => {
          const channels = after.shape[3];
          const values = after.dataSync();
          const known = expected.get(name) ?? {
            largest: Array<number>(channels).fill(0),
            active: Array<number>(channels).fill(0),
          };
          values.forEach((value, i) => {
            const channel = i % channels;
            known.largest[channel] = Math.max(known.largest[channel]!, value);
            known.active[channel]! += value > 0 ? channels / values.length / images.length : 0;
          });
          expected.set(name, known);
        });
      });
    }
    const meter = new ActivityMeter(new OnnxRuntimeEngine('cpu', 1), model);
    try {
      const activity = await meter.measure(weights, images);
      expect(activity.map(({ layer }) => layer)).toEqual(
        layers.filter((name) => name !== 'head' && !name.endsWith('.up')),
      );
      for (const { layer, largest, active } of activity) {
        largest.forEach((value, i) => expect(value).toBeCloseTo(expected.get(layer)!.largest[i]!, 4));
        active.forEach((value, i) => expect(value).toBeCloseTo(expected.get(layer)!.active[i]!, 2));
      }
      const dead = new Map(activity.map((one) => [one.layer, deadFilters(one)]));
      expect(dead.get('bottom.conv1')).toContain(0);
      for (const { layer, largest } of activity) {
        expect(dead.get(layer)).toEqual([...largest.keys()].filter((i) => expected.get(layer)!.largest[i] === 0));
      }
      // Other weights in the same programs.
      const alive = await meter.measure(initializeParameters(specs, 'default', 1), images);
      expect(deadFilters(alive.find(({ layer }) => layer === 'bottom.conv1')!)).not.toContain(0);
    } finally {
      await meter.dispose();
    }
  });

  it('is given up between two images', async () => {
    const meter = new ActivityMeter(new OnnxRuntimeEngine('cpu', 1), model);
    const images = await tiles([16, 20]);
    const weights = initializeParameters(specs, 'default', 1);
    await expect(meter.measure(weights, images, AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough');
    await meter.dispose();
  });
});
