import type { LayerDescription, NetworkWeights } from '../../../src/webview/protocol/network';

/** The layers of a U-Net as the engine lists them. */
export function unetLayers(depth: number, filters: number): LayerDescription[] {
  const layers: LayerDescription[] = [];
  const add = (name: string, channels: number, level: number, up = false): void => {
    layers.push({
      name,
      kind: up ? 'transposedConvolution' : 'convolution',
      channels,
      relu: !up && name !== 'head',
      stride: 2 ** level,
      parameters: 100 * channels,
    });
  };
  for (let level = 0; level < depth; level += 1)
    for (const conv of [1, 2]) add(`encoder.${level}.conv${conv}`, filters * 2 ** level, level);
  for (const conv of [1, 2]) add(`bottom.conv${conv}`, filters * 2 ** depth, depth);
  for (let level = depth - 1; level >= 0; level -= 1) {
    add(`decoder.${level}.up`, filters * 2 ** level, level, true);
    for (const conv of [1, 2]) add(`decoder.${level}.conv${conv}`, filters * 2 ** level, level);
  }
  add('head', 2, 0);
  return layers;
}

/** Statistics of two layers, the second without a ReLU, over two columns of steps and two checkpoints. */
export const weights: NetworkWeights = {
  layers: [
    { name: 'encoder.0.conv1', channels: 4, relu: true, parameters: 10 },
    { name: 'head', channels: 2, relu: false, parameters: 100 },
  ],
  firstSteps: [1, 3],
  lastSteps: [2, 3],
  epochs: [0, 2],
  measuredEpochs: [0, 2],
  images: ['a', 'b'],
  dead: [[1, 3], []],
  notes: [],
  stepChanges: Float32Array.of(1, 2, 50, 0),
  norms: Float32Array.of(1, 2, 3, 4),
  biasNorms: Float32Array.of(0, 0, 0, 0),
  changes: Float32Array.of(NaN, 0.5, NaN, 0.25),
  deadFilters: Int32Array.of(0, 2, -1, -1),
  active: Float32Array.of(0.5, 0.25, NaN, NaN),
};
