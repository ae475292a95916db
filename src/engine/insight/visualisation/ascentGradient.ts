import * as tf from '@tensorflow/tfjs-core';
import type { ProgramSpec } from '../../compile/program';
import type { Size } from '../../data/geometry';
import type { ModelConfig } from '../../experiment/schema';
import { unet, unetParameters } from '../../unet/unet';
import { findLayer } from '../activations/layers';

/** Whether the mean of a feature map is taken before the layer's ReLU, or after it. */
export type ReluSide = 'before' | 'after';

/**
 * How a picture has to change for a feature map to grow, as a program.
 *
 * Inputs: `picture` [1,C,H,W], and `channels` [number of maps], how much of each map is wanted: 1 for one of them.
 * Outputs: `activation`, the wanted sum of the maps' means, and `gradient` [1,C,H,W], its derivative by the picture.
 * @throws Problem when the network has no such layer.
 */
export function ascentGradient(model: ModelConfig, tile: Size, layer: string, side: ReluSide): ProgramSpec {
  const { channels } = findLayer(model, layer);
  return {
    name: `gradient of ${layer} by the picture`,
    inputs: {
      picture: { shape: [1, model.channels, ...tile], dtype: 'float32' },
      channels: { shape: [channels], dtype: 'float32' },
    },
    state: Object.fromEntries(unetParameters(model).map(({ name, shape }) => [name, { shape }])),
    body(inputs, state) {
      const activation = (picture: tf.Tensor): tf.Scalar => {
        let features: tf.Tensor4D | undefined;
        unet(model, state, tf.transpose(picture as tf.Tensor4D, [0, 2, 3, 1]), (name, after, before) => {
          if (name === layer) features = side === 'after' ? after : before;
        });
        if (features === undefined) throw new Error(`no layer ${layer} was visited`);
        return tf.sum(tf.mul(tf.mean(features, [0, 1, 2]), inputs.channels!));
      };
      const { value, grad } = tf.valueAndGrad(activation)(inputs.picture!);
      return { outputs: { activation: value, gradient: grad } };
    },
  };
}
