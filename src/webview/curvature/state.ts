/** What the panel remembers of its section about curvature. */
export interface CurvatureState {
  /** File of the measurement that is shown in detail; null for the last one that tells most. */
  readonly chosen: string | null;
  /** Keys of lines that are switched off. */
  readonly hidden: readonly string[];
  /** Ids of charts whose y axis was switched between linear and logarithmic. */
  readonly switchedY: readonly string[];
}

export const initialCurvature: CurvatureState = Object.freeze({ chosen: null, hidden: [], switchedY: [] });
