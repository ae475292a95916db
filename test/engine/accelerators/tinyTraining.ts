import type { Program, Runtime } from '../../../src/engine/compile/program';
import { unetGeometry } from '../../../src/engine/data/geometry';
import { randomFor } from '../../../src/engine/data/random';
import type { LossSpec, ModelConfig, OptimizerConfig } from '../../../src/engine/experiment/schema';
import { createLoss } from '../../../src/engine/losses/registry';
import { createOptimizer } from '../../../src/engine/training/optimizers';
import { forwardPass, trainingStep } from '../../../src/engine/training/trainingStep';
import { initializeParameters } from '../../../src/engine/unet/initializers';
import { unetParameters } from '../../../src/engine/unet/unet';

export const tinyModel: ModelConfig = { filters: 4, depth: 2, padding: 'same', classes: 2, channels: 3 };
export const sgd: OptimizerConfig = { type: 'sgd', learningRate: 1e-2, momentum: 0.9 };
// A large epsilon: with Adam's usual one, a gradient that is 0 but for rounding moves its weight by a whole step.
export const adam: OptimizerConfig = { type: 'adam', learningRate: 1e-2, beta1: 0.9, beta2: 0.999, epsilon: 1e-3 };

/** Every loss that an experiment file can ask for. */
export const everyLoss: readonly LossSpec[] = [
  { type: 'crossEntropy' },
  { type: 'crossEntropy', classWeights: [1, 3], labelSmoothing: 0.1 },
  { type: 'focal', gamma: 2, modulator: 'full' },
  { type: 'focal', gamma: 2, modulator: 'detached', alpha: 0.75 },
  { type: 'dice' },
  { type: 'dice', reduce: 'batch', squared: true, includeBackground: false },
  { type: 'sum', terms: [{ type: 'dice' }, { type: 'crossEntropy', weight: 0.5 }] },
];

export interface Training {
  readonly losses: number[];
  readonly state: Record<string, Float32Array>;
  readonly secondsPerStep: number;
}

/** Trains a small network for a few steps on bright squares, the same ones each time it is called. */
export async function train(
  runtime: Runtime,
  {
    model = tinyModel,
    loss = { type: 'crossEntropy' },
    optimizer: config = sgd,
    size = 16,
    batchSize = 2,
    steps = 3,
  }: {
    model?: ModelConfig;
    loss?: LossSpec;
    optimizer?: OptimizerConfig;
    size?: number;
    batchSize?: number;
    steps?: number;
  } = {},
): Promise<Training> {
  const { program, step } = await trainer(runtime, { model, loss, optimizer: config, size, batchSize });
  const losses: number[] = [];
  let fastest = Infinity;
  for (let n = 1; n <= steps; n++) {
    const start = performance.now();
    losses.push((await step(n)).loss![0]!);
    fastest = Math.min(fastest, performance.now() - start);
  }
  const state = await program.readState();
  await program.dispose();
  return { losses, state, secondsPerStep: fastest / 1000 };
}

/** A compiled training step, and a function that runs it on the batch of a step. */
export async function trainer(
  runtime: Runtime,
  {
    model,
    loss,
    optimizer: config,
    size,
    batchSize,
  }: { model: ModelConfig; loss: LossSpec; optimizer: OptimizerConfig; size: number; batchSize: number },
): Promise<{ program: Program; step: (n: number) => Promise<Record<string, Float32Array>> }> {
  const optimizer = createOptimizer(config);
  const { tile, offset, pad } = unetGeometry(model, [size, size]);
  const program = await runtime.compile(
    trainingStep(model, createLoss(loss), optimizer, { batchSize, tile, crop: [size, size], offset }),
  );
  await program.writeState(initializeParameters(unetParameters(model), 'he', 7));
  return {
    program,
    step(n) {
      const scalars = Object.entries(optimizer.scalars(n, config.learningRate));
      const fed = Object.fromEntries(scalars.map(([name, value]) => [name, Float32Array.of(value)]));
      return program.run({ ...squares(n, batchSize, model.channels, tile, size, pad), ...fed });
    },
  };
}

/** Noisy images with one bright square each, which is the foreground. */
function squares(
  step: number,
  batchSize: number,
  channels: number,
  [height, width]: readonly [number, number],
  crop: number,
  pad: { readonly top: number; readonly left: number },
): { images: Float32Array; labels: Int32Array } {
  const random = randomFor(3, 'squares', step);
  const images = Float32Array.from({ length: batchSize * channels * height * width }, () => 0.3 * random.next());
  const labels = new Int32Array(batchSize * crop * crop);
  for (let item = 0; item < batchSize; item++) {
    const side = Math.floor(crop / 3) + random.integer(Math.floor(crop / 3));
    const top = random.integer(crop - side);
    const left = random.integer(crop - side);
    for (let y = top; y < top + side; y++) {
      for (let x = left; x < left + side; x++) {
        labels[(item * crop + y) * crop + x] = 1;
        for (let channel = 0; channel < channels; channel++) {
          images[((item * channels + channel) * height + y + pad.top) * width + x + pad.left]! += 0.5;
        }
      }
    }
  }
  return { images, labels };
}

/** Logits of the untrained network on noise. */
export async function predict(runtime: Runtime, model: ModelConfig, size: number): Promise<Float32Array> {
  const { tile } = unetGeometry(model, [size, size]);
  const program = await runtime.compile(forwardPass(model, 1, tile));
  await program.writeState(initializeParameters(unetParameters(model), 'he', 7));
  const random = randomFor(4, 'noise');
  const images = Float32Array.from({ length: model.channels * tile[0] * tile[1] }, () => random.next());
  const { logits } = await program.run({ images });
  await program.dispose();
  return logits!;
}

/** Largest difference of any value, relative to the largest value of its tensor. */
export function worstDifference(a: Record<string, Float32Array>, b: Record<string, Float32Array>): number {
  let worst = 0;
  for (const [name, expected] of Object.entries(a)) {
    let scale = 0;
    let difference = 0;
    expected.forEach((value, i) => {
      scale = Math.max(scale, Math.abs(value));
      difference = Math.max(difference, Math.abs(value - b[name]![i]!));
    });
    worst = Math.max(worst, difference / (scale || 1));
  }
  return worst;
}
