import * as tf from '@tensorflow/tfjs-core';
import { Problem } from '../../runs/problem';
import type { ModelConfig } from '../experiment/schema';
import { convolution, transposedConvolution } from './convolution';

/** One trainable tensor of the network, in PyTorch's layout. */
export interface ParameterSpec {
  /** Unique name, for example `encoder.0.conv1.weight`. */
  readonly name: string;
  /** Convolution [O,I,kh,kw], transposed convolution [I,O,kh,kw], bias [O]. */
  readonly shape: readonly number[];
  readonly kind: 'convolution' | 'transposedConvolution' | 'bias';
  /** The layer that the tensor belongs to: its name without `.weight` or `.bias`. */
  readonly layer: string;
  /**
   * How many values feed one output value of the layer: I·kh·kw for a convolution, I for the transposed convolution
   * (stride = kernel size, so the taps do not overlap). A bias has the fan-in of its layer.
   */
  readonly fanIn: number;
}

/** Filters on a level: they double from level to level, the bottom is level `depth`. */
const filtersAt = (model: ModelConfig, level: number): number => model.filters * 2 ** level;

/**
 * The trainable tensors of the U-Net in the order in which the forward pass meets them: `encoder.0` … `encoder.(d-1)`,
 * `bottom`, `decoder.(d-1)` … `decoder.0`, `head`. A decoder has the number of the encoder whose features it takes in.
 */
export function unetParameters(model: ModelConfig): ParameterSpec[] {
  const specs: ParameterSpec[] = [];
  const add = (
    layer: string,
    kind: 'convolution' | 'transposedConvolution',
    inputs: number,
    outputs: number,
    size: number,
  ): void => {
    const transposed = kind === 'transposedConvolution';
    const fanIn = transposed ? inputs : inputs * size * size;
    const shape = transposed ? [inputs, outputs, size, size] : [outputs, inputs, size, size];
    specs.push({ name: `${layer}.weight`, shape, kind, layer, fanIn });
    specs.push({ name: `${layer}.bias`, shape: [outputs], kind: 'bias', layer, fanIn });
  };
  const addBlock = (block: string, inputs: number, outputs: number): void => {
    add(`${block}.conv1`, 'convolution', inputs, outputs, 3);
    add(`${block}.conv2`, 'convolution', outputs, outputs, 3);
  };

  for (let level = 0; level < model.depth; level++) {
    addBlock(`encoder.${level}`, level === 0 ? model.channels : filtersAt(model, level - 1), filtersAt(model, level));
  }
  addBlock(
    'bottom',
    model.depth === 0 ? model.channels : filtersAt(model, model.depth - 1),
    filtersAt(model, model.depth),
  );
  for (let level = model.depth - 1; level >= 0; level--) {
    add(`decoder.${level}.up`, 'transposedConvolution', filtersAt(model, level + 1), filtersAt(model, level), 2);
    addBlock(`decoder.${level}`, filtersAt(model, level + 1), filtersAt(model, level));
  }
  add('head', 'convolution', model.filters, model.classes, 1);
  return specs;
}

/** Number of trainable values, from the shapes alone. */
export function countParameters(specs: readonly ParameterSpec[]): number {
  return specs.reduce((total, spec) => total + spec.shape.reduce((product, size) => product * size, 1), 0);
}

/**
 * What a layer answers, [B,h,w,channels]: after its ReLU, and before it. Both are the same for the layers that have none:
 * `decoder.N.up` and `head`, whose answer are the logits.
 */
export type VisitLayer = (layer: string, after: tf.Tensor4D, before: tf.Tensor4D) => void;

/**
 * The U-Net (Ronneberger et al., "U-Net: Convolutional networks for biomedical image segmentation", 2015) without
 * normalisation: two 3x3 convolutions with ReLU per level, 2x2 max pooling down, 2x2 transposed convolution up, the
 * centre of the encoder's features in front of the upsampled ones, a 1x1 convolution to the classes.
 *
 * @param parameters tensors by the names and shapes of `unetParameters` (PyTorch's layouts).
 * @param x images [B,H,W,channels], values in [0,1].
 * @param visit called with what each layer answers, in the order of the forward pass.
 * @returns logits [B,h,w,classes]: h = H under `same` padding; under `valid` padding the border is lost, 572 -> 388 at depth 4.
 * @throws Problem when the size does not halve evenly on some level, or is too small for the depth.
 *
 * Pure and without control flow that depends on values: differentiable, and can be traced. Intermediate tensors belong to the caller's `tf.tidy`.
 */
export function unet(
  model: ModelConfig,
  parameters: Readonly<Record<string, tf.Tensor>>,
  x: tf.Tensor4D,
  visit?: VisitLayer,
): tf.Tensor4D {
  const parameter = (name: string): tf.Tensor => {
    const tensor = parameters[name];
    if (tensor === undefined) throw new Error(`The U-Net was given no tensor "${name}"`);
    return tensor;
  };
  const convolve = (layer: string, input: tf.Tensor4D): tf.Tensor4D =>
    convolution(input, parameter(`${layer}.weight`), parameter(`${layer}.bias`), model.padding);
  const activate = (layer: string, input: tf.Tensor4D): tf.Tensor4D => {
    const before = convolve(layer, input);
    const after = tf.relu(before);
    visit?.(layer, after, before);
    return after;
  };
  const block = (name: string, input: tf.Tensor4D): tf.Tensor4D => {
    if (model.padding === 'valid' && (input.shape[1] <= 4 || input.shape[2] <= 4)) throw wrongSize(model, x);
    return activate(`${name}.conv2`, activate(`${name}.conv1`, input));
  };

  const skips: tf.Tensor4D[] = [];
  let features = x;
  for (let level = 0; level < model.depth; level++) {
    features = block(`encoder.${level}`, features);
    if (features.shape[1] % 2 !== 0 || features.shape[2] % 2 !== 0) throw wrongSize(model, x);
    skips.push(features);
    features = tf.maxPool(features, 2, 2, 'valid');
  }
  features = block('bottom', features);
  for (let level = model.depth - 1; level >= 0; level--) {
    const name = `decoder.${level}`;
    const up = transposedConvolution(features, parameter(`${name}.up.weight`), parameter(`${name}.up.bias`));
    visit?.(`${name}.up`, up, up);
    const skip = skips[level] as tf.Tensor4D;
    features = block(name, tf.concat([centre(skip, up.shape[1], up.shape[2]), up], 3));
  }
  const logits = convolve('head', features);
  visit?.('head', logits, logits);
  return logits;
}

/** The centre `height` x `width` of [B,H,W,C]. */
function centre(x: tf.Tensor4D, height: number, width: number): tf.Tensor4D {
  const [batch, fullHeight, fullWidth, channels] = x.shape;
  if (fullHeight === height && fullWidth === width) return x;
  const top = Math.floor((fullHeight - height) / 2);
  const left = Math.floor((fullWidth - width) / 2);
  return tf.slice(x, [0, top, left, 0], [batch, height, width, channels]);
}

function wrongSize(model: ModelConfig, x: tf.Tensor4D): Problem {
  const size = `${x.shape[1]} x ${x.shape[2]}`;
  return new Problem(
    `An input of ${size} does not fit a U-Net of depth ${model.depth} with ${model.padding} padding.`,
    {
      hint:
        model.padding === 'same'
          ? `Height and width must be multiples of ${2 ** model.depth}.`
          : `Height and width must stay above 4 and even on every level, for example 572 at depth 4 (output 388).`,
    },
  );
}
