import type { ActivationsMethod, LayersMethod } from './methods/activations';
import type { EncodeWebpMethod } from './methods/encodeWebp';
import type { ImageMethod } from './methods/image';
import type { MarginMethod } from './methods/margin';
import type { PlaneMarginMethod } from './methods/planeMargin';
import type { VisualiseMethod } from './methods/visualise';
import type { WeightStatisticsMethod } from './methods/weightStatistics';

/** What can be asked of the inspector: for each method what goes in, what comes back as JSON, and as arrays. */
export interface InspectorMethods {
  image: ImageMethod;
  margin: MarginMethod;
  layers: LayersMethod;
  activations: ActivationsMethod;
  visualise: VisualiseMethod;
  planeMargin: PlaneMarginMethod;
  weightStatistics: WeightStatisticsMethod;
  encodeWebp: EncodeWebpMethod;
}

export type MethodName = keyof InspectorMethods;
export type Params<M extends MethodName> = InspectorMethods[M]['params'];
export type Result<M extends MethodName> = InspectorMethods[M]['result'];
export type Arrays<M extends MethodName> = InspectorMethods[M]['arrays'];

/** What a method answers. */
export interface Answer<M extends MethodName> {
  readonly result: Result<M>;
  readonly arrays: Arrays<M>;
}
