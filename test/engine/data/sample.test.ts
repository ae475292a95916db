import { expect, test } from 'vitest';
import type { DecodedPair } from '../../../src/engine/data/decode';
import { unetGeometry } from '../../../src/engine/data/geometry';
import { randomFor } from '../../../src/engine/data/random';
import { trainingSample } from '../../../src/engine/data/sample';
import { Problem } from '../../../src/runs/problem';

/** Every pixel is different, and its label follows from its value: what moves apart is noticed. */
function marked(height: number, width: number, channels: 1 | 3): DecodedPair {
  const pixels = new Uint16Array(height * width * channels);
  const labels = new Uint8Array(height * width);
  for (let i = 0; i < height * width; i++) {
    labels[i] = labelOf(i);
    for (let c = 0; c < channels; c++) pixels[i * channels + c] = i * 8 + c;
  }
  return { name: 'marked', height, width, channels, pixels, maximum: 65535, labels };
}

const labelOf = (i: number) => ((i * 2654435761) >>> 7) & 1;

test.each([
  ['valid', 2, 1],
  ['valid', 1, 3],
  ['same', 3, 3],
] as const)('%s, depth %i: crop, flips and edges move image and mask together', (padding, depth, channels) => {
  const pair = marked(30, 37, channels);
  const crop = [13, 10] as const;
  const geometry = unetGeometry({ depth, padding }, crop);
  const [th, tw] = geometry.tile;
  const seen = new Set<string>();
  for (let draw = 0; draw < 60; draw++) {
    const images = new Float32Array(2 * channels * th * tw).fill(-1);
    const labels = new Int32Array(2 * 130).fill(-1);
    trainingSample(pair, geometry, { flip: true, crop }, randomFor(5, draw), images, labels, 1);
    expect(images.subarray(0, channels * th * tw).every((value) => value === -1)).toBe(true); // item 0 is not touched
    const place = (y: number, x: number) => {
      const value = Math.round(images[(channels + 0) * th * tw + y * tw + x]! * 65535) >> 3;
      return { row: Math.floor(value / pair.width), column: value % pair.width, value };
    };
    const { pad } = geometry;
    const first = place(pad.top, pad.left);
    const last = place(pad.top + 12, pad.left + 9);
    const [down, right] = [Math.sign(last.row - first.row), Math.sign(last.column - first.column)];
    seen.add(`${down},${right}`);
    let wrong = 0;
    for (let y = 0; y < th; y++) {
      for (let x = 0; x < tw; x++) {
        // The nearest pixel of the crop, in the crop's own (flipped) coordinates.
        const cy = Math.min(12, Math.max(0, y - pad.top));
        const cx = Math.min(9, Math.max(0, x - pad.left));
        const { row, column, value } = place(y, x);
        if (row !== first.row + down * cy || column !== first.column + right * cx) wrong++;
        if (y - pad.top === cy && x - pad.left === cx && labels[130 + cy * 10 + cx] !== labelOf(value)) wrong++;
        for (let c = 1; c < channels; c++)
          if (images[(channels + c) * th * tw + y * tw + x] !== Math.fround((value * 8 + c) / 65535)) wrong++;
      }
    }
    expect(wrong).toBe(0);
  }
  expect([...seen].sort()).toEqual(['-1,-1', '-1,1', '1,-1', '1,1']);
});

test('without flips only the place varies, and it reaches every corner', () => {
  const pair = marked(6, 7, 1);
  const geometry = unetGeometry({ depth: 1, padding: 'same' }, [4, 4]);
  const corners = new Set<number>();
  for (let draw = 0; draw < 200; draw++) {
    const images = new Float32Array(16);
    trainingSample(pair, geometry, { flip: false, crop: [4, 4] }, randomFor(1, draw), images, new Int32Array(16), 0);
    const at = (i: number) => Math.round(images[i]! * 65535) >> 3;
    expect(at(1) - at(0)).toBe(1);
    expect(at(4) - at(0)).toBe(7);
    corners.add(at(0));
  }
  expect([...corners].sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 7, 8, 9, 10, 14, 15, 16, 17]);
});

test('pixels are scaled to [0, 1] by true division', () => {
  const pair: DecodedPair = {
    name: 'bytes',
    height: 16,
    width: 16,
    channels: 1,
    pixels: Uint8Array.from({ length: 256 }, (_, i) => i),
    maximum: 255,
    labels: new Uint8Array(256),
  };
  const images = new Float32Array(256);
  const geometry = unetGeometry({ depth: 4, padding: 'same' }, [16, 16]);
  trainingSample(pair, geometry, { flip: false, crop: [16, 16] }, randomFor(1), images, new Int32Array(256), 0);
  expect([...images]).toEqual(Array.from({ length: 256 }, (_, i) => Math.fround(i / 255)));
});

test('a crop larger than the image is refused by name', () => {
  const geometry = unetGeometry({ depth: 1, padding: 'same' }, [8, 4]);
  const attempt = () =>
    trainingSample(
      marked(6, 7, 1),
      geometry,
      { flip: false, crop: [8, 4] },
      randomFor(1),
      new Float32Array(32),
      new Int32Array(32),
      0,
    );
  expect(attempt).toThrow(Problem);
  expect(attempt).toThrow('the crop of 8 × 4 pixels (height × width) is larger than 1 image: marked (6 × 7)');
});
