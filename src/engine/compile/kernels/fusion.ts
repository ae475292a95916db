import type * as tf from '@tensorflow/tfjs-core';
import { layoutKey } from '../layout';
import { blockedDomain, type GraphNode } from '../onnxGraph';
import type { Tracer } from '../tracer';
import { broadcast, mapElements } from './elementwise';
import { lower } from './register';

/**
 * Bias and ReLU behind a convolution become part of the convolution. The plain convolution written before stays in the
 * graph, and is dropped with everything else that no output needs.
 */

/** The convolution that computes `x` in its own layout, if that is what computes it. */
function convolutionBehind(tracer: Tracer, x: tf.TensorInfo): { node: GraphNode; name: string } | undefined {
  const { storage } = tracer.value(x);
  const node = storage.name === undefined ? undefined : tracer.graph.producer(storage.name);
  return node?.op === 'Conv' && x.shape.length === 4 ? { node, name: storage.name! } : undefined;
}

/** `x` + `bias` with the addition inside the convolution that computes `x`, if one does. */
function withBias(tracer: Tracer, x: tf.TensorInfo, bias: tf.TensorInfo): tf.TensorInfo | undefined {
  if (x.shape.length !== 4 || bias.shape.length !== 1 || bias.shape[0] !== x.shape[3]) return undefined;
  const own = tracer.layoutOf(x);
  // Only where the layout's channels are those of the convolution (nobody transposed them away in between).
  if (!own || !['0 3 1 2', '0 3o 1 2 3i'].includes(layoutKey(own))) return undefined;
  const { graph } = tracer;
  const rewrite = tracer.withBias.get(tracer.value(x).storage.name ?? '');
  if (rewrite) return tracer.result('Add', rewrite(tracer.read(bias)), x.shape, x.dtype, own);
  const found = convolutionBehind(tracer, x);
  if (!found || found.node.inputs.length > 2) return undefined;
  const dims = graph.dims(found.name);
  if (dims[1] !== bias.shape[0]) return undefined;
  const inputs = [...found.node.inputs, tracer.read(bias)];
  const name = graph.add('Conv', inputs, { dims }, found.node.attributes, found.node.domain);
  return tracer.result('Add', name, x.shape, x.dtype, own);
}

lower('Add', (tracer, { a, b }) => {
  const fused = withBias(tracer, a!, b!) ?? withBias(tracer, b!, a!);
  if (fused) return fused;
  return broadcast(tracer, 'Add', a!, b!, (_, x, y, dims) => tracer.graph.add('Add', [x, y], { dims }));
});

lower('Relu', (tracer, { x }) => {
  const { storage, dimensions } = tracer.value(x!);
  const result = rectify(tracer, x!);
  if (dimensions.every((d, i) => d === i)) tracer.rectified.set(storage, result);
  return result;
});

function rectify(tracer: Tracer, x: tf.TensorInfo): tf.TensorInfo {
  const { graph } = tracer;
  const found = convolutionBehind(tracer, x);
  if (found && found.node.domain === blockedDomain && found.node.attributes.activation === undefined) {
    const { op, inputs, attributes, domain } = found.node;
    const name = graph.add(op, inputs, { dims: graph.dims(found.name) }, { ...attributes, activation: 'Relu' }, domain);
    return tracer.result('Relu', name, x.shape, x.dtype, tracer.layoutOf(x));
  }
  return mapElements(tracer, 'Relu', x, (name, dims) => {
    // Of a boolean it is the boolean.
    return graph.type(name) === 'bool' ? name : graph.add('Relu', [name], { dims });
  });
}
