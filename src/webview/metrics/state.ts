import type { Zoom } from '../kit/chartModel';
import { type BandKind, type CurveSettings, usualBand, type XBy } from '../kit/curves';
import type { Split } from '../protocol/run';

/** What the metrics panel remembers while it is hidden and over reloads. `folders` is what the host brings it back by. */
export interface MetricsState {
  readonly folders: readonly string[];
  readonly xBy: XBy;
  readonly logX: boolean;
  /** Null: as suits the number of runs. */
  readonly splits: readonly Split[] | null;
  readonly layout: 'overlay' | 'panes';
  /** Null: as suits the number of runs. */
  readonly band: BandKind | null;
  readonly smoothing: number;
  /** Charts whose y axis is of the other kind than usual. */
  readonly switchedY: readonly string[];
  readonly hidden: readonly string[];
  /** Metrics beyond the study's. */
  readonly more: readonly string[];
  readonly zoomX: Zoom['x'] | null;
  readonly zoomY: Readonly<Record<string, Zoom['y']>>;
  readonly inspected: { readonly folder: string; readonly epoch: number; readonly metric: string } | null;
}

export const initialState: MetricsState = Object.freeze({
  folders: [],
  xBy: 'epoch',
  logX: false,
  splits: null,
  layout: 'overlay',
  band: null,
  smoothing: 0,
  switchedY: [],
  hidden: [],
  more: [],
  zoomX: null,
  zoomY: {},
  inspected: null,
});

/** One run is shown with both its splits; of several only the test images, or each line would have a twin. */
export function splitsOf(state: MetricsState, runs: number, tested: boolean): readonly Split[] {
  if (!tested) return ['train'];
  return state.splits ?? (runs === 1 || state.layout === 'panes' ? ['train', 'test'] : ['test']);
}

export function curveSettings(state: MetricsState, runs: number, tested: boolean): CurveSettings {
  return {
    xBy: state.xBy,
    logX: state.logX,
    splits: splitsOf(state, runs, tested),
    band: state.band ?? usualBand(state.layout, runs),
    smoothing: state.smoothing,
    switchedY: new Set(state.switchedY),
    hidden: new Set(state.hidden),
    layout: state.layout,
  };
}

/** The zoom of one chart: x is common to all. */
export function zoomOf(state: MetricsState, id: string): Zoom {
  const y = state.zoomY[id];
  return { ...(state.zoomX ? { x: state.zoomX } : {}), ...(y ? { y } : {}) };
}
