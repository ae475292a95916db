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
  /** Points that are measured to test the cell's own biquadratic, once its parent's has passed. */
  readonly checks?: readonly GridPoint[];
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

/**
 * In units of the tolerance: how far the points of a cell may be from what its parent predicts, when the cell itself is checked
 * afterwards; how far those checks may be off; and the first of the two for a cell too small to be checked. (Chosen on surfaces
 * of small trained networks under cross-entropy and Dice: with a tolerance of 1 % all of 24 surfaces were within it, for 15 to
 * 36 % of the points.)
 */
const [looseLimit, checkLimit, smallLimit] = [4, 0.4, 1.3];

/** In words, for `surface.json`: what holds where a surface was refined with this tolerance. */
export function boundInWords(tolerance: number): string {
  const share = (factor: number): string => `${Number((100 * tolerance * factor).toPrecision(3))} %`;
  return (
    `Smooth cells are interpolated by the quadratic surface through their nine measured points: those where it is within ` +
    `${share(checkLimit)} of every loss’s range at four further points, in the middles of the cell’s quarters. Between them it is ` +
    `expected to be within ${share(1)} of the range; what is narrower than a quarter of a cell can be missed, and metrics do not ` +
    `guide the refinement. How large the error is at points that were measured afterwards stands under adaptive.checked in surface.json.`
  );
}

/**
 * Decides which points of a grid are measured. All points of the first two passes are (9 × 9). From then on a cell, of which
 * the corners, the middles of the edges and the middle are known, is refined unless it passes two tests. First the biquadratic
 * through the nine points of its parent (twice as large) must predict the new points roughly. Then four more points are
 * measured, in the middles of the quarters, where the cell's own biquadratic, by which it would be filled, is worst: it must be
 * within 0.4 of the tolerance there. In the smallest cells, where no quarter has a middle, the first test alone counts, with
 * little slack.
 *
 * Error bound. Interpolation by quadratics has an error of third order, along each axis f‴ (x − x0) (x − x1) (x − x2) / 6. That
 * product is largest at 0.58 from a cell's middle to its edge and reaches 1.03 times its value in the middle of the quarter. So
 * where third derivatives are constant in a cell, the error is at most 1.03 times what the checks saw in each axis, 0.41 of the
 * tolerance; the tolerance itself holds as long as third derivatives are at most 2.4 times as large between the checks as at them. No
 * bound holds for a function with features narrower than a quarter of a cell, which no set of points can see: the sweep measures
 * some interpolated points afterwards and states how far they were off.
 *
 * Points that are not finite are never predicted: a cell with some of them is refined to the end; one whose points are all NaN,
 * or all the same infinity, counts as known. All decisions follow from values on disk alone, and every point that they need is a
 * measured one: processes that share a surface, or go on with it, decide alike.
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
      const open: Cell[] = [];
      for (const cell of this.open) {
        if (!this.passes(cell)) open.push(...quarters(cell));
        else if (cell.checks || checksOf(cell).length === 0) this.skipped.push(cell);
        else open.push({ ...cell, checks: checksOf(cell) });
      }
      this.open = open;
      for (const cell of open) {
        for (const point of cell.checks ?? nodes(cell)) if (this.plan(point)) found.push(point);
      }
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

  /** Whether the cell's points are as its parent's biquadratic has them or, of a cell that is checked, the checks as its own has. */
  private passes(cell: Cell): boolean {
    if (cell.a.middle === undefined && cell.b.middle === undefined) return true; // all of its points are there
    const predicting = cell.checks ? cell : cell.parent;
    const limit = cell.checks ? checkLimit : checksOf(cell).length > 0 ? looseLimit : smallLimit;
    const known = nodes(predicting).map(({ a, b }) => ({ key: `${a},${b}`, values: this.read(a, b) }));
    const values = new Map(known.map((node) => [node.key, node.values]));
    const tested = (cell.checks ?? nodes(cell)).map((point) => ({
      values: this.read(point.a, point.b),
      from: this.weights(predicting, point.a, point.b),
    }));
    return this.scale.every((allowed, q) => {
      const all = [...tested, ...(cell.checks ? known : [])].map((point) => point.values[q]!);
      if (all.every((value) => Object.is(value, all[0]) && !Number.isFinite(value))) return true;
      return tested.every((point) => {
        const predicted = point.from.reduce((sum, { a, b, weight }) => sum + weight * values.get(`${a},${b}`)![q]!, 0);
        return Math.abs(predicted - point.values[q]!) <= limit * allowed; // false for NaN, too
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

/** The middles of a cell's quarters, which lie farthest from its nine points; none of a cell with hardly anything in between. */
function checksOf({ a, b }: Cell): GridPoint[] {
  const [columns, rows] = [a, b].map(({ from, middle, to }) =>
    middle === undefined || middle - from < 2 || to - middle < 2 ? [] : [halfway(from, middle), halfway(middle, to)],
  ) as [number[], number[]];
  return rows.flatMap((row) => columns.map((column) => ({ a: column, b: row })));
}
