import type * as tf from '@tensorflow/tfjs-core';
import { isBlocked, plainLayout, type Layout } from '../layout';
import type { Tracer } from '../tracer';
import { reduce } from './reductions';
import { lower } from './register';

/** Where the channels of `x` lie in memory, and `x` read there: soft-max runs over them in place. */
function alongLastDimension(tracer: Tracer, x: tf.TensorInfo): { name: string; layout: Layout; axis: number } {
  const rank = x.shape.length;
  const own = tracer.layoutOf(x) ?? plainLayout(rank);
  const layout = isBlocked(own) ? plainLayout(rank) : own;
  return { name: tracer.read(x, layout), layout, axis: layout.findIndex(({ dimension }) => dimension === rank - 1) };
}

/** Subtracts the maximum over `axis`: the exponentials stay finite. */
function shifted(tracer: Tracer, name: string, axis: number): string {
  const maximum = reduce(tracer, 'ReduceMax', name, [axis], true);
  return tracer.graph.add('Sub', [name, maximum], { dims: tracer.graph.dims(name) });
}

for (const kernel of ['Softmax', 'LogSoftmax'] as const) {
  lower(kernel, (tracer, { logits }) => {
    const { name, layout, axis } = alongLastDimension(tracer, logits!);
    const { graph } = tracer;
    const dims = graph.dims(name);
    if (axis === dims.length - 1) {
      return tracer.result(kernel, graph.add(kernel, [name], { dims }, { axis }), logits!.shape, 'float32', layout);
    }
    // Off the last memory axis ONNX Runtime would transpose twice; a few elementwise steps are cheaper.
    const difference = shifted(tracer, name, axis);
    const exponentials = graph.add('Exp', [difference], { dims });
    const sum = reduce(tracer, 'ReduceSum', exponentials, [axis], true);
    const result =
      kernel === 'Softmax'
        ? graph.add('Div', [exponentials, sum], { dims })
        : graph.add('Sub', [difference, graph.add('Log', [sum], { dims: graph.dims(sum) })], { dims });
    return tracer.result(kernel, result, logits!.shape, 'float32', layout);
  });
}
