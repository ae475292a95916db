import * as tf from '@tensorflow/tfjs-core';
import type { Program, ProgramSpec, Runtime } from '../../compile/program';
import type { Size } from '../../data/geometry';
import type { ModelConfig } from '../../experiment/schema';
import type { Weights } from '../../surface/directions';
import { unet, unetParameters } from '../../unet/unet';
import { networkLayers } from '../activations/layers';
import type { TileImages } from '../oneTile';

/** How much the filters of one layer fire. */
export interface LayerActivity {
  readonly layer: string;
  /** [channels]: the largest answer after the ReLU, at any place of any image; 0 of a dead filter. */
  readonly largest: Float32Array;
  /** [channels]: share of the places of all images where the filter fires, in [0,1]. */
  readonly active: Float32Array;
}

/**
 * Filters that never fire: whose answer after the ReLU is exactly 0 at every place of every image that was looked at. Such
 * a filter adds nothing, and as no gradient passes a ReLU that is shut, these images cannot wake it either.
 */
export function deadFilters({ largest }: LayerActivity): number[] {
  return [...largest.keys()].filter((filter) => largest[filter] === 0);
}

/**
 * Measures how much the filters of a network fire on some images: of all layers that have a ReLU. Compiled once for each
 * size of image, and then used for any number of networks.
 */
export class ActivityMeter {
  private readonly programs = new Map<string, Program>();

  constructor(
    private readonly runtime: Runtime,
    private readonly model: ModelConfig,
  ) {}

  /** @throws the signal's reason when it is given up between two images. */
  async measure(weights: Weights, images: readonly TileImages[], signal?: AbortSignal): Promise<LayerActivity[]> {
    const layers = rectified(this.model).map(({ name, channels }) => ({
      layer: name,
      largest: new Float32Array(channels),
      active: new Float32Array(channels),
    }));
    const written = new Set<Program>();
    for (const { plan, images: pixels } of images) {
      signal?.throwIfAborted();
      const program = await this.program(plan.tile);
      if (!written.has(program)) await program.writeState(weights);
      written.add(program);
      const result = await program.run({ images: pixels });
      for (const { layer, largest, active } of layers) {
        result[`largest/${layer}`]!.forEach((value, i) => (largest[i] = Math.max(largest[i]!, value)));
        result[`active/${layer}`]!.forEach((share, i) => (active[i]! += share / images.length));
      }
    }
    return layers;
  }

  async dispose(): Promise<void> {
    for (const program of this.programs.values()) await program.dispose();
    this.programs.clear();
  }

  private async program(tile: Size): Promise<Program> {
    const key = tile.join('x');
    const known = this.programs.get(key) ?? (await this.runtime.compile(activityPass(this.model, tile)));
    this.programs.set(key, known);
    return known;
  }
}

const rectified = (model: ModelConfig) => networkLayers(model).filter(({ relu }) => relu);

/** `images` [1,C,H,W] in; for every layer with a ReLU `largest/<layer>` and `active/<layer>` [channels] out. */
function activityPass(model: ModelConfig, tile: Size): ProgramSpec {
  const names = new Set(rectified(model).map(({ name }) => name));
  return {
    name: 'activity of the filters',
    inputs: { images: { shape: [1, model.channels, ...tile], dtype: 'float32' } },
    state: Object.fromEntries(unetParameters(model).map(({ name, shape }) => [name, { shape }])),
    body(inputs, state) {
      const outputs: Record<string, tf.Tensor> = {};
      unet(model, state, tf.transpose(inputs.images as tf.Tensor4D, [0, 2, 3, 1]), (name, after) => {
        if (!names.has(name)) return;
        outputs[`largest/${name}`] = tf.max(after, [0, 1, 2]);
        outputs[`active/${name}`] = tf.mean(tf.cast(tf.greater(after, 0), 'float32'), [0, 1, 2]);
      });
      return { outputs };
    },
  };
}
