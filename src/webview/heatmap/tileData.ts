import type { HeatmapImage, HeatmapMargin, HeatmapNetwork } from '../protocol/heatmap';
import type { Loaded } from './loader';
import type { Tile } from './state';

/** What is known of one tile at the moment. */
export interface TileData {
  readonly tile: Tile;
  readonly image: Loaded<HeatmapImage>;
  /** What is shown of this run: the network of the nearest epoch that it has weights of, or that at its point. Null when it has none. */
  readonly network: HeatmapNetwork | null;
  /** Null where no answer of the network is needed. */
  readonly margin: Loaded<HeatmapMargin> | null;
  /** The values that its colours stand for, [h,w] of the margin's region. */
  readonly values: Float32Array | Uint8Array | null;
  /** Why there are none, though everything is there. */
  readonly reason: string | null;
}
