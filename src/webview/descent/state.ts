import type { QuantityName } from '../../engine/insight/maps';
import { type View, wholeView, type Place } from '../heatmap/viewport';
import type { Zoom } from '../kit/chartModel';

/** What the maps can show. */
export const layers = Object.freeze({
  pt: 'Confidence pt',
  outcome: 'Difference',
  loss: 'Loss',
  gradient: 'Gradient',
  foreground: 'P(foreground)',
} as const satisfies Partial<Record<QuantityName, string>>);

export type DescentLayer = keyof typeof layers;

/** What the page remembers: the editor hands it to the host after a reload, to find the descent again. */
export interface DescentState {
  readonly folder: string;
  readonly layer: DescentLayer;
  /** Null: the newest. */
  readonly step: number | null;
  /** Name of the loss that loss and gradient are measured by; null: each map by the loss that it descends. */
  readonly ruler: string | null;
  /** Whether all maps share the ends of their colours. */
  readonly oneScale: boolean;
  /** Names of losses that are switched off. */
  readonly hidden: readonly string[];
  readonly view: View;
  readonly cursor: Place | null;
  readonly zoom: Readonly<Record<string, Zoom>>;
  readonly switchedY: readonly string[];
}

export const initialState: DescentState = Object.freeze({
  folder: '',
  layer: 'pt',
  step: null,
  ruler: null,
  oneScale: true,
  hidden: [],
  view: wholeView,
  cursor: null,
  zoom: {},
  switchedY: [],
});

/** Steps of which any loss has a map, ascending. */
export function stepsOf(maps: readonly (readonly number[])[]): number[] {
  return [...new Set(maps.flat())].sort((a, b) => a - b);
}

/** The step that is shown: the one nearest to the wanted one, or the newest; null when there is none. */
export function shownStep(steps: readonly number[], wanted: number | null): number | null {
  if (wanted === null) return steps.at(-1) ?? null;
  let best: number | null = null;
  for (const step of steps) if (best === null || Math.abs(step - wanted) < Math.abs(best - wanted)) best = step;
  return best;
}
