import type { LayerDescription } from '../protocol/network';

/** Rows and columns of a layer's maps. */
export type MapSize = readonly [height: number, width: number];

/**
 * The sizes of all layers' maps, from the known size of one of them: from layer to layer, a 3x3 convolution without padding
 * takes two pixels off, pooling halves and a transposed convolution doubles.
 * @param layers in the order of the forward pass.
 */
export function layerSizes(
  layers: readonly LayerDescription[],
  padding: 'same' | 'valid',
  known: { readonly layer: string; readonly size: MapSize },
): ReadonlyMap<string, MapSize> {
  const at = layers.findIndex(({ name }) => name === known.layer);
  if (at < 0) return new Map();
  const lost = padding === 'valid' ? 2 : 0;
  const sizes: number[][] = layers.map(() => []);
  sizes[at] = [...known.size];
  // A layer reads what the layer before it answers, at its own scale; then it may take pixels off.
  const taken = (layer: LayerDescription): number => (layer.relu ? lost : 0);
  const scale = (from: LayerDescription, to: LayerDescription): number => from.stride / to.stride;
  for (let i = at + 1; i < layers.length; i += 1) {
    const layer = layers[i]!;
    sizes[i] = sizes[i - 1]!.map((side) => side * scale(layers[i - 1]!, layer) - taken(layer));
  }
  for (let i = at - 1; i >= 0; i -= 1) {
    const after = layers[i + 1]!;
    sizes[i] = sizes[i + 1]!.map((side) => (side + taken(after)) * scale(after, layers[i]!));
  }
  return new Map(layers.map(({ name }, i) => [name, [sizes[i]![0]!, sizes[i]![1]!] as const]));
}
