import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { beforeAll, describe, expect, it } from 'vitest';
import { OnnxRuntimeEngine } from '../../../../src/engine/compile/onnxRuntime';
import { portableTarget } from '../../../../src/engine/compile/tracer';
import { traceProgram } from '../../../../src/engine/compile/trace';
import type { ModelConfig } from '../../../../src/engine/experiment/schema';
import { layerAnswer, layerRegion, readActivations } from '../../../../src/engine/insight/activations/activations';
import { featureGrid } from '../../../../src/engine/insight/activations/featureGrid';
import { findLayer, networkLayers } from '../../../../src/engine/insight/activations/layers';
import { oneTile, readRunImage, type OneTile } from '../../../../src/engine/insight/oneTile';
import { readKnownRun, readNetwork } from '../../../../src/engine/surface/chooseNetworks';
import type { Weights } from '../../../../src/engine/surface/directions';
import { forwardPass } from '../../../../src/engine/training/trainingStep';
import { unet, unetParameters } from '../../../../src/engine/unet/unet';
import { temporaryFolder } from '../../../runs/support';
import { writeTinyRuns } from '../../surface/tinyRun';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

const runtime = new OnnxRuntimeEngine('cpu', 1);

interface Case {
  model: ModelConfig;
  weights: Weights;
  tile: OneTile;
}

async function prepare(model: object, size: readonly [number, number]): Promise<Case> {
  const [run] = await writeTinyRuns(temporaryFolder(), { model, size });
  const { experiment } = run!;
  const known = await readKnownRun(run!.folder);
  const specs = unetParameters(experiment.model);
  return {
    model: experiment.model,
    weights: (await readNetwork(known, 2, specs)).weights,
    tile: await oneTile(experiment, (await readRunImage(experiment, 'image-3')).pair, 'whole'),
  };
}

/** What every layer answers, by eager tfjs, as planes. */
function eagerly({ model, tile, weights }: Case): Map<string, { shape: number[]; values: Float32Array }> {
  const answers = new Map<string, { shape: number[]; values: Float32Array }>();
  tf.tidy(() => {
    const parameters = Object.fromEntries(
      unetParameters(model).map(({ name, shape }) => [name, tf.tensor(weights[name]!, [...shape])]),
    );
    const images = tf.tensor4d(tile.images, [1, model.channels, ...tile.plan.tile]);
    unet(model, parameters, tf.transpose(images, [0, 2, 3, 1]), (name, after, before) => {
      const planes = tf.transpose(after, [0, 3, 1, 2]);
      answers.set(name, { shape: planes.shape, values: planes.dataSync() as Float32Array });
      const relu = tf.relu(before);
      const same = tf.max(tf.abs(tf.sub(after, name === 'head' || name.endsWith('.up') ? before : relu)));
      expect(same.dataSync()[0]).toBe(0);
    });
  });
  return answers;
}

describe('the layers of a U-Net', () => {
  it('are those of its parameters, in the order of the forward pass', () => {
    const model: ModelConfig = { filters: 4, depth: 2, padding: 'valid', classes: 2, channels: 3 };
    const layers = networkLayers(model);
    expect(layers.map(({ name, channels, stride, relu, margin }) => [name, channels, stride, relu, margin])).toEqual([
      ['encoder.0.conv1', 4, 1, true, 1],
      ['encoder.0.conv2', 4, 1, true, 2],
      ['encoder.1.conv1', 8, 2, true, 4],
      ['encoder.1.conv2', 8, 2, true, 6],
      ['bottom.conv1', 16, 4, true, 10],
      ['bottom.conv2', 16, 4, true, 14],
      ['decoder.1.up', 8, 2, false, 14],
      ['decoder.1.conv1', 8, 2, true, 16],
      ['decoder.1.conv2', 8, 2, true, 18],
      ['decoder.0.up', 4, 1, false, 18],
      ['decoder.0.conv1', 4, 1, true, 19],
      ['decoder.0.conv2', 4, 1, true, 20],
      ['head', 2, 1, false, 20],
    ]);
    const sizes = unetParameters(model).map(({ shape }) => shape.reduce((a, b) => a * b, 1));
    expect(layers.reduce((sum, { parameters }) => sum + parameters, 0)).toBe(sizes.reduce((a, b) => a + b, 0));
    expect(networkLayers({ ...model, padding: 'same' }).every(({ margin }) => margin === 0)).toBe(true);
    expect(() => findLayer(model, 'encoder.7.conv1')).toThrow('the network has no layer "encoder.7.conv1"');
  });
});

describe('activations', () => {
  it.each([
    ['same padding', { filters: 4, depth: 2 }, [26, 31]],
    ['valid padding', { filters: 4, depth: 2, padding: 'valid' }, [26, 31]],
    ['blocked convolutions', { filters: 16, depth: 1 }, [24, 32]],
  ] as const)('of every layer are those of eager tfjs: %s', async (_, model, size) => {
    const prepared = await prepare(model, size);
    const { tile, weights } = prepared;
    const eager = eagerly(prepared);
    const names = networkLayers(prepared.model).map(({ name }) => name);
    expect([...eager.keys()]).toEqual(names);
    const seen = [];
    for await (const answer of readActivations(runtime, prepared.model, weights, tile, names)) {
      const { layer, height, width, features, region } = answer;
      const { shape, values } = eager.get(layer.name)!;
      seen.push(layer.name);
      expect([1, layer.channels, height, width]).toEqual(shape);
      expect(features).toHaveLength(values.length);
      for (let i = 0; i < values.length; i++) expect(features[i]).toBeCloseTo(values[i]!, 4);
      // The maps lie in the middle of what the network reads.
      const { input } = tile.plan.tiles[0]!;
      expect(region.top - input.top).toBe(input.top + input.height - region.top - region.height);
      expect([region.height, region.width]).toEqual([height * layer.stride, width * layer.stride]);
      expect(layerRegion(layer, input)).toMatchObject(region);
    }
    expect(seen).toEqual(names);
  });

  it('come from the part of the network that they need', async () => {
    const model: ModelConfig = { filters: 8, depth: 2, padding: 'same', classes: 2, channels: 3 };
    const nodes = async (layer: string) =>
      (await traceProgram(layerAnswer(model, [16, 16], layer), portableTarget)).graph.nodes.length;
    const whole = (await traceProgram(forwardPass(model, 1, [16, 16]), portableTarget)).graph.nodes.length;
    expect(await nodes('encoder.0.conv1')).toBeLessThan(whole / 6);
    expect(await nodes('head')).toBe(whole);
  });

  it('are refused for a layer that there is not', async () => {
    const { model, weights, tile } = await prepare({}, [24, 32]);
    await expect(readActivations(runtime, model, weights, tile, ['head', 'tail']).next()).rejects.toMatchObject({
      message: 'the network has no layer "tail"',
      hint: expect.stringContaining('encoder.0.conv1, encoder.0.conv2, bottom.conv1') as string,
    });
  });
});

describe('the grid of feature maps', () => {
  const features = Float32Array.of(0, 1, 2, 4, 0, 0, 0, 8, -4, 0, 0, 0);

  it('lays the maps side by side on one scale', () => {
    const { height, width, columns, pixels, range } = featureGrid(features, 3, 2, 2, { gap: 1, colours: 'grey' });
    expect([height, width, columns]).toEqual([5, 5, 2]);
    expect(range).toEqual([-4, 8]);
    const grey = (y: number, x: number) => [...pixels.subarray(3 * (y * width + x), 3 * (y * width + x) + 3)];
    const level = (value: number) => Array<number>(3).fill(Math.round((255 * (value + 4)) / 12));
    expect(grey(1, 1)).toEqual(level(4));
    expect(grey(1, 4)).toEqual(level(8));
    expect(grey(3, 0)).toEqual(level(-4));
    expect(grey(2, 0)).toEqual([255, 255, 255]); // between the rows
    expect(grey(4, 4)).toEqual([255, 255, 255]); // no fourth map
  });

  it('gives each map a scale of its own, and a dead one no division by zero', () => {
    const { pixels, range, width } = featureGrid(Float32Array.of(0, 1, 0, 0, 0, 10), 3, 1, 2, {
      scale: 'map',
      columns: 3,
      gap: 0,
      colours: 'grey',
    });
    expect(range).toBeNull();
    expect(width).toBe(6);
    expect([...pixels].filter((_, i) => i % 3 === 0)).toEqual([0, 255, 0, 0, 0, 255]);
  });
});
