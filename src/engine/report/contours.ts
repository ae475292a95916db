/** A connected line through grid coordinates: [x, y] with x along columns and y along rows, samples at whole numbers. */
export type Polyline = [x: number, y: number][];

/**
 * Lines of equal value through a grid, by marching squares with linear interpolation; closed lines repeat their first
 * point. Cells with a missing (NaN) corner are left out. `values` is row-major, `columns` wide.
 */
export function contours(values: ArrayLike<number>, columns: number, rows: number, level: number): Polyline[] {
  const segments: [from: number, to: number][] = [];
  const points = new Map<number, [number, number]>();
  const value = (x: number, y: number): number => values[y * columns + x]!;

  // An edge of the grid is named by its upper or left end: even numbers run to the right, odd ones down.
  const crossing = (x: number, y: number, down: 0 | 1): number => {
    const edge = (y * columns + x) * 2 + down;
    if (!points.has(edge)) {
      const before = value(x, y);
      const after = down ? value(x, y + 1) : value(x + 1, y);
      const share = (level - before) / (after - before);
      points.set(edge, down ? [x, y + share] : [x + share, y]);
    }
    return edge;
  };

  for (let y = 0; y + 1 < rows; y++) {
    for (let x = 0; x + 1 < columns; x++) {
      const corners = [value(x, y), value(x + 1, y), value(x + 1, y + 1), value(x, y + 1)] as const;
      if (corners.some(Number.isNaN)) continue;
      const [a, b, c, d] = corners.map((corner) => corner >= level);
      const crossed: number[] = [];
      if (a !== b) crossed.push(crossing(x, y, 0));
      if (b !== c) crossed.push(crossing(x + 1, y, 1));
      if (c !== d) crossed.push(crossing(x, y + 1, 0));
      if (d !== a) crossed.push(crossing(x, y, 1));
      if (crossed.length === 2) segments.push([crossed[0]!, crossed[1]!]);
      if (crossed.length === 4) {
        // A saddle: the value in the middle says which two corners belong together.
        const middle = corners.reduce((sum, corner) => sum + corner, 0) / 4 >= level;
        const [top, right, bottom, left] = crossed as [number, number, number, number];
        if (middle === a) segments.push([top, right], [bottom, left]);
        else segments.push([top, left], [right, bottom]);
      }
    }
  }
  return join(segments, points);
}

/** Strings segments that share an edge together into lines. */
function join(segments: [number, number][], points: Map<number, [number, number]>): Polyline[] {
  const atEdge = new Map<number, number[]>();
  segments.forEach((ends, index) => {
    for (const end of ends) atEdge.set(end, [...(atEdge.get(end) ?? []), index]);
  });
  const used = new Set<number>();
  const follow = (edge: number): number[] => {
    const path: number[] = [];
    for (let at = edge; ;) {
      const next = atEdge.get(at)!.find((index) => !used.has(index));
      if (next === undefined) return path;
      used.add(next);
      const [from, to] = segments[next]!;
      at = from === at ? to : from;
      path.push(at);
    }
  };
  const lines: Polyline[] = [];
  segments.forEach(([from], index) => {
    if (used.has(index)) return;
    const forward = follow(from);
    const backward = follow(from);
    lines.push([...backward.reverse(), from, ...forward].map((edge) => points.get(edge)!));
  });
  return lines;
}
