import type { Field } from './field';

/** Flat polygons one after the other: number of corners, then x and y of each. */
export type Polygons = readonly number[];

/*
 * Every cell of the grid is cut into four triangles around its middle, whose value is the mean of the corners. In a triangle
 * the value is linear, so its lines are straight and there is only one way to draw them: no saddle is ambiguous, and lines and
 * areas fit each other. Cells that have a corner without a finite value stay empty.
 */

/** One corner of a triangle: place and value. */
type Corner = readonly [x: number, y: number, value: number];

function eachTriangle(
  field: Pick<Field, 'a' | 'b' | 'values'>,
  visit: (p: Corner, q: Corner, r: Corner) => void,
): void {
  const { a, b, values } = field;
  const width = a.length;
  for (let row = 0; row + 1 < b.length; row += 1) {
    for (let column = 0; column + 1 < width; column += 1) {
      const corner = (i: number, j: number): Corner => [a[i]!, b[j]!, values[j * width + i]!];
      const corners = [
        corner(column, row),
        corner(column + 1, row),
        corner(column + 1, row + 1),
        corner(column, row + 1),
      ] as const;
      const mean = (corners[0][2] + corners[1][2] + corners[2][2] + corners[3][2]) / 4;
      if (!Number.isFinite(mean)) continue;
      const middle: Corner = [(a[column]! + a[column + 1]!) / 2, (b[row]! + b[row + 1]!) / 2, mean];
      for (let side = 0; side < 4; side += 1) visit(corners[side]!, corners[(side + 1) % 4]!, middle);
    }
  }
}

/**
 * The areas between levels: of `levels` L1 < L2 < … the polygons below L1, from L1 to L2, …, above the last. Together they
 * cover every cell with finite corners exactly once.
 */
export function bands(field: Pick<Field, 'a' | 'b' | 'values'>, levels: readonly number[]): Polygons[] {
  const found: number[][] = Array.from({ length: levels.length + 1 }, () => []);
  eachTriangle(field, (...triangle) => {
    const low = Math.min(triangle[0][2], triangle[1][2], triangle[2][2]);
    const high = Math.max(triangle[0][2], triangle[1][2], triangle[2][2]);
    for (let band = bandOf(levels, low); band <= levels.length; band += 1) {
      const from = levels[band - 1] ?? -Infinity;
      const to = levels[band] ?? Infinity;
      if (from > high) break;
      const part = clip(clip(triangle, from, 1), to, -1);
      if (part.length < 3) continue;
      found[band]!.push(part.length, ...part.flatMap(([x, y]) => [x, y]));
    }
  });
  return found;
}

/** Which of the areas between levels a value belongs to; a value on a level belongs above it. */
export function bandOf(levels: readonly number[], value: number): number {
  let band = 0;
  while (band < levels.length && levels[band]! <= value) band += 1;
  return band;
}

/** The part of a convex polygon where sign · value >= sign · level (Sutherland and Hodgman 1974). */
function clip(corners: readonly Corner[], level: number, sign: 1 | -1): readonly Corner[] {
  if (!Number.isFinite(level)) return corners;
  const kept: Corner[] = [];
  corners.forEach((corner, index) => {
    const next = corners[(index + 1) % corners.length]!;
    const inside = sign * (corner[2] - level) >= 0;
    if (inside) kept.push(corner);
    if (inside !== sign * (next[2] - level) >= 0) kept.push(crossing(corner, next, level));
  });
  return kept;
}

/** Where a side passes a level: the same from both ends, so that neighbours meet. */
function crossing(p: Corner, q: Corner, level: number): Corner {
  const [from, to] =
    p[2] < q[2] || (p[2] === q[2] && (p[0] < q[0] || (p[0] === q[0] && p[1] < q[1]))) ? [p, q] : [q, p];
  const part = (level - from[2]) / (to[2] - from[2]);
  return [from[0] + part * (to[0] - from[0]), from[1] + part * (to[1] - from[1]), level];
}

/** A line as x and y in turn. */
export type Line = readonly number[];

/** The lines of one level, each as long as it goes: closed ones end where they begin, others at the edge of the values. */
export function isolines(field: Pick<Field, 'a' | 'b' | 'values'>, level: number): Line[] {
  const pieces: [Corner, Corner][] = [];
  eachTriangle(field, (...triangle) => {
    const ends: Corner[] = [];
    triangle.forEach((corner, index) => {
      const next = triangle[(index + 1) % 3]!;
      if (corner[2] < level !== next[2] < level) ends.push(crossing(corner, next, level));
    });
    const [from, to] = ends;
    if (from && to && (from[0] !== to[0] || from[1] !== to[1])) pieces.push([from, to]);
  });
  return joined(pieces);
}

function joined(pieces: readonly (readonly [Corner, Corner])[]): Line[] {
  const keyOf = ([x, y]: Corner): string => `${x},${y}`;
  const at = new Map<string, number[]>();
  pieces.forEach((piece, index) => {
    for (const end of piece) {
      const key = keyOf(end);
      const list = at.get(key);
      if (list) list.push(index);
      else at.set(key, [index]);
    }
  });
  const used = new Uint8Array(pieces.length);
  const follow = (from: Corner): Corner[] => {
    const way: Corner[] = [];
    for (let here = from; ;) {
      const next = at.get(keyOf(here))?.find((index) => !used[index]);
      if (next === undefined) return way;
      used[next] = 1;
      const [p, q] = pieces[next]!;
      here = keyOf(p) === keyOf(here) ? q : p;
      way.push(here);
    }
  };
  const lines: Line[] = [];
  pieces.forEach(([from, to], index) => {
    if (used[index]) return;
    used[index] = 1;
    const forward = follow(to);
    const backward = follow(from).reverse();
    lines.push([...backward, from, to, ...forward].flatMap(([x, y]) => [x, y]));
  });
  return lines;
}
