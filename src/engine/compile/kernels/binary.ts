import * as tf from '@tensorflow/tfjs-core';
import type { Tracer } from '../tracer';
import { broadcast, broadcasting, castTo, choose, combine, readBroadcast, scalar } from './elementwise';
import { compose, lower } from './register';

/** Elementwise functions of two tensors, and choices between them. */

for (const [kernel, op] of [
  ['Sub', 'Sub'],
  ['Multiply', 'Mul'],
  ['Pow', 'Pow'],
  ['Maximum', 'Max'],
  ['Minimum', 'Min'],
] as const) {
  broadcasting(kernel, (tracer, a, b, dims) => tracer.graph.add(op, [a, b], { dims }));
}

for (const [kernel, op] of [
  ['Greater', 'Greater'],
  ['GreaterEqual', 'GreaterOrEqual'],
  ['Less', 'Less'],
  ['LessEqual', 'LessOrEqual'],
  ['Equal', 'Equal'],
] as const) {
  broadcasting(kernel, (tracer, a, b, dims) => tracer.graph.add(op, [a, b], { dims, type: 'bool' }), 'bool');
}
for (const kernel of ['NotEqual', 'LogicalXor']) {
  broadcasting(
    kernel,
    (tracer, a, b, dims) =>
      tracer.graph.add('Not', [tracer.graph.add('Equal', [a, b], { dims, type: 'bool' })], { dims }),
    'bool',
  );
}
for (const [kernel, op] of [
  ['LogicalAnd', 'And'],
  ['LogicalOr', 'Or'],
] as const) {
  lower(kernel, (tracer, { a, b }) => {
    const shape = tf.backend_util.assertAndGetBroadcastShape(a!.shape, b!.shape);
    const { names, layout, dims } = readBroadcast(tracer, [a!, b!], shape);
    const flags = names.map((name) => castTo(tracer, name, 'bool'));
    return tracer.result(kernel, tracer.graph.add(op, flags, { dims }), shape, 'bool', layout);
  });
}

// tfjs divides integers here as numbers and truncates (`tf.div` of integers is FloorDiv).
broadcasting('RealDiv', (tracer, a, b, dims) =>
  tracer.graph.add('Div', [castTo(tracer, a, 'float32'), castTo(tracer, b, 'float32')], { dims }),
);

broadcasting('SquaredDifference', (tracer, a, b, dims) => {
  const difference = tracer.graph.add('Sub', [a, b], { dims });
  return tracer.graph.add('Mul', [difference, difference], { dims });
});

lower('AddN', (tracer, inputs) =>
  Object.values(inputs).reduce((a, b) =>
    broadcast(tracer, 'AddN', a, b, (_, x, y, dims) => tracer.graph.add('Add', [x, y], { dims })),
  ),
);

/** The integer remainder with the sign of the divisor; 0 where the divisor is 0, as tfjs has it (the processor would trap). */
function integerRemainder(
  tracer: Tracer,
  a: string,
  b: string,
  dims: readonly number[],
): { remainder: string; divisor: string; byZero: string } {
  const byZero = combine(tracer, 'Equal', b, scalar(tracer, 0, 'int32'), 'bool');
  const divisor = choose(tracer, byZero, scalar(tracer, 1, 'int32'), b, tracer.graph.dims(b));
  return { remainder: tracer.graph.add('Mod', [a, divisor], { dims }), divisor, byZero };
}

/** floor(a / b). Integers are divided as integers, so that large ones stay exact. */
broadcasting(
  'FloorDiv',
  (tracer, a, b, dims) => {
    const { graph } = tracer;
    if (graph.type(a) === 'float32') return graph.add('Floor', [graph.add('Div', [a, b], { dims })], { dims });
    const { remainder, divisor, byZero } = integerRemainder(tracer, a, b, dims);
    const quotient = graph.add('Div', [graph.add('Sub', [a, remainder], { dims }), divisor], { dims });
    return choose(tracer, byZero, scalar(tracer, 0, 'int32'), quotient, dims);
  },
  'int32',
);

/** The remainder with the sign of the divisor: tfjs's `mod`. */
broadcasting('Mod', (tracer, a, b, dims) => {
  const { graph } = tracer;
  if (graph.type(a) === 'int32') {
    const { remainder, byZero } = integerRemainder(tracer, a, b, dims);
    return choose(tracer, byZero, scalar(tracer, 0, 'int32'), remainder, dims);
  }
  const remainder = graph.add('Mod', [a, b], { dims }, { fmod: 1 });
  const product = graph.add('Mul', [remainder, b], { dims });
  const wrongSign = graph.add('Less', [product, scalar(tracer, 0)], { dims, type: 'bool' });
  return choose(tracer, wrongSign, graph.add('Add', [remainder, b], { dims }), remainder, dims);
});

/** atan2(a, b) from atan, which ONNX has, by quadrants. */
broadcasting('Atan2', (tracer, a, b, dims) => {
  const { graph } = tracer;
  const [y, x] = [castTo(tracer, a, 'float32'), castTo(tracer, b, 'float32')];
  const zero = scalar(tracer, 0);
  const flag = (op: string, value: string): string =>
    graph.add(op, [value, zero], { dims: graph.dims(value), type: 'bool' });
  const atan = graph.add('Atan', [graph.add('Div', [y, x], { dims })], { dims });
  const left = choose(
    tracer,
    flag('Less', y),
    graph.add('Sub', [atan, scalar(tracer, Math.PI)], { dims }),
    graph.add('Add', [atan, scalar(tracer, Math.PI)], { dims }),
    dims,
  );
  const half = scalar(tracer, Math.PI / 2);
  const upper = choose(tracer, flag('Greater', y), half, zero, graph.dims(y));
  const onAxis = choose(tracer, flag('Less', y), scalar(tracer, -Math.PI / 2), upper, graph.dims(y));
  const beside = choose(tracer, flag('Less', x), left, atan, dims);
  return choose(tracer, flag('Equal', x), onAxis, beside, dims);
});

lower('Select', (tracer, { condition, t, e }) => {
  const { shape, dtype } = t!;
  // tfjs also allows a 1-D condition that picks whole rows.
  if (condition!.shape.length === 1 && shape.length > 1) {
    const name = tracer.read(condition!, undefined, [shape[0]!, ...shape.slice(1).map(() => 1)]);
    const rows = choose(tracer, castTo(tracer, name, 'bool'), tracer.read(t!), tracer.read(e!), shape);
    return tracer.result('Select', rows, shape, dtype);
  }
  const { names, layout, dims } = readBroadcast(tracer, [t!, e!, condition!], shape);
  const [whenTrue, whenFalse, test] = names as [string, string, string];
  const result = choose(tracer, castTo(tracer, test, 'bool'), whenTrue, whenFalse, dims);
  return tracer.result('Select', result, shape, dtype, layout);
});

lower('Prelu', (tracer, { x, alpha }) =>
  broadcast(
    tracer,
    'Prelu',
    x!,
    alpha!,
    (_, value, slope, dims) => {
      const number = castTo(tracer, value, 'float32');
      const scaled = tracer.graph.add('Mul', [number, castTo(tracer, slope, 'float32')], { dims });
      return choose(tracer, combine(tracer, 'Less', number, scalar(tracer, 0), 'bool'), scaled, number, dims);
    },
    'float32',
  ),
);

/** d elu(x) = dy where y >= 0, else dy (y + 1). */
lower('EluGrad', (tracer, { dy, y }) =>
  broadcast(tracer, 'EluGrad', dy!, y!, (_, gradient, value, dims) => {
    const positive = combine(tracer, 'GreaterOrEqual', value, scalar(tracer, 0), 'bool');
    const slope = tracer.graph.add('Mul', [gradient, combine(tracer, 'Add', value, scalar(tracer, 1))], { dims });
    return choose(tracer, positive, gradient, slope, dims);
  }),
);

// ONNX has bitwise operators only from opset 18 on: bit by bit, in a dimension of their own.
compose('BitwiseAnd', ({ a, b }) => {
  const powers = tf.tensor1d(
    Array.from({ length: 31 }, (_, bit) => 2 ** bit),
    'int32',
  );
  const bits = (x: tf.Tensor): tf.Tensor => tf.mod(tf.floorDiv(tf.expandDims(x, -1), powers), tf.scalar(2, 'int32'));
  const low = tf.sum(tf.mul(tf.mul(bits(a!), bits(b!)), powers), -1);
  const zero = tf.scalar(0, 'int32');
  const bothNegative = tf.logicalAnd(tf.less(a!, zero), tf.less(b!, zero));
  return tf.add(low, tf.where(bothNegative, tf.scalar(-(2 ** 31), 'int32'), zero));
});
