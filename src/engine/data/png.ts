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
  return sharp(values, { raw: { width, height, channels } }).png({ compressionLevel: 6 }).toBuffer();
}
