/** How thoroughly curvature is measured, as options of the engine. */
export interface Effort {
  readonly top: number;
  readonly probes: number;
  readonly spectrum: number;
  readonly spectrumSteps: number;
  readonly layers: boolean;
}

export const efforts: Readonly<Record<'quick' | 'usual' | 'thorough', Effort>> = {
  quick: { top: 3, probes: 5, spectrum: 0, spectrumSteps: 60, layers: false },
  usual: { top: 5, probes: 20, spectrum: 0, spectrumSteps: 60, layers: false },
  thorough: { top: 10, probes: 40, spectrum: 5, spectrumSteps: 60, layers: true },
};

/** Steps of Lanczos' method that the extreme eigenvalues take: at least, at most. The engine gives up after so many. */
const [leastSteps, mostSteps] = [20, 100];
/** The same for the largest eigenvalue of one layer. */
const [leastLayerSteps, mostLayerSteps] = [5, 30];

/** Products with the Hessian that a measurement takes for one network and loss. @param depth of the U-Net. */
export function costOf(effort: Effort, depth: number): { least: number; most: number } {
  // Two convolutions on each level on the way down and at the bottom, three on each level on the way up, and the head.
  const layers = effort.layers ? 5 * depth + 3 : 0;
  const fixed = effort.probes + effort.spectrum * effort.spectrumSteps;
  return {
    least: leastSteps + layers * leastLayerSteps + fixed,
    most: mostSteps + layers * mostLayerSteps + fixed,
  };
}

/** So many of some epochs, evenly spread, first and last among them. */
export function spread(epochs: readonly number[], most: number): number[] {
  if (epochs.length <= most) return [...epochs];
  return Array.from({ length: most }, (_, index) => epochs[Math.round((index * (epochs.length - 1)) / (most - 1))]!);
}
