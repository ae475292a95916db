import type { PairCache } from './cache';
import type { Size, UnetGeometry } from './geometry';
import type { ImagePair } from './pairs';
import { randomFor } from './random';
import { trainingSample } from './sample';

export interface Batch {
  /** Position in its epoch, from 0. */
  readonly index: number;
  /** Number of samples B; every batch of a loader has the same. */
  readonly size: number;
  /** [B, C, tile height, tile width] in [0, 1]. */
  readonly images: Float32Array;
  /** [B, crop height, crop width], class indices. */
  readonly labels: Int32Array;
  /** Names of the images that the samples were cut from. */
  readonly names: string[];
}

export interface LoaderOptions {
  readonly pairs: readonly ImagePair[];
  readonly cache: PairCache;
  /** `unetGeometry(model, crop)`. */
  readonly geometry: UnetGeometry;
  readonly crop: Size;
  readonly flip: boolean;
  readonly batchSize: number;
  readonly seed: number;
  /** Batches that are made while the consumer works on one; 2 unless told. */
  readonly ahead?: number;
}

/**
 * Training batches. Images are decoded on libvips' threads and cropped while the consumer works, `ahead` batches in
 * advance. Order, crops and flips of an epoch follow from (seed, epoch, position) alone, so an epoch can be repeated or
 * resumed at will. Memory: the cache, and `ahead` + 1 batches with one
 * decoded image each.
 */
export class BatchLoader {
  /** Seconds that consumers have waited for a batch, over all epochs so far. */
  secondsWaited = 0;
  /** ceil(pairs / batch size). */
  readonly batchesPerEpoch: number;

  constructor(readonly options: LoaderOptions) {
    if (options.pairs.length === 0) throw new RangeError('a loader needs at least one pair');
    this.batchesPerEpoch = Math.ceil(options.pairs.length / options.batchSize);
  }

  /**
   * The batches of epoch `epoch`: every pair once, in an order of this epoch. When the last batch is not full, it goes on
   * with the first images of the order, cropped anew, for one compiled graph serves one batch size only.
   * @param from index of the first batch: those before it are left out.
   * @throws Problem, when the batch is asked for, if an image of it cannot be read.
   */
  async *epoch(epoch: number, from = 0): AsyncGenerator<Batch, void, undefined> {
    const { pairs, seed, ahead = 2 } = this.options;
    const order = randomFor(seed, 'order', epoch).shuffle([...pairs]);
    const coming: Promise<Batch>[] = [];
    for (let started = from, index = from; index < this.batchesPerEpoch; index++) {
      for (; started < this.batchesPerEpoch && started <= index + ahead; started++) {
        const batch = this.#batch(order, epoch, started);
        // Whoever takes the batch gets its error; this only keeps Node from calling it unhandled before that.
        batch.catch(() => undefined);
        coming.push(batch);
      }
      const asked = performance.now();
      const batch = await coming.shift()!;
      this.secondsWaited += (performance.now() - asked) / 1000;
      yield batch;
    }
  }

  async #batch(order: readonly ImagePair[], epoch: number, index: number): Promise<Batch> {
    const { cache, geometry, crop, flip, batchSize, seed } = this.options;
    const channels = cache.channels;
    const images = new Float32Array(batchSize * channels * geometry.tile[0] * geometry.tile[1]);
    const labels = new Int32Array(batchSize * crop[0] * crop[1]);
    const names: string[] = [];
    // One after the other: besides the cache, each batch in the making holds one decoded image, however large they are.
    for (let i = 0; i < batchSize; i++) {
      const position = index * batchSize + i;
      const pair = await cache.get(order[position % order.length]!);
      // Let the consumer start on the batch it was given before this one is cut.
      await new Promise((resolve) => setImmediate(resolve));
      const random = randomFor(seed, 'sample', epoch, position);
      trainingSample(pair, geometry, { flip, crop }, random, images, labels, i);
      names.push(pair.name);
    }
    return { index, size: batchSize, images, labels, names };
  }
}
