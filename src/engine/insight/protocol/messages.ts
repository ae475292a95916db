import type { ArrayDescription, NamedArrays } from './arrays';
import type { MethodName, Params } from './methods';

/** A question, as one line of JSON on the inspector's standard input. Ids are chosen by whoever asks, once each. */
export type InspectorRequest = { [M in MethodName]: { id: number; method: M; params: Params<M> } }[MethodName];

/** Gives up a question: it is answered with an error whose `cancelled` is true, unless its answer is already under way. */
export interface CancelRequest {
  method: 'cancel';
  params: { id: number };
}

/** What went wrong, in words. */
export interface InspectorError {
  readonly message: string;
  /** What to do about it. */
  readonly hint?: string;
  /** The file it is about. */
  readonly file?: string;
  readonly cancelled?: boolean;
}

/** The JSON header of an answer's frame; the bytes of its arrays follow in this order. */
export type FrameHeader =
  | { readonly id: number; readonly ok: true; readonly result: unknown; readonly arrays: readonly ArrayDescription[] }
  | { readonly id: number; readonly ok: false; readonly error: InspectorError };

/** An answer as it is read. `id` is 0 for an answer to a line that had none. */
export type InspectorAnswer =
  | { readonly id: number; readonly ok: true; readonly result: unknown; readonly arrays: NamedArrays }
  | { readonly id: number; readonly ok: false; readonly error: InspectorError };
