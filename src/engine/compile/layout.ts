/**
 * How a tensor lies in memory. tfjs speaks NHWC; convolutions run fastest on channels split into blocks of the
 * processor's vector width (NCHWc). A layout lists, from the slowest to the fastest axis in memory, which dimension of the
 * tensor each memory axis walks: a whole dimension, or the outer or inner part of one that is split into blocks.
 */
export interface MemoryAxis {
  readonly dimension: number;
  readonly part: 'whole' | 'outer' | 'inner';
}

export type Layout = readonly MemoryAxis[];

/**
 * Reads a layout from its short form: `layout('0 3o 1 2 3i')` is NCHWc of a tensor with dimensions N H W C: dimension 3 is
 * split into outer and inner blocks.
 */
export function layout(text: string): Layout {
  return text
    .split(' ')
    .filter(Boolean)
    .map((word) => ({
      dimension: parseInt(word, 10),
      part: word.endsWith('o') ? 'outer' : word.endsWith('i') ? 'inner' : 'whole',
    }));
}

/** Dimensions in their own order: row-major, as tfjs keeps tensors. */
export function plainLayout(rank: number): Layout {
  return Array.from({ length: rank }, (_, dimension) => ({ dimension, part: 'whole' as const }));
}

/** The short form of {@link layout}. */
export function layoutKey(axes: Layout): string {
  return axes.map(({ dimension, part }) => `${dimension}${part === 'whole' ? '' : part[0]}`).join(' ');
}

export function isPlain(axes: Layout): boolean {
  return axes.every(({ dimension, part }, i) => part === 'whole' && dimension === i);
}

export function isBlocked(axes: Layout): boolean {
  return axes.some(({ part }) => part === 'inner');
}

/** Renames dimensions: axis d of the result walks dimension `names[d]`. */
export function relabel(axes: Layout, names: readonly number[]): Layout {
  return axes.map(({ dimension, part }) => ({ dimension: names[dimension]!, part }));
}

/** Sizes of the memory axes of a tensor of `shape`. */
export function memoryDims(shape: readonly number[], axes: Layout, block: number): number[] {
  return axes.map(({ dimension, part }) => {
    const size = shape[dimension]!;
    // A dimension of size 1 (broadcast) has blocks of size 1.
    if (part === 'whole') return size;
    if (part === 'inner') return size === 1 ? 1 : block;
    return size === 1 ? 1 : size / block;
  });
}

/** Splits whole axes of `axes` wherever `other` splits the dimension, so that both lists can be matched axis by axis. */
export function refine(axes: Layout, other: Layout): Layout {
  const split = new Set(other.filter(({ part }) => part === 'inner').map(({ dimension }) => dimension));
  return axes.flatMap((axis): MemoryAxis[] =>
    axis.part === 'whole' && split.has(axis.dimension)
      ? [
          { dimension: axis.dimension, part: 'outer' },
          { dimension: axis.dimension, part: 'inner' },
        ]
      : [axis],
  );
}

/** Permutation that turns the memory axes `from` into `to` (both refined to the same parts). */
export function permutationBetween(from: Layout, to: Layout): number[] {
  return to.map(({ dimension, part }) => from.findIndex((axis) => axis.dimension === dimension && axis.part === part));
}

/**
 * Rearranges values in plain JavaScript: from memory layout `from` to `to`. Used where weights enter and leave the
 * runtime, never inside a step.
 */
export function rearrange<T extends Float32Array | Int32Array | Uint8Array>(
  values: T,
  shape: readonly number[],
  from: Layout,
  to: Layout,
  block: number,
): T {
  if (layoutKey(from) === layoutKey(to)) return values;
  const source = refine(from, to);
  const target = refine(to, from);
  const sourceDims = memoryDims(shape, source, block);
  const targetDims = memoryDims(shape, target, block);
  const permutation = permutationBetween(source, target);
  const sourceStrides = stridesOf(sourceDims);
  const strides = permutation.map((axis) => sourceStrides[axis]!);
  const result = new (values.constructor as new (length: number) => T)(values.length);
  const last = targetDims.length - 1;
  const inner = targetDims[last] ?? 1;
  const innerStride = strides[last] ?? 0;
  const index = new Array<number>(targetDims.length).fill(0);
  for (let offset = 0, from0 = 0; offset < values.length; offset += inner) {
    for (let i = 0, at = from0; i < inner; i++, at += innerStride) result[offset + i] = values[at]!;
    for (let axis = last - 1; axis >= 0; axis--) {
      from0 += strides[axis]!;
      if (++index[axis]! < targetDims[axis]!) break;
      from0 -= strides[axis]! * targetDims[axis]!;
      index[axis] = 0;
    }
  }
  return result;
}

function stridesOf(dims: readonly number[]): number[] {
  const strides = new Array<number>(dims.length).fill(1);
  for (let i = dims.length - 2; i >= 0; i--) strides[i] = strides[i + 1]! * dims[i + 1]!;
  return strides;
}
