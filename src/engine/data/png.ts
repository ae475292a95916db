import { sharp } from './libvips';

/**
 * A PNG of 8 bits from values in row-major order, `channels` per pixel (1 or 3) interleaved.
 * @param values height · width · channels bytes.
 */
export async function encodePng(
  values: Uint8Array,
  width: number,
  height: number,
  channels: 1 | 3,
): Promise<Uint8Array> {
  return sharp(values, { raw: { width, height, channels } })
    .toColourspace(channels === 1 ? 'b-w' : 'srgb')
    .png({ compressionLevel: 6 })
    .toBuffer();
}

/**
 * A grey PNG of 16 bits from values in row-major order.
 * @param values height · width numbers from 0 to 65535.
 */
export async function encodePng16(values: Uint16Array, width: number, height: number): Promise<Uint8Array> {
  return sharp(values, { raw: { width, height, channels: 1 } })
    .toColourspace('grey16')
    .png({ compressionLevel: 6 })
    .toBuffer();
}

/** A PNG of 8 bits with transparency. @param values height · width · 4 bytes, RGBA. */
export async function encodePngRgba(values: Uint8ClampedArray, width: number, height: number): Promise<Uint8Array> {
  return sharp(values, { raw: { width, height, channels: 4 } })
    .png({ compressionLevel: 6 })
    .toBuffer();
}
