import { type AscentSettings, type ImageReference, usualAscent } from '../protocol/network';
import type { Order } from './features';

export type RangeMode = 'shared' | 'fixed' | 'own';

/** How the change of the weights is counted. */
export type ChangeBy = 'weight' | 'layer';

/** What the panel remembers while it is hidden and over reloads. `folder` is what the host brings it back by. */
export interface NetworkState {
  readonly folder: string;
  readonly image: ImageReference | null;
  readonly epoch: number | null;
  readonly layer: string | null;
  /** The map that is looked at closely; null: the one that answers most. */
  readonly channel: number | null;
  readonly range: RangeMode;
  /** Ends of fixed ranges, by layer. */
  readonly fixed: Readonly<Record<string, readonly [number, number]>>;
  readonly order: Order;
  readonly ascent: AscentSettings;
  readonly changeBy: ChangeBy;
  /** Charts whose y axis was switched between linear and logarithmic. */
  readonly switchedY: readonly string[];
}

export const initialState: NetworkState = Object.freeze({
  folder: '',
  image: null,
  epoch: null,
  layer: null,
  channel: null,
  range: 'own',
  fixed: {},
  order: 'number',
  ascent: usualAscent,
  changeBy: 'weight',
  switchedY: [],
} as const);

/** The epoch of a list that is nearest to one, the earlier of two; null when there is none. */
export function nearestEpoch(epochs: readonly number[], epoch: number): number | null {
  let best: number | null = null;
  for (const one of epochs) if (best === null || Math.abs(one - epoch) < Math.abs(best - epoch)) best = one;
  return best;
}
