import sharp from 'sharp';
import type { ColourMap, Rgb } from './colours';

/** A picture of one byte per channel, row by row. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
  readonly data: Uint8Array;
}

/** Reads a picture as grey (1 channel) or colour (3), 8 bit. */
export async function readPixels(file: string, channels: 1 | 3): Promise<Pixels> {
  const image = sharp(file).removeAlpha();
  const { data, info } = await (channels === 1 ? image.toColourspace('b-w') : image.toColourspace('srgb'))
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, channels, data };
}

/**
 * A PNG of values in [0, 1] under a colour map; NaN is transparent. `enlargeTo` blends between the values up to a
 * square of that many pixels.
 */
export async function colouredPng(
  values: ArrayLike<number>,
  width: number,
  height: number,
  map: ColourMap,
  { enlargeTo }: { enlargeTo?: number } = {},
): Promise<Buffer> {
  const data = new Uint8Array(width * height * 4);
  for (let index = 0; index < width * height; index++) {
    const value = values[index]!;
    if (Number.isNaN(value)) continue;
    data.set([...map(value).map(Math.round), 255], index * 4);
  }
  const image = sharp(data, { raw: { width, height, channels: 4 } });
  return (enlargeTo ? image.resize(enlargeTo, enlargeTo, { fit: 'fill', kernel: 'linear' }) : image).png().toBuffer();
}

/** A PNG from a colour per pixel, made smaller to at most `maxWidth`. */
export async function pixelsPng(
  width: number,
  height: number,
  maxWidth: number,
  colour: (index: number) => Rgb,
): Promise<Buffer> {
  const data = new Uint8Array(width * height * 3);
  for (let index = 0; index < width * height; index++) data.set(colour(index).map(Math.round), index * 3);
  return sharp(data, { raw: { width, height, channels: 3 } })
    .resize({ width: Math.min(width, maxWidth), withoutEnlargement: true })
    .png()
    .toBuffer();
}

/** A photograph, made smaller to at most `maxWidth`, as JPEG. */
export async function photographJpeg(pixels: Pixels, maxWidth: number): Promise<Buffer> {
  const { width, height, channels, data } = pixels;
  return sharp(data, { raw: { width, height, channels } })
    .resize({ width: Math.min(width, maxWidth), withoutEnlargement: true })
    .jpeg({ quality: 88, chromaSubsampling: '4:4:4' })
    .toBuffer();
}

export function pngUri(png: Buffer): string {
  return `data:image/png;base64,${png.toString('base64')}`;
}

export function jpegUri(jpeg: Buffer): string {
  return `data:image/jpeg;base64,${jpeg.toString('base64')}`;
}
