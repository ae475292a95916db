import { passes } from './order';

/** Values of the quantities that guide the refinement at a point of the grid, as they are on disk. */
export type ReadPoint = (a: number, b: number) => ArrayLike<number>;

/** Places along one axis: ends of a cell, with the place between them that halves it (none between neighbours). */
interface Side {
  readonly from: number;
  readonly to: number;
  readonly middle: number | undefined;
}

interface Cell {
  readonly a: Side;
  readonly b: Side;
  /** The cell that this one is a quarter of: its points predict those in the middle of this one. */
  readonly parent: { readonly a: Side; readonly b: Side };
}

/** A point of the grid, by its places along the axes. */
export interface GridPoint {
  readonly a: number;
  readonly b: number;
}

/** Points per side below which there is nothing to skip. */
export const leastAdaptivePoints = 9;

/** In words, for `surface.json`: what holds where a surface was refined with this tolerance. */
export function boundInWords(tolerance: number): string {
  const share = `${Number((100 * tolerance).toPrecision(3))} %`;
  return (
    `Cells were left out where, for every loss, the quadratic surface through the nine points of a cell twice as large predicts ` +
    `all points in and around the middle of the cell within ${share} of the loss’s range; they are filled from the quadratic ` +
    `surface through their own nine points. Where third derivatives do not change much within a cell, that is eight times ` +
    `nearer, so interpolated losses are within ${share} of the range with room to spare; what is narrower than a cell can be ` +
    `missed, and metrics do not guide the refinement. How large the error is at points that were measured afterwards stands in ` +
    `surface.json under adaptive.checked.`
  );
}

/**
 * Decides which points of a grid are measured. All points of the first two passes are (9 × 9). From then on a cell, of which
 * the corners, the middles of the edges and the middle are known, is refined further only if the biquadratic through the nine
 * points of its parent (twice as large) misses one of its new points by more than the tolerance.
 *
 * Error bound. Let E be the largest miss of the parent's biquadratic in the new points. Interpolation by quadratics has an
 * error of third order, h³ / (9 √3) · |f‴| per axis: if third derivatives in the cell are at most k times those that the miss
 * saw, the error of the cell's own biquadratic is at most k E / 8. A cell is left out only for E <= tolerance · range, so
 * interpolated values are within the tolerance for all k <= 8. No bound holds for a function with features narrower than a
 * cell, which no set of points can see: the sweep measures some interpolated points afterwards and states how far they were off.
 *
 * Points that are not finite are never predicted: a cell with some of them is refined to the end; one whose nine points are all
 * NaN, or all the same infinity, counts as known. All decisions follow from values on disk alone, and every point that they need
 * is a measured one: processes that share a surface, or go on with it, decide alike.
 */
export class AdaptivePlan {
  private readonly planned: Uint8Array;
  private readonly scale: Float64Array;
  private open: Cell[];
  private readonly skipped: Cell[] = [];

  /**
   * @param read called when {@link first}'s points are there.
   * @param tolerance share of each quantity's range over the points of the first passes.
   */
  constructor(
    private readonly a: readonly number[],
    private readonly b: readonly number[],
    tolerance: number,
    private readonly read: ReadPoint,
  ) {
    this.planned = new Uint8Array(a.length * b.length);
    for (const point of AdaptivePlan.first(a.length, b.length)) this.plan(point);
    this.scale = this.ranges().map((range) => range * tolerance);
    this.open = startingCells(a.length, b.length);
  }

  /** The points that are measured in any case, row by row. */
  static first(width: number, height: number): GridPoint[] {
    const [across, along] = [passes(width), passes(height)];
    const points: GridPoint[] = [];
    along.forEach((own, b) => {
      across.forEach((other, a) => {
        if (Math.max(own, other) <= 1) points.push({ a, b });
      });
    });
    return points;
  }

  /**
   * Decides over the cells whose points are known by now; gives the points that are needed next, row by row, and undefined when
   * there are none.
   */
  next(): GridPoint[] | undefined {
    const found: GridPoint[] = [];
    while (found.length === 0 && this.open.length > 0) {
      const refined: Cell[] = [];
      for (const cell of this.open) {
        if (this.isKnown(cell)) this.skipped.push(cell);
        else refined.push(...quarters(cell));
      }
      this.open = refined;
      for (const cell of refined) for (const point of nodes(cell)) if (this.plan(point)) found.push(point);
    }
    return found.length === 0 ? undefined : found.sort((p, q) => p.b - q.b || p.a - q.a);
  }

  /** After the last {@link next}: every point that is not measured, with the weights of the measured ones that give its value. */
  *interpolated(): Generator<GridPoint & { readonly from: readonly (GridPoint & { readonly weight: number })[] }> {
    const taken = this.planned.slice();
    for (const cell of this.skipped) {
      for (let b = cell.b.from; b <= cell.b.to; b++) {
        for (let a = cell.a.from; a <= cell.a.to; a++) {
          const index = b * this.a.length + a;
          if (taken[index] === 1) continue;
          taken[index] = 1;
          yield { a, b, from: this.weights(cell, a, b) };
        }
      }
    }
  }

  private plan({ a, b }: GridPoint): boolean {
    const index = b * this.a.length + a;
    if (this.planned[index] === 1) return false;
    this.planned[index] = 1;
    return true;
  }

  /** Greatest minus least finite value of each quantity over the first points. */
  private ranges(): Float64Array {
    const all = AdaptivePlan.first(this.a.length, this.b.length).map(({ a, b }) => this.read(a, b));
    return Float64Array.from(all[0]!, (_, q) => {
      const finite = all.map((values) => values[q]!).filter(Number.isFinite);
      return finite.reduce((x, y) => Math.max(x, y), -Infinity) - finite.reduce((x, y) => Math.min(x, y), Infinity);
    });
  }

  private isKnown(cell: Cell): boolean {
    if (cell.a.middle === undefined && cell.b.middle === undefined) return true; // all of its points are there
    const own = nodes(cell).map(({ a, b }) => ({ values: this.read(a, b), from: this.weights(cell.parent, a, b) }));
    const parent = new Map(nodes(cell.parent).map(({ a, b }) => [`${a},${b}`, this.read(a, b)]));
    return this.scale.every((allowed, q) => {
      const values = own.map((node) => node.values[q]!);
      if (values.every((value) => Object.is(value, values[0]) && !Number.isFinite(value))) return true;
      if (!values.every(Number.isFinite)) return false;
      return own.every(({ values, from }) => {
        const predicted = from.reduce((sum, { a, b, weight }) => sum + weight * parent.get(`${a},${b}`)![q]!, 0);
        return Math.abs(predicted - values[q]!) <= allowed; // false for NaN, too
      });
    });
  }

  /** Weights of a cell's points in its value at (a, b): a product of Lagrange polynomials. */
  private weights({ a: across, b: along }: Pick<Cell, 'a' | 'b'>, a: number, b: number) {
    const u = lagrange(this.a, places(across), a);
    const v = lagrange(this.b, places(along), b);
    return v
      .flatMap((vb) => u.map((ua) => ({ a: ua.place, b: vb.place, weight: ua.weight * vb.weight })))
      .filter(({ weight }) => weight !== 0);
  }
}

function lagrange(
  axis: readonly number[],
  nodes: readonly number[],
  place: number,
): { place: number; weight: number }[] {
  return nodes.map((node) => ({
    place: node,
    weight: nodes.reduce(
      (product, other) =>
        other === node ? product : (product * (axis[place]! - axis[other]!)) / (axis[node]! - axis[other]!),
      1,
    ),
  }));
}

const places = ({ from, to, middle }: Side): number[] => (middle === undefined ? [from, to] : [from, middle, to]);

const nodes = ({ a, b }: Pick<Cell, 'a' | 'b'>): GridPoint[] =>
  places(b).flatMap((row) => places(a).map((column) => ({ a: column, b: row })));

/** Cells between the points of the coarsest picture; two by two of them make up a parent. */
function startingCells(width: number, height: number): Cell[] {
  const sides = (count: number): { side: Side; parent: Side }[] => {
    const pass = passes(count);
    const reached = [...pass.keys()].filter((place) => pass[place] === 0);
    return reached.slice(1).map((to, i) => {
      const first = i - (i % 2);
      const parent = { from: reached[first]!, middle: reached[first + 1], to: reached[first + 2]! };
      return { side: halved(reached[i]!, to, pass), parent };
    });
  };
  const [passA, passB] = [sides(width), sides(height)];
  return passB.flatMap((b) => passA.map((a) => ({ a: a.side, b: b.side, parent: { a: a.parent, b: b.parent } })));
}

function halved(from: number, to: number, pass: Int32Array): Side {
  let middle: number | undefined;
  for (let place = from + 1; place < to; place++) {
    if (middle === undefined || pass[place]! < pass[middle]!) middle = place;
  }
  return { from, to, middle };
}

function quarters(cell: Cell): Cell[] {
  const halves = ({ from, to, middle }: Side): Side[] =>
    (middle === undefined
      ? [[from, to]]
      : [
          [from, middle],
          [middle, to],
        ]
    ).map(([start, end]) => {
      const between = end! - start! > 1 ? halfway(start!, end!) : undefined;
      return { from: start!, to: end!, middle: between };
    });
  return halves(cell.b).flatMap((b) => halves(cell.a).map((a) => ({ a, b, parent: { a: cell.a, b: cell.b } })));
}

const halfway = (from: number, to: number): number => from + ((to - from) >> 1);
