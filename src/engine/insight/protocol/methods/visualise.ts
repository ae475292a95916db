import type { ShapedArray } from '../arrays';
import type { CheckpointUsed, EpochReference } from './margin';

/** A picture that makes one feature map large, by gradient ascent on its pixels. */
export interface VisualiseMethod {
  readonly params: {
    readonly run: string;
    readonly epoch: EpochReference;
    /** A name of `layers`. */
    readonly layer: string;
    readonly channel: number;
    /** Side of the picture in pixels. */
    readonly size?: number;
    readonly steps?: number;
    readonly learningRate?: number;
    /** Largest random shift per step, in pixels. */
    readonly jitter?: number;
    /** Standard deviation of the blur between steps, in pixels. */
    readonly blur?: number;
    /** Weight of the total variation that is subtracted. */
    readonly totalVariation?: number;
    /** Weight of the pull towards grey. */
    readonly decay?: number;
    readonly seed?: number;
    /** On which side of the layer's ReLU the mean is taken. Default `after`. */
    readonly relu?: 'before' | 'after';
  };
  readonly result: CheckpointUsed & {
    readonly height: number;
    readonly width: number;
    /** Mean of the feature map before each step and after the last. */
    readonly activation: readonly number[];
    /** Steps at which no pixel could change the feature: the filter was silent all over. Try `relu: 'before'` then. */
    readonly withoutSlope: number;
  };
  readonly arrays: {
    /** [H,W,3] */
    readonly picture: ShapedArray<Uint8Array>;
  };
}

/** What is done where nobody says. */
export const visualiseDefaults = {
  size: 128,
  steps: 200,
  learningRate: 0.02,
  jitter: 4,
  blur: 0.5,
  totalVariation: 0.05,
  decay: 0.1,
  seed: 1,
  relu: 'after',
} as const;
