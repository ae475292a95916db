/**
 * Values at another size, bilinear: pixel centres lie at halves, the outer half pixels repeat the edge. Used to lay answers
 * about a scaled image over the image itself.
 *
 * @param values [height, width]
 * @returns [toHeight, toWidth]; the same array when nothing changes.
 */
export function resample(
  values: Float32Array,
  height: number,
  width: number,
  toHeight: number,
  toWidth: number,
): Float32Array {
  if (height === toHeight && width === toWidth) return values;
  const result = new Float32Array(toHeight * toWidth);
  const columns = places(width, toWidth);
  const rows = places(height, toHeight);
  for (let y = 0, i = 0; y < toHeight; y++) {
    const above = rows.below[y]! * width;
    const beneath = Math.min(height - 1, rows.below[y]! + 1) * width;
    const v = rows.share[y]!;
    for (let x = 0; x < toWidth; x++, i++) {
      const left = columns.below[x]!;
      const right = Math.min(width - 1, left + 1);
      const u = columns.share[x]!;
      const first = values[above + left]! * (1 - u) + values[above + right]! * u;
      const second = values[beneath + left]! * (1 - u) + values[beneath + right]! * u;
      result[i] = first * (1 - v) + second * v;
    }
  }
  return result;
}

/** Between which two of `from` places each of `to` places lies, and how far along. */
function places(from: number, to: number): { below: Int32Array; share: Float64Array } {
  const below = new Int32Array(to);
  const share = new Float64Array(to);
  for (let i = 0; i < to; i++) {
    const at = Math.min(from - 1, Math.max(0, ((i + 0.5) * from) / to - 0.5));
    below[i] = Math.floor(at);
    share[i] = at - below[i]!;
  }
  return { below, share };
}
