import type { ImageReference } from '../protocol/heatmap';
import type { Contents } from './content';
import { needKey } from './loader';
import { shrunk } from './paint';
import type { Thumbnail } from './scrubber';
import { type HeatmapState, networkAt, type Tile } from './state';

const longest = 72;
/** So many small pictures are kept. */
const most = 600;

/** Small maps of the epochs, made as the answers come. */
export class Thumbnails {
  private readonly made = new Map<string, HTMLCanvasElement>();
  private range: readonly [number, number] | null = null;

  constructor(private readonly contents: Contents) {}

  /** Whether there is one of an epoch already. */
  has(tile: Tile, image: ImageReference, epoch: number, state: HeatmapState): boolean {
    return this.made.has(this.keyOf(tile, image, epoch, state));
  }

  /** The thumbnails of some epochs; those whose answers have not come yet are empty. */
  of(
    tile: Tile,
    image: ImageReference,
    epochs: readonly number[],
    range: readonly [number, number] | null,
    state: HeatmapState,
  ): Thumbnail[] {
    this.range = range;
    return epochs.map((epoch) => {
      const key = this.keyOf(tile, image, epoch, state);
      const picture = this.made.get(key) ?? this.make(key, tile, image, epoch, state);
      return { epoch, picture };
    });
  }

  private make(
    key: string,
    tile: Tile,
    image: ImageReference,
    epoch: number,
    state: HeatmapState,
  ): HTMLCanvasElement | null {
    const data = this.contents.data(tile, image, epoch);
    if (data.values === null) return null;
    const map = this.contents.picture(data, this.range, state);
    if (!map) return null;
    const picture = shrunk(map.source as HTMLCanvasElement, longest);
    picture.dataset['key'] = key;
    if (this.made.size >= most) this.made.delete(this.made.keys().next().value!);
    this.made.set(key, picture);
    return picture;
  }

  private keyOf({ run, layer, loss }: Tile, image: ImageReference, epoch: number, state: HeatmapState): string {
    return JSON.stringify([
      needKey({ run, image, network: networkAt(run, epoch) }),
      layer,
      loss?.key ?? null,
      this.range,
      state.colours,
      state.studyColours,
    ]);
  }
}
