import type { ShapedArray } from '../arrays';

/** What became of each layer's weights over training, and which of its filters never fire. */
export interface WeightStatisticsMethod {
  readonly params: {
    readonly run: string;
    /** Most columns of `stepChanges`. Default 1000. */
    readonly columns?: number;
    /** On how many training images filters are measured, evenly chosen. Default 4; 0 measures none. */
    readonly images?: number;
    /** At how many checkpoints they are, evenly chosen. Default 10. */
    readonly measurements?: number;
  };
  readonly result: {
    /** In the order of the forward pass; those without a ReLU (`decoder.N.up`, `head`) have no dead filters. */
    readonly layers: readonly {
      readonly name: string;
      readonly channels: number;
      readonly relu: boolean;
      /** Trainable values: what to divide a change by to compare layers of different sizes. */
      readonly parameters: number;
    }[];
    /** Of each column of `stepChanges`: the number of its first and of its last step. */
    readonly firstSteps: readonly number[];
    readonly lastSteps: readonly number[];
    /** Epochs that have a whole checkpoint, ascending. */
    readonly epochs: readonly number[];
    /** Those of them at which filters were measured. */
    readonly measuredEpochs: readonly number[];
    /** Training images that filters were measured on. */
    readonly images: readonly string[];
    /** At the last measured epoch: numbers of the filters of each layer that never fire. */
    readonly dead: readonly (readonly number[])[];
    /** Checkpoints and images that were left out, in words. */
    readonly notes: readonly string[];
  };
  readonly arrays: {
    /** [layers, columns]: sum of |weight change| per step, the mean over the steps of a column. */
    readonly stepChanges: ShapedArray<Float32Array>;
    /** [layers, epochs]: Euclidean norm of the layer's weights, without biases. */
    readonly norms: ShapedArray<Float32Array>;
    /** [layers, epochs]: Euclidean norm of its biases. */
    readonly biasNorms: ShapedArray<Float32Array>;
    /** [layers, epochs]: Euclidean norm of the change of its weights since the checkpoint before; NaN for the first. */
    readonly changes: ShapedArray<Float32Array>;
    /**
     * [layers, measured epochs]: dead filters, whose answer after the ReLU is 0 at every place of every image; -1 for a layer
     * without a ReLU.
     */
    readonly deadFilters: ShapedArray<Int32Array>;
    /** [layers, measured epochs]: share of the places where filters fire, their mean; NaN for a layer without a ReLU. */
    readonly active: ShapedArray<Float32Array>;
  };
}
