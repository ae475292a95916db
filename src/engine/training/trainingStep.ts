import * as tf from '@tensorflow/tfjs-core';
import type { ProgramInput, ProgramSpec, ProgramState } from '../compile/program';
import type { ModelConfig } from '../experiment/schema';
import type { Loss } from '../losses/loss';
import { unet, unetParameters, type ParameterSpec } from '../unet/unet';
import type { Optimizer } from './optimizers';

/** State tensors of one parameter: `<parameter>/<optimizer state>`. */
export const optimizerStateName = (parameter: string, state: string): string => `${parameter}/${state}`;

/** Parameters, and what the optimizer keeps for each, as the state of a program. */
export function trainingState(
  parameters: readonly ParameterSpec[],
  optimizer: Optimizer,
): Record<string, ProgramState> {
  const state: Record<string, ProgramState> = {};
  for (const { name, shape } of parameters) {
    state[name] = { shape };
    for (const kept of optimizer.stateNames) state[optimizerStateName(name, kept)] = { shape, like: name };
  }
  return state;
}

/** The middle `height` x `width` of [B,H,W,C], where the network gives back a little more than the crop. */
export function centre(logits: tf.Tensor4D, top: number, left: number, height: number, width: number): tf.Tensor4D {
  const [batch, h, w, channels] = logits.shape;
  if (h === height && w === width) return logits;
  return tf.slice(logits, [0, top, left, 0], [batch, height, width, channels]);
}

export interface StepShape {
  readonly batchSize: number;
  /** Input of the network. */
  readonly tile: readonly [number, number];
  /** Pixels that have a label. */
  readonly crop: readonly [number, number];
  /** Of the crop inside the network's output. */
  readonly offset: { readonly top: number; readonly left: number };
}

/**
 * One training step as a program: forward pass, loss, gradients, update.
 *
 * Inputs: `images` [B,C,H,W] in [0,1], `labels` [B,h,w] class indices, and the optimizer's scalars.
 * Outputs: `loss` (the reported one) and `change` [number of parameters], the sum of |weight change| of each parameter tensor.
 *
 * @param observe what else to put out: gets the logits [B,h,w,classes] of the crop, as they are before the update.
 */
export function trainingStep(
  model: ModelConfig,
  loss: Loss,
  optimizer: Optimizer,
  { batchSize, tile, crop, offset }: StepShape,
  observe?: (logits: tf.Tensor4D) => Record<string, tf.Tensor>,
): ProgramSpec {
  const parameters = unetParameters(model);
  const names = parameters.map(({ name }) => name);
  const scalars: Record<string, ProgramInput> = {};
  for (const name of Object.keys(optimizer.scalars(1, 1e-3))) scalars[name] = { shape: [], dtype: 'float32' };
  return {
    name: `training step, ${loss.label}`,
    inputs: {
      images: { shape: [batchSize, model.channels, ...tile], dtype: 'float32' },
      labels: { shape: [batchSize, ...crop], dtype: 'int32' },
      ...scalars,
    },
    state: trainingState(parameters, optimizer),
    body(inputs, state) {
      const images = tf.transpose(inputs.images as tf.Tensor4D, [0, 2, 3, 1]);
      const target = tf.oneHot(inputs.labels as tf.Tensor3D, model.classes, 1, 0, 'float32') as tf.Tensor4D;
      let observed: Record<string, tf.Tensor> = {};
      const lossOf = (...values: tf.Tensor[]): tf.Scalar => {
        const byName = Object.fromEntries(names.map((name, i) => [name, values[i]!]));
        const logits = centre(unet(model, byName, images), offset.top, offset.left, crop[0], crop[1]);
        if (observe) observed = outliving(observe(logits));
        return loss.reported(logits, target);
      };
      const { value, grads } = tf.valueAndGrads(lossOf)(names.map((name) => state[name]!));

      const next: Record<string, tf.Tensor> = {};
      const changes: tf.Tensor[] = [];
      names.forEach((name, i) => {
        const kept: Record<string, tf.Tensor> = {};
        for (const stateName of optimizer.stateNames) kept[stateName] = state[optimizerStateName(name, stateName)]!;
        const update = optimizer.update(state[name]!, grads[i]!, kept, inputs);
        next[name] = update.parameter;
        for (const stateName of optimizer.stateNames) {
          next[optimizerStateName(name, stateName)] = update.state[stateName]!;
        }
        changes.push(tf.sum(tf.abs(update.change)));
      });
      return { outputs: { loss: value, change: tf.stack(changes), ...released(observed) }, state: next };
    },
  };
}

/** Tensors that outlive the function under differentiation, which drops whatever is not its value. */
function outliving(tensors: Record<string, tf.Tensor>): Record<string, tf.Tensor> {
  return Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, tf.keep(tf.clone(tensor))]));
}

/** The same tensors, owned by the present scope from now on. */
function released(tensors: Record<string, tf.Tensor>): Record<string, tf.Tensor> {
  return Object.fromEntries(
    Object.entries(tensors).map(([name, kept]) => {
      const tensor = tf.clone(kept);
      kept.dispose();
      return [name, tensor];
    }),
  );
}

/**
 * The forward pass as a program: `images` [B,C,H,W] in, `logits` [B,classes,h,w] out.
 */
export function forwardPass(model: ModelConfig, batchSize: number, tile: readonly [number, number]): ProgramSpec {
  const parameters = unetParameters(model);
  return {
    name: 'forward pass',
    inputs: { images: { shape: [batchSize, model.channels, ...tile], dtype: 'float32' } },
    state: Object.fromEntries(parameters.map(({ name, shape }) => [name, { shape }])),
    body(inputs, state) {
      const logits = unet(model, state, tf.transpose(inputs.images as tf.Tensor4D, [0, 2, 3, 1]));
      return { outputs: { logits: tf.transpose(logits, [0, 3, 1, 2]) } };
    },
  };
}
