import { createInterface } from 'node:readline';
import { OnnxRuntimeEngine } from '../src/engine/compile/onnxRuntime';
import type { Program } from '../src/engine/compile/program';
import { unetGeometry } from '../src/engine/data/geometry';
import { randomFor } from '../src/engine/data/random';
import { createLoss } from '../src/engine/losses/registry';
import { createOptimizer } from '../src/engine/training/optimizers';
import { forwardPass, trainingStep } from '../src/engine/training/trainingStep';
import { initializeParameters } from '../src/engine/unet/initializers';
import { countParameters, unetParameters } from '../src/engine/unet/unet';
import type { BenchCase } from './cases';
import { peakMemory } from './peakMemory';
import type { BenchAnswer, BenchRequest, PreparedAnswer, TimesAnswer } from './protocol';

/*
 * Our side of the benchmark: the compiled programs that `losscape train` runs, on the thread it runs them on.
 */
const rate = 1e-4;
const optimizer = createOptimizer({ type: 'adam', learningRate: rate, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 });
const seed = 1;

class Measured {
  private steps = 0;
  private forward: Program | undefined;

  private constructor(
    private readonly engine: OnnxRuntimeEngine,
    private readonly bench: BenchCase,
    private readonly tile: readonly [number, number],
    private readonly step: Program,
    private readonly images: Float32Array,
    private readonly labels: Int32Array,
  ) {}

  static async prepare(bench: BenchCase, threads: number): Promise<{ measured: Measured; answer: PreparedAnswer }> {
    const { model, batch, size } = bench;
    const { tile, offset } = unetGeometry(model, [size, size]);
    const engine = new OnnxRuntimeEngine('cpu', threads, undefined, true);
    const step = await engine.compile(
      trainingStep(model, createLoss({ type: 'crossEntropy' }), optimizer, {
        batchSize: batch,
        tile,
        crop: [size, size],
        offset,
      }),
    );
    const specs = unetParameters(model);
    await step.writeState(initializeParameters(specs, 'he', seed));
    const random = randomFor(seed, 'bench');
    const images = Float32Array.from({ length: batch * model.channels * tile[0] * tile[1] }, () => random.next());
    const labels = Int32Array.from({ length: batch * size * size }, () => (random.next() > 0.9 ? 1 : 0));
    const versions = { node: process.versions.node, ...engine.versions };
    return {
      measured: new Measured(engine, bench, tile, step, images, labels),
      answer: { parameters: countParameters(specs), versions },
    };
  }

  async times(what: 'step' | 'forward', untimed: number, runs: number): Promise<TimesAnswer> {
    const milliseconds: number[] = [];
    for (let i = 0; i < untimed + runs; i++) {
      const began = performance.now();
      await (what === 'step' ? this.trainOnce() : this.forwardOnce());
      if (i >= untimed) milliseconds.push(performance.now() - began);
    }
    return { milliseconds };
  }

  private async trainOnce(): Promise<void> {
    const scalars = Object.entries(optimizer.scalars(++this.steps, rate));
    const fed = Object.fromEntries(scalars.map(([name, value]) => [name, Float32Array.of(value)]));
    const { loss } = await this.step.run({ images: this.images, labels: this.labels, ...fed });
    if (!Number.isFinite(loss![0])) throw new Error(`the loss of step ${this.steps} is ${loss![0]}`);
  }

  /** The forward pass has a session of its own, made when it is first asked for: after the memory has been read. */
  private async forwardOnce(): Promise<void> {
    if (this.forward === undefined) {
      const { model, batch } = this.bench;
      this.forward = await this.engine.compile(forwardPass(model, batch, this.tile));
      await this.forward.writeState(initializeParameters(unetParameters(model), 'he', seed));
    }
    await this.forward.run({ images: this.images });
  }
}

let measured: Measured | undefined;

async function answer(request: BenchRequest): Promise<BenchAnswer> {
  if (request.do === 'prepare') {
    const prepared = await Measured.prepare(request.case, request.threads);
    measured = prepared.measured;
    return prepared.answer;
  }
  if (request.do === 'memory') return { peak: peakMemory() };
  if (!measured) throw new Error('nothing is prepared');
  return measured.times(request.do, request.untimed, request.runs);
}

async function serve(): Promise<void> {
  for await (const line of createInterface({ input: process.stdin })) {
    let reply: BenchAnswer;
    try {
      reply = await answer(JSON.parse(line) as BenchRequest);
    } catch (error) {
      reply = { error: (error as Error).stack ?? String(error) };
    }
    process.stdout.write(`${JSON.stringify(reply)}\n`);
  }
}

void serve().then(() => process.exit(0));
