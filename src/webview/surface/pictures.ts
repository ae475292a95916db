import { paint, type QuantityName } from '../../engine/insight/maps';
import { painted } from '../kit/painted';

interface Region {
  readonly top: number;
  readonly left: number;
  readonly height: number;
  readonly width: number;
}

/** What the colours of a map of probabilities mean. */
export const mapEnds = 'dark 0, bright 1';

export const meanOf = (values: Float32Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** A quantity of a region in colours, one pixel per pixel. @param values [height, width]. */
export function mapPicture(
  name: QuantityName,
  values: ArrayLike<number>,
  { height, width }: Pick<Region, 'height' | 'width'>,
): HTMLCanvasElement {
  return painted(height, width, (data) => paint(name, values, {}, data));
}

/** A region of a photograph. @param photo [H, photoWidth, 3]. */
export function photoPicture(photo: Uint8Array, photoWidth: number, region: Region): HTMLCanvasElement {
  const { top, left, height, width } = region;
  return painted(height, width, (data) => {
    for (let y = 0; y < height; y += 1) {
      let from = 3 * ((top + y) * photoWidth + left);
      for (let to = 4 * y * width; to < 4 * (y + 1) * width; to += 4, from += 3) {
        data[to] = photo[from]!;
        data[to + 1] = photo[from + 1]!;
        data[to + 2] = photo[from + 2]!;
        data[to + 3] = 255;
      }
    }
  });
}

/** Labels of a region. @param labels [H, width]. */
export function cropped(labels: Uint8Array, width: number, region: Region): Uint8Array {
  const out = new Uint8Array(region.height * region.width);
  for (let y = 0; y < region.height; y += 1) {
    const from = (region.top + y) * width + region.left;
    out.set(labels.subarray(from, from + region.width), y * region.width);
  }
  return out;
}
