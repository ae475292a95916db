import { loadOnnxRuntime, OnnxRuntimeEngine, type OnnxProvider } from '../compile/onnxRuntime';
import type { Runtime } from '../compile/program';
import { Problem } from '../../runs/problem';
import { defaultThreads } from './threads';
import { loadTfjsNode, type TfjsNodeName } from './tfjsNode';
import { loadWasm } from './wasm';

export type AcceleratorName = 'onnx' | TfjsNodeName | 'wasm';
export type AcceleratorRequest = 'auto' | AcceleratorName;

/** What `--accelerator` takes. */
export const acceleratorRequests: readonly AcceleratorRequest[] = [
  'auto',
  'onnx',
  'tfjs-node-gpu',
  'tfjs-node',
  'wasm',
];

/** In this order `auto` tries them. */
export const acceleratorNames: readonly AcceleratorName[] = ['onnx', 'tfjs-node-gpu', 'tfjs-node', 'wasm'];

export interface RuntimeOptions {
  /** Default: see `defaultThreads`. */
  readonly threads?: number | undefined;
  /** Of ONNX Runtime. Default `cpu`. */
  readonly provider?: OnnxProvider | undefined;
}

export interface ChosenRuntime {
  readonly runtime: Runtime;
  /** A sentence for `run.json` and the log. */
  readonly reason: string;
  /** Whether it is less than what was asked for, or than what `auto` would like best. */
  readonly fallback: boolean;
}

/** Loads one runtime; a Problem says why it cannot be had. */
export type LoadRuntime = (
  name: AcceleratorName,
  options: { readonly threads: number; readonly provider: OnnxProvider },
) => Promise<{ runtime: Runtime; shortcoming?: string | undefined }>;

/**
 * The runtime that programs run on. `auto` is the compiled one, or the first eager one that can be had where ONNX
 * Runtime's native library does not load. To ask for a provider is to ask for ONNX Runtime.
 *
 * @throws Problem (exit code 1) with the precise reason when an explicit request cannot be met.
 */
export async function chooseRuntime(
  request: AcceleratorRequest,
  options: RuntimeOptions = {},
  load: LoadRuntime = loadRuntime,
): Promise<ChosenRuntime> {
  const { threads = defaultThreads(), provider } = options;
  const settings = { threads, provider: provider ?? 'cpu' };
  if (provider !== undefined && request !== 'auto' && request !== 'onnx') {
    throw new Problem(`${request} has no providers: --provider is for ONNX Runtime`, {
      hint: 'Leave out --provider or --accelerator.',
    });
  }
  const explicit = request === 'auto' && provider !== undefined ? 'onnx' : request;
  if (explicit !== 'auto') {
    const { runtime, shortcoming } = await load(explicit, settings);
    const asked = provider === undefined ? `${explicit} was asked for` : `${explicit} on ${provider} was asked for`;
    return { runtime, reason: withShortcoming(asked, shortcoming), fallback: shortcoming !== undefined };
  }
  const refusals: Problem[] = [];
  for (const name of acceleratorNames) {
    try {
      const { runtime, shortcoming } = await load(name, settings);
      const because =
        refusals.length === 0
          ? 'compiled by ONNX Runtime, the default'
          : `${refusals[0]!.message}; ${name} runs instead`;
      return {
        runtime,
        reason: withShortcoming(because, shortcoming),
        fallback: refusals.length > 0 || shortcoming !== undefined,
      };
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      refusals.push(error);
    }
  }
  throw new Problem(`Nothing can train on this machine. ${refusals.map(({ message }) => message).join('. ')}.`, {
    hint: 'See what "losscape doctor" says.',
    exitCode: 1,
  });
}

function withShortcoming(reason: string, shortcoming: string | undefined): string {
  return shortcoming === undefined ? reason : `${reason}; ${shortcoming}`;
}

/** Loads the real thing. */
export const loadRuntime: LoadRuntime = async (name, { threads, provider }) => {
  switch (name) {
    case 'onnx':
      return { runtime: onnx(provider, threads) };
    case 'tfjs-node-gpu':
    case 'tfjs-node':
      return loadTfjsNode(name, threads);
    case 'wasm':
      return { runtime: await loadWasm() };
  }
};

function onnx(provider: OnnxProvider, threads: number): Runtime {
  const available = onnxProviders();
  if (!available.includes(provider)) {
    throw new Problem(`ONNX Runtime has no provider "${provider}" on this machine, only ${available.join(', ')}`, {
      exitCode: 1,
    });
  }
  return new OnnxRuntimeEngine(provider, threads, undefined, true);
}

/** Execution providers of the installed ONNX Runtime. @throws Problem when its native library does not load. */
export function onnxProviders(): string[] {
  return loadOnnxRuntime()
    .listSupportedBackends()
    .map(({ name }) => name);
}
