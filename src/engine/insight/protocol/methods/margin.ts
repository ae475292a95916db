import type { ShapedArray } from '../arrays';
import type { ImageReference } from './image';

/** Which checkpoint: an epoch, the best by test IoU, or the last. */
export type EpochReference = number | 'best' | 'last';

/** Where an answer comes from. */
export interface CheckpointUsed {
  /** The epoch that was really used. */
  readonly epoch: number;
  /** In words, when it is not the one that was asked for: "epoch 7 has no checkpoint; …". Null when it is. */
  readonly note: string | null;
}

/** A region of an image, in its pixels. */
export interface RegionOfImage {
  readonly height: number;
  readonly width: number;
  readonly top: number;
  readonly left: number;
}

/** The network's answer for one image, from which all maps follow. */
export interface MarginMethod {
  readonly params: {
    /** Absolute path of the run folder. */
    readonly run: string;
    readonly epoch: EpochReference;
    readonly image: ImageReference;
  };
  /** The region is the whole image, or its centre where the experiment is evaluated on centre crops. */
  readonly result: CheckpointUsed & RegionOfImage;
  readonly arrays: {
    /** [h,w] of the region: logit of the foreground - logit of the background. */
    readonly margin: ShapedArray<Float32Array>;
  };
}
