import * as tf from '@tensorflow/tfjs-core';
import type { ProgramSpec } from '../compile/program';
import type { EvaluationTiles } from '../data/tiles';
import type { ModelConfig } from '../experiment/schema';
import type { Loss } from '../losses/loss';
import { evaluate, oneHot } from '../surface/surfacePoint';
import { unetParameters } from '../unet/unet';
import './secondOrderGradients';

/** Names of what the programs take in and give back for each parameter. */
export const directionOf = (parameter: string): string => `direction/${parameter}`;
export const resultOf = (parameter: string): string => `result/${parameter}`;

type LossOfWeights = (weights: readonly tf.Tensor[]) => tf.Scalar;

/**
 * A program about the mean over `images` images of a loss, as a function of all weights. What is differentiated is the function
 * that training descends (`Loss.effective`): a detached factor has no part in the gradient, nor in the Hessian.
 *
 * Inputs: `tiles` [images · tiles per image, C, tile height, tile width], `foreground` [images, region height, region width].
 */
function lossProgram(
  name: string,
  model: ModelConfig,
  loss: Loss,
  plan: EvaluationTiles,
  images: number,
  withDirection: boolean,
  of: (loss: LossOfWeights, weights: tf.Tensor[], direction: tf.Tensor[]) => tf.Tensor[],
): ProgramSpec {
  const parameters = unetParameters(model);
  const { height, width } = plan.region;
  const directions = withDirection
    ? parameters.map(({ name, shape }) => [directionOf(name), { shape, dtype: 'float32' as const }] as const)
    : [];
  return {
    name: `${name}, ${loss.label}`,
    inputs: {
      tiles: { shape: [images * plan.tiles.length, model.channels, ...plan.tile], dtype: 'float32' },
      foreground: { shape: [images, height, width], dtype: 'float32' },
      ...Object.fromEntries(directions),
    },
    state: Object.fromEntries(parameters.map(({ name, shape }) => [name, { shape }])),
    body(inputs, state) {
      const tiles = tf.transpose(inputs.tiles as tf.Tensor4D, [0, 2, 3, 1]);
      const target = oneHot(tf.expandDims<tf.Tensor4D>(inputs.foreground!, 3));
      const lossOf: LossOfWeights = (values) => {
        const weights = Object.fromEntries(parameters.map(({ name }, i) => [name, values[i]!]));
        const logits = evaluate(model, weights, tiles, plan, images);
        const own = (x: tf.Tensor4D, image: number): tf.Tensor4D =>
          tf.slice(x, [image, 0, 0, 0], [1, height, width, model.classes]);
        const losses = Array.from({ length: images }, (_, i) => loss.effective(own(logits, i), own(target, i)));
        return tf.mean(tf.stack(losses));
      };
      const weights = parameters.map(({ name }) => state[name]!);
      const direction = withDirection ? parameters.map(({ name }) => inputs[directionOf(name)]!) : [];
      const results = of(lossOf, weights, direction);
      return { outputs: Object.fromEntries(parameters.map(({ name }, i) => [resultOf(name), results[i]!])) };
    },
  };
}

/** dL/dw of every parameter. */
export function gradientProgram(model: ModelConfig, loss: Loss, plan: EvaluationTiles, images: number): ProgramSpec {
  return lossProgram('gradient', model, loss, plan, images, false, (lossOf, weights) =>
    tf.grads((...values: tf.Tensor[]) => lossOf(values))(weights),
  );
}

/**
 * The product of the Hessian with a direction v (an input for each parameter): the gradient of (gradient · v), both by
 * automatic differentiation (Pearlmutter, "Fast exact multiplication by the Hessian", 1994, gives the same product). It is
 * exact up to rounding; the second derivatives of ReLU and max pooling are 0 almost everywhere.
 *
 * A network of ReLUs is smooth only between its kinks, of which there is one for each value that crosses 0: differences of
 * gradients agree with this product for steps below about 1e-5, and see the kinks, too, for larger ones. So a surface may
 * look more, or less, curved than the eigenvalues say.
 */
export function productProgram(model: ModelConfig, loss: Loss, plan: EvaluationTiles, images: number): ProgramSpec {
  return lossProgram('Hessian-vector product', model, loss, plan, images, true, (lossOf, weights, direction) => {
    const slope = (...values: tf.Tensor[]): tf.Scalar => {
      const gradient = tf.grads((...inner: tf.Tensor[]) => lossOf(inner))(values);
      const parts = gradient.map((own, i) => tf.sum(tf.mul(own, direction[i]!)));
      return parts.reduce((sum, part) => tf.add(sum, part)) as tf.Scalar;
    };
    return tf.grads(slope)(weights);
  });
}
