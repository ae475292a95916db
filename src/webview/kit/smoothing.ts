/**
 * Exponential moving average without the bias towards its start: each value is the weighted mean of all values up to it, with
 * weights that fall by `weight` per point (Kingma and Ba 2015, section 3). Values that are not finite are passed over and stay so.
 *
 * @param weight in [0, 1): 0 changes nothing.
 */
export function smooth(values: ArrayLike<number>, weight: number): Float64Array {
  const smoothed = new Float64Array(values.length).fill(NaN);
  let average = 0;
  let total = 0;
  for (let index = 0; index < values.length; index += 1) {
    const value = values[index]!;
    if (!Number.isFinite(value)) continue;
    average = weight * average + (1 - weight) * value;
    total = weight * total + (1 - weight);
    smoothed[index] = average / total;
  }
  return smoothed;
}

/** What smoothing does to the charts, in a sentence; empty when there is none. */
export function smoothingNote(weight: number): string {
  return weight > 0 ? `Smoothed by ${smoothingName(weight)}; thin lines are as measured.` : '';
}

/** The method in words, for legends and files. */
export function smoothingName(weight: number): string {
  return `exponential moving average, weight ${weight}, bias-corrected`;
}
