import * as tf from '@tensorflow/tfjs-core';
import type { ProgramSpec, ProgramState } from '../compile/program';
import { unetGeometry } from '../data/geometry';
import type { EvaluationTiles } from '../data/tiles';
import type { ModelConfig } from '../experiment/schema';
import { unet, unetParameters } from '../unet/unet';
import type { Weights } from './directions';
import type { Plane } from './plane';
import type { Measure } from './measure';

/** Names of the state: the parameter itself is the centre, its two directions stand beside it. */
const along = (axis: 'a' | 'b', parameter: string): string => `${parameter}/${axis}`;

/** The state of a surface point's program. */
export function planeState({ centre, a, b }: Plane): Weights {
  return Object.fromEntries(
    Object.keys(centre).flatMap((name) => [
      [name, centre[name]!],
      [along('a', name), a[name]!],
      [along('b', name), b[name]!],
    ]),
  );
}

/**
 * One point of a surface as a program: the weights are moved, the network sees `images` images, everything is measured.
 * Images are evaluated as `plan` says, which they share: the tiles of an image pass one after the other and are put
 * together again.
 *
 * Inputs: `a` and `b`, the point; `tiles` [images · tiles per image, C, tile height, tile width] in [0,1];
 * `foreground` and `band` [images, region height, region width], 1 or 0.
 * Output: `values` [images, measures].
 */
export function surfacePoint(
  model: ModelConfig,
  measures: readonly Measure[],
  plan: EvaluationTiles,
  images: number,
): ProgramSpec {
  const parameters = unetParameters(model);
  const { height, width } = plan.region;
  const state: Record<string, ProgramState> = {};
  for (const { name, shape } of parameters) {
    state[name] = { shape };
    for (const axis of ['a', 'b'] as const) state[along(axis, name)] = { shape, like: name };
  }
  return {
    name: 'surface point',
    inputs: {
      a: { shape: [], dtype: 'float32' },
      b: { shape: [], dtype: 'float32' },
      tiles: { shape: [images * plan.tiles.length, model.channels, ...plan.tile], dtype: 'float32' },
      foreground: { shape: [images, height, width], dtype: 'float32' },
      band: { shape: [images, height, width], dtype: 'float32' },
    },
    state,
    body({ a, b, tiles, foreground, band }, state) {
      const channelsLast = tf.transpose(tiles as tf.Tensor4D, [0, 2, 3, 1]);
      settleLayouts(model, state, channelsLast);
      const moved = Object.fromEntries(
        parameters.map(({ name }) => {
          const step = tf.add(tf.mul(state[along('a', name)]!, a!), tf.mul(state[along('b', name)]!, b!));
          return [name, tf.add(state[name]!, step)];
        }),
      );
      const logits = evaluate(model, moved, channelsLast, plan, images);
      const truth = tf.expandDims<tf.Tensor4D>(foreground!, 3);
      const target = oneHot(truth);
      const around = tf.expandDims<tf.Tensor4D>(band!, 3);
      const values = measures.map((measure) => measure.of(logits, target, around));
      return { outputs: { values: tf.stack(values, 1) } };
    },
  };
}

/**
 * Lets the network read the unmoved weights once, on a corner of an image. A compiled program lays state out as the first
 * operation reads it; were that the sum of centre and directions, every point would pay for rearranging all filters for
 * the convolutions. Nothing needs the result, so none of it is left in the compiled graph.
 */
function settleLayouts(model: ModelConfig, weights: Record<string, tf.Tensor>, tiles: tf.Tensor4D): void {
  const [height, width] = unetGeometry(model, [1, 1]).tile;
  unet(model, weights, tf.slice(tiles, [0, 0, 0, 0], [1, height, width, model.channels]));
}

/** [B,H,W,1] with 1 for the foreground to one-hot [B,H,W,2]. */
export function oneHot(foreground: tf.Tensor4D): tf.Tensor4D {
  return tf.concat([tf.sub<tf.Tensor4D>(1, foreground), foreground], 3);
}

/** Logits [images, region height, region width, classes] of tiles [images · tiles per image, height, width, C]. */
export function evaluate(
  model: ModelConfig,
  weights: Record<string, tf.Tensor>,
  tiles: tf.Tensor4D,
  plan: EvaluationTiles,
  images: number,
): tf.Tensor4D {
  const cut = (output: tf.Tensor4D, index: number): tf.Tensor4D => {
    const { top, left, height, width } = plan.tiles[index]!.kept;
    return tf.slice(output, [0, top, left, 0], [output.shape[0], height, width, model.classes]);
  };
  const perImage = plan.tiles.length;
  if (perImage === 1) return cut(unet(model, weights, tiles), 0);
  const whole = Array.from({ length: images }, (_, image) => {
    const rows: tf.Tensor4D[] = [];
    let row: tf.Tensor4D[] = [];
    plan.tiles.forEach(({ target }, index) => {
      const input = tf.slice(tiles, [image * perImage + index, 0, 0, 0], [1, ...plan.tile, model.channels]);
      row.push(cut(unet(model, weights, input), index));
      const next = plan.tiles[index + 1];
      if (next !== undefined && next.target.top === target.top) return;
      rows.push(tf.concat(row, 2));
      row = [];
    });
    return tf.concat(rows, 1);
  });
  return tf.concat(whole, 0);
}
