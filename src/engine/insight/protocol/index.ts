export type { ArrayDescription, ArrayType, NamedArrays, ShapedArray } from './arrays';
export { encodeFrame, FrameDecoder } from './frames';
export type { CancelRequest, FrameHeader, InspectorAnswer, InspectorError, InspectorRequest } from './messages';
export type { Answer, Arrays, InspectorMethods, MethodName, Params, Result } from './methods';
export type { ImageReference } from './methods/image';
export type { CheckpointUsed, EpochReference, RegionOfImage } from './methods/margin';
export type { LayerDescription } from './methods/activations';
