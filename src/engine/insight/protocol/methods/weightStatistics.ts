import type { ShapedArray } from '../arrays';

/** What became of each layer's weights over training. */
export interface WeightStatisticsMethod {
  readonly params: { readonly run: string };
  readonly result: {
    readonly layers: readonly string[];
    /** Epochs that have a whole checkpoint, ascending. */
    readonly epochs: readonly number[];
    /** Checkpoints that were left out, in words. */
    readonly notes: readonly string[];
  };
  readonly arrays: {
    /** [layers, epochs]: Euclidean norm of the layer's weights. */
    readonly norms: ShapedArray<Float32Array>;
    /** [layers, epochs]: Euclidean norm of the change since the checkpoint before; NaN for the first. */
    readonly changes: ShapedArray<Float32Array>;
    /** [layers, epochs]: filters whose weights are all but 0. */
    readonly deadFilters: ShapedArray<Int32Array>;
  };
}
