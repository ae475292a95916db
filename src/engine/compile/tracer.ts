import * as tf from '@tensorflow/tfjs-core';
import { Problem } from '../../runs/problem';
import {
  isPlain,
  layoutKey,
  memoryDims,
  permutationBetween,
  plainLayout,
  rearrange,
  refine,
  relabel,
  type Layout,
} from './layout';
import { blockedDomain, OnnxGraph, type ElementType } from './onnxGraph';

/**
 * Where the elements of a traced tensor are: the name of an ONNX value and the layout of its memory. Transposing a
 * tensor, or giving its copy another name, shares the storage.
 */
export interface Storage {
  /** Name in the graph; a constant has none until it is used. */
  name: string | undefined;
  readonly shape: readonly number[];
  readonly dtype: tf.DataType;
  /** `undefined` for an input whose layout is still open: the first operation that asks for one settles it. */
  layout: Layout | undefined;
  /** Values of a constant, row-major. */
  readonly constant?: tf.BackendValues;
  /** The tfjs kernel that made it, for messages. */
  readonly origin: string;
  /** Names of this storage's elements in other layouts, by layout key. */
  readonly converted: Map<string, string>;
}

/** A traced tensor: dimension i of the tensor is dimension `dimensions[i]` of its storage. */
export interface TracedValue {
  readonly storage: Storage;
  readonly dimensions: readonly number[];
}

/** What lowering may count on: the execution provider decides. */
export interface Target {
  /** Channels per block of the runtime's blocked convolutions; 0 where it has none (GPU providers, some processors). */
  readonly block: number;
  /** Whether ONNX Runtime's own operators (FusedMatMul …) may be used. */
  readonly microsoftOperators: boolean;
}

export const portableTarget: Target = { block: 0, microsoftOperators: false };

const elementType = (dtype: tf.DataType): Exclude<ElementType, 'int64'> => {
  if (dtype === 'float32' || dtype === 'int32' || dtype === 'bool') return dtype;
  throw new Problem(`tensors of type ${dtype} cannot be compiled`, {
    hint: 'Use float32, int32 or bool tensors in losses.',
  });
};

/** The state of one trace: the graph so far, and what every tfjs tensor in it stands for. */
export class Tracer {
  readonly graph = new OnnxGraph();
  private readonly values = new WeakMap<object, TracedValue>();
  private readonly followers = new Map<Storage, Storage[]>();
  /** Result of a ReLU by what it was applied to: where only the sign matters, the result serves as well. */
  readonly rectified = new WeakMap<Storage, tf.TensorInfo>();

  /** Writes a result once more with a bias per channel inside, by the result's ONNX value: cheaper than an addition. */
  readonly withBias = new Map<string, (bias: string) => string>();

  constructor(readonly target: Target) {}

  /** The traced value behind a tensor. */
  value(tensor: tf.TensorInfo): TracedValue {
    const value = this.values.get(tensor.dataId);
    if (!value) throw new Error('this tensor belongs to another trace or backend');
    return value;
  }

  has(dataId: object): boolean {
    return this.values.has(dataId);
  }

  register(dataId: object, value: TracedValue): void {
    this.values.set(dataId, value);
  }

  /** Registers a computed tensor whose elements are the ONNX value `name`, in `layout` (row-major when left out). */
  result(
    kernel: string,
    name: string,
    shape: readonly number[],
    dtype: tf.DataType,
    layout: Layout = plainLayout(shape.length),
  ): tf.TensorInfo {
    return this.info({
      storage: { name, shape, dtype, layout, origin: kernel, converted: new Map() },
      dimensions: shape.map((_, i) => i),
    });
  }

  /** Registers a constant. `values` are kept, not copied. */
  constant(values: tf.BackendValues, shape: readonly number[], dtype: tf.DataType): TracedValue {
    const storage: Storage = {
      name: undefined,
      shape,
      dtype,
      layout: plainLayout(shape.length),
      constant: values,
      origin: 'constant',
      converted: new Map(),
    };
    return { storage, dimensions: shape.map((_, i) => i) };
  }

  /** A tensor for `value`, which may share its storage with others. */
  info(value: TracedValue): tf.TensorInfo {
    const dataId = {};
    this.values.set(dataId, value);
    return { dataId, shape: shapeOf(value), dtype: value.storage.dtype };
  }

  /**
   * Declares a graph input. With `open`, its memory layout is settled by the first operation that cares (weights: so that
   * no step pays for rearranging them); read it with {@link inputLayout} when the trace is over. With a `leader`, it takes
   * the layout of that other input: optimizer state lies as its parameter does.
   */
  input(
    name: string,
    shape: readonly number[],
    dtype: 'float32' | 'int32',
    open: boolean,
    leader?: TracedValue,
  ): TracedValue {
    this.graph.addInput(name, dtype, shape);
    const storage: Storage = {
      name,
      shape,
      dtype,
      layout: open ? undefined : plainLayout(shape.length),
      origin: `input ${name}`,
      converted: new Map(),
    };
    if (open && leader) this.followers.set(leader.storage, [...(this.followers.get(leader.storage) ?? []), storage]);
    return { storage, dimensions: shape.map((_, i) => i) };
  }

  /** Declares weights that are stored in the graph under their own name. */
  weights(name: string, data: Float32Array, shape: readonly number[]): TracedValue {
    this.graph.addWeights(name, data, shape);
    const storage: Storage = {
      name,
      shape,
      dtype: 'float32',
      layout: plainLayout(shape.length),
      origin: `weights ${name}`,
      converted: new Map(),
    };
    return { storage, dimensions: shape.map((_, i) => i) };
  }

  /** Settled layout of an input; still open ones become row-major. */
  inputLayout(value: TracedValue): Layout {
    if (!value.storage.layout) this.settle(value.storage, plainLayout(value.storage.shape.length));
    return value.storage.layout!;
  }

  /** Layout in which the value lies, in terms of its own dimensions; undefined while open. */
  layoutOf(tensor: tf.TensorInfo): Layout | undefined {
    const { storage, dimensions } = this.value(tensor);
    return storage.layout && relabel(storage.layout, inverse(dimensions));
  }

  /** Constant values of a tensor, row-major, or undefined when it is computed. */
  constantValues(tensor: tf.TensorInfo): tf.BackendValues | undefined {
    const { storage, dimensions } = this.value(tensor);
    return storage.constant && dimensions.every((d, i) => d === i) ? storage.constant : undefined;
  }

  /**
   * ONNX value with the elements of `tensor` in memory layout `wanted` (row-major when left out), with the dimensions
   * `dims` (the memory axes' sizes when left out). Rearranges only when the elements lie otherwise, and once per layout.
   */
  read(tensor: tf.TensorInfo, wanted: Layout = plainLayout(tensor.shape.length), dims?: readonly number[]): string {
    const { storage, dimensions } = this.value(tensor);
    const target = relabel(wanted, dimensions);
    const name = this.inLayout(storage, target);
    return this.graph.reshape(name, dims ?? memoryDims(storage.shape, target, this.target.block));
  }

  private inLayout(storage: Storage, target: Layout): string {
    if (!storage.layout) this.settle(storage, target);
    if (storage.name !== undefined && layoutKey(storage.layout!) === layoutKey(target)) return storage.name;
    const key = layoutKey(target);
    let name = storage.converted.get(key);
    if (name === undefined) {
      name = storage.constant ? this.writeConstant(storage, target) : this.rearrangeInGraph(storage, target);
      storage.converted.set(key, name);
    }
    return name;
  }

  private settle(storage: Storage, layout: Layout): void {
    storage.layout = layout;
    this.graph.redefineInput(storage.name!, memoryDims(storage.shape, layout, this.target.block));
    for (const follower of this.followers.get(storage) ?? []) this.settle(follower, layout);
  }

  private writeConstant(storage: Storage, target: Layout): string {
    const { block } = this.target;
    const type = elementType(storage.dtype);
    const values = Float32Array.from(storage.constant as ArrayLike<number>);
    const exact = type === 'int32' ? Int32Array.from(storage.constant as ArrayLike<number>) : values;
    const inOrder = rearrange(exact, storage.shape, plainLayout(storage.shape.length), target, block);
    return this.graph.constant(inOrder, memoryDims(storage.shape, target, block), type);
  }

  private rearrangeInGraph(storage: Storage, target: Layout): string {
    const { graph } = this;
    const { block } = this.target;
    const from = refine(storage.layout!, target);
    const to = refine(target, storage.layout!);
    const dims = memoryDims(storage.shape, from, block);
    const permutation = permutationBetween(from, to);
    const finalDims = memoryDims(storage.shape, target, block);
    const rank = permutation.length;
    if (block > 0 && permutation[rank - 1] === rank - 2 && permutation[rank - 2] === rank - 1 && rank > 2) {
      // Blocks of blocks that change places inside, too: first the insides (vectorised), then whole blocks.
      const inside = this.reorderBlocks(storage, dims, [...dims.keys()].slice(0, -2).concat(rank - 1, rank - 2));
      if (inside !== undefined) {
        const swapped = [...dims.slice(0, -2), dims[rank - 1]!, dims[rank - 2]!];
        const outside = [...permutation.slice(0, -2), rank - 2, rank - 1];
        const blocks = mergeAxes(swapped, outside);
        const moved = graph.transpose(graph.reshape(inside, blocks.dims), blocks.permutation);
        return graph.reshape(moved, finalDims);
      }
    }
    const reorder = this.reorderBlocks(storage, dims, permutation);
    if (reorder !== undefined) return graph.reshape(reorder, finalDims);
    const merged = mergeAxes(dims, permutation);
    const viewed = graph.reshape(storage.name!, merged.dims);
    return graph.reshape(graph.transpose(viewed, merged.permutation), finalDims);
  }

  /**
   * Moving one axis of block size to the end, or back from there, is what ONNX Runtime's ReorderInput and ReorderOutput
   * do, vectorised: about ten times as fast as the general transpose.
   */
  private reorderBlocks(storage: Storage, dims: readonly number[], permutation: readonly number[]): string | undefined {
    const { block } = this.target;
    if (block === 0 || storage.dtype !== 'float32') return undefined;
    const { dims: axes, permutation: order } = mergeAxes(dims, permutation);
    // After merging, the move is [prefix, block, rest] <-> [prefix, rest, block], with or without a prefix.
    const prefix = order.length === 3 && order[0] === 0 ? axes[0]! : order.length === 2 ? 1 : 0;
    if (prefix === 0 || order[order.length - 1] !== order.length - 2) return undefined;
    const [first, second] = axes.slice(-2) as [number, number];
    if (first === block) {
      return this.graph.add(
        'ReorderInput',
        [this.graph.reshape(storage.name!, [prefix, block, 1, second])],
        { dims: [prefix, block, 1, second] },
        {},
        blockedDomain,
      );
    }
    if (second === block) {
      return this.graph.add(
        'ReorderOutput',
        [this.graph.reshape(storage.name!, [prefix, block, 1, first])],
        { dims: [prefix, block, 1, first] },
        { channels: block },
        blockedDomain,
      );
    }
    return undefined;
  }
}

export function shapeOf({ storage, dimensions }: TracedValue): number[] {
  return dimensions.map((d) => storage.shape[d]!);
}

function inverse(permutation: readonly number[]): number[] {
  const result = new Array<number>(permutation.length);
  permutation.forEach((to, from) => (result[to] = from));
  return result;
}

/** Drops axes of size 1 and merges axes that stay neighbours, so that a transpose has as few axes as possible. */
export function mergeAxes(
  dims: readonly number[],
  permutation: readonly number[],
): { dims: number[]; permutation: number[] } {
  const order = permutation.filter((axis) => dims[axis] !== 1);
  const groups: number[][] = [];
  for (const axis of order) {
    const group = groups[groups.length - 1];
    const last = group?.[group.length - 1];
    const adjacent = last !== undefined && last < axis && dims.slice(last + 1, axis).every((size) => size === 1);
    if (group && adjacent) group.push(axis);
    else groups.push([axis]);
  }
  const inSourceOrder = groups.slice().sort((a, b) => a[0]! - b[0]!);
  return {
    dims: inSourceOrder.map((group) => group.reduce((size, axis) => size * dims[axis]!, 1)),
    permutation: groups.map((group) => inSourceOrder.indexOf(group)),
  };
}

/** The layout elementwise work on these tensors should use: that of the first one that has a say, else row-major. */
export function commonLayout(tracer: Tracer, tensors: readonly tf.TensorInfo[], shape: readonly number[]): Layout {
  const full = tensors.filter((tensor) => tf.util.arraysEqual(tensor.shape, shape as number[]));
  const layouts = full.map((tensor) => tracer.layoutOf(tensor));
  const special = layouts.find((axes) => axes && !isPlain(axes));
  return special ?? plainLayout(shape.length);
}
