import sharp from 'sharp';
import { expect, test } from 'vitest';
import { animatedWebp } from '../../../src/engine/report/animatedWebp';

const frame = (value: number, width = 12) =>
  sharp({ create: { width, height: 8, channels: 3, background: { r: value, g: 255 - value, b: 7 } } })
    .png()
    .toBuffer();

test('frames keep their order, their time and every colour', async () => {
  const values = [0, 90, 200];
  const { bytes, width, height } = await animatedWebp(await Promise.all(values.map((value) => frame(value))), 120);
  expect([width, height]).toEqual([12, 8]);
  const metadata = await sharp(bytes, { animated: true }).metadata();
  expect([metadata.format, metadata.pages, metadata.loop]).toEqual(['webp', 3, 0]);
  expect(metadata.delay).toEqual([120, 120, 480]);
  for (const [page, value] of values.entries()) {
    const pixels = await sharp(bytes, { page }).removeAlpha().raw().toBuffer();
    expect([...pixels.subarray(0, 3)]).toEqual([value, 255 - value, 7]);
  }
});

test('a single frame is a picture; none, or one of another size, is refused', async () => {
  expect((await sharp((await animatedWebp([await frame(5)], 100)).bytes).metadata()).width).toBe(12);
  await expect(animatedWebp([], 100)).rejects.toThrow('no frames');
  await expect(animatedWebp([await frame(5), await frame(5, 13)], 100)).rejects.toThrow('13 × 8');
});
