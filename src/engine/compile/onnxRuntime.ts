import { createRequire } from 'node:module';
import type * as ort from 'onnxruntime-node';
import { Problem } from '../../runs/problem';
import { memoryDims, plainLayout, rearrange } from './layout';
import { blockedDomain, OnnxGraph } from './onnxGraph';
import type { Program, ProgramSpec, Runtime } from './program';
import { traceProgram } from './trace';
import type { Target } from './tracer';

export type OnnxProvider = 'cpu' | 'webgpu' | 'cuda' | 'dml' | 'coreml';

let loaded: typeof ort | undefined;

/**
 * Loads ONNX Runtime's native library.
 * @throws Problem when it cannot be loaded on this machine.
 */
export function loadOnnxRuntime(): typeof ort {
  if (!loaded) {
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

const sessionOptions = (provider: OnnxProvider, threads: number): ort.InferenceSession.SessionOptions => ({
  executionProviders: provider === 'cpu' ? ['cpu'] : [provider, 'cpu'],
  intraOpNumThreads: threads,
  interOpNumThreads: 1,
  graphOptimizationLevel: 'all',
  logSeverityLevel: 3,
  // Activations that fade out would otherwise slow the processor down a hundredfold.
  extra: { session: { set_denormal_as_zero: '1' } },
});

/**
 * How many channels this processor's blocked convolutions take at a time (16 with AVX-512, 8 with AVX2 and NEON), found by
 * looking at what ReorderInput makes of 4 channels. 0 where ONNX Runtime has no such convolutions.
 */
async function blockOfThisProcessor(): Promise<number> {
  const graph = new OnnxGraph();
  graph.addInput('x', 'float32', [1, 4, 1, 1]);
  const reordered = graph.add('ReorderInput', ['x'], { dims: [1, 4, 1, 1] }, {}, blockedDomain);
  graph.addOutput('dims', graph.add('Shape', [reordered], { dims: [4], type: 'int64' }));
  try {
    const session = await loadOnnxRuntime().InferenceSession.create(
      graph.encode({ producer: 'losscape' }),
      sessionOptions('cpu', 1),
    );
    const { Tensor } = loadOnnxRuntime();
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

/** Runs programs compiled: traced to ONNX once, then executed by ONNX Runtime. */
export class OnnxRuntimeEngine implements Runtime {
  readonly name = 'onnx';
  readonly versions: Record<string, string>;

  constructor(
    readonly provider: OnnxProvider,
    readonly threads: number,
    private readonly target?: Target,
  ) {
    const { env } = loadOnnxRuntime();
    this.versions = { 'onnxruntime-node': env.versions.node ?? env.versions.common };
  }

  async compile(spec: ProgramSpec): Promise<Program> {
    const target = this.target ?? (await targetOf(this.provider));
    const traced = await traceProgram(spec, target);
    const { InferenceSession, Tensor } = loadOnnxRuntime();
    const bytes = traced.graph.encode({ producer: 'losscape', name: spec.name });
    const session = await InferenceSession.create(bytes, sessionOptions(this.provider, this.threads));

    // State goes in and comes out of every run. Two sets of buffers take turns, so that nothing is allocated or copied.
    const states = Object.entries(traced.state);
    const zeros = (): Record<string, ort.Tensor> =>
      Object.fromEntries(
        states.map(([name, { dims }]) => [
          name,
          new Tensor('float32', new Float32Array(dims.reduce((a, b) => a * b, 1)), dims),
        ]),
      );
    const changing = states.filter(([, { next }]) => next !== undefined);
    let current = zeros();
    let spare: Record<string, ort.Tensor> = {};
    for (const [name, { dims }] of changing) {
      spare[name] = new Tensor('float32', new Float32Array(dims.reduce((a, b) => a * b, 1)), dims);
    }
    const used = new Set(session.inputNames);

    const shapeOfState = (name: string): readonly number[] => spec.state[name]!.shape;
    return {
      run: async (inputs) => {
        const feeds: Record<string, ort.Tensor> = {};
        for (const [name, { shape, dtype }] of Object.entries(spec.inputs)) {
          if (!used.has(name)) continue;
          feeds[name] = new Tensor(dtype, inputs[name] as Float32Array, shape);
        }
        for (const [name] of states) if (used.has(name)) feeds[name] = current[name]!;
        const fetches: Record<string, ort.Tensor | null> = {};
        for (const name of traced.outputs) fetches[`result/${name}`] = null;
        for (const [name, { next }] of changing) fetches[next!] = spare[name]!;
        const results = await session.run(feeds, fetches);
        if (changing.length > 0) {
          const before = current;
          current = { ...current };
          for (const [name] of changing) current[name] = spare[name]!;
          spare = Object.fromEntries(changing.map(([name]) => [name, before[name]!]));
        }
        return Object.fromEntries(
          traced.outputs.map((name) => [name, Float32Array.from(results[`result/${name}`]!.data as Float32Array)]),
        );
      },
      // eslint-disable-next-line @typescript-eslint/require-await -- other runtimes have to wait for their device
      readState: async () =>
        Object.fromEntries(
          states.map(([name, { layout }]) => {
            const shape = shapeOfState(name);
            const data = current[name]!.data as Float32Array;
            const inOrder = rearrange(data, shape, layout, plainLayout(shape.length), target.block);
            return [name, inOrder === data ? data.slice() : inOrder];
          }),
        ),
      // eslint-disable-next-line @typescript-eslint/require-await -- other runtimes have to wait for their device
      writeState: async (values) => {
        for (const [name, value] of Object.entries(values)) {
          const entry = traced.state[name];
          if (!entry) throw new Error(`the program ${spec.name} has no state "${name}"`);
          const shape = shapeOfState(name);
          const expected = memoryDims(shape, entry.layout, target.block).reduce((a, b) => a * b, 1);
          if (value.length !== expected) throw new Error(`state "${name}" has ${expected} values, not ${value.length}`);
          (current[name]!.data as Float32Array).set(
            rearrange(value, shape, plainLayout(shape.length), entry.layout, target.block),
          );
        }
      },
      dispose: async () => {
        await session.release();
      },
    };
  }
}
