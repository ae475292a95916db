import * as tf from '@tensorflow/tfjs-core';
import { compose, type Attributes } from './register';

/** Batch and local response normalization. */

compose('FusedBatchNorm', ({ x, mean, variance, offset, scale }, { varianceEpsilon }) => {
  const deviation = tf.sqrt(tf.add(variance!, tf.scalar((varianceEpsilon as number | undefined) ?? 0.001)));
  const factor = scale ? tf.div(scale, deviation) : tf.div(tf.scalar(1), deviation);
  const centred = tf.mul(tf.sub(x!, mean!), factor);
  return offset ? tf.add(centred, offset) : centred;
});

interface ResponseAttributes {
  depthRadius: number;
  bias: number;
  alpha: number;
  beta: number;
}

/** Sums over the channels at most `radius` away: a product with a matrix that is 1 around its diagonal. */
function overNeighbours(x: tf.Tensor, radius: number): tf.Tensor {
  const channels = x.shape[x.rank - 1]!;
  const band = tf.tensor2d(
    Float32Array.from({ length: channels * channels }, (_, at) =>
      Math.abs(Math.floor(at / channels) - (at % channels)) <= radius ? 1 : 0,
    ),
    [channels, channels],
  );
  return tf.reshape(tf.matMul(tf.reshape(x, [-1, channels]), band), x.shape);
}

/** bias + alpha · sum of squares over neighbouring channels. */
function responseNorm(x: tf.Tensor, { depthRadius, bias, alpha }: ResponseAttributes): tf.Tensor {
  const squares = overNeighbours(tf.square(x), depthRadius);
  return tf.add(tf.mul(squares, tf.scalar(alpha)), tf.scalar(bias));
}

const read = (attributes: Attributes): ResponseAttributes => attributes as unknown as ResponseAttributes;

compose('LRN', ({ x }, attributes) =>
  tf.mul(x!, tf.pow(responseNorm(x!, read(attributes)), tf.scalar(-read(attributes).beta))),
);

/** dx = dy norm^-beta - 2 alpha beta x · (sum over neighbours of dy y / norm). */
compose('LRNGrad', ({ x, y, dy }, attributes) => {
  const { depthRadius, alpha, beta } = read(attributes);
  const norm = responseNorm(x!, read(attributes));
  const own = tf.mul(dy!, tf.pow(norm, tf.scalar(-beta)));
  const neighbours = overNeighbours(tf.div(tf.mul(dy!, y!), norm), depthRadius);
  return tf.sub(own, tf.mul(tf.mul(x!, tf.scalar(2 * alpha * beta)), neighbours));
});
