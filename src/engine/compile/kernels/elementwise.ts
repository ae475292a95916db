import * as tf from '@tensorflow/tfjs-core';
import { isBlocked, memoryDims, plainLayout, type Layout } from '../layout';
import type { ElementType } from '../onnxGraph';
import { commonLayout, type Tracer } from '../tracer';
import { lower, type Inputs } from './register';

const onnxType: Record<string, number> = { float32: 1, int32: 6, bool: 9 };

/**
 * Reads operands of a broadcasting operation so that ONNX's broadcasting does what tfjs's would: every operand gets the rank
 * of the result and the result's memory layout; where the layout splits a dimension into blocks, so does the operand's.
 */
export function readBroadcast(
  tracer: Tracer,
  operands: readonly tf.TensorInfo[],
  shape: readonly number[],
): { names: string[]; layout: Layout; dims: number[] } {
  const layout = commonLayout(tracer, operands, shape);
  const dims = memoryDims(shape, layout, tracer.target.block);
  const allFull = operands.every((x) => tf.util.arraysEqual(x.shape, shape as number[]));
  const names = operands.map((x) => {
    // A scalar broadcasts as it is.
    if (x.shape.length === 0 && shape.length > 0) return tracer.read(x);
    const missing = shape.length - x.shape.length;
    const own = layout
      .filter(({ dimension }) => dimension >= missing)
      .map(({ dimension, part }) => ({ dimension: dimension - missing, part }));
    const padded = [...new Array<number>(missing).fill(1), ...x.shape];
    return tracer.read(x, unblockOnes(own, x.shape), memoryDims(padded, layout, tracer.target.block));
  });
  if (allFull && isBlocked(layout)) {
    // Same memory on all sides: keep the dimensions that the blocked convolutions use, and save the reshapes.
    const common = tracer.graph.dims(names[0]!);
    return { names: names.map((name) => tracer.graph.reshape(name, common)), layout, dims: [...common] };
  }
  return { names, layout, dims };
}

/** A dimension of size 1 has no blocks: its outer and inner axes are one whole axis. */
function unblockOnes(axes: Layout, shape: readonly number[]): Layout {
  return axes
    .filter(({ dimension, part }) => !(part === 'inner' && shape[dimension] === 1))
    .map((axis) => (axis.part === 'outer' && shape[axis.dimension] === 1 ? { ...axis, part: 'whole' as const } : axis));
}

function binary(kernel: string, op: string, type?: tf.DataType): void {
  lower(kernel, (tracer, { a, b }) => {
    const shape = tf.backend_util.assertAndGetBroadcastShape(a!.shape, b!.shape);
    const { names, layout, dims } = readBroadcast(tracer, [a!, b!], shape);
    const dtype = type ?? a!.dtype;
    return tracer.result(
      kernel,
      tracer.graph.add(op, names, { dims, type: dtype as ElementType }),
      shape,
      dtype,
      layout,
    );
  });
}

/** Reads one operand wherever it lies: elementwise work does not care about the layout. */
function readAnywhere(tracer: Tracer, x: tf.TensorInfo): { name: string; layout: Layout; dims: readonly number[] } {
  const layout = tracer.layoutOf(x) ?? plainLayout(x.shape.length);
  const inMemory = memoryDims(x.shape, layout, tracer.target.block);
  const name = tracer.read(x, layout, isBlocked(layout) ? undefined : inMemory);
  return { name, layout, dims: tracer.graph.dims(name) };
}

/** Writes `build` over the elements of `x`, in whatever layout they lie. */
export function mapElements(
  tracer: Tracer,
  kernel: string,
  x: tf.TensorInfo,
  build: (name: string, dims: readonly number[]) => string,
  dtype: tf.DataType = x.dtype,
): tf.TensorInfo {
  const { name, layout, dims } = readAnywhere(tracer, x);
  return tracer.result(kernel, build(name, dims), x.shape, dtype, layout);
}

function unary(
  kernel: string,
  build: (tracer: Tracer, x: string, dims: readonly number[], attributes: Record<string, unknown>) => string,
  dtype?: tf.DataType,
): void {
  lower(kernel, (tracer, { x }, attributes) =>
    mapElements(tracer, kernel, x!, (name, dims) => build(tracer, name, dims, attributes), dtype ?? x!.dtype),
  );
}

const simple = (kernel: string, op = kernel): void => {
  unary(kernel, (tracer, x, dims) => tracer.graph.add(op, [x], { dims }));
};

/** A scalar constant of the graph. */
export function scalar(tracer: Tracer, value: number, type: 'float32' | 'int32' | 'bool' = 'float32'): string {
  return tracer.graph.constant([value], [], type);
}

/** `op` between two values of the same dimensions, or a value and a scalar. */
export function combine(tracer: Tracer, op: string, a: string, b: string, type?: ElementType): string {
  const dims = tracer.graph.dims(a).length >= tracer.graph.dims(b).length ? tracer.graph.dims(a) : tracer.graph.dims(b);
  return tracer.graph.add(op, [a, b], type ? { dims, type } : { dims });
}

/** Casts to `type`; no node when the value has it already. */
export function castTo(tracer: Tracer, x: string, type: 'float32' | 'int32' | 'bool'): string {
  if (tracer.graph.type(x) === type) return x;
  return tracer.graph.add('Cast', [x], { dims: tracer.graph.dims(x), type }, { to: onnxType[type]! });
}

for (const [kernel, op] of [
  ['Sub', 'Sub'],
  ['Multiply', 'Mul'],
  ['Pow', 'Pow'],
  ['Maximum', 'Max'],
  ['Minimum', 'Min'],
] as const) {
  binary(kernel, op);
}
for (const [kernel, op] of [
  ['Greater', 'Greater'],
  ['GreaterEqual', 'GreaterOrEqual'],
  ['Less', 'Less'],
  ['LessEqual', 'LessOrEqual'],
  ['Equal', 'Equal'],
  ['LogicalAnd', 'And'],
  ['LogicalOr', 'Or'],
] as const) {
  binary(kernel, op, 'bool');
}

for (const op of [
  'Abs',
  'Acos',
  'Acosh',
  'Asin',
  'Asinh',
  'Atan',
  'Atanh',
  'Ceil',
  'Cos',
  'Cosh',
  'Erf',
  'Exp',
  'Floor',
  'Log',
  'Neg',
  'Reciprocal',
  'Round',
  'Sigmoid',
  'Sign',
  'Sin',
  'Sinh',
  'Softplus',
  'Sqrt',
  'Tan',
  'Tanh',
]) {
  simple(op);
}

// tfjs divides integers as floats and truncates; ONNX's integer division does the same for exact values.
lower('RealDiv', (tracer, { a, b }) => {
  const shape = tf.backend_util.assertAndGetBroadcastShape(a!.shape, b!.shape);
  const { names, layout, dims } = readBroadcast(tracer, [a!, b!], shape);
  const floats = names.map((name) => castTo(tracer, name, 'float32'));
  return tracer.result('RealDiv', tracer.graph.add('Div', floats, { dims }), shape, 'float32', layout);
});

lower('SquaredDifference', (tracer, { a, b }) => {
  const shape = tf.backend_util.assertAndGetBroadcastShape(a!.shape, b!.shape);
  const { names, layout, dims } = readBroadcast(tracer, [a!, b!], shape);
  const difference = tracer.graph.add('Sub', names, { dims });
  return tracer.result('SquaredDifference', combine(tracer, 'Mul', difference, difference), shape, a!.dtype, layout);
});

lower('AddN', (tracer, inputs: Inputs) => {
  const operands = Object.values(inputs);
  const { shape, dtype } = operands[0]!;
  const { names, layout } = readBroadcast(tracer, operands, shape);
  const sum = names.reduce((a, b) => combine(tracer, 'Add', a, b));
  return tracer.result('AddN', sum, shape, dtype, layout);
});

unary('Square', (tracer, x) => combine(tracer, 'Mul', x, x));
unary('Rsqrt', (tracer, x, dims) =>
  tracer.graph.add('Reciprocal', [tracer.graph.add('Sqrt', [x], { dims })], { dims }),
);
// exp(x) - 1 and log(1 + x) lose all digits near 0. The corrections are those of Kahan (HP-15C handbook, 1982):
// log1p(x) = x log(u) / (u - 1) with u = 1 + x; expm1(x) = (u - 1) x / log(u) with u = exp(x).
unary('Log1p', (tracer, x, dims) => {
  const u = combine(tracer, 'Add', x, scalar(tracer, 1));
  const rounded = combine(tracer, 'Sub', u, scalar(tracer, 1));
  const log = tracer.graph.add('Log', [u], { dims });
  const exact = combine(tracer, 'Div', combine(tracer, 'Mul', log, x), rounded);
  const tiny = combine(tracer, 'Equal', rounded, scalar(tracer, 0), 'bool');
  const infinite = combine(tracer, 'Equal', u, scalar(tracer, Infinity), 'bool');
  const safe = tracer.graph.add('Where', [infinite, u, exact], { dims, type: 'float32' });
  return tracer.graph.add('Where', [tiny, x, safe], { dims, type: 'float32' });
});
unary('Expm1', (tracer, x, dims) => {
  const u = tracer.graph.add('Exp', [x], { dims });
  const minusOne = combine(tracer, 'Sub', u, scalar(tracer, 1));
  const log = tracer.graph.add('Log', [u], { dims });
  const exact = combine(tracer, 'Div', combine(tracer, 'Mul', minusOne, x), log);
  const tiny = combine(tracer, 'Equal', u, scalar(tracer, 1), 'bool');
  // Where |x| is large the subtraction loses nothing, and the quotient would be 0 · inf.
  const large = combine(tracer, 'Greater', tracer.graph.add('Abs', [x], { dims }), scalar(tracer, 1), 'bool');
  const safe = tracer.graph.add('Where', [large, minusOne, exact], { dims, type: 'float32' });
  return tracer.graph.add('Where', [tiny, x, safe], { dims, type: 'float32' });
});
unary('Relu6', (tracer, x, dims) => tracer.graph.add('Clip', [x, scalar(tracer, 0), scalar(tracer, 6)], { dims }));
unary('ClipByValue', (tracer, x, dims, { clipValueMin, clipValueMax }) =>
  tracer.graph.add('Clip', [x, scalar(tracer, clipValueMin as number), scalar(tracer, clipValueMax as number)], {
    dims,
  }),
);
unary('LeakyRelu', (tracer, x, dims, { alpha }) =>
  tracer.graph.add('LeakyRelu', [x], { dims }, { alpha: { float: alpha as number } }),
);
unary('Elu', (tracer, x, dims) => tracer.graph.add('Elu', [x], { dims }, { alpha: { float: 1 } }));
unary('Selu', (tracer, x, dims) =>
  tracer.graph.add(
    'Selu',
    [x],
    { dims },
    {
      alpha: { float: tf.backend_util.SELU_SCALEALPHA / tf.backend_util.SELU_SCALE },
      gamma: { float: tf.backend_util.SELU_SCALE },
    },
  ),
);
lower('Step', (tracer, { x }, { alpha }) => {
  // The sign of a ReLU's argument can be read off its result, which spares keeping the argument.
  const { storage, dimensions } = tracer.value(x!);
  const inOrder = dimensions.every((d, i) => d === i);
  const source = (inOrder ? tracer.rectified.get(storage) : undefined) ?? x!;
  return mapElements(
    tracer,
    'Step',
    source,
    (name, dims) => {
      const positive = combine(tracer, 'Greater', name, scalar(tracer, 0), 'bool');
      const step = castTo(tracer, positive, 'float32');
      if (!alpha) return step;
      return tracer.graph.add('Where', [positive, step, scalar(tracer, alpha as number)], { dims, type: 'float32' });
    },
    'float32',
  );
});
unary('LogicalNot', (tracer, x, dims) => tracer.graph.add('Not', [x], { dims }));
unary('IsNan', (tracer, x, dims) => tracer.graph.add('IsNaN', [x], { dims, type: 'bool' }), 'bool');
unary('IsInf', (tracer, x, dims) => tracer.graph.add('IsInf', [x], { dims, type: 'bool' }), 'bool');
unary(
  'IsFinite',
  (tracer, x, dims) => {
    const nan = tracer.graph.add('IsNaN', [x], { dims, type: 'bool' });
    const infinite = tracer.graph.add('IsInf', [x], { dims, type: 'bool' });
    return tracer.graph.add('Not', [combine(tracer, 'Or', nan, infinite)], { dims });
  },
  'bool',
);

lower('Cast', (tracer, { x }, { dtype }) => {
  const type = dtype as 'float32' | 'int32' | 'bool';
  return mapElements(tracer, 'Cast', x!, (name) => castTo(tracer, name, type), type);
});

lower('Identity', (tracer, { x }) => tracer.info(tracer.value(x!)));

lower('NotEqual', (tracer, { a, b }) => {
  const shape = tf.backend_util.assertAndGetBroadcastShape(a!.shape, b!.shape);
  const { names, layout, dims } = readBroadcast(tracer, [a!, b!], shape);
  const equal = tracer.graph.add('Equal', names, { dims, type: 'bool' });
  return tracer.result('NotEqual', tracer.graph.add('Not', [equal], { dims }), shape, 'bool', layout);
});

lower('Select', (tracer, { condition, t, e }) => {
  const shape = t!.shape;
  // tfjs also allows a 1-D condition that picks whole rows.
  const rows = condition!.shape.length === 1 && shape.length > 1;
  if (rows) {
    const name = tracer.read(condition!, undefined, [shape[0]!, ...shape.slice(1).map(() => 1)]);
    const result = tracer.graph.add('Where', [name, tracer.read(t!), tracer.read(e!)], {
      dims: shape,
      type: t!.dtype as ElementType,
    });
    return tracer.result('Select', result, shape, t!.dtype);
  }
  const { names, layout, dims } = readBroadcast(tracer, [t!, e!, condition!], shape);
  const [whenTrue, whenFalse, test] = names as [string, string, string];
  const result = tracer.graph.add('Where', [castTo(tracer, test, 'bool'), whenTrue, whenFalse], {
    dims,
    type: t!.dtype as ElementType,
  });
  return tracer.result('Select', result, shape, t!.dtype, layout);
});

/** floor(a / b) with the sign rules of tfjs, which are Python's. */
lower('FloorDiv', (tracer, { a, b }) => {
  const shape = tf.backend_util.assertAndGetBroadcastShape(a!.shape, b!.shape);
  const { names, layout, dims } = readBroadcast(tracer, [a!, b!], shape);
  const quotient = tracer.graph.add(
    'Div',
    names.map((name) => castTo(tracer, name, 'float32')),
    { dims },
  );
  return tracer.result(
    'FloorDiv',
    castTo(tracer, tracer.graph.add('Floor', [quotient], { dims }), 'int32'),
    shape,
    'int32',
    layout,
  );
});

/** The remainder with the sign of the divisor: tfjs's `mod`. */
lower('Mod', (tracer, { a, b }) => {
  const shape = tf.backend_util.assertAndGetBroadcastShape(a!.shape, b!.shape);
  const { names, layout, dims } = readBroadcast(tracer, [a!, b!], shape);
  const [x, y] = names as [string, string];
  if (a!.dtype === 'int32') {
    return tracer.result('Mod', tracer.graph.add('Mod', [x, y], { dims }), shape, 'int32', layout);
  }
  const remainder = tracer.graph.add('Mod', [x, y], { dims }, { fmod: 1 });
  const zero = scalar(tracer, 0);
  const wrongSign = combine(tracer, 'Less', tracer.graph.add('Mul', [remainder, y], { dims }), zero, 'bool');
  const corrected = tracer.graph.add('Add', [remainder, y], { dims });
  const result = tracer.graph.add('Where', [wrongSign, corrected, remainder], { dims, type: 'float32' });
  return tracer.result('Mod', result, shape, a!.dtype, layout);
});

/** atan2(a, b) from atan, which ONNX has, by quadrants. */
lower('Atan2', (tracer, { a, b }) => {
  const shape = tf.backend_util.assertAndGetBroadcastShape(a!.shape, b!.shape);
  const { names, layout, dims } = readBroadcast(tracer, [a!, b!], shape);
  const [y, x] = names as [string, string];
  const { graph } = tracer;
  const zero = scalar(tracer, 0);
  const where = (test: string, whenTrue: string, whenFalse: string): string =>
    graph.add('Where', [test, whenTrue, whenFalse], { dims, type: 'float32' });
  const atan = graph.add('Atan', [graph.add('Div', [y, x], { dims })], { dims });
  const yNegative = graph.add('Less', [y, zero], { dims, type: 'bool' });
  const left = where(
    yNegative,
    graph.add('Sub', [atan, scalar(tracer, Math.PI)], { dims }),
    graph.add('Add', [atan, scalar(tracer, Math.PI)], { dims }),
  );
  const onAxis = where(
    yNegative,
    scalar(tracer, -Math.PI / 2),
    where(graph.add('Greater', [y, zero], { dims, type: 'bool' }), scalar(tracer, Math.PI / 2), zero),
  );
  const xZero = graph.add('Equal', [x, zero], { dims, type: 'bool' });
  const xNegative = graph.add('Less', [x, zero], { dims, type: 'bool' });
  return tracer.result('Atan2', where(xZero, onAxis, where(xNegative, left, atan)), shape, 'float32', layout);
});

lower('Prelu', (tracer, { x, alpha }) => {
  const shape = x!.shape;
  const { names, layout, dims } = readBroadcast(tracer, [x!, alpha!], shape);
  const [value, slope] = names as [string, string];
  const negative = tracer.graph.add('Less', [value, scalar(tracer, 0)], { dims, type: 'bool' });
  const scaled = tracer.graph.add('Mul', [value, slope], { dims });
  return tracer.result(
    'Prelu',
    tracer.graph.add('Where', [negative, scaled, value], { dims, type: 'float32' }),
    shape,
    'float32',
    layout,
  );
});

/** d elu(x) = dy where y >= 0, else dy (y + 1). */
lower('EluGrad', (tracer, { dy, y }) => {
  const shape = y!.shape;
  const { names, layout, dims } = readBroadcast(tracer, [dy!, y!], shape);
  const [gradient, value] = names as [string, string];
  const positive = tracer.graph.add('GreaterOrEqual', [value, scalar(tracer, 0)], { dims, type: 'bool' });
  const slope = tracer.graph.add('Mul', [gradient, tracer.graph.add('Add', [value, scalar(tracer, 1)], { dims })], {
    dims,
  });
  return tracer.result(
    'EluGrad',
    tracer.graph.add('Where', [positive, gradient, slope], { dims, type: 'float32' }),
    shape,
    'float32',
    layout,
  );
});
