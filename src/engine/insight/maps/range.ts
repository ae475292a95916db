/** The smallest and largest finite value; [0, 0] when there is none. */
export function extent(values: ArrayLike<number>): [number, number] {
  let minimum = Number.POSITIVE_INFINITY;
  let maximum = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (!Number.isFinite(value)) continue;
    if (value < minimum) minimum = value;
    if (value > maximum) maximum = value;
  }
  return minimum > maximum ? [0, 0] : [minimum, maximum];
}

/**
 * A range for colours: the extent of the values, from 0 on when they are one-sided (`sequential`), or as far to either
 * side of 0 (`diverging`). Never empty.
 */
export function colourRange(values: ArrayLike<number>, scale: 'sequential' | 'diverging'): [number, number] {
  const [minimum, maximum] = extent(values);
  if (scale === 'diverging') {
    const reach = Math.max(-minimum, maximum) || 1;
    return [-reach, reach];
  }
  const from = Math.min(0, minimum);
  return maximum > from ? [from, maximum] : [from, from + 1];
}
