import type { LossSpec } from '../../engine/insight/maps';
import type { Zoom } from '../kit/chartModel';
import type { Split } from '../protocol/run';
import type { Against } from './lines';

/** Which of two functions the chart of losses shows where a modulator is detached. */
export type Shown = 'both' | 'reported' | 'effective';

/** A loss that is in the panel only. */
export interface AddedLoss {
  /** Tells it from the others for as long as the panel lives. */
  readonly id: number;
  readonly spec: LossSpec;
}

/** Whose pixels lie under the curves. */
export interface PixelChoice {
  readonly folder: string;
  readonly epoch: number;
  readonly split: Split;
  /** Name of an image; null for all of the split. */
  readonly image: string | null;
}

/** What the page remembers: the editor hands it to the host after a reload, to find the file again. */
export interface CurveState {
  readonly uri: string;
  readonly index: number;
  readonly hidden: readonly string[];
  readonly switchedY: readonly string[];
  readonly zoom: Readonly<Record<string, Zoom>>;
  readonly against: Against;
  readonly shown: Shown;
  readonly added: readonly AddedLoss[];
  readonly pixels: PixelChoice | null;
}

export const initialState: CurveState = Object.freeze({
  uri: '',
  index: 0,
  hidden: [],
  switchedY: [],
  zoom: {},
  against: 'pt',
  shown: 'both',
  added: [],
  pixels: null,
});

/** The added losses with one more; its number is higher than any before. */
export function withAdded(added: readonly AddedLoss[], spec: LossSpec): AddedLoss[] {
  return [...added, { id: 1 + Math.max(0, ...added.map(({ id }) => id)), spec }];
}
