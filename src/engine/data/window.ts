import type { DecodedImage } from './decode';

/** A rectangle of pixels; it may reach outside the image it is laid over. */
export interface Window {
  readonly top: number;
  readonly left: number;
  readonly height: number;
  readonly width: number;
}

/** Mirror images: upside down (`vertical`), left to right (`horizontal`). */
export interface Flip {
  readonly vertical: boolean;
  readonly horizontal: boolean;
}

/**
 * Copies `window` of an image into a planar float array, [channels, height, width] from `offset` on, scaled to [0, 1].
 * Only pixels inside `bounds` are read; beyond, its nearest edge pixel is repeated. A flip mirrors the copied window.
 */
export function copyWindow(
  image: DecodedImage,
  window: Window,
  bounds: Window,
  out: Float32Array,
  offset: number,
  flip?: Flip,
): void {
  const { pixels, channels, width, maximum } = image;
  const plane = window.height * window.width;
  if (out.length < offset + channels * plane)
    throw new RangeError(
      `${channels} planes of ${window.height} × ${window.width} do not fit behind ${offset} of ${out.length}`,
    );
  const rows = sources(window.top, window.height, bounds.top, bounds.height, flip?.vertical ?? false);
  const columns = sources(window.left, window.width, bounds.left, bounds.width, flip?.horizontal ?? false);
  for (let x = 0; x < columns.length; x++) columns[x]! *= channels;
  const scaled = maximum === 255 ? scaled8 : (scaled16 ??= quotients(65535));
  for (let y = 0; y < window.height; y++) {
    const row = rows[y]! * width * channels;
    for (let c = 0; c < channels; c++) {
      const target = offset + c * plane + y * window.width;
      for (let x = 0; x < window.width; x++) out[target + x] = scaled[pixels[row + columns[x]! + c]!]!;
    }
  }
}

const scaled8 = quotients(255);
let scaled16: Float32Array | undefined;

/** value / maximum for every value: true quotients (as NumPy's), which a product with 1/255 is not. */
function quotients(maximum: number): Float32Array {
  return Float32Array.from({ length: maximum + 1 }, (_, value) => value / maximum);
}

/** Where each of `length` places reads from: consecutive from `start`, held inside the bounds, mirrored if asked. */
function sources(start: number, length: number, from: number, extent: number, mirrored: boolean): Int32Array {
  const indices = new Int32Array(length);
  for (let i = 0; i < length; i++) {
    const at = start + (mirrored ? length - 1 - i : i);
    indices[i] = Math.min(from + extent - 1, Math.max(from, at));
  }
  return indices;
}
