import { refuseLargeCrop } from './crop';
import type { DecodedImage, DecodedPair } from './decode';
import { unetGeometry, validMargin } from './geometry';
import type { Size } from './geometry';
import { copyWindow } from './window';
import type { Window } from './window';

/** The largest tile the network is given when a whole image is evaluated, in pixels: 1024 × 1024. */
const maxTilePixels = 2 ** 20;

/** One pass of the network over a part of an image. */
export interface Tile {
  /** What the network reads, in pixels of the image; reaches outside at its edges. */
  readonly input: Window;
  /** Pixels that exist for it: beyond them the nearest one is repeated. */
  readonly bounds: Window;
  /** The part of the network's output that is kept, in pixels of the output. */
  readonly kept: Window;
  /** Where the kept part goes, in pixels of the evaluated region. */
  readonly target: { readonly top: number; readonly left: number };
}

/** How one image is evaluated: all tiles have one size, so one compiled graph serves them. */
export interface EvaluationTiles {
  /** The evaluated region in pixels of the image: the whole image, or the centre crop. */
  readonly region: Window;
  /** Size of the network's input, the same for all tiles. */
  readonly tile: Size;
  /** Size of the network's output. */
  readonly output: Size;
  readonly tiles: readonly Tile[];
}

/**
 * Plans the evaluation of an image of `height` × `width` pixels.
 *
 * - `center`, as the study: the crop in the middle of the image, padded with its own edge pixels as in training.
 * - `whole`: every pixel. One tile where its input has at most 2^20 pixels; else overlapping tiles, of which only the part
 *   is kept that their edges cannot influence, on the grid of the network's pooling: stitched, they give what one big
 *   tile would have given. Tiles see the real surroundings inside the image and repeated edge pixels outside.
 *
 * @throws Problem when `center` asks for a crop larger than the image.
 */
export function evaluationTiles(
  height: number,
  width: number,
  model: { depth: number; padding: 'valid' | 'same' },
  mode: 'whole' | 'center',
  crop: Size,
): EvaluationTiles {
  if (mode === 'center') refuseLargeCrop([{ name: 'an image to evaluate', height, width }], crop);
  const region: Window =
    mode === 'whole'
      ? { top: 0, left: 0, height, width }
      : { top: (height - crop[0]) >> 1, left: (width - crop[1]) >> 1, height: crop[0], width: crop[1] };
  const all = unetGeometry(model, [region.height, region.width]);
  const step = 2 ** model.depth;
  // Farther than this from a tile's edge the edge has no influence: the receptive field reaches 6 * 2^d - 4 pixels from
  // a cell of the pooling grid, and a pixel lies up to 2^d - 1 inside its cell. A valid network has cut that off already.
  const margin = model.padding === 'same' ? 7 * step : 0;
  const [tileHeight, tileWidth] = mode === 'center' ? all.tile : tileSize(all.tile, model, margin);
  const lost = 2 * validMargin(model);
  const keep = { lost, margin, step };
  const rows = along(all.tile[0], tileHeight, keep, region.height, all.offset.top);
  const columns = along(all.tile[1], tileWidth, keep, region.width, all.offset.left);
  const tiles = rows.flatMap((row) =>
    columns.map((column): Tile => {
      const top = region.top - all.pad.top + row.start;
      const left = region.left - all.pad.left + column.start;
      return {
        input: { top, left, height: tileHeight, width: tileWidth },
        bounds: region,
        kept: { top: row.from, left: column.from, height: row.length, width: column.length },
        target: { top: row.target, left: column.target },
      };
    }),
  );
  return { region, tile: [tileHeight, tileWidth], output: [tileHeight - lost, tileWidth - lost], tiles };
}

/** Writes what a tile reads as item `index` of a batch [B, C, tile height, tile width], scaled to [0, 1]. */
export function readTile(image: DecodedImage, tile: Tile, out: Float32Array, index = 0): void {
  const { input } = tile;
  copyWindow(image, input, tile.bounds, out, index * image.channels * input.height * input.width);
}

/**
 * Puts the kept part of a tile's answer into place.
 *
 * @param planes [planes, output height, output width] of one tile: logits or probabilities.
 * @param full [planes, region height, region width].
 */
export function stitch(planes: Float32Array, tile: Tile, plan: EvaluationTiles, full: Float32Array): void {
  const [outputHeight, outputWidth] = plan.output;
  const { height, width } = plan.region;
  const count = full.length / (height * width);
  if (planes.length !== count * outputHeight * outputWidth)
    throw new RangeError(`${planes.length} values are not ${count} planes of ${outputHeight} × ${outputWidth}`);
  const { kept, target } = tile;
  for (let p = 0; p < count; p++) {
    for (let y = 0; y < kept.height; y++) {
      const from = (p * outputHeight + kept.top + y) * outputWidth + kept.left;
      const to = (p * height + target.top + y) * width + target.left;
      full.set(planes.subarray(from, from + kept.width), to);
    }
  }
}

/** The labels of the evaluated region, [region height, region width]. */
export function regionLabels(
  pair: Pick<DecodedPair, 'labels' | 'width'>,
  { top, left, height, width }: Window,
): Uint8Array {
  const labels = new Uint8Array(height * width);
  for (let y = 0; y < height; y++) {
    const row = (top + y) * pair.width + left;
    labels.set(pair.labels.subarray(row, row + width), y * width);
  }
  return labels;
}

/** The size of each tile: the whole input when it is small enough, else as large as allowed. */
function tileSize(all: Size, model: { depth: number; padding: 'valid' | 'same' }, margin: number): Size {
  if (all[0] * all[1] <= maxTilePixels) return all;
  const step = 2 ** model.depth;
  // Half of a tile's side at least is kept: deep networks, with margins of hundreds of pixels, need larger tiles.
  const least = 4 * Math.max(margin, validMargin(model));
  const fit = (side: number, limit: number) =>
    side - step * Math.max(0, Math.ceil((side - Math.max(limit, least)) / step));
  const short = fit(Math.min(...all), 1024);
  const long = fit(Math.max(...all), Math.floor(maxTilePixels / short));
  return all[0] <= all[1] ? [short, long] : [long, short];
}

/**
 * Tiles along one side. Their starts are multiples of 2^d from the start of the whole, and each keeps what the one before
 * it has left, up to `margin` from its far edge.
 */
function along(
  whole: number,
  tile: number,
  { lost, margin, step }: { lost: number; margin: number; step: number },
  size: number,
  offset: number,
) {
  const output = tile - lost;
  const stride = step * Math.floor((output - 2 * margin) / step);
  const count = whole === tile ? 1 : Math.ceil((whole - tile) / stride) + 1;
  const parts: { start: number; from: number; length: number; target: number }[] = [];
  let done = 0; // pixels of the evaluated region
  for (let i = 0; i < count; i++) {
    const last = i === count - 1;
    const start = last ? whole - tile : i * stride;
    // In pixels of the evaluated region, the tile's output begins at `start - offset`.
    const end = Math.min(size, start - offset + output - (last ? 0 : margin));
    if (end <= done) continue;
    parts.push({ start, from: done - (start - offset), length: end - done, target: done });
    done = end;
  }
  return parts;
}
