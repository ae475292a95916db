import type { Random } from '../random';
import type { Frame } from './frame';

/** Blurs one plane [height, width] in place with a Gaussian of `deviation` pixels of this picture; edges are repeated. */
export function blur(plane: Float32Array, { width, height }: Frame, deviation: number): void {
  const reach = Math.ceil(2.5 * deviation);
  const kernel = Float32Array.from({ length: 2 * reach + 1 }, (_, k) =>
    Math.exp(-0.5 * ((k - reach) / deviation) ** 2),
  );
  const sum = kernel.reduce((a, b) => a + b, 0);
  for (let k = 0; k < kernel.length; k++) kernel[k]! /= sum;
  const line = new Float32Array(Math.max(width, height) + 2 * reach);
  for (let y = 0; y < height; y++) blurLine(plane, y * width, 1, width, kernel, reach, line);
  for (let x = 0; x < width; x++) blurLine(plane, x, width, height, kernel, reach, line);
}

function blurLine(
  plane: Float32Array,
  start: number,
  stride: number,
  length: number,
  kernel: Float32Array,
  reach: number,
  line: Float32Array,
): void {
  for (let i = 0; i < length + 2 * reach; i++) {
    const at = Math.min(length - 1, Math.max(0, i - reach));
    line[i] = plane[start + at * stride]!;
  }
  for (let i = 0; i < length; i++) {
    let value = 0;
    for (let k = 0; k < kernel.length; k++) value += kernel[k]! * line[i + k]!;
    plane[start + i * stride] = value;
  }
}

/**
 * What the sensor makes of three planes of light (0..255 and above): bright parts saturate gently, noise grows with the
 * light, 8 bits remain. Returns [height, width, 3].
 */
export function expose(planes: readonly Float32Array[], { width }: Frame, noise: number, random: Random): Uint8Array {
  // Half a million normal numbers take long to draw: these are used over and over, from another one on in each row.
  const grains = new Float32Array(1 << 15);
  for (let i = 0; i < grains.length; i++) grains[i] = random.normal();
  const pixels = new Uint8Array(3 * planes[0]!.length);
  for (let c = 0; c < 3; c++) {
    const plane = planes[c]!;
    for (let i = 0, from = 0; i < plane.length; i++) {
      if (i % width === 0) from = random.integer(grains.length);
      const value = saturate(plane[i]!);
      const grain = noise * (0.35 + 0.65 * Math.sqrt(value / 255)) * grains[(from + i) % grains.length]!;
      pixels[3 * i + c] = Math.min(255, Math.max(0, Math.round(value + grain)));
    }
  }
  return pixels;
}

/** Straight up to the knee, then bending towards 255. */
function saturate(value: number): number {
  const knee = 215;
  return value <= knee ? value : knee + (255 - knee) * (1 - Math.exp(-(value - knee) / (255 - knee)));
}
