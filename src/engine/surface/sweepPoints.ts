import { AdaptivePlan, type GridPoint, type ReadPoint } from './adaptive';
import { lastPass, reachedAfter, rowsOfPass } from './order';

/** Some points of one row that a process measures in one go. */
export interface Block {
  /** Unique within the surface; the name of its claim. */
  readonly key: string;
  readonly b: number;
  readonly a: readonly number[];
}

/** A part of a sweep after which the picture is whole at some resolution. */
export interface Pass {
  readonly blocks: Iterable<Block>;
  /** Points along each side of the picture when the pass has ended. */
  readonly points: readonly [number, number];
}

/** Points that a process claims at once: few enough for two processes to share a row, many enough to be worth a file. */
const blockPoints = 16;

/** All points of the grid, from coarse to fine. What is kept in memory is a row. */
export function* everyPass(width: number, height: number): Generator<Pass> {
  for (let pass = 0; pass <= lastPass(width, height); pass++) {
    yield { blocks: blocksOfPass(width, height, pass), points: reached(width, height, pass) };
  }
}

function* blocksOfPass(width: number, height: number, pass: number): Generator<Block> {
  for (const { b, a } of rowsOfPass(width, height, pass)) yield* inBlocks(pass, b, a);
}

/**
 * The passes of an adaptive surface: each is decided on when the points of the one before are on disk, so it must not be asked
 * for earlier.
 * @param finish told the plan when there are no more.
 */
export function* adaptivePasses(
  a: readonly number[],
  b: readonly number[],
  tolerance: number,
  read: ReadPoint,
  finish: (plan: AdaptivePlan) => void,
): Generator<Pass> {
  for (const pass of everyPass(a.length, b.length)) {
    yield pass;
    if (pass.points[0] >= reachedAfter(a.length, 1) && pass.points[1] >= reachedAfter(b.length, 1)) break;
  }
  const plan = new AdaptivePlan(a, b, tolerance, read);
  for (let pass = 2; ; pass++) {
    const points = plan.next();
    if (points === undefined) return finish(plan);
    yield { blocks: rowsOf(pass, points), points: reached(a.length, b.length, pass) };
  }
}

const reached = (width: number, height: number, pass: number): [number, number] => [
  reachedAfter(width, pass),
  reachedAfter(height, pass),
];

function* rowsOf(pass: number, points: readonly GridPoint[]): Generator<Block> {
  for (let i = 0; i < points.length;) {
    const { b } = points[i]!;
    const row: number[] = [];
    for (; points[i]?.b === b; i++) row.push(points[i]!.a);
    yield* inBlocks(pass, b, row);
  }
}

function* inBlocks(pass: number, b: number, a: readonly number[]): Generator<Block> {
  for (let i = 0; i < a.length; i += blockPoints) {
    yield { key: `pass-${pass}-row-${b}-${a[i]!}`, b, a: a.slice(i, i + blockPoints) };
  }
}
