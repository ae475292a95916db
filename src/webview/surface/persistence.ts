/** A valley that runs into a lower one. */
export interface Merge {
  /** Index of the point where they meet, and of the bottom of the higher one of the two. */
  readonly pass: number;
  readonly bottom: number;
  /** How far one has to climb from that bottom to get into the lower valley. */
  readonly depth: number;
}

/**
 * How deep each valley of a grid is: points are flooded from the lowest to the highest, and whenever two pools meet, the one whose
 * bottom is higher ends there (0-dimensional persistent homology; Edelsbrunner, Letscher and Zomorodian 2002). Neighbours are
 * the eight around a point; points that are not finite are walls. The lowest valley of all never ends and is not listed.
 *
 * @param values [height, width].
 */
export function valleys(values: ArrayLike<number>, width: number): Merge[] {
  const height = values.length / width;
  const order = Array.from({ length: values.length }, (_, index) => index)
    .filter((index) => Number.isFinite(values[index]))
    .sort((p, q) => values[p]! - values[q]!);
  // The pool of each flooded point leads to its bottom; -1 where it is dry.
  const pool = new Int32Array(values.length).fill(-1);
  const bottomOf = (index: number): number => {
    let at = index;
    while (pool[at] !== at) at = pool[at] = pool[pool[at]!]!;
    return at;
  };
  const merges: Merge[] = [];
  for (const index of order) {
    pool[index] = index;
    const [column, row] = [index % width, Math.floor(index / width)];
    for (let y = Math.max(0, row - 1); y <= Math.min(height - 1, row + 1); y += 1) {
      for (let x = Math.max(0, column - 1); x <= Math.min(width - 1, column + 1); x += 1) {
        const other = y * width + x;
        if (other === index || pool[other] === -1) continue;
        const [mine, theirs] = [bottomOf(index), bottomOf(other)];
        if (mine === theirs) continue;
        const [deep, shallow] = values[mine]! <= values[theirs]! ? [mine, theirs] : [theirs, mine];
        pool[shallow] = deep;
        const depth = values[index]! - values[shallow]!;
        if (depth > 0) merges.push({ pass: index, bottom: shallow, depth });
      }
    }
  }
  return merges;
}
