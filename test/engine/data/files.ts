import { mkdtempSync, rmSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import sharp, { type Sharp } from 'sharp';
import { onTestFinished } from 'vitest';
import type { DatasetConfig } from '../../../src/engine/experiment/schema';

/** A folder that is gone when the test has ended. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'losscape-data-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** The `dataset` part of an experiment file for `folder`/images and `folder`/masks, with its defaults. */
export function datasetIn(folder: string, changes: Partial<DatasetConfig> = {}): DatasetConfig {
  return {
    images: join(folder, 'images'),
    masks: join(folder, 'masks'),
    maskThreshold: 20,
    scale: 1,
    test: 0,
    unpaired: 'error',
    ...changes,
  };
}

export interface Picture {
  width: number;
  height: number;
  channels: 1 | 2 | 3 | 4;
  pixels: Uint8Array | Uint16Array;
}

/** A picture whose pixels are `value(x, y, channel)`; Uint16 when `bits` is 16. */
export function picture(
  width: number,
  height: number,
  channels: 1 | 2 | 3 | 4,
  value: (x: number, y: number, c: number) => number,
  bits: 8 | 16 = 8,
): Picture {
  const pixels = new (bits === 16 ? Uint16Array : Uint8Array)(width * height * channels);
  for (let y = 0, at = 0; y < height; y++)
    for (let x = 0; x < width; x++) for (let c = 0; c < channels; c++) pixels[at++] = value(x, y, c);
  return { width, height, channels, pixels };
}

/** A grey mask, 255 where `inside` says so. */
export function maskPicture(width: number, height: number, inside: (x: number, y: number) => boolean): Picture {
  return picture(width, height, 1, (x, y) => (inside(x, y) ? 255 : 0));
}

/** A sharp pipeline over a picture that keeps its number of channels and bits. */
export function pipeline({ pixels, width, height, channels }: Picture): Sharp {
  const deep = pixels instanceof Uint16Array;
  const space = channels < 3 ? (deep ? 'grey16' : 'b-w') : deep ? 'rgb16' : 'srgb';
  return sharp(pixels, { raw: { width, height, channels } }).toColourspace(space);
}

/** Writes a picture in the format of the path's extension; JPEG at full quality, WebP without loss. */
export async function writePicture(path: string, content: Picture): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const extension = path.slice(path.lastIndexOf('.') + 1).toLowerCase();
  const image = pipeline(content);
  const encoded =
    extension === 'png'
      ? image.png()
      : extension === 'webp'
        ? image.webp({ lossless: true })
        : extension.startsWith('tif')
          ? image.tiff({ compression: 'lzw' })
          : image.jpeg({ quality: 100, chromaSubsampling: '4:4:4' });
  await writeFile(path, await encoded.toBuffer());
}

/** Writes `count` pairs `eye1` … of colour noise-free gradients with a square of foreground. */
export async function writePairs(folder: string, count: number, width = 24, height = 20): Promise<void> {
  for (let i = 1; i <= count; i++) {
    await writePicture(
      join(folder, 'images', `eye${i}.png`),
      picture(width, height, 3, (x, y, c) => (i * 40 + x * 5 + y * 3 + c * 20) % 256),
    );
    await writePicture(
      join(folder, 'masks', `eye${i}.png`),
      maskPicture(width, height, (x, y) => x >= 4 && x < 12 && y >= 5 && y < 11),
    );
  }
}

/** A minimal uncompressed grey TIFF of 16 bits, little endian: sharp writes grey TIFFs with 8 bits only. */
export function greyTiff16({ width, height, pixels }: Picture, sampleFormat = 1, bits = 16): Buffer {
  const tags: [number, number, number][] = [
    [256, 4, width],
    [257, 4, height],
    [258, 3, bits],
    [259, 3, 1],
    [262, 3, 1],
    [273, 4, 8],
    [277, 3, 1],
    [278, 4, height],
    [279, 4, (width * height * bits) / 8],
    [339, 3, sampleFormat],
  ];
  const data = Buffer.alloc((width * height * bits) / 8);
  for (let i = 0; i < pixels.length; i++) {
    if (bits === 16) data.writeUInt16LE(pixels[i]!, 2 * i);
    else data.writeFloatLE(pixels[i]!, 4 * i);
  }
  const header = Buffer.from([0x49, 0x49, 42, 0, 0, 0, 0, 0]);
  header.writeUInt32LE(8 + data.length, 4);
  const directory = Buffer.alloc(2 + tags.length * 12 + 4);
  directory.writeUInt16LE(tags.length, 0);
  tags.forEach(([tag, type, value], i) => {
    directory.writeUInt16LE(tag, 2 + 12 * i);
    directory.writeUInt16LE(type, 4 + 12 * i);
    directory.writeUInt32LE(1, 6 + 12 * i);
    directory.writeUInt32LE(value, 10 + 12 * i);
  });
  return Buffer.concat([header, data, directory]);
}
