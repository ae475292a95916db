/**
 * Squared Euclidean distance from every pixel to the nearest source pixel, exact and in linear time (Felzenszwalb &
 * Huttenlocher, "Distance transforms of sampled functions", 2012): distances within columns first, then per row the
 * lower envelope of the parabolas that the columns' distances raise.
 *
 * @param sources [H,W], 1 at source pixels, else 0; at least one of them.
 * @returns [H,W], whole numbers.
 */
export function squaredDistances(sources: Uint8Array, height: number, width: number): Int32Array {
  const distances = squaredDistancesInColumns(sources, height, width);
  // The envelope: column of each parabola, and from which x on it is the lowest.
  const columns = new Int32Array(width);
  const starts = new Float64Array(width + 1);
  const heights = new Int32Array(width);
  for (let y = 0; y < height; y++) {
    const row = y * width;
    let count = 0;
    for (let x = 0; x < width; x++) {
      const f = distances[row + x]!;
      heights[x] = f;
      if (f === UNREACHED) continue;
      let start = Number.NEGATIVE_INFINITY;
      while (count > 0) {
        const other = columns[count - 1]!;
        start = (f + x * x - heights[other]! - other * other) / (2 * (x - other));
        if (start > starts[count - 1]!) break;
        count--;
      }
      if (count === 0) start = Number.NEGATIVE_INFINITY;
      columns[count] = x;
      starts[count] = start;
      count++;
    }
    starts[count] = Number.POSITIVE_INFINITY;
    for (let x = 0, k = 0; x < width; x++) {
      while (starts[k + 1]! < x) k++;
      const column = columns[k]!;
      distances[row + x] = (x - column) * (x - column) + heights[column]!;
    }
  }
  return distances;
}

/** Marks a column without any source. No distance reaches it while an image has fewer than 2^15 pixels a side. */
const UNREACHED = 0x7fffffff;

function squaredDistancesInColumns(sources: Uint8Array, height: number, width: number): Int32Array {
  const distances = new Int32Array(sources.length).fill(UNREACHED);
  const last = new Int32Array(width).fill(-1);
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      if (sources[i] === 1) last[x] = y;
      const source = last[x]!;
      if (source >= 0) distances[i] = (y - source) * (y - source);
    }
  }
  last.fill(-1);
  for (let y = height - 1, i = sources.length - 1; y >= 0; y--) {
    for (let x = width - 1; x >= 0; x--, i--) {
      if (sources[i] === 1) last[x] = y;
      const source = last[x]!;
      if (source >= 0) distances[i] = Math.min(distances[i]!, (source - y) * (source - y));
    }
  }
  return distances;
}
