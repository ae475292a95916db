/** Points along each side of the coarsest picture. */
const coarsest = 5;

/**
 * For each of `count` places along an axis, the pass in which it is reached: first 5 evenly spread places, both ends among
 * them, then in every pass the middles between those that were reached before. For 2^k + 1 places that is the grid of 5,
 * 9, 17, 33, … places; for any other number the middles are as near as they come.
 */
export function passes(count: number): Int32Array {
  const pass = new Int32Array(count);
  const start = Math.min(coarsest, count);
  let reached = Array.from({ length: start }, (_, i) => whole((i * (count - 1)) / Math.max(1, start - 1), count));
  for (let next = 1; reached.length < count; next++) {
    const refined: number[] = [];
    reached.forEach((place, i) => {
      const before = reached[i - 1];
      if (before !== undefined && place - before > 1) {
        const middle = whole((before + place) / 2, count);
        pass[middle] = next;
        refined.push(middle);
      }
      refined.push(place);
    });
    reached = refined;
  }
  return pass;
}

/** How many places of an axis of `count` have been reached when `pass` has ended. */
export function reachedAfter(count: number, pass: number): number {
  return passes(count).filter((own) => own <= pass).length;
}

/** The nearest place; of two, the one nearer to the middle of the axis, so that both halves of a picture refine alike. */
const whole = (place: number, count: number): number =>
  place < (count - 1) / 2 ? Math.floor(place + 0.5) : Math.ceil(place - 0.5);

/** Points of one row that are reached in the same pass. */
export interface RowOfPass {
  readonly pass: number;
  readonly b: number;
  readonly a: readonly number[];
}

/** The points of a grid of `width` × `height` that are reached in a pass: rows and points from first to last. */
export function* rowsOfPass(width: number, height: number, pass: number): Generator<RowOfPass> {
  const [across, along] = [passes(width), passes(height)];
  for (let b = 0; b < height; b++) {
    const a: number[] = [];
    across.forEach((own, place) => {
      if (Math.max(own, along[b]!) === pass) a.push(place);
    });
    if (a.length > 0) yield { pass, b, a };
  }
}

/** All points of a grid of `width` × `height`, from coarse to fine. What is kept in memory is a row. */
export function* coarseToFine(width: number, height: number): Generator<RowOfPass> {
  for (let pass = 0; pass <= lastPass(width, height); pass++) yield* rowsOfPass(width, height, pass);
}

/** The pass in which the last points of a grid are reached. */
export function lastPass(width: number, height: number): number {
  return Math.max(...passes(width), ...passes(height));
}

/** `count` evenly spaced values from `from` to `to`; a value that is 0 but for rounding is exactly 0. */
export function axisValues(from: number, to: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => {
    const value = from + ((to - from) * i) / (count - 1);
    return Math.abs(value) < 1e-9 * (to - from) ? 0 : value;
  });
}

/**
 * Evenly spaced values that reach from `from` to `to` at least, with one of them exactly 0 when 0 lies between: so the centre of
 * a plane is a point of its surface.
 */
export function axisThroughZero(from: number, to: number, count: number): number[] {
  if (!(from < 0 && to > 0) || count < 3) return axisValues(from, to, count);
  const step = (to - from) / (count - 1);
  const zero = Math.min(count - 2, Math.max(1, Math.round(-from / step)));
  const wider = Math.max(-from / zero, to / (count - 1 - zero));
  return axisValues(-zero * wider, (count - 1 - zero) * wider, count);
}
