import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { randomFor } from '../../../src/engine/data/random';
import { lossLabel, lossName } from '../../../src/engine/experiment/lossLabel';
import { parseExperiment } from '../../../src/engine/experiment/read';
import type { Experiment, LossSpec } from '../../../src/engine/experiment/schema';
import { initializeParameters } from '../../../src/engine/unet/initializers';
import { unetParameters } from '../../../src/engine/unet/unet';
import { RunWriter } from '../../../src/runs/runWriter';

export interface TinyRun {
  readonly folder: string;
  readonly experiment: Experiment;
}

export interface TinyOptions {
  readonly losses?: readonly LossSpec[];
  readonly model?: object;
  readonly training?: object;
  readonly size?: readonly [number, number];
}

/** Six image/mask pairs: a bright disc somewhere on noise. */
export async function writeTinyImages(folder: string, [height, width]: readonly [number, number]): Promise<void> {
  await mkdir(join(folder, 'images'), { recursive: true });
  await mkdir(join(folder, 'masks'), { recursive: true });
  for (let n = 1; n <= 6; n++) {
    const random = randomFor(n, 'tiny image');
    const [cy, cx] = [random.between(0.3, 0.7) * height, random.between(0.3, 0.7) * width];
    const pixels = new Uint8Array(height * width * 3);
    const mask = new Uint8Array(height * width);
    for (let i = 0; i < mask.length; i++) {
      const inside = Math.hypot(Math.floor(i / width) - cy, (i % width) - cx) < 0.2 * height;
      mask[i] = inside ? 255 : 0;
      for (let c = 0; c < 3; c++) pixels[3 * i + c] = 60 + (inside ? 90 : 0) + random.integer(60);
    }
    await sharp(pixels, { raw: { width, height, channels: 3 } })
      .png()
      .toFile(join(folder, 'images', `image-${n}.png`));
    await sharp(mask, { raw: { width, height, channels: 1 } })
      .png()
      .toFile(join(folder, 'masks', `image-${n}.png`));
  }
}

/**
 * Runs of one experiment, one per loss, with checkpoints of epochs 0, 1 and 2 of weights that were never trained but differ.
 * Biases are not zero.
 */
export async function writeTinyRuns(folder: string, options: TinyOptions = {}): Promise<TinyRun[]> {
  const { losses = [{ type: 'crossEntropy' }], size = [24, 32] } = options;
  await writeTinyImages(folder, size);
  const text = JSON.stringify({
    name: 'tiny',
    dataset: { images: 'images', masks: 'masks', test: 2 },
    model: { filters: 4, depth: 1, ...options.model },
    training: { epochs: 2, ...options.training },
    losses,
  });
  const experiment = parseExperiment(text, join(folder, 'tiny.losscape.json'));
  const specs = unetParameters(experiment.model);
  const runs: TinyRun[] = [];
  for (const [index, loss] of experiment.losses.entries()) {
    const writer = await RunWriter.create(join(folder, 'runs'), {
      experiment: { ...experiment, losses: [loss] },
      experimentFile: null,
      experimentName: experiment.name,
      loss: { name: lossName(loss), label: lossLabel(loss), spec: loss },
      dataset: {
        fingerprint: 'sha256:none',
        train: ['image-1', 'image-2', 'image-3', 'image-4'],
        test: ['image-5', 'image-6'],
        synthetic: true,
      },
      parameters: 1,
      engine: 'onnx',
      accelerator: { name: 'onnx', provider: 'cpu', threads: 1, reason: 'a test' },
      versions: {},
      seed: 99,
      epochsTotal: 2,
    });
    for (const epoch of [0, 1, 2]) {
      const weights = initializeParameters(specs, 'default', 10 * index + epoch);
      await writer.writeCheckpoint(
        epoch,
        specs.map(({ name, shape }) => ({ name, shape, data: weights[name]! })),
      );
    }
    await writer.update({
      status: 'finished',
      epochsDone: 2,
      best: { epoch: 1, train: { iou: 0.5 }, test: { iou: 0.5 } },
    });
    await writer.close();
    runs.push({ folder: writer.folder, experiment: { ...experiment, losses: [loss] } });
  }
  return runs;
}
