import { memoryDims, plainLayout } from '../layout';
import { lower } from './register';
import { layoutOf, readInMemory } from './shape';

/** Putting constants or mirrored elements around a tensor. */

lower('PadV2', (tracer, { x }, { paddings, constantValue }) => {
  const pairs = paddings as [number, number][];
  const shape = x!.shape.map((size, d) => size + pairs[d]![0] + pairs[d]![1]);
  let memory = layoutOf(tracer, x!);
  const padsBlocks = memory.some(({ dimension, part }) => part === 'inner' && shape[dimension] !== x!.shape[dimension]);
  if (padsBlocks) memory = plainLayout(x!.shape.length);
  const before = memory.map(({ dimension, part }) => (part === 'whole' ? pairs[dimension]![0] : 0));
  const after = memory.map(({ dimension, part }) => (part === 'whole' ? pairs[dimension]![1] : 0));
  const { graph } = tracer;
  const type = graph.type(tracer.read(x!, memory)) as 'float32' | 'int32' | 'bool';
  const value = graph.constant([(constantValue as number | undefined) ?? 0], [], type);
  const name = graph.add('Pad', [readInMemory(tracer, x!, memory), graph.integers([...before, ...after]), value], {
    dims: memoryDims(shape, memory, tracer.target.block),
  });
  return tracer.result('PadV2', name, shape, x!.dtype, memory);
});

lower('MirrorPad', (tracer, { x }, { paddings, mode }) => {
  const pairs = paddings as [number, number][];
  const shape = x!.shape.map((size, d) => size + pairs[d]![0] + pairs[d]![1]);
  const { graph } = tracer;
  const pads = graph.integers([...pairs.map((p) => p[0]), ...pairs.map((p) => p[1])]);
  if (mode === 'reflect') {
    const name = graph.add('Pad', [tracer.read(x!), pads], { dims: shape }, { mode: 'reflect' });
    return tracer.result('MirrorPad', name, shape, x!.dtype);
  }
  // "symmetric" repeats the edge: ONNX of this opset cannot; pick rows by index, one dimension after the other.
  let name = tracer.read(x!);
  pairs.forEach(([before, after], d) => {
    if (before === 0 && after === 0) return;
    const size = x!.shape[d]!;
    const index = Array.from({ length: size + before + after }, (_, i) => {
      const at = i - before;
      return at < 0 ? -at - 1 : at >= size ? 2 * size - 1 - at : at;
    });
    const dims = graph.dims(name).map((s, i) => (i === d ? index.length : s));
    name = graph.add('Gather', [name, graph.integers(index)], { dims }, { axis: d });
  });
  return tracer.result('MirrorPad', name, shape, x!.dtype);
});
