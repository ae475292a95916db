import { memoryDims, plainLayout, rearrange } from './layout';
import { loadOnnxRuntime, targetOf, type OnnxProvider } from './onnxLibrary';
import type { Program, ProgramSpec, Runtime } from './program';
import { openSession, type Session, type SessionSpec } from './sessionHost';
import { SessionThread } from './sessionThread';
import { traceProgram } from './trace';
import type { Target } from './tracer';

export { loadOnnxRuntime, targetOf, type OnnxProvider } from './onnxLibrary';

let thread: SessionThread | undefined;

/** Runs programs compiled: traced to ONNX once, then executed by ONNX Runtime. */
export class OnnxRuntimeEngine implements Runtime {
  readonly name = 'onnx';
  readonly versions: Record<string, string>;

  /**
   * @param target what the lowering may use; found out by itself when left out.
   * @param apart whether sessions run on a thread of their own, so that this one stays free while they compute.
   */
  constructor(
    readonly provider: OnnxProvider,
    readonly threads: number,
    private readonly target?: Target,
    private readonly apart = false,
  ) {
    const { env } = loadOnnxRuntime();
    this.versions = { 'onnxruntime-node': env.versions.node ?? env.versions.common };
  }

  async compile(spec: ProgramSpec): Promise<Program> {
    const target = this.target ?? (await targetOf(this.provider));
    const traced = await traceProgram(spec, target);
    const session = await this.open({
      name: spec.name,
      bytes: traced.graph.encode({ producer: 'losscape', name: spec.name }),
      provider: this.provider,
      threads: this.threads,
      inputs: Object.fromEntries(
        Object.entries(spec.inputs).map(([name, { shape, dtype }]) => [name, { type: dtype, dims: shape }]),
      ),
      state: Object.fromEntries(Object.entries(traced.state).map(([name, { dims, next }]) => [name, { dims, next }])),
      outputs: traced.outputs,
    });
    const { block } = target;
    return {
      run: (inputs) => session.run(inputs),
      readState: async () => {
        const values = await session.read();
        return Object.fromEntries(
          Object.entries(traced.state).map(([name, { layout }]) => {
            const { shape } = spec.state[name]!;
            return [name, rearrange(values[name]!, shape, layout, plainLayout(shape.length), block)];
          }),
        );
      },
      writeState: async (values) => {
        const inMemory: Record<string, Float32Array> = {};
        for (const [name, value] of Object.entries(values)) {
          const entry = traced.state[name];
          if (!entry) throw new Error(`the program ${spec.name} has no state "${name}"`);
          const { shape } = spec.state[name]!;
          const size = memoryDims(shape, entry.layout, block).reduce((a, b) => a * b, 1);
          if (value.length !== size) throw new Error(`state "${name}" has ${size} values, not ${value.length}`);
          inMemory[name] = rearrange(value, shape, plainLayout(shape.length), entry.layout, block);
        }
        await session.write(inMemory);
      },
      dispose: () => session.dispose(),
    };
  }

  private open(spec: SessionSpec): Promise<Session> {
    if (this.apart) thread ??= SessionThread.start();
    return this.apart && thread ? thread.open(spec) : openSession(spec);
  }
}
