import { expect, test } from 'vitest';
import { contourLines } from '../../../src/webview/heatmap/contour';

test('a block is outlined by its four sides, each in one piece', () => {
  const inside = Uint8Array.from([
    ...[0, 0, 0, 0, 0], //
    ...[0, 1, 1, 1, 0],
    ...[0, 1, 1, 1, 0],
    ...[0, 0, 0, 0, 0],
  ]);
  expect([...contourLines(inside, 4, 5)]).toEqual([1, 1, 4, 1, 1, 3, 4, 3, 1, 1, 1, 3, 4, 1, 4, 3]);
});

test('the border of the image is no line, and neither is anything in an image of one class', () => {
  expect(contourLines(new Uint8Array(6).fill(1), 2, 3)).toHaveLength(0);
  expect([...contourLines(Uint8Array.from([1, 1, 0]), 1, 3)]).toEqual([2, 0, 2, 1]);
});

test('as long as there are edges between pixels of different classes', () => {
  const [height, width] = [23, 31];
  const inside = Uint8Array.from({ length: height * width }, (_, i) => ((i * 2654435761) >>> 13) & 1);
  let edges = 0;
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      if (x > 0 && inside[y * width + x] !== inside[y * width + x - 1]) edges += 1;
      if (y > 0 && inside[y * width + x] !== inside[(y - 1) * width + x]) edges += 1;
    }
  }
  const lines = contourLines(inside, height, width);
  let length = 0;
  for (let i = 0; i < lines.length; i += 4) length += lines[i + 2]! - lines[i]! + lines[i + 3]! - lines[i + 1]!;
  expect(length).toBe(edges);
});
