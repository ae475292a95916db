import type { Program, Runtime } from '../compile/program';
import type { ModelConfig } from '../experiment/schema';
import type { SurfaceImage, SurfaceImages } from './images';
import type { Plane } from './plane';
import type { Measure } from './quantities';
import { planeState, surfacePoint } from './surfacePoint';

/** Images that pass through the network together, at most so many pixels: more only need more memory. */
const pixelsTogether = 2 ** 17;

/** Some images with the program that measures them, and their pixels as it takes them. */
interface Batch {
  readonly images: readonly SurfaceImage[];
  readonly pixels: number;
  readonly program: Program;
  readonly inputs: { readonly tiles: Float32Array; readonly foreground: Float32Array };
}

/** Means over the images, and their standard errors, in the order of the measures. */
export interface PointValues {
  readonly means: Float64Array;
  /** Standard error of the mean over images: s / √n with the sample's deviation s; NaN for a single image. */
  readonly errors: Float64Array;
}

/** Measures networks of a plane. Memory: three times the weights for each size of image, and the images. */
export class SurfaceSampler {
  private constructor(
    private readonly measures: readonly Measure[],
    private readonly batches: readonly Batch[],
    private readonly count: number,
    private readonly programs: readonly Program[],
  ) {}

  static async create(
    runtime: Runtime,
    model: ModelConfig,
    plane: Plane,
    measures: readonly Measure[],
    images: SurfaceImages,
  ): Promise<SurfaceSampler> {
    const state = planeState(plane);
    const programs = new Map<string, Program>();
    const batches: Batch[] = [];
    for (const { plan, images: all } of images.groups) {
      const most = Math.max(1, Math.floor(pixelsTogether / (plan.tiles.length * plan.tile[0] * plan.tile[1])));
      for (const some of evenly(all, most)) {
        const key = `${plan.region.height} ${plan.region.width} ${some.length}`;
        let program = programs.get(key);
        if (!program) {
          program = await runtime.compile(surfacePoint(model, measures, plan, some.length));
          await program.writeState(state);
          programs.set(key, program);
        }
        batches.push({
          images: some,
          pixels: plan.region.height * plan.region.width,
          program,
          inputs: {
            tiles: concatenated(some.map(({ tiles }) => tiles)),
            foreground: concatenated(some.map(({ foreground }) => foreground)),
          },
        });
      }
    }
    return new SurfaceSampler(measures, batches, images.count, [...programs.values()]);
  }

  /** The network at (a, b): each image passes through it once. */
  async sample(a: number, b: number): Promise<PointValues> {
    const { measures, count } = this;
    const values = measures.map(() => new Float64Array(count));
    const defined = measures.map(() => new Uint8Array(count).fill(1));
    const point = { a: Float32Array.of(a), b: Float32Array.of(b) };
    for (const { images, pixels, program, inputs } of this.batches) {
      const result = await program.run({ ...point, ...inputs });
      images.forEach(({ index, area }, place) => {
        measures.forEach((measure, m) => {
          values[m]![index] = result.values![place * measures.length + m]!;
          if (measure.definedFor?.(pixels - area, area) === false) defined[m]![index] = 0;
        });
      });
    }
    const statistics = values.map((all, m) => meanAndError(all.filter((_, i) => defined[m]![i] === 1)));
    return {
      means: Float64Array.from(statistics, ({ mean }) => mean),
      errors: Float64Array.from(statistics, ({ error }) => error),
    };
  }

  async dispose(): Promise<void> {
    for (const program of this.programs) await program.dispose();
  }
}

/** Parts of at most `most` images, of sizes as equal as can be: few sizes, so few programs. */
function evenly<T>(all: readonly T[], most: number): T[][] {
  const parts = Math.ceil(all.length / most);
  const size = Math.ceil(all.length / parts);
  return Array.from({ length: Math.ceil(all.length / size) }, (_, i) => all.slice(i * size, (i + 1) * size));
}

function concatenated(arrays: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(arrays.reduce((length, array) => length + array.length, 0));
  let offset = 0;
  for (const array of arrays) {
    all.set(array, offset);
    offset += array.length;
  }
  return all;
}

function meanAndError(values: Float64Array): { mean: number; error: number } {
  const n = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, error: n > 1 ? Math.sqrt(squares / (n - 1) / n) : NaN };
}
