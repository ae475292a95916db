import sharp, { type TiffOptions } from 'sharp';
import { expect, test } from 'vitest';
import { decodeTiff } from '../../../src/webview/newExperiment/tiff';

const [width, height] = [37, 23];

/** A picture with flat parts and noise, so that packing has something to do. */
function pixels(channels: 1 | 3, bits: 8 | 16 = 8): Uint8Array | Uint16Array {
  let state = 7;
  const value = (index: number): number => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return index % (width * channels) < (width * channels) / 2 ? 40 : (state >> 8) % (bits === 8 ? 256 : 65536);
  };
  const length = width * height * channels;
  return bits === 8
    ? Uint8Array.from({ length }, (_, i) => value(i))
    : Uint16Array.from({ length }, (_, i) => value(i));
}

async function tiff(data: Uint8Array | Uint16Array, channels: 1 | 3, options: TiffOptions): Promise<ArrayBuffer> {
  const image = sharp(data, { raw: { width, height, channels } });
  const space = data instanceof Uint16Array ? 'grey16' : channels === 1 ? 'b-w' : 'srgb';
  const buffer = await image.toColourspace(space).tiff(options).toBuffer();
  return new Uint8Array(buffer).buffer;
}

const red = ({ data }: { data: Uint8ClampedArray }) => Array.from({ length: width * height }, (_, i) => data[4 * i]);

for (const compression of ['none', 'lzw', 'packbits'] as const) {
  for (const predictor of ['none', 'horizontal'] as const) {
    if (compression !== 'lzw' && predictor === 'horizontal') continue;
    test(`RGB and grey, ${compression}, predictor ${predictor}`, async () => {
      for (const channels of [1, 3] as const) {
        const data = pixels(channels);
        const decoded = decodeTiff(await tiff(data, channels, { compression, predictor }));
        expect([decoded.width, decoded.height]).toEqual([width, height]);
        expect(red(decoded)).toEqual(Array.from({ length: width * height }, (_, i) => data[i * channels]));
        expect(decoded.data[3]).toBe(255);
        if (channels === 3) expect(decoded.data[4 * 50 + 2]).toBe(data[3 * 50 + 2]);
      }
    });
  }
}

test('16 bits are shown from the darkest to the brightest value', async () => {
  const data = pixels(1, 16);
  const shown = red(decodeTiff(await tiff(data, 1, { compression: 'lzw', predictor: 'none' })));
  expect(Math.min(...(shown as number[]))).toBe(0);
  expect(Math.max(...(shown as number[]))).toBe(255);
});

test('a long LZW strip, whose table fills up and is cleared', async () => {
  const length = 300 * 300;
  const data = Uint8Array.from({ length }, (_, i) => (Math.imul(i, 2654435761) >>> 24) & 0xff);
  const buffer = await sharp(data, { raw: { width: 300, height: 300, channels: 1 } })
    .toColourspace('b-w')
    .tiff({ compression: 'lzw', predictor: 'none' })
    .toBuffer();
  const decoded = decodeTiff(new Uint8Array(buffer).buffer);
  expect(Array.from({ length }, (_, i) => decoded.data[4 * i])).toEqual([...data]);
});

test('what it does not read is said in words', async () => {
  expect(() => decodeTiff(new Uint8Array(20).buffer)).toThrow(/not a TIFF/);
  expect(() => decodeTiff(new ArrayBuffer(2))).toThrow(/not a TIFF/);
  const jpeg = await tiff(pixels(3), 3, { compression: 'jpeg' });
  expect(() => decodeTiff(jpeg)).toThrow(/compression 7, of which there is no preview/);
  const tiled = await tiff(pixels(1), 1, { compression: 'none', tile: true, tileWidth: 16, tileHeight: 16 });
  expect(() => decodeTiff(tiled)).toThrow(/tiles/);
});
