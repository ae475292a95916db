import { refuseLargeCrop } from './crop';
import type { DecodedPair } from './decode';
import type { Size, UnetGeometry } from './geometry';
import type { Random } from './random';
import { copyWindow } from './window';

/**
 * Writes one training sample as item `index` of a batch: a random crop, flipped in one of four ways when `flip` is on,
 * padded to the network's tile by repeating the crop's edge pixels (the study: 388 -> 572), scaled to [0, 1].
 *
 * @param geometry `unetGeometry(model, crop)`.
 * @param images [B, C, tile height, tile width].
 * @param labels [B, crop height, crop width], class indices.
 */
export function trainingSample(
  pair: DecodedPair,
  geometry: UnetGeometry,
  { flip, crop }: { flip: boolean; crop: Size },
  random: Random,
  images: Float32Array,
  labels: Int32Array,
  index: number,
): void {
  const [height, width] = crop;
  refuseLargeCrop([pair], crop);
  const top = random.integer(pair.height - height + 1);
  const left = random.integer(pair.width - width + 1);
  const vertical = flip && random.integer(2) === 1;
  const horizontal = flip && random.integer(2) === 1;

  const { tile, pad } = geometry;
  // A flip mirrors the padded tile, so the crop begins after what will be its leading side.
  const window = {
    top: top - (vertical ? pad.bottom : pad.top),
    left: left - (horizontal ? pad.right : pad.left),
    height: tile[0],
    width: tile[1],
  };
  const bounds = { top, left, height, width };
  copyWindow(pair, window, bounds, images, index * pair.channels * tile[0] * tile[1], { vertical, horizontal });

  let at = index * height * width;
  if (labels.length < at + height * width) throw new RangeError(`labels has no room for item ${index}`);
  for (let y = 0; y < height; y++) {
    const row = (top + (vertical ? height - 1 - y : y)) * pair.width + left;
    for (let x = 0; x < width; x++) labels[at++] = pair.labels[row + (horizontal ? width - 1 - x : x)]!;
  }
}
