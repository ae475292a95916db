/** Eigenvalues, largest first, and their eigenvectors, each of length 1. */
export interface EigenPairs {
  readonly values: Float64Array;
  /** `vectors[i]` belongs to `values[i]`. */
  readonly vectors: readonly Float64Array[];
}

/** Sweeps over all pairs of a matrix; it is diagonal to rounding after six to ten. */
const mostSweeps = 60;

/**
 * All eigenpairs of a real symmetric matrix, by the cyclic Jacobi method (Golub & Van Loan, "Matrix Computations", section
 * 8.5): slow, O(n³) a sweep, but exact to rounding also for tiny eigenvalues. Meant for matrices of up to a few hundred rows.
 *
 * @param matrix n rows of n values; only read. Must be symmetric.
 */
export function symmetricEigen(matrix: readonly ArrayLike<number>[]): EigenPairs {
  const n = matrix.length;
  const a = matrix.map((row) => Float64Array.from(row));
  const v = a.map((_, i) => Float64Array.from({ length: n }, (_, j) => (i === j ? 1 : 0)));
  const total = a.reduce((sum, row) => sum + row.reduce((s, x) => s + x * x, 0), 0);
  for (let sweep = 0; sweep < mostSweeps; sweep++) {
    let off = 0;
    for (let p = 0; p < n; p++) for (let q = p + 1; q < n; q++) off += a[p]![q]! ** 2;
    if (off <= 1e-30 * total) break;
    for (let p = 0; p < n; p++) for (let q = p + 1; q < n; q++) rotate(a, v, p, q);
  }
  const order = a.map((_, i) => i).sort((i, j) => a[j]![j]! - a[i]![i]!);
  return {
    values: Float64Array.from(order, (i) => a[i]![i]!),
    vectors: order.map((i) => Float64Array.from({ length: n }, (_, row) => v[row]![i]!)),
  };
}

/** Makes a[p][q] zero by a rotation in the plane of p and q. */
function rotate(a: Float64Array[], v: Float64Array[], p: number, q: number): void {
  const apq = a[p]![q]!;
  if (apq === 0) return;
  const theta = (a[q]![q]! - a[p]![p]!) / (2 * apq);
  const t = (theta >= 0 ? 1 : -1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
  const c = 1 / Math.sqrt(t * t + 1);
  const s = t * c;
  for (const row of a) {
    const [x, y] = [row[p]!, row[q]!];
    row[p] = c * x - s * y;
    row[q] = s * x + c * y;
  }
  const [rowP, rowQ] = [a[p]!, a[q]!];
  for (let k = 0; k < a.length; k++) {
    const [x, y] = [rowP[k]!, rowQ[k]!];
    rowP[k] = c * x - s * y;
    rowQ[k] = s * x + c * y;
  }
  for (const row of v) {
    const [x, y] = [row[p]!, row[q]!];
    row[p] = c * x - s * y;
    row[q] = s * x + c * y;
  }
}
