import sharp from 'sharp';
import { expect, test } from 'vitest';
import { withText } from '../../../src/webview/heatmap/pngText';

test('a picture carries a text, and stays the picture that it was', async () => {
  const raw = Uint8Array.from({ length: 5 * 4 * 3 }, (_, i) => (i * 37) % 256);
  const png = await sharp(raw, { raw: { width: 5, height: 4, channels: 3 } })
    .png()
    .toBuffer();
  const text = JSON.stringify({ loss: 'focal γ=2', epoch: 3 });
  const carrying = withText(png, 'losscape', text);
  const { data } = await sharp(carrying, { failOn: 'warning' }).raw().toBuffer({ resolveWithObject: true });
  expect([...data]).toEqual([...raw]);
  expect(Buffer.from(carrying).toString('utf8')).toContain(text);
  const metadata = await sharp(carrying).metadata();
  expect(metadata.comments).toEqual([{ keyword: 'losscape', text }]);
});
