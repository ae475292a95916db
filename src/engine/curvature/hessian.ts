import type { Program, Runtime } from '../compile/program';
import type { ModelConfig } from '../experiment/schema';
import type { Loss } from '../losses/loss';
import type { Weights } from '../surface/directions';
import type { SurfaceImages } from '../surface/images';
import { concatenated, inBatches } from '../surface/sampler';
import { unetParameters, type ParameterSpec } from '../unet/unet';
import { directionOf, gradientProgram, productProgram, resultOf } from './programs';

/** Images that are differentiated together, at most so many pixels: the graph keeps every layer of them twice over. */
const pixelsTogether = 2 ** 16;

interface Batch {
  readonly count: number;
  readonly program: Program;
  readonly inputs: Readonly<Record<'tiles' | 'foreground', Float32Array>>;
}

/**
 * A loss around a network: gradient and Hessian-vector products of its mean over images. Vectors hold all weights one after the
 * other, in the order of {@link unetParameters}.
 */
export class Hessian {
  /** Number of weights. */
  readonly size: number;

  private constructor(
    readonly specs: readonly ParameterSpec[],
    private readonly products: readonly Batch[],
    private readonly gradients: readonly Batch[],
    private readonly images: number,
  ) {
    this.size = specs.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  }

  static async create(
    runtime: Runtime,
    model: ModelConfig,
    weights: Weights,
    loss: Loss,
    images: SurfaceImages,
  ): Promise<Hessian> {
    const batchesOf = async (spec: typeof productProgram): Promise<Batch[]> => {
      const programs = new Map<string, Program>();
      const batches: Batch[] = [];
      for (const { plan, images: all } of images.groups) {
        for (const some of inBatches(all, plan, pixelsTogether)) {
          const key = `${plan.region.height} ${plan.region.width} ${some.length}`;
          let program = programs.get(key);
          if (!program) {
            program = await runtime.compile(spec(model, loss, plan, some.length));
            await program.writeState(weights);
            programs.set(key, program);
          }
          const inputs = {
            tiles: concatenated(some.map(({ tiles }) => tiles)),
            foreground: concatenated(some.map(({ foreground }) => foreground)),
          };
          batches.push({ count: some.length, program, inputs });
        }
      }
      return batches;
    };
    const [products, gradients] = [await batchesOf(productProgram), await batchesOf(gradientProgram)];
    return new Hessian(unetParameters(model), products, gradients, images.count);
  }

  /** H v. */
  async product(vector: Float32Array): Promise<Float32Array> {
    const direction = Object.fromEntries(
      Object.entries(weightsOf(this.specs, vector)).map(([name, values]) => [directionOf(name), values.slice()]),
    );
    return this.mean(this.products, direction);
  }

  /** dL/dw. */
  gradient(): Promise<Float32Array> {
    return this.mean(this.gradients, {});
  }

  private async mean(batches: readonly Batch[], inputs: Record<string, Float32Array>): Promise<Float32Array> {
    const sum = new Float32Array(this.size);
    for (const { count, program, inputs: images } of batches) {
      const results = await program.run({ ...images, ...inputs });
      let offset = 0;
      for (const { name, shape } of this.specs) {
        const values = results[resultOf(name)]!;
        for (let i = 0; i < values.length; i++) sum[offset + i]! += (count / this.images) * values[i]!;
        offset += sizeOf(shape);
      }
    }
    return sum;
  }

  async dispose(): Promise<void> {
    for (const program of new Set([...this.products, ...this.gradients].map((batch) => batch.program))) {
      await program.dispose();
    }
  }
}

/** A vector of all weights as one array for each parameter; views, not copies. */
export function weightsOf(specs: readonly ParameterSpec[], vector: Float32Array): Record<string, Float32Array> {
  let offset = 0;
  return Object.fromEntries(specs.map(({ name, shape }) => [name, vector.subarray(offset, (offset += sizeOf(shape)))]));
}

const sizeOf = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);
