import { symmetricEigen } from './symmetricEigen';

/** A symmetric matrix, known by its products with vectors. */
export type Product = (vector: Float32Array) => Promise<Float32Array>;

/** The matrix seen from the subspace that Lanczos' method spanned. */
export interface Lanczos {
  /** Ritz values, largest first. */
  readonly values: Float64Array;
  /** `coordinates[i]` are those of the i-th Ritz vector in the basis. */
  readonly coordinates: readonly Float64Array[];
  /** |A y − θ y| of each Ritz pair: an eigenvalue of A lies at most so far from θ. */
  readonly residuals: Float64Array;
  readonly basis: readonly Float32Array[];
}

/**
 * Lanczos' method with full reorthogonalisation (Lanczos 1950; Golub & Van Loan, "Matrix Computations", section 10.3): every new
 * vector is made orthogonal to all before it, twice, so that rounding brings forth no copies of eigenvalues. Memory: a vector
 * for each step.
 *
 * @param start any vector that is not 0; it is not changed.
 * @param steps at most; fewer when the subspace is exhausted or `enough` says so.
 * @param enough asked after each step with the Ritz values so far and their residuals; also the place to look at a signal.
 */
export async function lanczos(
  product: Product,
  start: Float32Array,
  steps: number,
  enough: (ritz: Omit<Lanczos, 'basis'>) => boolean = () => false,
): Promise<Lanczos> {
  const basis: Float32Array[] = [];
  const [diagonal, beside]: [number[], number[]] = [[], []];
  let next = scaled(start, 1 / norm(start));
  for (;;) {
    basis.push(next);
    const image = Float64Array.from(await product(next));
    diagonal.push(dot(image, next));
    for (let pass = 0; pass < 2; pass++) for (const vector of basis) remove(image, vector);
    const beta = norm(image);
    const ritz = ritzPairs(diagonal, beside, beta);
    // What is left by rounding alone is no new direction.
    const size = Math.max(...ritz.values.map(Math.abs));
    if (basis.length >= Math.min(steps, start.length) || beta <= 1e-6 * size || enough(ritz)) return { ...ritz, basis };
    beside.push(beta);
    next = scaled(image, 1 / beta);
  }
}

/** The i-th Ritz vector, of length 1. */
export function ritzVector({ basis, coordinates }: Lanczos, i: number): Float32Array {
  const sum = new Float64Array(basis[0]!.length);
  basis.forEach((vector, k) => {
    const weight = coordinates[i]![k]!;
    for (let e = 0; e < sum.length; e++) sum[e]! += weight * vector[e]!;
  });
  return scaled(sum, 1 / norm(sum));
}

function ritzPairs(diagonal: readonly number[], beside: readonly number[], beta: number): Omit<Lanczos, 'basis'> {
  const n = diagonal.length;
  const matrix = Array.from({ length: n }, (_, i) => {
    const row = new Float64Array(n);
    row[i] = diagonal[i]!;
    if (i > 0) row[i - 1] = beside[i - 1]!;
    if (i < n - 1) row[i + 1] = beside[i]!;
    return row;
  });
  const { values, vectors } = symmetricEigen(matrix);
  return {
    values,
    coordinates: vectors,
    residuals: Float64Array.from(vectors, (vector) => Math.abs(beta * vector[n - 1]!)),
  };
}

/** Euclidean length. */
export const norm = (x: Float32Array | Float64Array): number => Math.sqrt(dot(x, x));

/** Sum of products, in double precision. */
export function dot(x: Float32Array | Float64Array, y: Float32Array | Float64Array): number {
  let sum = 0;
  for (let e = 0; e < x.length; e++) sum += x[e]! * y[e]!;
  return sum;
}

function scaled(x: Float32Array | Float64Array, factor: number): Float32Array {
  const result = new Float32Array(x.length);
  for (let e = 0; e < x.length; e++) result[e] = factor * x[e]!;
  return result;
}

function remove(from: Float64Array, direction: Float32Array): void {
  const part = dot(from, direction);
  for (let e = 0; e < from.length; e++) from[e]! -= part * direction[e]!;
}
