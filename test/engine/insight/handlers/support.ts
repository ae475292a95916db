import { handlers } from '../../../../src/engine/insight/handlers';
import type { InspectorContext } from '../../../../src/engine/insight/inspector/context';
import type { Answer, MethodName, Params } from '../../../../src/engine/insight/protocol';

/** Asks the inspector's handlers, in this process. */
export function asking(context: InspectorContext) {
  return <M extends MethodName>(
    method: M,
    params: Params<M>,
    signal = new AbortController().signal,
  ): Promise<Answer<M>> => handlers[method]!(params, context, signal);
}
