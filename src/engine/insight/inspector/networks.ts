import * as tf from '@tensorflow/tfjs-core';
import type { Program, ProgramSpec, Runtime } from '../../compile/program';
import type { DecodedImage } from '../../data/decode';
import { readTile, stitch, type EvaluationTiles } from '../../data/tiles';
import type { ModelConfig } from '../../experiment/schema';
import { unet, unetParameters } from '../../unet/unet';
import type { Checkpoint } from './checkpoints';

/** Compiled networks that are kept: each holds its weights and the memory of one forward pass. */
const keptPrograms = 4;

interface Compiled {
  readonly program: Promise<Program>;
  /** The weights that are in it. */
  weights: string | undefined;
  /** Settles when whoever uses it now has finished: calls of a program must not overlap. */
  free: Promise<unknown>;
}

/** The forward passes of some networks, compiled once for each architecture and size of tile. */
export class Networks {
  /** In order of use, the longest unused first. */
  private readonly compiled = new Map<string, Compiled>();

  constructor(private readonly runtime: () => Promise<Runtime>) {}

  /**
   * The margin of every pixel of a region, [h,w]: logit of the foreground - logit of the background, tile by tile.
   * @throws the signal's reason when it is given up on the way.
   */
  margin(
    model: ModelConfig,
    checkpoint: Pick<Checkpoint, 'weights' | 'key'>,
    image: DecodedImage,
    plan: EvaluationTiles,
    signal?: AbortSignal,
  ): Promise<Float32Array> {
    const spec = { key: JSON.stringify([model, plan.tile]), make: () => marginPass(model, plan.tile) };
    return this.using(spec, checkpoint, signal, async (program) => {
      const full = new Float32Array(plan.region.height * plan.region.width);
      for (const tile of plan.tiles) {
        signal?.throwIfAborted();
        const images = new Float32Array(model.channels * plan.tile[0] * plan.tile[1]);
        readTile(image, tile, images);
        const { margin } = await program.run({ images });
        stitch(margin!, tile, plan, full);
      }
      return full;
    });
  }

  /**
   * Does something with a program whose state are a network's weights. Compiled once for each key; calls of one program
   * wait for each other.
   * @throws the signal's reason when it has been given up by the time it is its turn.
   */
  async using<T>(
    spec: { readonly key: string; make(): ProgramSpec },
    checkpoint: Pick<Checkpoint, 'weights' | 'key'>,
    signal: AbortSignal | undefined,
    work: (program: Program) => Promise<T>,
  ): Promise<T> {
    const compiled = this.program(spec.key, () => spec.make());
    const before = compiled.free;
    let release!: () => void;
    compiled.free = new Promise<void>((resolve) => (release = resolve));
    try {
      await before;
      signal?.throwIfAborted();
      const program = await compiled.program;
      if (compiled.weights !== checkpoint.key) {
        compiled.weights = undefined;
        await program.writeState(checkpoint.weights);
        compiled.weights = checkpoint.key;
      }
      return await work(program);
    } finally {
      release();
    }
  }

  async dispose(): Promise<void> {
    await Promise.all([...this.compiled.keys()].map((key) => this.drop(key)));
  }

  private program(key: string, spec: () => ProgramSpec): Compiled {
    let compiled = this.compiled.get(key);
    this.compiled.delete(key);
    const made = (compiled ??= {
      program: this.runtime().then((runtime) => runtime.compile(spec())),
      weights: undefined,
      free: Promise.resolve(),
    });
    this.compiled.set(key, made);
    // One that cannot be compiled is tried again next time.
    made.program.catch(() => this.compiled.get(key) === made && this.compiled.delete(key));
    for (const oldest of this.compiled.keys()) {
      if (this.compiled.size <= keptPrograms) break;
      void this.drop(oldest);
    }
    return made;
  }

  private async drop(key: string): Promise<void> {
    const compiled = this.compiled.get(key);
    this.compiled.delete(key);
    await compiled?.free;
    // A program that could not be compiled has nothing to dispose of; its user has been told.
    const program = await compiled?.program.catch(() => undefined);
    await program?.dispose();
  }
}

/** The forward pass of one tile as a program: `images` [1,C,H,W] in [0,1] in, `margin` [1,h,w] out. */
export function marginPass(model: ModelConfig, tile: readonly [number, number]): ProgramSpec {
  return {
    name: 'margin',
    inputs: { images: { shape: [1, model.channels, ...tile], dtype: 'float32' } },
    state: Object.fromEntries(unetParameters(model).map(({ name, shape }) => [name, { shape }])),
    body({ images }, state) {
      const logits = unet(model, state, tf.transpose(images as tf.Tensor4D, [0, 2, 3, 1]));
      const [background, foreground] = tf.split(logits, 2, 3);
      return { outputs: { margin: tf.squeeze(tf.sub(foreground!, background!), [3]) } };
    },
  };
}
