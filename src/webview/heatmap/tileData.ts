import type { HeatmapImage, HeatmapMargin } from '../protocol/heatmap';
import type { Loaded } from './loader';
import type { Tile } from './state';

/** What is known of one tile at the moment. */
export interface TileData {
  readonly tile: Tile;
  readonly image: Loaded<HeatmapImage>;
  /** The epoch that is shown of this run: the nearest that it has weights of. Null when it has none. */
  readonly epoch: number | null;
  /** Null where no answer of the network is needed. */
  readonly margin: Loaded<HeatmapMargin> | null;
  /** The values that its colours stand for, [h,w] of the margin's region. */
  readonly values: Float32Array | Uint8Array | null;
  /** Why there are none, though everything is there. */
  readonly reason: string | null;
}
