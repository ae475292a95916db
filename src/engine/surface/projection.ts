import type { Weights } from './directions';
import { innerProduct, type Plane } from './plane';

/** A network as seen from a plane. */
export interface Projection {
  /** Coordinates of the point of the plane that is nearest to the network. */
  readonly a: number;
  readonly b: number;
  /** Euclidean distance of the weights from that point; 0 for a network on the plane. */
  readonly distance: number;
}

/**
 * The foot of the perpendicular from a network to a plane, whose directions need neither be at right angles nor of length 1:
 * the least-squares solution of a d_a + b d_b = w − centre. On a line b is 0.
 */
export function project({ centre, a, b, provenance }: Plane, weights: Weights): Projection {
  const [la, lb] = provenance.lengths;
  const rest: Weights = Object.fromEntries(
    Object.entries(centre).map(([name, values]) => {
      const own = weights[name]!;
      return [name, Float32Array.from(values, (value, i) => own[i]! - value)];
    }),
  );
  const [ra, rb] = [innerProduct(rest, a), lb === 0 ? 0 : innerProduct(rest, b)];
  const ab = provenance.cosine * la * lb;
  const determinant = la * la * lb * lb - ab * ab;
  const [x, y] =
    lb === 0 ? [ra / (la * la), 0] : [(ra * lb * lb - rb * ab) / determinant, (rb * la * la - ra * ab) / determinant];
  // The rest is formed element by element: the difference of squares would lose everything near the plane.
  let squares = 0;
  for (const [name, values] of Object.entries(rest)) {
    const [da, db] = [a[name]!, b[name]!];
    for (let i = 0; i < values.length; i++) squares += (values[i]! - x * da[i]! - y * db[i]!) ** 2;
  }
  return { a: x, b: y, distance: Math.sqrt(squares) };
}
