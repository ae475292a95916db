import type * as tf from '@tensorflow/tfjs-core';
import type { SurfaceQuantity } from '../../runs/surfaceDocument';

/** Something measured on every image at every point of a surface. */
export interface Measure {
  /** Unique; its file is `<key>.npy`. */
  readonly key: string;
  readonly quantity: Pick<SurfaceQuantity, 'label' | 'kind' | 'loss'>;
  /**
   * The value of each of some images, [B]. `logits` [B,H,W,2], `target` [B,H,W,2] one-hot float32, `band` [B,H,W,1], 1 around
   * the true boundary. A function of tfjs that is traced: pure, and without looking at values.
   */
  of(logits: tf.Tensor4D, target: tf.Tensor4D, band: tf.Tensor4D): tf.Tensor1D;
  /** Whether an image with so many true pixels, and so many in the band, has a value; always, when left out. */
  definedFor?(background: number, foreground: number, band: number): boolean;
}
