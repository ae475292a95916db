import type { Zoom } from '../kit/chartModel';
import type { BandKind, XBy } from '../kit/curves';
import type { Split } from '../protocol/run';
import { type At, usualMetrics } from './resultsTable';

/** What the comparison panel remembers while it is hidden and over reloads. `folders` is what the host brings it back by. */
export interface ComparisonState {
  readonly folders: readonly string[];
  readonly layout: 'overlay' | 'panes';
  readonly at: At;
  readonly split: Split;
  /** Null: the plain cross-entropy, or the first run. */
  readonly baseline: string | null;
  readonly metrics: readonly string[];
  readonly sort: { readonly column: string; readonly descending: boolean };
  readonly hidden: readonly string[];
  readonly xBy: XBy;
  /** Null: as suits the number of runs. */
  readonly band: BandKind | null;
  readonly smoothing: number;
  readonly switchedY: readonly string[];
  readonly parameter: string | null;
  readonly zoomX: Zoom['x'] | null;
  readonly zoomY: Readonly<Record<string, Zoom['y']>>;
}

export const initialState: ComparisonState = Object.freeze({
  folders: [],
  layout: 'panes',
  at: 'last',
  split: 'test',
  baseline: null,
  metrics: usualMetrics,
  sort: { column: 'place', descending: false },
  hidden: [],
  xBy: 'epoch',
  band: null,
  smoothing: 0,
  switchedY: [],
  parameter: null,
  zoomX: null,
  zoomY: {},
});

/** The zoom of one chart. Curves share their x; charts over a parameter have one of their own. */
export function zoomOf(state: ComparisonState, id: string): Zoom {
  const y = state.zoomY[id];
  const x = id.startsWith('parameter') ? null : state.zoomX;
  return { ...(x ? { x } : {}), ...(y ? { y } : {}) };
}
