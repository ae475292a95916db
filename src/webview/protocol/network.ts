import type {
  Arrays,
  ImageReference,
  LayerDescription,
  MethodName,
  Params,
  Result,
} from '../../engine/insight/protocol';
import { visualiseDefaults } from '../../engine/insight/protocol/methods/visualise';
import type { ExportedFile, RunInfo } from './run';

export type { ImageReference, LayerDescription };

/** What the panel needs to know of its run. */
export interface NetworkRun {
  readonly info: RunInfo;
  /** Epochs whose weights are on the disk, ascending. */
  readonly epochs: readonly number[];
  /** Names of its images. */
  readonly images: { readonly train: readonly string[]; readonly test: readonly string[] };
  /** Whether convolutions keep the size of what they read (`same`), or take a pixel off each side (`valid`). */
  readonly padding: 'same' | 'valid';
  /** What changes when epochs that were there are trained again. */
  readonly version: string;
}

/** What to look at. What is left out stays as it is. */
export interface NetworkTarget {
  readonly epoch?: number;
  readonly image?: ImageReference;
  readonly layer?: string;
}

/** Everything that a page that has just loaded needs. */
export interface NetworkSnapshot {
  readonly run: NetworkRun;
  /** What the panel was opened for; null when it comes back after having been hidden. */
  readonly target: NetworkTarget | null;
  /** Whether the workspace is trusted: without that no program may run, and nothing can be computed. */
  readonly trusted: boolean;
}

/** The values of a method's arrays, by their names. */
type Values<M extends MethodName> = {
  readonly [Name in keyof Arrays<M>]: NonNullable<Arrays<M>[Name]> extends { readonly values: infer V } ? V : never;
};

/** A photograph, [H,W,3], and its target, [H,W] or null. */
export type NetworkImage = Result<'image'> & { readonly photo: Uint8Array; readonly labels: Uint8Array | null };

/** What a layer answers: `features` is [C,h,w], `shape` says which. It lies over a region of the photograph. */
export type NetworkFeatures = Result<'activations'> &
  Values<'activations'> & { readonly shape: readonly [channels: number, height: number, width: number] };

/** How a picture of a feature map is made; see the inspector's `visualise`. */
export type AscentSettings = Required<Omit<Params<'visualise'>, 'run' | 'epoch' | 'layer' | 'channel'>>;

/** As the engine does it where nobody says. */
export const usualAscent: AscentSettings = visualiseDefaults;

/** A picture that makes a feature map large, [H,W,3]. */
export type NetworkPicture = Result<'visualise'> & Values<'visualise'>;

/** What became of the weights; matrices have a row per layer. */
export type NetworkWeights = Result<'weightStatistics'> & Values<'weightStatistics'>;

/** From the host to the panel. */
export interface NetworkToPanel {
  /** The run has changed: new checkpoints, another name. */
  run(body: { readonly run: NetworkRun }): void;
  /** Look at something else. */
  go(body: NetworkTarget): void;
  /** A word about the inspector process; null when all is well again. */
  inspector(body: { readonly word: string | null }): void;
}

/** From the panel to the host. Whoever asks gives a ticket, by which the question can be given up. */
export interface NetworkToHost {
  /** The page has loaded, or was shown again: everything it needs, as it is now. */
  ready(body: null): NetworkSnapshot;
  /** The layers of the network, in the order of the forward pass. */
  layers(body: { readonly ticket: number }): readonly LayerDescription[];
  /** An image as the run's network sees it. */
  image(body: { readonly image: ImageReference; readonly ticket: number }): NetworkImage;
  /** What a layer answers to an image after an epoch. */
  activations(body: {
    readonly epoch: number;
    readonly image: ImageReference;
    readonly layer: string;
    readonly ticket: number;
  }): NetworkFeatures;
  /** A picture that makes a feature map large. */
  visualise(body: {
    readonly epoch: number;
    readonly layer: string;
    readonly channel: number;
    readonly settings: AscentSettings;
    readonly ticket: number;
  }): NetworkPicture;
  /** What became of each layer's weights over training. */
  weights(body: { readonly ticket: number }): NetworkWeights;
  /** Nobody waits for the answers to these tickets any more. */
  cancel(body: { readonly tickets: readonly number[] }): void;
  /** Let the user choose an image file; null when the user thought better of it. */
  chooseImage(body: null): ImageReference | null;
  /** Ask where to save a file; false when the user thought better of it. */
  save(body: ExportedFile): boolean;
}
