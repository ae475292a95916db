/** A dot of a strip: its place along the axis (0 to 1) and how many rows it stands off the middle. */
export interface Dot {
  readonly index: number;
  readonly at: number;
  readonly row: number;
}

/**
 * Places one dot per value on a strip so that none covers another: each goes to the nearest free row around the middle
 * (0, 1, -1, 2, …). Values that are not finite are left out.
 *
 * @param diameter of a dot, as a share of the strip's length.
 */
export function beeswarm(values: ArrayLike<number>, position: (value: number) => number, diameter: number): Dot[] {
  const order = Array.from(values, (value, index) => ({ index, at: position(value) }))
    .filter(({ at }) => Number.isFinite(at))
    .sort((a, b) => a.at - b.at);
  /** Right end of each row so far. */
  const ends = new Map<number, number>();
  return order.map(({ index, at }) => {
    let row = 0;
    for (let step = 0; at - (ends.get(row) ?? -Infinity) < diameter;) {
      step += 1;
      row = step % 2 === 1 ? (step + 1) / 2 : -step / 2;
    }
    ends.set(row, at);
    return { index, at, row };
  });
}
