import type { ShapedArray } from '../arrays';
import type { ImageReference } from './image';
import type { CheckpointUsed, EpochReference, RegionOfImage } from './margin';

/** One layer whose features can be looked at. */
export interface LayerDescription {
  /** As in the names of the parameters: `encoder.0.conv1`, `bottom.conv2`, `decoder.3.up`, `head`. */
  readonly name: string;
  readonly kind: 'convolution' | 'transposedConvolution';
  /** Number of feature maps. */
  readonly channels: number;
  /** Whether a ReLU follows: features are looked at after it. `decoder.N.up` and `head`, the logits, have none. */
  readonly relu: boolean;
  /** How many pixels of the image one feature pixel stands for, per side: 1, 2, 4, … */
  readonly stride: number;
  /** Trainable values of the layer. */
  readonly parameters: number;
}

/** The layers of a run's network, in the order of the forward pass. */
export interface LayersMethod {
  readonly params: { readonly run: string };
  readonly result: { readonly layers: readonly LayerDescription[] };
  readonly arrays: Readonly<Record<never, never>>;
}

/** What a layer answers to an image (after its ReLU, where it has one). */
export interface ActivationsMethod {
  readonly params: {
    readonly run: string;
    readonly epoch: EpochReference;
    readonly image: ImageReference;
    /** A name of `layers`. */
    readonly layer: string;
  };
  /** The region that the features lie over, in pixels of the image; it may reach beyond, over repeated edges. */
  readonly result: CheckpointUsed & RegionOfImage & { readonly layer: string };
  readonly arrays: {
    /** [C,h,w] */
    readonly features: ShapedArray<Float32Array>;
  };
}
