import { type Field, fieldOf } from '../../../src/webview/surface/field';

/** `count` evenly spaced values from `from` to `to`. */
export const axis = (from: number, to: number, count: number): number[] =>
  Array.from({ length: count }, (_, index) => from + ((to - from) * index) / (count - 1));

/** A function sampled at every point of a grid. */
export function sampled(a: readonly number[], b: readonly number[], f: (a: number, b: number) => number): Field {
  const values = Float32Array.from(b.flatMap((y) => a.map((x) => f(x, y))));
  return fieldOf(a, b, values, new Uint8Array(values.length).fill(1));
}

/** Area of flat polygons (number of corners, then x and y of each). */
export function areaOf(polygons: readonly number[]): number {
  let area = 0;
  for (let at = 0; at < polygons.length;) {
    const corners = polygons[at]!;
    let twice = 0;
    for (let corner = 0; corner < corners; corner += 1) {
      const next = (corner + 1) % corners;
      const [x, y] = [polygons[at + 1 + 2 * corner]!, polygons[at + 2 + 2 * corner]!];
      const [u, v] = [polygons[at + 1 + 2 * next]!, polygons[at + 2 + 2 * next]!];
      twice += x * v - u * y;
    }
    area += Math.abs(twice) / 2;
    at += 1 + 2 * corners;
  }
  return area;
}
