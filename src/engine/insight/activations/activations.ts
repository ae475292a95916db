import * as tf from '@tensorflow/tfjs-core';
import type { Program, ProgramSpec, Runtime } from '../../compile/program';
import type { Size } from '../../data/geometry';
import type { Window } from '../../data/window';
import type { ModelConfig } from '../../experiment/schema';
import type { Weights } from '../../surface/directions';
import { unet, unetParameters } from '../../unet/unet';
import type { TileImages } from '../oneTile';
import { findLayer, type NetworkLayer } from './layers';

/** What a layer answers to an image. */
export interface Activations {
  readonly layer: NetworkLayer;
  readonly height: number;
  readonly width: number;
  /** [channels, height, width]: after the ReLU, where the layer has one; the logits for `head`. */
  readonly features: Float32Array;
  /** Where the maps lie, in pixels of the image; they reach beyond it where the network sees repeated edges. */
  readonly region: Window;
}

/** Forward pass up to one layer: `images` [1,C,H,W] in, `features` [1,channels,h,w] out. */
export function layerAnswer(model: ModelConfig, tile: Size, layer: string): ProgramSpec {
  return {
    name: `answer of ${layer}`,
    inputs: { images: { shape: [1, model.channels, ...tile], dtype: 'float32' } },
    state: Object.fromEntries(unetParameters(model).map(({ name, shape }) => [name, { shape }])),
    body(inputs, state) {
      let features: tf.Tensor4D | undefined;
      unet(model, state, tf.transpose(inputs.images as tf.Tensor4D, [0, 2, 3, 1]), (name, after) => {
        if (name === layer) features = after;
      });
      if (features === undefined) throw new Error(`no layer ${layer} was visited`);
      return { outputs: { features: tf.transpose(features, [0, 3, 1, 2]) } };
    },
  };
}

/** Where a layer's maps of a tile lie in the image. */
export function layerRegion(layer: NetworkLayer, tile: Window): Window & { rows: number; columns: number } {
  const height = tile.height - 2 * layer.margin;
  const width = tile.width - 2 * layer.margin;
  return {
    top: tile.top + layer.margin,
    left: tile.left + layer.margin,
    height,
    width,
    rows: height / layer.stride,
    columns: width / layer.stride,
  };
}

/**
 * What a layer answers to an image. Compiles the part of the network up to it; `ActivationReader` keeps that for the next
 * image.
 * @throws Problem when the network has no such layer.
 */
export async function readActivations(
  runtime: Runtime,
  model: ModelConfig,
  weights: Weights,
  tile: TileImages,
  layer: string,
): Promise<Activations> {
  const reader = new ActivationReader(runtime, model);
  try {
    return await reader.read(weights, tile, layer);
  } finally {
    await reader.dispose();
  }
}

/** Programs that are kept compiled, each with the network's weights. */
const mostPrograms = 4;

/** Reads the activations of networks of one architecture; the programs used last stay compiled. Calls must not overlap. */
export class ActivationReader {
  private readonly programs = new Map<string, { program: Program; weights: Weights | undefined }>();

  constructor(
    private readonly runtime: Runtime,
    private readonly model: ModelConfig,
  ) {}

  /** @throws Problem when the network has no such layer. */
  async read(weights: Weights, tile: TileImages, name: string): Promise<Activations> {
    const layer = findLayer(this.model, name);
    const entry = await this.program(tile.plan.tile, name);
    // Weights are told apart by identity: whoever reads a checkpoint twice writes it twice.
    if (entry.weights !== weights) await entry.program.writeState(weights);
    entry.weights = weights;
    const { features } = await entry.program.run({ images: tile.images });
    const { rows, columns, top, left, height, width } = layerRegion(layer, tile.plan.tiles[0]!.input);
    return { layer, height: rows, width: columns, features: features!, region: { top, left, height, width } };
  }

  async dispose(): Promise<void> {
    for (const { program } of this.programs.values()) await program.dispose();
    this.programs.clear();
  }

  private async program(tile: Size, layer: string): Promise<{ program: Program; weights: Weights | undefined }> {
    const key = `${layer} ${tile.join('x')}`;
    let entry = this.programs.get(key);
    this.programs.delete(key); // put back behind the others: the first is the one that was not used for longest
    const [oldest] = this.programs;
    if (!entry && oldest && this.programs.size >= mostPrograms) {
      this.programs.delete(oldest[0]);
      await oldest[1].program.dispose();
    }
    entry ??= { program: await this.runtime.compile(layerAnswer(this.model, tile, layer)), weights: undefined };
    this.programs.set(key, entry);
    return entry;
  }
}
