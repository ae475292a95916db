import { cpSync, mkdtempSync, renameSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chooseRuntime } from '../../../../src/engine/accelerators/chooseRuntime';
import { InspectorContext } from '../../../../src/engine/insight/inspector/context';
import { checkpointPath } from '../../../../src/runs/layout';
import { readSafetensors } from '../../../../src/runs/safetensors';
import { readSteps } from '../../../../src/runs/stepsTable';
import { tinyRun, type TinyRun } from '../tinyRun';
import { asking } from './support';

const folder = mkdtempSync(join(tmpdir(), 'losscape-inside-'));
const context = new InspectorContext(async () => (await chooseRuntime('auto', { threads: 1 })).runtime);
const ask = asking(context);
let run: TinyRun;

beforeAll(async () => {
  run = await tinyRun(folder);
}, 120_000);

afterAll(async () => {
  await context.dispose();
  rmSync(folder, { recursive: true, force: true });
});

describe('activations', () => {
  it('of the last layer are the logits that the margin comes from', async () => {
    const common = { run: run.folder, epoch: 'last', image: { name: run.test[0]! } } as const;
    const { result: region, arrays: margin } = await ask('margin', common);
    const { result, arrays } = await ask('activations', { ...common, layer: 'head' });
    expect(result).toMatchObject({ epoch: 2, note: null, layer: 'head' });
    const [channels, height, width] = arrays.features.shape as [number, number, number];
    expect(channels).toBe(2);
    const { values } = arrays.features;
    // The network reads a little more than the image: its region begins above and to the left of it, or at it.
    for (let y = 0; y < region.height; y++) {
      for (let x = 0; x < region.width; x++) {
        const at = (y - result.top) * width + x - result.left;
        const logits = values[height * width + at]! - values[at]!;
        expect(logits).toBeCloseTo(margin.margin.values[y * region.width + x]!, 4);
      }
    }
  });

  it('of every layer have its shape, and lie over the image', async () => {
    const { layers } = (await ask('layers', { run: run.folder })).result;
    expect(layers.map(({ name, relu }) => [name, relu])).toContainEqual(['decoder.0.up', false]);
    for (const { name, channels, stride, relu } of layers) {
      const { result, arrays } = await ask('activations', {
        run: run.folder,
        epoch: 1,
        image: { name: run.train[0]! },
        layer: name,
      });
      const { shape, values } = arrays.features;
      expect(shape[0]).toBe(channels);
      expect([shape[1]! * stride, shape[2]! * stride]).toEqual([result.height, result.width]);
      expect(values).toHaveLength(shape.reduce((product, side) => product * side, 1));
      if (relu) expect(values.every((value) => value >= 0)).toBe(true);
      expect(result.epoch).toBe(1);
    }
  });

  it('of many layers at once, and of another epoch, do not get mixed up', async () => {
    const one = (layer: string, epoch: number) =>
      ask('activations', { run: run.folder, epoch, image: { name: run.train[1]! }, layer });
    const questions = [0, 1, 2].flatMap((epoch) =>
      ['bottom.conv1', 'decoder.1.conv2'].map((layer) => [layer, epoch] as const),
    );
    const alone = [];
    for (const [layer, epoch] of questions) alone.push((await one(layer, epoch)).arrays.features.values);
    const together = await Promise.all(questions.map(([layer, epoch]) => one(layer, epoch)));
    expect(together.map(({ arrays }) => arrays.features.values)).toEqual(alone);
    expect(alone[0]).not.toEqual(alone[2]);
  });

  it('are refused in words for a layer or an image that there is not', async () => {
    const common = { run: run.folder, epoch: 1, image: { name: run.train[0]! } } as const;
    await expect(ask('activations', { ...common, layer: 'tail' })).rejects.toThrow('no layer "tail"');
    await expect(ask('activations', { ...common, layer: 'head', image: { name: 'x' } })).rejects.toThrow(
      'no image "x"',
    );
  });
});

describe('visualise', () => {
  const params = () => ({
    run: run.folder,
    epoch: 'best' as const,
    layer: 'bottom.conv2',
    channel: 2,
    size: 24,
    steps: 5,
  });

  it('gives a picture and how the feature grew, the same for the same seed', async () => {
    const { result, arrays } = await ask('visualise', params());
    expect([result.height, result.width]).toEqual([24, 24]);
    expect(arrays.picture.shape).toEqual([24, 24, 3]);
    expect(result.activation).toHaveLength(6);
    expect((await ask('visualise', { ...params(), seed: 1 })).arrays.picture.values).toEqual(arrays.picture.values);
  });

  it('can be given up', async () => {
    const controller = new AbortController();
    const asked = ask('visualise', { ...params(), steps: 100_000 }, controller.signal);
    setTimeout(() => controller.abort(new Error('nobody waits')), 50);
    await expect(asked).rejects.toThrow('nobody waits');
  });
});

describe('weightStatistics', () => {
  it('are those of steps.csv and of the checkpoints', async () => {
    const { result, arrays } = await ask('weightStatistics', { run: run.folder, images: 3 });
    const names = result.layers.map(({ name }) => name);
    expect(names).toEqual((await ask('layers', { run: run.folder })).result.layers.map(({ name }) => name));
    expect(result.epochs).toEqual([0, 1, 2]);
    expect(result.measuredEpochs).toEqual([0, 1, 2]);
    expect(result.images).toEqual([run.train[0], run.train[3], run.train[5]]);
    expect(result.notes).toEqual([]);

    const { rows } = await readSteps(run.folder);
    expect(result.firstSteps).toEqual(rows.map(({ step }) => step));
    const layer = names.indexOf('bottom.conv2');
    const { changes } = rows[3]!;
    expect(arrays.stepChanges.shape).toEqual([names.length, rows.length]);
    expect(arrays.stepChanges.values[layer * rows.length + 3]).toBeCloseTo(
      changes['bottom.conv2.weight']! + changes['bottom.conv2.bias']!,
      4,
    );

    const tensor = async (epoch: number) => {
      const { tensors } = await readSafetensors(checkpointPath(run.folder, epoch));
      return [...(tensors.find(({ name }) => name === 'bottom.conv2.weight')!.data as Float32Array)];
    };
    const [before, after] = [await tensor(1), await tensor(2)];
    expect(arrays.norms.values[3 * layer + 2]).toBeCloseTo(Math.hypot(...after), 4);
    expect(arrays.changes.values[3 * layer + 2]).toBeCloseTo(Math.hypot(...after.map((w, i) => w - before[i]!)), 4);
    expect(arrays.changes.values[3 * layer]).toBeNaN();
  });

  it('count the filters that no image wakes, as their activations show', async () => {
    const { result, arrays } = await ask('weightStatistics', { run: run.folder, images: 2, measurements: 1 });
    expect(result.measuredEpochs).toEqual([2]);
    for (const [i, { name, relu, channels }] of result.layers.entries()) {
      if (!relu) {
        expect([arrays.deadFilters.values[i], arrays.active.values[i]]).toEqual([-1, NaN]);
        continue;
      }
      const fired = new Set<number>();
      for (const image of result.images) {
        const { features } = (
          await ask('activations', { run: run.folder, epoch: 2, image: { name: image, split: 'train' }, layer: name })
        ).arrays;
        const size = features.values.length / channels;
        features.values.forEach((value, at) => value > 0 && fired.add(Math.floor(at / size)));
      }
      const silent = Array.from({ length: channels }, (_, filter) => filter).filter((filter) => !fired.has(filter));
      expect(result.dead[i]).toEqual(silent);
      expect(arrays.deadFilters.values[i]).toBe(silent.length);
    }
  });

  it('leave out what is damaged or gone, and say so', async () => {
    const copy = join(folder, 'damaged');
    cpSync(run.folder, copy, { recursive: true });
    truncateSync(checkpointPath(copy, 1), 100);
    const image = join(run.images, `${run.train[0]!}.png`);
    renameSync(image, `${image}.away`);
    const { result } = await ask('weightStatistics', { run: copy, images: 2 });
    renameSync(`${image}.away`, image);
    expect(result.epochs).toEqual([0, 2]);
    expect(result.images).toEqual([run.train[5]]);
    expect(result.notes).toEqual([
      'The checkpoint of epoch 1 is damaged and left out.',
      expect.stringContaining(`Filters are not measured on ${run.train[0]!}: `),
    ]);
    const none = await ask('weightStatistics', { run: run.folder, images: 0, columns: 2 });
    expect(none.result).toMatchObject({ measuredEpochs: [], images: [] });
    expect(none.arrays.stepChanges.shape).toEqual([none.result.layers.length, 2]);
  });
});
