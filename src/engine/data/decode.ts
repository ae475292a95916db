import { Problem } from '../../runs/problem';
import type { DatasetConfig } from '../experiment/schema';
import { readableFormats } from './folder';
import { sharp } from './libvips';
import type { ImagePair } from './pairs';

/** An image in memory, scaled by `dataset.scale`. */
export interface DecodedImage {
  readonly height: number;
  readonly width: number;
  readonly channels: 1 | 3;
  /** [height, width, channels] as stored in the file; divide by `maximum` for [0, 1]. */
  readonly pixels: Uint8Array | Uint16Array;
  readonly maximum: 255 | 65535;
}

/** An image and its mask in memory, scaled by `dataset.scale`. */
export interface DecodedPair extends DecodedImage {
  readonly name: string;
  /** [height, width]: 1 foreground, 0 background. */
  readonly labels: Uint8Array;
}

/** What a file says about itself before its pixels are read. */
export interface ImageHeader {
  /** As shown: an EXIF orientation is already applied. */
  readonly height: number;
  readonly width: number;
  /** Without alpha; 4 only for CMYK. */
  readonly channels: number;
  readonly bits: 8 | 16;
  readonly pages: number;
}

// `error`: sharp paints no damage over with grey, yet does not stop at a harmless odd tag. Embedded colour profiles are
// ignored: masks and scientific images mean their numbers, not a look on a monitor.
const input = { failOn: 'error', ignoreIcc: true, autoOrient: true } as const;

/** Reads a file's header. Throws a Problem that names the file when it is no picture this program can read. */
export async function readHeader(file: string): Promise<ImageHeader> {
  const metadata = await sharp(file, input)
    .metadata()
    .catch((error: Error) => {
      throw unreadable(file, error);
    });
  const channels = metadata.channels - (metadata.hasAlpha ? 1 : 0);
  const bits = metadata.depth === 'uchar' ? 8 : metadata.depth === 'ushort' ? 16 : undefined;
  if (bits === undefined) {
    throw new Problem(`pixels of the type ${metadata.depth} are not read`, {
      place: { file },
      hint: 'Save it with 8 or 16 bits per channel.',
    });
  }
  if (channels !== 1 && channels !== 3 && metadata.space !== 'cmyk') {
    throw new Problem(`an image of ${channels} channels is not read`, {
      place: { file },
      hint: 'Save it in grey or in colour; a further channel of transparency is dropped.',
    });
  }
  const { width, height } = metadata.autoOrient;
  return { height, width, channels, bits, pages: metadata.pages ?? 1 };
}

/**
 * Decodes a pair: grey or colour, 8 or 16 bits, palettes resolved, alpha dropped, EXIF orientation applied to both.
 * Grey becomes colour by repeating it, colour becomes grey by Rec. 601 luma, whichever `channels` asks for. With
 * `dataset.scale` below 1 the image is averaged down (Lanczos 3) and the mask thresholded first and then sampled at the
 * nearest pixel, so that its values stay 0 and 1.
 *
 * @throws Problem naming the file for an unreadable or truncated one, and for sizes that differ within the pair.
 */
export async function decodePair(
  pair: ImagePair,
  dataset: Pick<DatasetConfig, 'maskThreshold' | 'scale'>,
  channels: 1 | 3,
): Promise<DecodedPair> {
  const [image, mask] = await Promise.all([
    decodeImage(pair.image, dataset.scale, channels),
    decodeMask(pair.mask, dataset.maskThreshold),
  ]);
  if (image.full[0] !== mask.height || image.full[1] !== mask.width) throw sizesDiffer(pair, image.full, mask);
  const { height, width, pixels, maximum } = image;
  const labels = nearest(mask, height, width);
  return { name: pair.name, height, width, channels, pixels, maximum, labels };
}

/** The Problem of an image and a mask that do not lie on each other. */
export function sizesDiffer(
  pair: ImagePair,
  image: readonly [number, number],
  mask: { height: number; width: number },
) {
  return new Problem(
    `the mask has ${mask.width} × ${mask.height} pixels (width × height), its image ${image[1]} × ${image[0]}`,
    {
      place: { file: pair.mask },
      hint: `Image and mask must lie on each other pixel by pixel; the image is ${pair.image}.`,
    },
  );
}

export interface DecodedMask {
  readonly height: number;
  readonly width: number;
  /** [height, width]: 1 foreground, 0 background. */
  readonly labels: Uint8Array;
  /** Number of foreground pixels. */
  readonly foreground: number;
  /** The largest value in the file, on the scale 0..255. */
  readonly largest: number;
}

/**
 * Reads a mask at full size. A pixel is foreground when its largest channel is above `threshold`, which counts from 0
 * to 255 for masks of 16 bits too.
 */
export async function decodeMask(file: string, threshold: number): Promise<DecodedMask> {
  const { height, width, channels, pixels, maximum } = await decodePixels(file, 1);
  const limit = threshold * (maximum / 255);
  const labels = new Uint8Array(height * width);
  let foreground = 0;
  let largest = 0;
  for (let i = 0, at = 0; i < labels.length; i++) {
    let value = 0;
    for (let c = 0; c < channels; c++) value = Math.max(value, pixels[at++]!);
    if (value > largest) largest = value;
    if (value > limit) {
      labels[i] = 1;
      foreground++;
    }
  }
  return { height, width, labels, foreground, largest: largest / (maximum / 255) };
}

/**
 * Decodes an image without a mask, as `decodePair` does; `full` is its height and width in the file.
 * @throws Problem naming the file for an unreadable or truncated one.
 */
export async function decodeImage(
  file: string,
  scale: number,
  channels: 1 | 3,
): Promise<DecodedImage & { readonly full: readonly [number, number] }> {
  const read = await decodePixels(file, scale);
  const { full, height, width, maximum } = read;
  return { full, height, width, channels, maximum, pixels: withChannels(read.pixels, read.channels, channels) };
}

/** [height, width] after `dataset.scale`, at least one pixel. */
export function scaledSize(height: number, width: number, scale: number): [number, number] {
  return [Math.max(1, Math.round(height * scale)), Math.max(1, Math.round(width * scale))];
}

/** Decodes a file at `scale`, as many channels as it has (without alpha), [height, width, channels]. */
export async function decodePixels(file: string, scale: number) {
  const header = await readHeader(file);
  const [height, width] = scaledSize(header.height, header.width, scale);
  const grey = header.channels === 1;
  let pipeline = sharp(file, input).removeAlpha();
  if (height !== header.height || width !== header.width)
    pipeline = pipeline.resize(width, height, { fit: 'fill', kernel: 'lanczos3', fastShrinkOnLoad: false });
  const deep = header.bits === 16;
  const maximum: 255 | 65535 = deep ? 65535 : 255;
  pipeline = pipeline.toColourspace(deep ? (grey ? 'grey16' : 'rgb16') : grey ? 'b-w' : 'srgb');
  const { data, info } = await pipeline
    .raw({ depth: deep ? 'ushort' : 'uchar' })
    .toBuffer({ resolveWithObject: true })
    .catch((error: Error) => {
      throw unreadable(file, error);
    });
  return {
    full: [header.height, header.width] as const,
    height: info.height,
    width: info.width,
    channels: info.channels,
    pixels: deep ? asUint16(data) : new Uint8Array(data.buffer, data.byteOffset, data.length),
    maximum,
  };
}

function asUint16(data: Buffer): Uint16Array {
  const aligned = data.byteOffset % 2 === 0 ? data : Buffer.from(data);
  return new Uint16Array(aligned.buffer, aligned.byteOffset, aligned.length / 2);
}

function withChannels<T extends Uint8Array | Uint16Array>(pixels: T, from: number, to: 1 | 3): T {
  if (from === to) return pixels;
  const count = pixels.length / from;
  const result = new (pixels.constructor as new (length: number) => T)(count * to);
  for (let i = 0; i < count; i++) {
    if (to === 3) result[3 * i] = result[3 * i + 1] = result[3 * i + 2] = pixels[i]!;
    else result[i] = Math.round(0.299 * pixels[3 * i]! + 0.587 * pixels[3 * i + 1]! + 0.114 * pixels[3 * i + 2]!);
  }
  return result;
}

function nearest(mask: DecodedMask, height: number, width: number): Uint8Array {
  if (mask.height === height && mask.width === width) return mask.labels;
  const labels = new Uint8Array(height * width);
  const columns = Int32Array.from({ length: width }, (_, x) => Math.floor(((x + 0.5) * mask.width) / width));
  for (let y = 0, at = 0; y < height; y++) {
    const row = Math.floor(((y + 0.5) * mask.height) / height) * mask.width;
    for (let x = 0; x < width; x++) labels[at++] = mask.labels[row + columns[x]!]!;
  }
  return labels;
}

function unreadable(file: string, error: Error): Problem {
  const reason = error.message.split('\n')[0]!.replace(/:\s*$/, '');
  const hint = /pixel limit/.test(reason)
    ? 'Cut or shrink it to at most 268 million pixels.'
    : `Open it in an image viewer: it is truncated, damaged or none of ${readableFormats}. Replace it, or remove it together with its partner.`;
  return new Problem(`this image cannot be read (${reason})`, { place: { file }, hint, cause: error });
}
