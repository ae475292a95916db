import type { Answer, MethodName, Params } from '../protocol';
import type { InspectorContext } from './context';

/**
 * Answers one method. What is wrong with the input is thrown as a Problem; `signal.throwIfAborted()` between steps of long
 * work gives it up when nobody waits any more.
 */
export type Handler<M extends MethodName> = (
  params: Params<M>,
  context: InspectorContext,
  signal: AbortSignal,
) => Promise<Answer<M>>;

/** The methods that this process knows. */
export type Handlers = { readonly [M in MethodName]?: Handler<M> };
