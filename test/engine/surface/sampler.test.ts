import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { beforeAll, describe, expect, it } from 'vitest';
import { checkpointPath } from '../../../src/runs/layout';
import { floatTensors, readSafetensors } from '../../../src/runs/safetensors';
import { OnnxRuntimeEngine } from '../../../src/engine/compile/onnxRuntime';
import type { Program, ProgramSpec, Runtime } from '../../../src/engine/compile/program';
import { PairCache } from '../../../src/engine/data/cache';
import { listPairs } from '../../../src/engine/data/pairs';
import { evaluationTiles } from '../../../src/engine/data/tiles';
import { randomFor } from '../../../src/engine/data/random';
import type { LossSpec, ModelConfig } from '../../../src/engine/experiment/schema';
import { createLoss } from '../../../src/engine/losses/registry';
import type { Weights } from '../../../src/engine/surface/directions';
import { chooseImages, loadImages, type SurfaceImages } from '../../../src/engine/surface/images';
import { randomPlane, type Plane } from '../../../src/engine/surface/plane';
import { measuresOf } from '../../../src/engine/surface/quantities';
import { SurfaceSampler } from '../../../src/engine/surface/sampler';
import { Evaluator } from '../../../src/engine/training/evaluate';
import { initializeParameters } from '../../../src/engine/unet/initializers';
import { unet, unetParameters } from '../../../src/engine/unet/unet';
import { temporaryFolder } from '../../runs/support';
import { writeTinyRuns, type TinyRun } from './tinyRun';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

const runtime = new OnnxRuntimeEngine('cpu', 1);
const checkpoint = { run: 'r', epoch: 2, loss: 'cross-entropy' };

const losses: LossSpec[] = [
  { type: 'crossEntropy' },
  { type: 'crossEntropy', classWeights: [1, 3], labelSmoothing: 0.1 },
  { type: 'focal', gamma: 2 },
  { type: 'focal', gamma: 3, modulator: 'detached' },
  { type: 'dice' },
  { name: 'mine', type: 'sum', terms: [{ type: 'dice' }, { type: 'focal', modulator: 'detached', weight: 0.5 }] },
];

async function weightsOf({ folder }: TinyRun): Promise<Weights> {
  const file = checkpointPath(folder, 2);
  const { tensors } = await readSafetensors(file);
  return Object.fromEntries(floatTensors(tensors, file).map(({ name, data }) => [name, data]));
}

const planeOf = (model: ModelConfig, weights: Weights): Plane =>
  randomPlane(unetParameters(model), weights, { seed: 1, normalization: 'filter', biases: 'keep', checkpoint });

const laneOf = ({ name, provider, threads, versions }: Runtime): Omit<Runtime, 'compile' | 'lanes'> => ({
  name,
  provider,
  threads,
  versions,
});

function expectClose(found: number, expected: number): void {
  expect(Math.abs(found - expected)).toBeLessThan(1e-5 * Math.max(1, Math.abs(expected)));
}

describe('the centre of a surface', () => {
  const cases: [string, object, object, 'whole' | 'center'][] = [
    ['same padding, whole images', { padding: 'same', depth: 2 }, {}, 'whole'],
    ['same padding, 16 filters', { padding: 'same', filters: 16 }, {}, 'whole'],
    ['valid padding, whole images', { padding: 'valid' }, {}, 'whole'],
    ['same padding, centre crops', { padding: 'same' }, { evaluate: 'center' }, 'center'],
  ];
  it.each(cases)('is what the evaluator measures on the same images: %s', async (_, model, training, region) => {
    const [run] = await writeTinyRuns(temporaryFolder(), { losses: [losses[1]!], model, training, size: [22, 29] });
    const { experiment } = run!;
    const weights = await weightsOf(run!);
    const names = ['image-1', 'image-2', 'image-3', 'image-4'];
    const choice = chooseImages('train', names, 3, 5);
    expect(choice.names).toHaveLength(3);
    const images = await loadImages(experiment, choice, region);
    const { measures } = measuresOf(experiment.losses);
    const plane = planeOf(experiment.model, weights);
    const sampler = await SurfaceSampler.create(runtime, experiment.model, plane, measures, [images]);
    const { means, errors } = await sampler.sample(0, 0);
    await sampler.dispose();

    const evaluator = new Evaluator(runtime, new PairCache(experiment.dataset, 3), {
      model: experiment.model,
      loss: createLoss(experiment.losses[0]!),
      mode: region,
      crop: region === 'center' ? cropOf(experiment.model) : [1, 1],
    });
    const pairs = (await listPairs(experiment.dataset)).train.filter(({ name }) => choice.names.includes(name));
    const rows = await evaluator.evaluate(weights, 2, 'train', pairs);
    await evaluator.dispose();
    const columns = [
      ...(['loss', 'accuracy', 'iou', 'confidenceBackground', 'confidenceForeground', 'ece', 'eceTopLabel'] as const),
      ...(['eceForeground', 'eceBoundary', 'nll', 'brier'] as const),
    ];
    expect(means).toHaveLength(columns.length);
    columns.forEach((column, m) => {
      const values = rows.map((row) => row[column]);
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1));
      expectClose(means[m]!, mean);
      expectClose(errors[m]!, deviation / Math.sqrt(values.length));
    });
  });
});

/** "auto" for images of 22 × 29: multiples of 2 for depth 1. */
const cropOf = ({ depth }: ModelConfig): [number, number] => [22 - (22 % 2 ** depth), 29 - (29 % 2 ** depth)];

/** Images of noise that pass as `tiles` says, without any files. */
function noise(model: ModelConfig, height: number, width: number, count: number): SurfaceImages {
  const plan = evaluationTiles(height, width, model, 'whole', [1, 1]);
  const images = Array.from({ length: count }, (_, index) => {
    const random = randomFor(index, 'noise');
    const tiles = Float32Array.from({ length: model.channels * plan.tile[0] * plan.tile[1] }, () => random.next());
    const foreground = Float32Array.from({ length: height * width }, () => (random.next() > 0.8 ? 1 : 0));
    return {
      index,
      name: String(index),
      tiles,
      foreground,
      area: foreground.reduce((sum, value) => sum + value, 0),
      band: Float32Array.from(foreground, (_, i) => i % 2),
      bandArea: Math.floor((height * width) / 2),
    };
  });
  return { groups: [{ plan, images }], count, digest: '' };
}

/** The same by brute force: weights moved in JavaScript, tfjs's own cpu backend, image by image. */
function bruteForce(model: ModelConfig, plane: Plane, images: SurfaceImages, specs: LossSpec[], a: number, b: number) {
  const [{ plan, images: all }] = images.groups as [SurfaceImages['groups'][number]];
  const moved = Object.fromEntries(
    unetParameters(model).map(({ name, shape }) => [
      name,
      tf.tensor(
        plane.centre[name]!.map((value, i) => value + a * plane.a[name]![i]! + b * plane.b[name]![i]!),
        shape as number[],
      ),
    ]),
  );
  const perImage = all.map(({ tiles, foreground }) =>
    tf.tidy(() => {
      const x = tf.transpose<tf.Tensor4D>(tf.tensor4d(tiles, [1, model.channels, ...plan.tile]), [0, 2, 3, 1]);
      const { top, left, height, width } = plan.tiles[0]!.kept;
      const logits = tf.slice(unet(model, moved, x), [0, top, left, 0], [1, height, width, 2]);
      const labels = tf.tensor3d(Int32Array.from(foreground), [1, height, width], 'int32');
      const target = tf.oneHot(labels, 2, 1, 0, 'float32') as tf.Tensor4D;
      return specs.flatMap((spec) => {
        const loss = createLoss(spec);
        const reported = loss.reported(logits, target).dataSync()[0]!;
        return loss.effective === loss.reported
          ? [reported]
          : [reported, loss.effective(logits, target).dataSync()[0]!];
      });
    }),
  );
  return perImage[0]!.map((_, q) => perImage.reduce((sum, values) => sum + values[q]!, 0) / perImage.length);
}

describe('a surface', () => {
  const model: ModelConfig = { filters: 4, depth: 2, padding: 'same', classes: 2, channels: 3 };
  const weights = initializeParameters(unetParameters(model), 'default', 3);

  it('equals brute force on a small grid, for every loss, reported and as descended', async () => {
    const images = noise(model, 14, 18, 3);
    const plane = planeOf(model, weights);
    const { measures, unknown } = measuresOf(losses);
    expect(unknown).toEqual([]);
    expect(measures.map(({ key }) => key)).toEqual([
      'loss.cross-entropy',
      'loss.cross-entropy-1-3-smoothing-0.1',
      'loss.focal-2',
      'loss.focal-3-detached',
      'loss.focal-3-detached.effective',
      'loss.dice',
      'loss.mine',
      'loss.mine.effective',
      'accuracy',
      'iou',
      'confidence-background',
      'confidence-foreground',
      'ece',
      'ece-top-label',
      'ece-foreground',
      'ece-boundary',
      'nll',
      'brier',
    ]);
    const sampler = await SurfaceSampler.create(runtime, model, plane, measures, [images]);
    for (const a of [-1, 0, 0.7])
      for (const b of [-0.4, 0, 1]) {
        const { means } = await sampler.sample(a, b);
        bruteForce(model, plane, images, losses, a, b).forEach((expected, q) => expectClose(means[q]!, expected));
      }
    await sampler.dispose();
  });

  it('of all losses in one sweep equals those of one loss each', async () => {
    const images = noise(model, 16, 16, 2);
    const plane = planeOf(model, weights);
    const all = measuresOf(losses).measures;
    const together = await SurfaceSampler.create(runtime, model, plane, all, [images]);
    const { means, errors } = await together.sample(0.3, -0.6);
    for (const spec of losses) {
      const { measures } = measuresOf([spec]);
      const alone = await SurfaceSampler.create(runtime, model, plane, measures, [images]);
      const one = await alone.sample(0.3, -0.6);
      measures.forEach(({ key }, m) => {
        const place = all.findIndex((measure) => measure.key === key);
        expect(one.means[m]).toBeCloseTo(means[place]!, 6);
        expect(one.errors[m]).toBeCloseTo(errors[place]!, 6);
      });
      await alone.dispose();
    }
    await together.dispose();
  });

  it('is the same when lanes share out its images, each of them measured once', async () => {
    const images = noise(model, 16, 16, 5);
    const plane = planeOf(model, weights);
    const { measures } = measuresOf(losses);
    const alone = await SurfaceSampler.create(runtime, model, plane, measures, [images, images]);
    const runs = [0, 0, 0];
    const lanes = runs.map((_, lane) => ({
      ...laneOf(runtime),
      async compile(spec: ProgramSpec): Promise<Program> {
        const program = await runtime.compile(spec);
        return {
          ...program,
          run(inputs) {
            runs[lane]! += spec.inputs['tiles']!.shape[0]!;
            return program.run(inputs);
          },
        };
      },
    }));
    const asked: number[] = [];
    const several: Runtime = {
      ...laneOf(runtime),
      compile: (spec) => runtime.compile(spec),
      lanes(most) {
        asked.push(most);
        return lanes;
      },
    };
    const shared = await SurfaceSampler.create(several, model, plane, measures, [images, images]);
    expect(asked).toEqual([10]);
    for (const [a, b] of [
      [0, 0],
      [0.3, -0.6],
    ] as const) {
      const [one, other] = [await alone.sample(a, b), await shared.sample(a, b)];
      one.means.forEach((mean, m) => expectClose(other.means[m]!, mean));
      one.errors.forEach((error, m) => expectClose(other.errors[m]!, error));
    }
    expect(runs.reduce((sum, count) => sum + count, 0)).toBe(2 * 10);
    expect(runs.every((count) => count > 0)).toBe(true);
    // A network that takes the centre's place does so in every lane.
    const elsewhere = initializeParameters(unetParameters(model), 'default', 4);
    const [one, other] = [await alone.measure(elsewhere), await shared.measure(elsewhere)];
    one.means.forEach((mean, m) => expectClose(other.means[m]!, mean));
    await alone.dispose();
    await shared.dispose();
  });

  it('puts the tiles of a large image together again', async () => {
    const shallow: ModelConfig = { filters: 1, depth: 1, padding: 'same', classes: 2, channels: 1 };
    const own = initializeParameters(unetParameters(shallow), 'default', 3);
    const plane = planeOf(shallow, own);
    const whole = noise(shallow, 40, 60, 1);
    const { plan, images } = whole.groups[0]!;
    const [image] = images;
    // Two tiles side by side that overlap by more than the network sees.
    const plane1 = (from: number): Float32Array =>
      Float32Array.from({ length: 40 * 40 }, (_, i) => image!.tiles[Math.floor(i / 40) * 60 + from + (i % 40)]!);
    const window = { top: 0, left: 0, height: 40, width: 40 };
    const tiled: SurfaceImages = {
      ...whole,
      groups: [
        {
          plan: {
            ...plan,
            tile: [40, 40],
            output: [40, 40],
            tiles: [
              { ...plan.tiles[0]!, input: window, kept: { ...window, width: 30 }, target: { top: 0, left: 0 } },
              {
                ...plan.tiles[0]!,
                input: { ...window, left: 20 },
                kept: { ...window, left: 10, width: 30 },
                target: { top: 0, left: 30 },
              },
            ],
          },
          images: [{ ...image!, tiles: Float32Array.from([...plane1(0), ...plane1(20)]) }],
        },
      ],
    };
    const { measures } = measuresOf([{ type: 'crossEntropy' }]);
    const values: number[][] = [];
    for (const some of [whole, tiled]) {
      const sampler = await SurfaceSampler.create(runtime, shallow, plane, measures, [some]);
      values.push([...(await sampler.sample(0.2, 0.1)).means]);
      await sampler.dispose();
    }
    values[0]!.forEach((value, m) => expectClose(values[1]![m]!, value));
  });

  it('has no standard error from one image, and no confidence of a class that no image has', async () => {
    const images = noise(model, 16, 16, 1);
    const empty = { ...images.groups[0]!.images[0]!, foreground: new Float32Array(256), area: 0 };
    const group = { ...images.groups[0]!, images: [empty] };
    const { measures } = measuresOf([{ type: 'crossEntropy' }]);
    const sampler = await SurfaceSampler.create(runtime, model, planeOf(model, weights), measures, [
      { ...images, groups: [group] },
    ]);
    const { means, errors } = await sampler.sample(0, 0);
    await sampler.dispose();
    const value = (key: string): number => means[measures.findIndex((measure) => measure.key === key)]!;
    expect(value('confidence-foreground')).toBeNaN();
    expect(value('confidence-background')).toBeGreaterThan(0);
    expect(Number.isFinite(value('loss.cross-entropy'))).toBe(true);
    expect([...errors].every(Number.isNaN)).toBe(true);
  });
});

describe('what a detached focal loss descends', () => {
  it('is left out, and named, where it is not known', () => {
    const { measures, unknown } = measuresOf([{ type: 'focal', gamma: 1.5, modulator: 'detached' }]);
    expect(measures.filter(({ quantity }) => quantity.kind === 'loss')).toHaveLength(1);
    expect(unknown).toEqual(['focal γ=1.5 (detached)']);
  });
});

describe('the choice of images', () => {
  const names = Array.from({ length: 20 }, (_, i) => `image-${i}`);
  it('is that of the seed, in order, and grows without changing', () => {
    const few = chooseImages('train', names, 5, 1);
    const more = chooseImages('train', names, 9, 1);
    expect(few.names).toEqual(chooseImages('train', names, 5, 1).names);
    expect(few.names).not.toEqual(chooseImages('train', names, 5, 2).names);
    expect(more.names).toEqual(expect.arrayContaining(few.names));
    expect(more.names).toEqual(names.filter((name) => more.names.includes(name)));
    expect(chooseImages('test', names, 99, 1)).toMatchObject({ names, available: 20 });
  });
});
