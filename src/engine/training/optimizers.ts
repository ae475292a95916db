import * as tf from '@tensorflow/tfjs-core';
import type { OptimizerConfig } from '../experiment/schema';

/** What one update of one parameter yields. */
export interface OptimizerUpdate {
  readonly parameter: tf.Tensor;
  /** By how much the parameter moved, up to the sign. */
  readonly change: tf.Tensor;
  readonly state: Record<string, tf.Tensor>;
}

/**
 * An optimizer without memory of its own: the caller holds state and step. So the same code runs eagerly and inside a
 * traced graph, where parameters, state and scalars are the graph's inputs.
 */
export interface Optimizer {
  /** State tensors that each parameter needs, shaped like the parameter and 0 before the first step. */
  readonly stateNames: readonly string[];
  /**
   * The numbers that change from step to step and are the same for all parameters.
   *
   * @param step number of the step, from 1.
   * @param learningRate learning rate of this step.
   */
  scalars(step: number, learningRate: number): Record<string, number>;
  /**
   * One update of one parameter. Pure: returns new tensors, leaves the given ones alone.
   *
   * @param gradient dLoss/dParameter, shaped like the parameter.
   * @param state by `stateNames`.
   * @param scalars what `scalars` gave, as tensors.
   */
  update(
    parameter: tf.Tensor,
    gradient: tf.Tensor,
    state: Readonly<Record<string, tf.Tensor>>,
    scalars: Readonly<Record<string, tf.Tensor>>,
  ): OptimizerUpdate;
}

/** The optimizer that a configuration describes. Each matches PyTorch's of the same name, step for step. */
export function createOptimizer(config: OptimizerConfig): Optimizer {
  switch (config.type) {
    case 'sgd':
      return sgd(config.momentum);
    case 'adam':
      return adam(config.beta1, config.beta2, config.epsilon, 0);
    case 'adamw':
      return adam(config.beta1, config.beta2, config.epsilon, config.weightDecay);
  }
}

/** Stochastic gradient descent with heavy-ball momentum: b = momentum b + g, parameter -= learning rate · b. */
function sgd(momentum: number): Optimizer {
  return {
    stateNames: momentum === 0 ? [] : ['momentum'],
    scalars: (_step, learningRate) => ({ learningRate }),
    update(parameter, gradient, state, scalars): OptimizerUpdate {
      const learningRate = need(scalars, 'learningRate');
      const velocity = momentum === 0 ? gradient : tf.add(tf.mul(need(state, 'momentum'), momentum), gradient);
      const change = tf.mul(velocity, learningRate);
      return { parameter: tf.sub(parameter, change), change, state: momentum === 0 ? {} : { momentum: velocity } };
    },
  };
}

/**
 * Adam (Kingma & Ba, "Adam: A method for stochastic optimization", 2015); with a weight decay, AdamW (Loshchilov &
 * Hutter, "Decoupled weight decay regularization", 2019), which shrinks the parameter before the step.
 *
 * An update walks over every parameter several times, and that is memory traffic: two rearrangements save three walks.
 * The state keeps m / (1 - beta1) and v / (1 - beta2), which need no factor on the gradient; and all constants, with both
 * bias corrections c1 = 1 - beta1^t and c2 = 1 - beta2^t, are folded into two scalars:
 * rate · (m / c1) / (sqrt(v / c2) + epsilon) = stepSize · M / (sqrt(V) + epsilon') with M = m / (1 - beta1),
 * V = v / (1 - beta2), epsilon' = epsilon sqrt(c2 / (1 - beta2)), stepSize = rate sqrt(c2) (1 - beta1) / (c1 sqrt(1 - beta2)).
 */
function adam(beta1: number, beta2: number, epsilon: number, weightDecay: number): Optimizer {
  return {
    stateNames: ['m', 'v'],
    scalars(step, learningRate): Record<string, number> {
      const root = Math.sqrt((1 - beta2 ** step) / (1 - beta2));
      const stepSize = (learningRate * root * (1 - beta1)) / (1 - beta1 ** step);
      const scalars = { stepSize, epsilon: epsilon * root };
      return weightDecay === 0 ? scalars : { ...scalars, shrink: 1 - learningRate * weightDecay };
    },
    update(parameter, gradient, state, scalars) {
      const m = tf.add(tf.mul(need(state, 'm'), beta1), gradient);
      const v = tf.add(tf.mul(need(state, 'v'), beta2), tf.square(gradient));
      const step = tf.mul(tf.div(m, tf.add(tf.sqrt(v), need(scalars, 'epsilon'))), need(scalars, 'stepSize'));
      if (weightDecay === 0) return { parameter: tf.sub(parameter, step), change: step, state: { m, v } };
      const next = tf.sub(tf.mul(parameter, need(scalars, 'shrink')), step);
      return { parameter: next, change: tf.sub(next, parameter), state: { m, v } };
    },
  };
}

function need(tensors: Readonly<Record<string, tf.Tensor>>, name: string): tf.Tensor {
  const tensor = tensors[name];
  if (tensor === undefined) throw new Error(`The optimizer was given no tensor "${name}"`);
  return tensor;
}
