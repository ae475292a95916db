import type { Program, Runtime } from '../compile/program';
import type { EvaluationTiles } from '../data/tiles';
import type { ModelConfig } from '../experiment/schema';
import type { Weights } from './directions';
import type { SurfaceImage, SurfaceImages } from './images';
import type { Plane } from './plane';
import type { Measure } from './measure';
import { planeState, surfacePoint } from './surfacePoint';

/** Images that pass through the network together, at most so many pixels, in a lane and in all of them: more only need more memory. */
const pixelsTogether = { lane: 2 ** 17, all: 2 ** 18 };

/** All lanes together hold at most so many bytes of weights and directions for a size of image; a single one may need more. */
const laneBytes = 2 ** 30;

/** Some images with the program that measures them, and their pixels as it takes them. */
interface Batch {
  /** Which of the sets of images. */
  readonly set: number;
  readonly images: readonly SurfaceImage[];
  readonly pixels: number;
  /** The same program in every lane. */
  readonly programs: readonly Program[];
  readonly inputs: Readonly<Record<'tiles' | 'foreground' | 'band', Float32Array>>;
}

/** Means over the images of each set, and their standard errors: all measures of the first set, then of the next. */
export interface PointValues {
  readonly means: Float64Array;
  /** Standard error of the mean over images: s / √n with the sample's deviation s; NaN for a single image. */
  readonly errors: Float64Array;
}

/**
 * Measures networks of a plane. The batches of images share out the lanes of the runtime. Memory: for each lane and size of
 * image three times the weights (so large networks have fewer lanes), and the images.
 */
export class SurfaceSampler {
  private constructor(
    private readonly measures: readonly Measure[],
    private readonly batches: readonly Batch[],
    private readonly counts: readonly number[],
    private readonly lanes: number,
    private readonly programs: readonly Program[],
    private readonly centre: Weights,
  ) {}

  /** @param sets images of each split. */
  static async create(
    runtime: Runtime,
    model: ModelConfig,
    plane: Plane,
    measures: readonly Measure[],
    sets: readonly SurfaceImages[],
  ): Promise<SurfaceSampler> {
    const state = planeState(plane);
    const counts = sets.map(({ count }) => count);
    const bytes = Object.values(state).reduce((sum, { byteLength }) => sum + byteLength, 0);
    const most = Math.min(
      counts.reduce((a, b) => a + b, 0),
      Math.max(1, Math.floor(laneBytes / bytes)),
    );
    const lanes = runtime.lanes?.(most) ?? [runtime];
    const pixels = Math.min(pixelsTogether.lane, pixelsTogether.all / lanes.length);
    const compiled = new Map<string, Program[]>();
    const batches: Batch[] = [];
    for (const [set, { groups }] of sets.entries()) {
      for (const { plan, images: all } of groups) {
        for (const some of inBatches(all, plan, pixels, lanes.length)) {
          const key = `${plan.region.height} ${plan.region.width} ${some.length}`;
          let programs = compiled.get(key);
          if (!programs) {
            const spec = surfacePoint(model, measures, plan, some.length);
            programs = [];
            for (const lane of lanes) {
              const program = await lane.compile(spec);
              await program.writeState(state);
              programs.push(program);
            }
            compiled.set(key, programs);
          }
          batches.push({
            set,
            images: some,
            pixels: plan.region.height * plan.region.width,
            programs,
            inputs: {
              tiles: concatenated(some.map(({ tiles }) => tiles)),
              foreground: concatenated(some.map(({ foreground }) => foreground)),
              band: concatenated(some.map(({ band }) => band)),
            },
          });
        }
      }
    }
    const programs = [...compiled.values()].flat();
    return new SurfaceSampler(measures, batches, counts, lanes.length, programs, plane.centre);
  }

  /** The network at (a, b): each image passes through it once. */
  async sample(a: number, b: number): Promise<PointValues> {
    const { measures, counts } = this;
    const values = counts.map((count) => measures.map(() => new Float64Array(count)));
    const defined = counts.map((count) => measures.map(() => new Uint8Array(count).fill(1)));
    const point = { a: Float32Array.of(a), b: Float32Array.of(b) };
    const waiting = this.batches.values();
    const work = async (lane: number): Promise<void> => {
      for (const { set, images, pixels, programs, inputs } of waiting) {
        const result = await programs[lane]!.run({ ...point, ...inputs });
        images.forEach(({ index, area, bandArea }, place) => {
          measures.forEach((measure, m) => {
            values[set]![m]![index] = result.values![place * measures.length + m]!;
            if (measure.definedFor?.(pixels - area, area, bandArea) === false) defined[set]![m]![index] = 0;
          });
        });
      }
    };
    await Promise.all(Array.from({ length: this.lanes }, (_, lane) => work(lane)));
    const statistics = values.flatMap((own, set) =>
      own.map((all, m) => meanAndError(all.filter((_, i) => defined[set]![m]![i] === 1))),
    );
    return {
      means: Float64Array.from(statistics, ({ mean }) => mean),
      errors: Float64Array.from(statistics, ({ error }) => error),
    };
  }

  /** A network anywhere in weight space, measured by the same program: it takes the place of the centre for one point. */
  async measure(weights: Weights): Promise<PointValues> {
    for (const program of this.programs) await program.writeState(weights);
    try {
      return await this.sample(0, 0);
    } finally {
      for (const program of this.programs) await program.writeState(this.centre);
    }
  }

  async dispose(): Promise<void> {
    for (const program of this.programs) await program.dispose();
  }
}

/** Images of one plan in batches whose network inputs have at most `pixels` pixels together, as many as `lanes` can share. */
export function inBatches(
  all: readonly SurfaceImage[],
  { tiles, tile }: EvaluationTiles,
  pixels: number,
  lanes = 1,
): SurfaceImage[][] {
  const most = Math.max(1, Math.floor(pixels / (tiles.length * tile[0] * tile[1])));
  const parts = Math.ceil(all.length / most);
  return evenly(all, Math.ceil(parts / lanes) * lanes);
}

/** At most `parts` parts, of sizes as equal as can be: few sizes, so few programs. */
function evenly<T>(all: readonly T[], parts: number): T[][] {
  const size = Math.ceil(all.length / parts);
  return Array.from({ length: Math.ceil(all.length / size) }, (_, i) => all.slice(i * size, (i + 1) * size));
}

/** One array after the other. */
export function concatenated(arrays: readonly Float32Array[]): Float32Array {
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
