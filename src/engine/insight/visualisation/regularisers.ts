/*
 * What keeps a picture that is made by gradient ascent from turning into noise. Pictures are planes, [C,H,W].
 */

/** Smooths the corner of |d| at 0; in units of pixel values, which run from 0 to 1. */
const corner = 1e-2;

/**
 * Adds `weight` times the gradient of the total variation to `gradient`: of the sum over neighbours, right and below, of
 * sqrt(d^2 + corner^2) - corner (Rudin, Osher & Fatemi, 1992, along the axes). Each neighbour pulls with at most `weight`.
 */
export function addTotalVariationGradient(
  picture: Float32Array,
  height: number,
  width: number,
  weight: number,
  gradient: Float32Array,
): void {
  const plane = height * width;
  for (let i = 0; i < picture.length; i++) {
    const at = i % plane;
    const pull = (neighbour: number): void => {
      const d = picture[neighbour]! - picture[i]!;
      const slope = (weight * d) / Math.sqrt(d * d + corner * corner);
      gradient[neighbour]! += slope;
      gradient[i]! -= slope;
    };
    if (at % width < width - 1) pull(i + 1);
    if (at < plane - width) pull(i + width);
  }
}

/** The total variation whose gradient that is, of the whole picture. */
export function totalVariation(picture: Float32Array, height: number, width: number): number {
  const plane = height * width;
  const size = (d: number): number => Math.sqrt(d * d + corner * corner) - corner;
  let sum = 0;
  for (let i = 0; i < picture.length; i++) {
    const at = i % plane;
    if (at % width < width - 1) sum += size(picture[i + 1]! - picture[i]!);
    if (at < plane - width) sum += size(picture[i + width]! - picture[i]!);
  }
  return sum;
}

/** Adds the gradient of weight / 2 · sum of (x - 0.5)^2, which draws every pixel towards grey. */
export function addDecayGradient(picture: Float32Array, weight: number, gradient: Float32Array): void {
  for (let i = 0; i < picture.length; i++) gradient[i]! += weight * (picture[i]! - 0.5);
}

/** The picture moved down and to the right, what leaves on one side coming back on the other. */
export function rolled(
  picture: Float32Array,
  height: number,
  width: number,
  down: number,
  right: number,
): Float32Array {
  const moved = new Float32Array(picture.length);
  const shift = ((right % width) + width) % width;
  for (let row = 0; row < picture.length / width; row++) {
    const plane = Math.floor(row / height) * height;
    const target = plane + ((((row - plane + down) % height) + height) % height);
    const values = picture.subarray(row * width, (row + 1) * width);
    moved.set(values.subarray(0, width - shift), target * width + shift);
    moved.set(values.subarray(width - shift), target * width);
  }
  return moved;
}

/** The picture under a Gaussian of this standard deviation, in pixels; at the edges the nearest pixel is repeated. */
export function blurred(picture: Float32Array, height: number, width: number, deviation: number): Float32Array {
  const reach = Math.ceil(3 * deviation);
  const kernel = Float64Array.from({ length: 2 * reach + 1 }, (_, i) =>
    Math.exp(-((i - reach) ** 2) / (2 * deviation * deviation)),
  );
  const total = kernel.reduce((sum, value) => sum + value, 0);
  /** Along one axis: `length` pixels that lie `step` apart, from every start. */
  const along = (from: Float32Array, length: number, step: number): Float32Array => {
    const to = new Float32Array(from.length);
    for (let i = 0; i < from.length; i++) {
      const place = Math.floor(i / step) % length;
      let sum = 0;
      for (let k = -reach; k <= reach; k++) {
        const other = Math.min(length - 1, Math.max(0, place + k));
        sum += kernel[k + reach]! * from[i + (other - place) * step]!;
      }
      to[i] = sum / total;
    }
    return to;
  };
  return along(along(picture, width, 1), height, width);
}
