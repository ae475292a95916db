/**
 * The line between two classes of pixels, along the edges of the pixels: straight pieces as [x1, y1, x2, y2, …] in pixels,
 * joined as far as they go in one direction. The border of the image is no line.
 *
 * @param inside [height, width]; 0 is outside, anything else inside.
 */
export function contourLines(inside: Uint8Array, height: number, width: number): Int32Array {
  const lines: number[] = [];
  for (let y = 1; y < height; y += 1) {
    const above = (y - 1) * width;
    let from = -1;
    for (let x = 0; x <= width; x += 1) {
      const edge = x < width && (inside[above + x] !== 0) !== (inside[above + width + x] !== 0);
      if (edge && from < 0) from = x;
      if (!edge && from >= 0) {
        lines.push(from, y, x, y);
        from = -1;
      }
    }
  }
  for (let x = 1; x < width; x += 1) {
    let from = -1;
    for (let y = 0; y <= height; y += 1) {
      const at = y * width + x;
      const edge = y < height && (inside[at - 1] !== 0) !== (inside[at] !== 0);
      if (edge && from < 0) from = y;
      if (!edge && from >= 0) {
        lines.push(x, from, x, y);
        from = -1;
      }
    }
  }
  return Int32Array.from(lines);
}
