import { chooseRuntime, type AcceleratorRequest } from '../accelerators/chooseRuntime';
import type { OnnxProvider } from '../compile/onnxLibrary';
import { handlers } from '../insight/handlers';
import { InspectorContext } from '../insight/inspector/context';
import { serve } from '../insight/inspector/server';

export interface InspectArguments {
  readonly threads?: number | undefined;
  readonly accelerator?: AcceleratorRequest | undefined;
  readonly provider?: OnnxProvider | undefined;
  /** Seconds without a question after which it ends. */
  readonly idle?: number | undefined;
}

/**
 * `losscape inspect`: the process that looks into networks for an editor. Questions come as lines of JSON on the standard
 * input, answers go as frames to the standard output (see insight/protocol). Ends with the input.
 */
export async function inspectCommand({ threads, accelerator, provider, idle }: InspectArguments): Promise<number> {
  // Libraries greet on the console; a frame with a greeting in the middle cannot be read.
  console.log = console.info = console.error;
  const context = new InspectorContext(async () => {
    const { runtime, reason } = await chooseRuntime(accelerator ?? 'auto', { threads, provider });
    console.error(`Looking with ${runtime.name} (${runtime.provider}, ${runtime.threads} threads): ${reason}`);
    return runtime;
  });
  // Native libraries take a moment to load: while the first question is on its way. Why it fails, the answers say.
  context.runtime().catch(() => undefined);
  await serve({
    input: process.stdin,
    output: process.stdout,
    log: (text) => console.error(text),
    handlers,
    context,
    idleMilliseconds: idle === undefined ? undefined : idle * 1000,
  });
  await context.dispose();
  process.stdin.destroy();
  return 0;
}
