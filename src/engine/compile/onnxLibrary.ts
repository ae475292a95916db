import { createRequire } from 'node:module';
import type * as ort from 'onnxruntime-node';
import { Problem } from '../../runs/problem';
import { blockedDomain, OnnxGraph } from './onnxGraph';
import type { Target } from './tracer';

export type OnnxProvider = 'cpu' | 'webgpu' | 'cuda' | 'dml' | 'coreml';

let loaded: typeof ort | undefined;

/**
 * Loads ONNX Runtime's native library. Since 1.29 its binaries report usage to their maker unless told not to before they are
 * loaded; who trains on patients' images is not to be surprised by that. (On Windows it is an event for the system's own log.)
 * @throws Problem when it cannot be loaded on this machine.
 */
export function loadOnnxRuntime(): typeof ort {
  if (!loaded) {
    process.env['ORT_DISABLE_TELEMETRY'] ??= '1';
    try {
      loaded = createRequire(__filename)('onnxruntime-node') as typeof ort;
    } catch (cause) {
      throw new Problem(`ONNX Runtime's native library does not load: ${(cause as Error).message}`, {
        hint: `Its package has binaries for Linux and Windows (x64, arm64) and macOS (arm64); this is ${process.platform}-${process.arch}. Try --accelerator wasm.`,
        exitCode: 1,
        cause,
      });
    }
  }
  return loaded;
}

/** Options of every session. */
export function sessionOptions(provider: OnnxProvider, threads: number): ort.InferenceSession.SessionOptions {
  return {
    executionProviders: provider === 'cpu' ? ['cpu'] : [provider, 'cpu'],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    graphOptimizationLevel: 'all',
    logSeverityLevel: 3,
    // The pattern of a first run is allocated as one block beside what that run has used: half as much memory again.
    enableMemPattern: false,
    // Activations that fade out would otherwise slow the processor down a hundredfold.
    extra: { session: { set_denormal_as_zero: '1' } },
  };
}

/**
 * How many channels this processor's blocked convolutions take at a time (16 with AVX-512, 8 with AVX2 and NEON), found by
 * looking at what ReorderInput makes of 4 channels. 0 where ONNX Runtime has no such convolutions.
 */
async function blockOfThisProcessor(): Promise<number> {
  const graph = new OnnxGraph();
  graph.addInput('x', 'float32', [1, 4, 1, 1]);
  const reordered = graph.add('ReorderInput', ['x'], { dims: [1, 4, 1, 1] }, {}, blockedDomain);
  graph.addOutput('dims', graph.add('Shape', [reordered], { dims: [4], type: 'int64' }));
  const { InferenceSession, Tensor } = loadOnnxRuntime();
  try {
    const session = await InferenceSession.create(graph.encode({ producer: 'losscape' }), sessionOptions('cpu', 1));
    const result = await session.run({ x: new Tensor('float32', new Float32Array(4), [1, 4, 1, 1]) });
    await session.release();
    const channels = Number((result.dims!.data as BigInt64Array)[1]);
    return channels > 4 ? channels : 0;
  } catch (error) {
    // A runtime without these operators refuses the model: that is the answer, not a failure.
    if (/ReorderInput|nchwc|NotImplemented|not a registered/i.test((error as Error).message)) return 0;
    throw error;
  }
}

let knownBlock: Promise<number> | undefined;

/** What lowering may use on `provider`. */
export async function targetOf(provider: OnnxProvider): Promise<Target> {
  if (provider !== 'cpu') return { block: 0, microsoftOperators: false };
  knownBlock ??= blockOfThisProcessor();
  return { block: await knownBlock, microsoftOperators: true };
}
