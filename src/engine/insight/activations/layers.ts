import { Problem } from '../../../runs/problem';
import type { ModelConfig } from '../../experiment/schema';
import { unetParameters } from '../../unet/unet';

/** One layer whose answer can be looked at. */
export interface NetworkLayer {
  /** As in the names of its parameters: `encoder.0.conv1`, `bottom.conv2`, `decoder.3.up`, `head`. */
  readonly name: string;
  readonly kind: 'convolution' | 'transposedConvolution';
  /** Number of feature maps. */
  readonly channels: number;
  /** Whether a ReLU follows; `decoder.N.up` and `head` have none. */
  readonly relu: boolean;
  /** Pixels of the image that one pixel of its maps stands for, per side: 1, 2, 4, … */
  readonly stride: number;
  /** Pixels of the network's input, on each side, that its maps do not lie over; 0 with `same` padding. */
  readonly margin: number;
  /** Trainable values. */
  readonly parameters: number;
}

/** The layers of a U-Net, in the order of the forward pass. */
export function networkLayers(model: ModelConfig): NetworkLayer[] {
  const specs = unetParameters(model);
  const size = (layer: string): number =>
    specs
      .filter((spec) => spec.layer === layer)
      .reduce((sum, { shape }) => sum + shape.reduce((product, length) => product * length, 1), 0);
  // Every 3x3 convolution without padding takes a pixel off each side, in pixels of its own level.
  const lost = model.padding === 'valid' ? 1 : 0;
  let margin = 0;
  const layers: NetworkLayer[] = [];
  for (const { layer: name, kind, shape } of specs) {
    if (kind === 'bias') continue;
    const up = kind === 'transposedConvolution';
    const of = /^(?:encoder|decoder)\.(\d+)\./.exec(name)?.[1];
    const level = of === undefined ? (name === 'head' ? 0 : model.depth) : Number(of);
    const stride = 2 ** level;
    const relu = !up && name !== 'head';
    if (relu) margin += lost * stride;
    layers.push({ name, kind, channels: up ? shape[1]! : shape[0]!, relu, stride, margin, parameters: size(name) });
  }
  return layers;
}

/** The layer of a name. @throws Problem that lists the layers there are. */
export function findLayer(model: ModelConfig, name: string): NetworkLayer {
  const layers = networkLayers(model);
  const found = layers.find((layer) => layer.name === name);
  if (found) return found;
  throw new Problem(`the network has no layer "${name}"`, {
    hint: `Its layers: ${layers.map((layer) => layer.name).join(', ')}.`,
  });
}
