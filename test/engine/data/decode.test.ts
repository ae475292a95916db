import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { decodeMask, decodePair } from '../../../src/engine/data/decode';
import { Problem } from '../../../src/runs/problem';
import { greyTiff16, maskPicture, picture, pipeline, temporaryFolder, writePicture } from './files';

const W = 12;
const H = 8;
const colour = picture(W, H, 3, (x, y, c) => 20 * x + 2 * y + 3 * c);
const grey = picture(W, H, 1, (x, y) => 20 * x + 2 * y);
const deepColour = picture(W, H, 3, (x, y, c) => 5000 * x + 300 * y + 7 * c, 16);
const deepGrey = picture(W, H, 1, (x, y) => 5000 * x + 301 * y, 16);
const withAlpha = picture(W, H, 4, (x, y, c) => (c === 3 ? 90 + x : 20 * x + 2 * y + 3 * c));
const half = maskPicture(W, H, (x) => x < 6);
const plain = { maskThreshold: 20, scale: 1 };

async function pairOf(name: string, write: (path: string) => Promise<unknown>, mask = half) {
  const folder = temporaryFolder();
  await mkdir(folder, { recursive: true });
  await write(join(folder, name));
  await writePicture(join(folder, 'mask.png'), mask);
  return { name: 'x', image: join(folder, name), mask: join(folder, 'mask.png') };
}

describe('every format and depth gives the pixels that were written', () => {
  test.each([
    ['8 bit colour PNG', 'a.png', colour, 255],
    ['8 bit colour TIFF', 'a.TIF', colour, 255],
    ['8 bit colour WebP', 'a.webp', colour, 255],
    ['16 bit colour PNG', 'a.png', deepColour, 65535],
    ['16 bit colour TIFF', 'a.tiff', deepColour, 65535],
  ] as const)('%s', async (_, name, content, maximum) => {
    const pair = await pairOf(name, (path) => writePicture(path, content));
    const decoded = await decodePair(pair, plain, 3);
    expect(decoded).toMatchObject({ height: H, width: W, channels: 3, maximum });
    expect(decoded.pixels).toEqual(content.pixels);
    expect([...decoded.labels]).toEqual([...half.pixels].map((value) => (value > 20 ? 1 : 0)));
  });

  test('JPEG, within its loss', async () => {
    const { pixels } = await decodePair(await pairOf('a.JPEG', (path) => writePicture(path, colour)), plain, 3);
    for (const [i, value] of colour.pixels.entries()) expect(Math.abs(pixels[i]! - value)).toBeLessThan(8);
  });

  test.each([
    ['8 bit PNG', 'a.png', grey],
    ['16 bit PNG', 'a.png', deepGrey],
  ] as const)('grey: %s, one channel or three alike', async (_, name, content) => {
    const pair = await pairOf(name, (path) => writePicture(path, content));
    expect((await decodePair(pair, plain, 1)).pixels).toEqual(content.pixels);
    const repeated = (await decodePair(pair, plain, 3)).pixels;
    expect([...repeated]).toEqual([...content.pixels].flatMap((value) => [value, value, value]));
  });

  test('grey: 16 bit TIFF', async () => {
    const pair = await pairOf('a.tif', (path) => writeFile(path, greyTiff16(deepGrey)));
    const { pixels, maximum } = await decodePair(pair, plain, 1);
    expect(maximum).toBe(65535);
    expect(pixels).toEqual(deepGrey.pixels);
  });

  test('alpha is dropped, not blended in', async () => {
    const { pixels } = await decodePair(await pairOf('a.png', (path) => writePicture(path, withAlpha)), plain, 3);
    expect(pixels).toEqual(colour.pixels);
    const greyAlpha = picture(W, H, 2, (x, y, c) => (c === 1 ? 3 : 20 * x + 2 * y));
    const read = await decodePair(await pairOf('a.png', (path) => writePicture(path, greyAlpha)), plain, 1);
    expect(read.pixels).toEqual(grey.pixels);
  });

  test('a palette is resolved', async () => {
    const few = picture(W, H, 3, (x, _, c) => (x < 6 ? [200, 10, 60][c]! : [0, 90, 255][c]!));
    const pair = await pairOf('a.png', (path) => pipeline(few).png({ palette: true }).toFile(path));
    expect((await sharp(pair.image).metadata()).isPalette).toBe(true);
    expect((await decodePair(pair, plain, 3)).pixels).toEqual(few.pixels);
  });

  test('colour becomes grey by Rec. 601 luma', async () => {
    const { pixels } = await decodePair(await pairOf('a.png', (path) => writePicture(path, colour)), plain, 1);
    for (let i = 0; i < pixels.length; i++) {
      const [r, g, b] = colour.pixels.slice(3 * i, 3 * i + 3) as unknown as [number, number, number];
      expect(pixels[i]).toBe(Math.round(0.299 * r + 0.587 * g + 0.114 * b));
    }
  });

  test('a colour profile does not change the numbers', async () => {
    const pair = await pairOf('a.png', async (path) => {
      const stored = await pipeline(colour).withIccProfile('p3').png().toBuffer();
      await writeFile(path, stored);
    });
    const { data } = await sharp(pair.image, { ignoreIcc: true }).raw().toBuffer({ resolveWithObject: true });
    expect([...(await decodePair(pair, plain, 3)).pixels]).toEqual([...data]);
  });
});

test('an EXIF orientation turns the image onto its mask', async () => {
  const upright = picture(W, H, 3, (x, y) => (x < 4 && y < 4 ? 250 : 5));
  // Orientation 6: the camera lay on its side, viewers turn what is stored by 90° clockwise.
  const pair = await pairOf('a.jpg', async (path) => {
    const lying = await pipeline(upright).rotate(270).png().toBuffer();
    await sharp(lying).withMetadata({ orientation: 6 }).jpeg({ quality: 100 }).toFile(path);
  });
  const { pixels, width, height } = await decodePair(pair, plain, 1);
  expect([width, height]).toEqual([W, H]);
  expect(pixels[0]).toBeGreaterThan(230);
  expect(pixels[W - 1]).toBeLessThan(25);
  expect(pixels[(H - 1) * W]).toBeLessThan(25);
});

describe('masks', () => {
  const values = [0, 19, 20, 21, 255, 1, 128, 20];
  const strip = picture(8, 1, 1, (x) => values[x]!);
  const expected = [0, 0, 0, 1, 1, 0, 1, 0];

  async function maskFile(name: string, content: typeof strip) {
    const path = join(temporaryFolder(), name);
    await writePicture(path, content);
    return path;
  }

  test('a value above the threshold is foreground', async () => {
    const mask = await decodeMask(await maskFile('m.png', strip), 20);
    expect([...mask.labels]).toEqual(expected);
    expect(mask).toMatchObject({ height: 1, width: 8, foreground: 3, largest: 255 });
    expect([...(await decodeMask(await maskFile('m.png', strip), 0)).labels]).toEqual([0, 1, 1, 1, 1, 1, 1, 1]);
  });

  test('16 bit masks are compared on the scale of 8 bits', async () => {
    const deep = picture(8, 1, 1, (x) => values[x]! * 257, 16);
    expect([...(await decodeMask(await maskFile('m.png', deep), 20)).labels]).toEqual(expected);
    const ones = picture(4, 1, 1, (x) => x % 2, 16);
    expect([...(await decodeMask(await maskFile('m.png', ones), 0)).labels]).toEqual([0, 1, 0, 1]);
  });

  test('colour masks count their largest channel, alpha does not', async () => {
    const coloured = picture(8, 1, 4, (x, _, c) => (c === 2 ? values[x]! : c === 3 ? 255 : 0));
    expect([...(await decodeMask(await maskFile('m.png', coloured), 20)).labels]).toEqual(expected);
  });

  test('1 bit TIFF', async () => {
    const path = join(temporaryFolder(), 'm.tif');
    await pipeline(maskPicture(16, 4, (x) => x >= 8))
      .tiff({ bitdepth: 1 })
      .toFile(path);
    const { labels } = await decodeMask(path, 20);
    expect([...labels.slice(0, 16)]).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1]);
  });
});

describe('dataset.scale', () => {
  test('shrinks the image by averaging and keeps the mask to 0 and 1', async () => {
    const large = picture(40, 30, 3, (x, y, c) => (x < 20 ? 40 : 200) + c);
    const mask = maskPicture(40, 30, (x, y) => x >= 20 && y < 10);
    const pair = await pairOf('a.png', (path) => writePicture(path, large), mask);
    const { width, height, pixels, labels } = await decodePair(pair, { maskThreshold: 20, scale: 0.5 }, 3);
    expect([width, height]).toEqual([20, 15]);
    expect([...pixels.slice(0, 3)]).toEqual([40, 41, 42]);
    expect([...pixels.slice(-3)]).toEqual([200, 201, 202]);
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++) expect(labels[y * width + x]).toBe(x >= 10 && y < 5 ? 1 : 0);
  });

  test('thresholds the mask before it is scaled', async () => {
    // A pattern of 0 and 30 would average to 15, below the threshold of 20, if it were scaled first.
    const mask = picture(40, 30, 1, (x) => (x % 2 === 1 ? 30 : 0));
    const pair = await pairOf(
      'a.png',
      (path) =>
        writePicture(
          path,
          picture(40, 30, 3, () => 9),
        ),
      mask,
    );
    const { labels } = await decodePair(pair, { maskThreshold: 20, scale: 0.5 }, 3);
    expect(labels.every((label) => label === 1)).toBe(true);
  });

  test('16 bits stay 16 bits', async () => {
    const pair = await pairOf('a.png', (path) =>
      writePicture(
        path,
        picture(12, 8, 1, () => 40_001, 16),
      ),
    );
    const { pixels, maximum } = await decodePair(pair, { maskThreshold: 20, scale: 0.5 }, 1);
    expect(maximum).toBe(65535);
    expect([...pixels]).toEqual(new Array(24).fill(40_001));
  });
});

describe('what cannot be read is named', () => {
  const problemOf = async (promise: Promise<unknown>) => {
    const error = await promise.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(Problem);
    return error as Problem;
  };

  test.each(['png', 'jpg', 'tif', 'webp'])('a truncated .%s', async (extension) => {
    const pair = await pairOf(`a.${extension}`, async (path) => {
      const noisy = picture(64, 64, 3, (x, y, c) => (x * 37 + y * 91 + c * 53 + ((x * y) % 17) * 11) % 256);
      await writePicture(path, noisy);
      const whole = await readFile(path);
      await writeFile(path, whole.subarray(0, Math.floor(whole.length * 0.6)));
    });
    const problem = await problemOf(decodePair(pair, plain, 3));
    expect(problem.place?.file).toBe(pair.image);
    expect(problem.exitCode).toBe(2);
    expect(problem.hint).toContain('truncated');
  });

  test('a text file called .png', async () => {
    const pair = await pairOf('a.png', (path) => writeFile(path, 'this is no picture'));
    expect((await problemOf(decodePair(pair, plain, 3))).describe()).toContain(pair.image);
  });

  test('floating point pixels', async () => {
    const values = picture(W, H, 1, (x) => x);
    const pair = await pairOf('a.tif', (path) => writeFile(path, greyTiff16(values, 3, 32)));
    const problem = await problemOf(decodePair(pair, plain, 3));
    expect(problem.message).toContain('float');
    expect(problem.hint).toContain('8 or 16 bits');
  });

  test('sizes that differ', async () => {
    const pair = await pairOf(
      'a.png',
      (path) => writePicture(path, colour),
      maskPicture(H, W, () => true),
    );
    const problem = await problemOf(decodePair(pair, plain, 3));
    expect(problem.message).toBe('the mask has 8 × 12 pixels (width × height), its image 12 × 8');
    expect(problem.place?.file).toBe(pair.mask);
    expect(problem.hint).toContain(pair.image);
  });
});
