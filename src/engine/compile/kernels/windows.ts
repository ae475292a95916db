import * as tf from '@tensorflow/tfjs-core';

/** Windows that slide over the spatial dimensions of [B, …, C]; one number for each of these dimensions. */
export interface Windows {
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  /** Padding in front. */
  readonly before: readonly number[];
  /** Number of windows. */
  readonly count: readonly number[];
}

/** Offsets of a window's elements (its taps), the last dimension fastest. */
function offsets({ kernel, dilations }: Windows): number[][] {
  return kernel.reduce<number[][]>(
    (all, size, d) => all.flatMap((offset) => Array.from({ length: size }, (_, i) => [...offset, i * dilations[d]!])),
    [[]],
  );
}

/** Size of each spatial dimension with its padding: at least as large as the windows reach. */
function paddedSizes({ kernel, strides, dilations, before, count }: Windows, sizes: readonly number[]): number[] {
  return sizes.map((size, d) =>
    Math.max(size + before[d]!, (count[d]! - 1) * strides[d]! + (kernel[d]! - 1) * dilations[d]! + 1),
  );
}

/** For each tap, that element of every window: tensors [B, …count, C]. Outside the image lies `outside`. */
export function taps(x: tf.Tensor, windows: Windows, outside: number): tf.Tensor[] {
  const sizes = x.shape.slice(1, -1);
  const padded = paddedSizes(windows, sizes);
  const pads = sizes.map((size, d): [number, number] => [windows.before[d]!, padded[d]! - size - windows.before[d]!]);
  const image = tf.pad(x, [[0, 0], ...pads, [0, 0]], outside);
  return offsets(windows).map((offset) =>
    tf.stridedSlice(
      image,
      [0, ...offset, 0],
      [
        x.shape[0],
        ...offset.map((o, d) => o + (windows.count[d]! - 1) * windows.strides[d]! + 1),
        x.shape[x.rank - 1]!,
      ],
      [1, ...windows.strides, 1],
    ),
  );
}

/** The transpose of {@link taps}: adds each tap's elements at their places in an image of `shape`. */
export function untap(parts: readonly tf.Tensor[], windows: Windows, shape: readonly number[]): tf.Tensor {
  const { strides, count, before } = windows;
  const padded = paddedSizes(windows, shape.slice(1, -1));
  const [batch, channels] = [shape[0]!, shape[shape.length - 1]!];
  const placed = offsets(windows).map((offset, t) => {
    // Zeros between the elements, then around them.
    const apart = tf.pad(tf.reshape(parts[t]!, [batch, ...count.flatMap((n) => [n, 1]), channels]), [
      [0, 0],
      ...strides.flatMap((s): [number, number][] => [
        [0, 0],
        [0, s - 1],
      ]),
      [0, 0],
    ]);
    const extent = count.map((n, d) => (n - 1) * strides[d]! + 1);
    const grid = tf.reshape(apart, [batch, ...count.map((n, d) => n * strides[d]!), channels]);
    const cropped = tf.slice(
      grid,
      grid.shape.map(() => 0),
      [batch, ...extent, channels],
    );
    return tf.pad(cropped, [
      [0, 0],
      ...offset.map((o, d): [number, number] => [o, padded[d]! - o - extent[d]!]),
      [0, 0],
    ]);
  });
  return tf.slice(tf.addN(placed), [0, ...before, 0], [...shape]);
}

/** For each tap 1 where it is the greatest of its window, else 0; of equal ones the first, or the last. */
export function greatest(elements: readonly tf.Tensor[], which: 'first' | 'last'): tf.Tensor[] {
  const ordered = which === 'first' ? elements.slice() : elements.slice().reverse();
  const winner = tf.argMax(tf.stack(ordered), 0);
  const masks = ordered.map((_, t) => tf.cast(tf.equal(winner, tf.scalar(t, 'int32')), 'float32'));
  return which === 'first' ? masks : masks.reverse();
}
