import * as tf from '@tensorflow/tfjs-core';
import type { MetricsRow, Split } from '../../runs/metricsTable';
import type { Program, ProgramSpec, Runtime } from '../compile/program';
import type { PairCache } from '../data/cache';
import type { DecodedPair } from '../data/decode';
import type { Size } from '../data/geometry';
import type { ImagePair } from '../data/pairs';
import { evaluationTiles, readTile, regionLabels, stitch, type EvaluationTiles } from '../data/tiles';
import type { ModelConfig } from '../experiment/schema';
import type { Loss } from '../losses/loss';
import { segmentationMetrics } from '../metrics/segmentationMetrics';
import { forwardPass } from './trainingStep';

/** The network's answer for one evaluated image. */
export interface Prediction {
  readonly pair: DecodedPair;
  readonly plan: EvaluationTiles;
  /** [classes, region height, region width] */
  readonly logits: Float32Array;
  /** [region height, region width], class indices. */
  readonly labels: Uint8Array;
  readonly row: MetricsRow;
}

export interface EvaluateOptions {
  readonly model: ModelConfig;
  readonly loss: Loss;
  readonly mode: 'whole' | 'center';
  readonly crop: Size;
}

/** The reported loss of one image: `logits` [classes,h,w] and `labels` [h,w] in, `loss` out. */
function lossOfImage(loss: Loss, classes: number, height: number, width: number): ProgramSpec {
  return {
    name: `loss of one image, ${loss.label}`,
    inputs: {
      logits: { shape: [classes, height, width], dtype: 'float32' },
      labels: { shape: [1, height, width], dtype: 'int32' },
    },
    state: {},
    body({ logits, labels }) {
      const images = tf.transpose(tf.expandDims<tf.Tensor4D>(logits!, 0), [0, 2, 3, 1]);
      const target = tf.oneHot(labels as tf.Tensor3D, classes, 1, 0, 'float32') as tf.Tensor4D;
      return { outputs: { loss: loss.reported(images, target) } };
    },
  };
}

/**
 * Measures a network on whole images (or on their centres), image by image. Programs are compiled once per size of image
 * and kept. The processor counts one image's metrics while the runtime is at the next.
 */
export class Evaluator {
  private readonly forward = new Map<string, Promise<Program>>();
  private readonly losses = new Map<string, Promise<Program>>();

  constructor(
    private readonly runtime: Runtime,
    private readonly cache: PairCache,
    private readonly options: EvaluateOptions,
  ) {}

  /**
   * One row per image, in the order of `pairs`.
   * @param weights row-major values of every parameter.
   * @param visit called with each image's prediction before it is dropped.
   */
  async evaluate(
    weights: Readonly<Record<string, Float32Array>>,
    epoch: number,
    split: Split,
    pairs: readonly ImagePair[],
    visit?: (prediction: Prediction) => Promise<void>,
  ): Promise<MetricsRow[]> {
    const { model, mode, crop } = this.options;
    const ready = new Set<Program>();
    const rows: Promise<MetricsRow>[] = [];
    let decoding = pairs.length > 0 ? this.cache.get(pairs[0]!) : undefined;
    for (let i = 0; i < pairs.length; i++) {
      const pair = await decoding!;
      decoding = i + 1 < pairs.length ? this.cache.get(pairs[i + 1]!) : undefined;
      const plan = evaluationTiles(pair.height, pair.width, model, mode, crop);
      const program = await this.program(this.forward, plan.tile.join(), () => forwardPass(model, 1, plan.tile));
      if (!ready.has(program)) {
        await program.writeState(weights);
        ready.add(program);
      }
      const logits = await predict(program, pair, plan, model);
      rows.push(this.measure(pair, plan, logits, epoch, split, visit));
      // No more than a few answers wait to be measured.
      if (rows.length > 2) await rows[rows.length - 3];
    }
    return Promise.all(rows);
  }

  private async measure(
    pair: DecodedPair,
    plan: EvaluationTiles,
    logits: Float32Array,
    epoch: number,
    split: Split,
    visit: ((prediction: Prediction) => Promise<void>) | undefined,
  ): Promise<MetricsRow> {
    const { model, loss } = this.options;
    const { height, width } = plan.region;
    const labels = regionLabels(pair, plan.region);
    const program = await this.program(this.losses, `${height},${width}`, () =>
      lossOfImage(loss, model.classes, height, width),
    );
    const result = await program.run({ logits, labels: Int32Array.from(labels) });
    const metrics = segmentationMetrics(logits, labels, height, width);
    const row: MetricsRow = { epoch, split, image: pair.name, loss: result.loss![0]!, ...metrics };
    await visit?.({ pair, plan, logits, labels, row });
    return row;
  }

  private program(known: Map<string, Promise<Program>>, key: string, spec: () => ProgramSpec): Promise<Program> {
    const existing = known.get(key);
    if (existing) return existing;
    const program = this.runtime.compile(spec());
    known.set(key, program);
    return program;
  }

  async dispose(): Promise<void> {
    for (const program of [...this.forward.values(), ...this.losses.values()]) await (await program).dispose();
  }
}

/** Logits [classes, region height, region width] of one image, tile by tile. */
export async function predict(
  program: Program,
  pair: DecodedPair,
  plan: EvaluationTiles,
  model: ModelConfig,
): Promise<Float32Array> {
  const full = new Float32Array(model.classes * plan.region.height * plan.region.width);
  for (const tile of plan.tiles) {
    const images = new Float32Array(model.channels * plan.tile[0] * plan.tile[1]);
    readTile(pair, tile, images);
    const { logits } = await program.run({ images });
    stitch(logits!, tile, plan, full);
  }
  return full;
}
