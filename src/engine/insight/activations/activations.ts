import * as tf from '@tensorflow/tfjs-core';
import type { ProgramSpec, Runtime } from '../../compile/program';
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

/** What a layer's program put out for a tile, with what it means. */
export function answerOf(layer: NetworkLayer, tile: TileImages, features: Float32Array): Activations {
  const { rows, columns, top, left, height, width } = layerRegion(layer, tile.plan.tiles[0]!.input);
  return { layer, height: rows, width: columns, features, region: { top, left, height, width } };
}

/**
 * What some layers answer to an image, one after the other.
 * @throws Problem when the network has no such layer.
 */
export async function* readActivations(
  runtime: Runtime,
  model: ModelConfig,
  weights: Weights,
  tile: TileImages,
  names: readonly string[],
): AsyncGenerator<Activations> {
  const layers = names.map((name) => findLayer(model, name));
  for (const layer of layers) {
    const program = await runtime.compile(layerAnswer(model, tile.plan.tile, layer.name));
    try {
      await program.writeState(weights);
      const { features } = await program.run({ images: tile.images });
      yield answerOf(layer, tile, features!);
    } finally {
      await program.dispose();
    }
  }
}
