import { expect, test } from 'vitest';
import type { DecodedPair } from '../../../src/engine/data/decode';
import { unetGeometry } from '../../../src/engine/data/geometry';
import { evaluationTiles, readTile, regionLabels, stitch } from '../../../src/engine/data/tiles';
import { Problem } from '../../../src/runs/problem';

type Model = { depth: number; padding: 'valid' | 'same' };

function noise(height: number, width: number, channels: 1 | 3 = 1): DecodedPair {
  const pixels = new Uint8Array(height * width * channels);
  for (let i = 0; i < pixels.length; i++) pixels[i] = Math.imul(i, 2654435761) >>> 24;
  const labels = pixels.filter((_, i) => i % channels === 0).map((value) => value & 1);
  return { name: 'noise', height, width, channels, pixels, maximum: 255, labels };
}

/** Runs a 'network' over all tiles. It maps [C, tile] to [C, output]; by default it cuts the tile's centre out. */
function evaluate(
  pair: DecodedPair,
  model: Model,
  mode: 'whole' | 'center',
  crop: readonly [number, number] = [1, 1],
  network = centre,
) {
  const plan = evaluationTiles(pair.height, pair.width, model, mode, crop);
  const { channels } = pair;
  const full = new Float32Array(channels * plan.region.height * plan.region.width).fill(Number.NaN);
  for (const tile of plan.tiles) {
    const input = new Float32Array(channels * plan.tile[0] * plan.tile[1]);
    readTile(pair, tile, input);
    stitch(network(input, channels, plan.tile, plan.output), tile, plan, full);
  }
  return { plan, full };
}

function centre(
  input: Float32Array,
  channels: number,
  [th, tw]: readonly [number, number],
  [oh, ow]: readonly [number, number],
): Float32Array {
  const out = new Float32Array(channels * oh * ow);
  const [top, left] = [(th - oh) / 2, (tw - ow) / 2];
  for (let c = 0; c < channels; c++)
    for (let y = 0; y < oh; y++)
      for (let x = 0; x < ow; x++) out[(c * oh + y) * ow + x] = input[(c * th + top + y) * tw + left + x]!;
  return out;
}

/** [C, H, W] in [0, 1] of a window of the image itself. */
function planar(pair: DecodedPair, top: number, left: number, height: number, width: number): Float32Array {
  const out = new Float32Array(pair.channels * height * width);
  for (let c = 0, at = 0; c < pair.channels; c++)
    for (let y = top; y < top + height; y++)
      for (let x = left; x < left + width; x++)
        out[at++] = pair.pixels[(y * pair.width + x) * pair.channels + c]! / 255;
  return out;
}

/** Not `toEqual`: it takes seconds for a million numbers. */
function expectSame(a: Float32Array, b: Float32Array) {
  expect(a.length).toBe(b.length);
  let first = -1;
  for (let i = 0; i < a.length && first < 0; i++) if (!Object.is(a[i], b[i])) first = i;
  expect(first).toBe(-1);
}

const sizes: [number, number, number][] = [
  [569, 428, 1],
  [37, 5, 1],
  [1025, 1024, 2],
  [1300, 1900, 4],
  [2848, 300, 1],
  [300, 5000, 2],
  [90, 14000, 2],
];

for (const padding of ['valid', 'same'] as const) {
  for (const depth of [1, 4, 6]) {
    test.each(sizes)(`${padding}, depth ${depth}: %i × %i is stitched together exactly`, (height, width, atLeast) => {
      const pair = noise(height, width);
      const { plan, full } = evaluate(pair, { depth, padding }, 'whole');
      expectSame(full, planar(pair, 0, 0, height, width));
      if (padding === 'same' && depth < 6) expect(plan.tiles.length).toBeGreaterThanOrEqual(atLeast);
      if (depth < 6) expect(plan.tile[0] * plan.tile[1]).toBeLessThanOrEqual(2 ** 20);
      // Tiles must be tiles the network can read.
      expect(unetGeometry({ depth, padding }, plan.output)).toMatchObject({ tile: plan.tile, output: plan.output });
    });
  }
}

test('colour planes stay apart', () => {
  const pair = noise(50, 41, 3);
  expectSame(evaluate(pair, { depth: 2, padding: 'valid' }, 'whole').full, planar(pair, 0, 0, 50, 41));
});

test('tiles see the real surroundings inside the image, and repeated edges outside', () => {
  const pair = noise(1100, 1500);
  const plan = evaluationTiles(1100, 1500, { depth: 4, padding: 'valid' }, 'whole', [1, 1]);
  expect(plan.tiles.length).toBeGreaterThan(1);
  for (const tile of plan.tiles) {
    const input = new Float32Array(plan.tile[0] * plan.tile[1]);
    readTile(pair, tile, input);
    for (let i = 0; i < 3000; i++) {
      const y = (i * 7919) % plan.tile[0];
      const x = (i * 104729) % plan.tile[1];
      const row = Math.min(1099, Math.max(0, tile.input.top + y));
      const column = Math.min(1499, Math.max(0, tile.input.left + x));
      expect(input[y * plan.tile[1] + x]).toBe(Math.fround(pair.pixels[row * 1500 + column]! / 255));
    }
  }
});

/** The pixels that pixel x of a U-Net's answer depends on, followed back layer by layer, without any padding. */
function receptiveField(x: number, depth: number): [number, number] {
  const encoder = (level: number, [low, high]: [number, number]): [number, number] => {
    const read: [number, number] = [low - 2, high + 2]; // two 3x3 convolutions
    return level === 0 ? read : encoder(level - 1, [2 * read[0], 2 * read[1] + 1]); // 2x2 pooling
  };
  const decoder = (level: number, range: [number, number]): [number, number] => {
    if (level === depth) return encoder(depth, range);
    const read: [number, number] = [range[0] - 2, range[1] + 2];
    const skip = encoder(level, read);
    const up = decoder(level + 1, [Math.floor(read[0] / 2), Math.floor(read[1] / 2)]); // 2x2 transposed convolution
    return [Math.min(skip[0], up[0]), Math.max(skip[1], up[1])];
  };
  return decoder(0, [x, x]);
}

test.each([1, 2, 4, 6])('a U-Net of depth %i reaches at most 6 cells of its pooling grid far', (depth) => {
  const cell = 2 ** depth;
  const fields = Array.from({ length: cell }, (_, x) => receptiveField(x, depth));
  const cells = fields.map(([low, high]) => Math.max(-Math.floor(low / cell), Math.floor(high / cell)));
  expect(Math.max(...cells)).toBeLessThanOrEqual(6);
});

/**
 * The strictest stand-in for a U-Net of depth d: each output pixel becomes the sum of all that a U-Net's could depend on,
 * the cells of the pooling grid that its receptive field reaches. Zeros beyond the tile, as `same` convolutions have them.
 */
function reach(depth: number, radiusInCells: number) {
  const step = 2 ** depth;
  return (input: Float32Array, channels: number, [th, tw]: readonly [number, number]) => {
    expect(channels).toBe(1);
    const [rows, columns] = [th / step, tw / step];
    const cells = new Float64Array(rows * columns);
    for (let y = 0; y < th; y++)
      for (let x = 0; x < tw; x++)
        cells[Math.floor(y / step) * columns + Math.floor(x / step)]! += Math.round(input[y * tw + x]! * 255);
    const sums = new Float64Array(rows * columns);
    for (let r = 0; r < rows; r++)
      for (let c = 0; c < columns; c++)
        for (let dr = -radiusInCells; dr <= radiusInCells; dr++)
          for (let dc = -radiusInCells; dc <= radiusInCells; dc++)
            if (r + dr >= 0 && r + dr < rows && c + dc >= 0 && c + dc < columns)
              sums[r * columns + c]! += cells[(r + dr) * columns + c + dc]!;
    return Float32Array.from(
      input,
      (_, i) => sums[Math.floor(Math.floor(i / tw) / step) * columns + Math.floor((i % tw) / step)]!,
    );
  };
}

test('same: tiles answer what one big tile would have answered', () => {
  const [height, width] = [1200, 1100];
  const pair = noise(height, width);
  const network = reach(4, 6);
  const { full, plan } = evaluate(pair, { depth: 4, padding: 'same' }, 'whole', [1, 1], network);
  expect(plan.tiles.length).toBeGreaterThan(1);

  const { tile, pad } = unetGeometry({ depth: 4, padding: 'same' }, [height, width]);
  const whole = new Float32Array(tile[0] * tile[1]);
  for (let y = 0; y < tile[0]; y++)
    for (let x = 0; x < tile[1]; x++) {
      const row = Math.min(height - 1, Math.max(0, y - pad.top));
      const column = Math.min(width - 1, Math.max(0, x - pad.left));
      whole[y * tile[1] + x] = pair.pixels[row * width + column]! / 255;
    }
  const answer = network(whole, 1, tile);
  const expected = new Float32Array(height * width);
  for (let y = 0; y < height; y++)
    expected.set(answer.subarray((y + pad.top) * tile[1] + pad.left).subarray(0, width), y * width);
  expectSame(full, expected);
});

test('center: the crop in the middle, padded with its own edge as in training', () => {
  const pair = noise(61, 50);
  const { full, plan } = evaluate(pair, { depth: 2, padding: 'valid' }, 'center', [21, 30]);
  expect(plan.region).toEqual({ top: 20, left: 10, height: 21, width: 30 });
  expect(plan.tiles).toHaveLength(1);
  expectSame(full, planar(pair, 20, 10, 21, 30));
  const input = new Float32Array(plan.tile[0] * plan.tile[1]);
  readTile(pair, plan.tiles[0]!, input);
  expect(input[0]).toBe(Math.fround(pair.pixels[20 * 50 + 10]! / 255));
  const labels = regionLabels(pair, plan.region);
  expect([labels.length, labels[0], labels[31]]).toEqual([630, pair.labels[20 * 50 + 10], pair.labels[21 * 50 + 11]]);
  expect(() => evaluationTiles(20, 50, { depth: 2, padding: 'valid' }, 'center', [21, 30])).toThrow(Problem);
});
