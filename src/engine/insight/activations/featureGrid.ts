import { colourTable, type ColourMapName } from '../maps/colourMaps';

export interface GridOptions {
  /** One scale for all maps, so that they can be compared, or one for each, so that each shows its shape. Default `layer`. */
  readonly scale?: 'layer' | 'map';
  readonly colours?: ColourMapName;
  /** Maps in a row; about as many as rows when left out. */
  readonly columns?: number;
  /** Pixels between maps. */
  readonly gap?: number;
}

/** Feature maps side by side. */
export interface FeatureGrid {
  readonly height: number;
  readonly width: number;
  readonly columns: number;
  /** [height, width, 3] */
  readonly pixels: Uint8Array;
  /** What the first and the last colour stand for, where all maps share one scale. */
  readonly range: readonly [number, number] | null;
}

/**
 * Feature maps [channels, height, width] as a picture, one pixel per feature. The scale begins at 0, or at the least value
 * where there are negative ones, and ends at the largest but one in a thousand: a single pixel must not darken all others.
 */
export function featureGrid(
  features: Float32Array,
  channels: number,
  height: number,
  width: number,
  options: GridOptions = {},
): FeatureGrid {
  const { scale = 'layer', colours = 'viridis', columns = Math.ceil(Math.sqrt(channels)), gap = 2 } = options;
  const rows = Math.ceil(channels / columns);
  const gridWidth = columns * (width + gap) - gap;
  const gridHeight = rows * (height + gap) - gap;
  const pixels = new Uint8Array(3 * gridWidth * gridHeight).fill(255);
  const table = colourTable(colours, 256);
  const shared = scale === 'layer' ? rangeOf(features) : null;
  const size = height * width;
  for (let channel = 0; channel < channels; channel++) {
    const map = features.subarray(channel * size, (channel + 1) * size);
    const [least, most] = shared ?? rangeOf(map);
    const factor = most > least ? 255 / (most - least) : 0;
    const top = Math.floor(channel / columns) * (height + gap);
    const left = (channel % columns) * (width + gap);
    for (let i = 0; i < size; i++) {
      const step = Math.round(Math.min(255, Math.max(0, (map[i]! - least) * factor)));
      const to = 3 * ((top + Math.floor(i / width)) * gridWidth + left + (i % width));
      for (let c = 0; c < 3; c++) pixels[to + c] = table[3 * step + c]!;
    }
  }
  return { height: gridHeight, width: gridWidth, columns, pixels, range: shared };
}

function rangeOf(values: Float32Array): readonly [number, number] {
  const sorted = Float32Array.from(values).sort();
  const at = (share: number): number => sorted[Math.round(share * (sorted.length - 1))] ?? 0;
  return [Math.min(0, at(0.001)), at(0.999)];
}
