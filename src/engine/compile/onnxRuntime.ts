import { memoryDims, plainLayout, rearrange } from './layout';
import { loadOnnxRuntime, targetOf, type OnnxProvider } from './onnxLibrary';
import type { Program, ProgramSpec, Runtime } from './program';
import { openSession, type Session, type SessionSpec } from './sessionHost';
import { SessionThread } from './sessionThread';
import { traceProgram } from './trace';
import type { Target } from './tracer';

export { loadOnnxRuntime, targetOf, type OnnxProvider } from './onnxLibrary';

/** One for each lane; the first is that of all programs that take turns. */
const sessionThreads: SessionThread[] = [];

/** Runs programs compiled: traced to ONNX once, then executed by ONNX Runtime. */
export class OnnxRuntimeEngine implements Runtime {
  readonly name = 'onnx';
  readonly versions: Record<string, string>;

  /**
   * @param target what the lowering may use; found out by itself when left out.
   * @param apart whether sessions run on a thread of their own, so that this one stays free while they compute.
   * @param lane which of these threads.
   */
  constructor(
    readonly provider: OnnxProvider,
    readonly threads: number,
    private readonly target?: Target,
    private readonly apart = false,
    private readonly lane = 0,
  ) {
    const { env } = loadOnnxRuntime();
    this.versions = { 'onnxruntime-node': env.versions.node ?? env.versions.common };
  }

  lanes(most: number): readonly OnnxRuntimeEngine[] {
    const count = Math.min(most, this.threads);
    // Another provider computes elsewhere; and without threads of their own sessions block each other.
    if (count < 2 || this.provider !== 'cpu' || !this.apart || !this.sessionThread()) return [this];
    return Array.from({ length: count }, (_, lane) => {
      const threads = Math.floor((this.threads - lane - 1) / count) + 1;
      return new OnnxRuntimeEngine(this.provider, threads, this.target, true, lane);
    });
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
    const thread = this.apart ? this.sessionThread() : undefined;
    return thread ? thread.open(spec) : openSession(spec);
  }

  private sessionThread(): SessionThread | undefined {
    const known = sessionThreads[this.lane] ?? SessionThread.start();
    if (known) sessionThreads[this.lane] = known;
    return known;
  }
}
