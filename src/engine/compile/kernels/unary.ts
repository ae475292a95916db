import * as tf from '@tensorflow/tfjs-core';
import type { Tracer } from '../tracer';
import { asNumber, castTo, choose, combine, mapElements, scalar } from './elementwise';
import { lower, type Attributes } from './register';

/**
 * Elementwise functions of one tensor.
 *
 * Where ONNX Runtime and tfjs differ, they differ for NaN only: `sign` of NaN is NaN here and 0 in tfjs, `step` of NaN is
 * its lower value here and NaN in tfjs, and a cast of NaN or an infinity to int32 gives the smallest integer instead of 0.
 * Numbers too small for a normalised float (below 1.2e-38) count as 0 here.
 */

type Build = (tracer: Tracer, x: string, dims: readonly number[], attributes: Attributes) => string;

/**
 * Registers `build` for `kernel`. Other types than float32 are computed as floats and truncated, as tfjs's typed arrays do,
 * unless the operator has an `integer` version. The result has the type `dtype`, or that of the argument.
 */
function unary(kernel: string, build: Build, options: { integer?: true; dtype?: 'float32' | 'bool' } = {}): void {
  lower(kernel, (tracer, { x }, attributes) => {
    const dtype = options.dtype ?? (x!.dtype as 'float32' | 'int32' | 'bool');
    return mapElements(
      tracer,
      kernel,
      x!,
      (name, dims) => {
        const source = options.integer ? asNumber(tracer, name) : castTo(tracer, name, 'float32');
        return castTo(tracer, build(tracer, source, dims, attributes), dtype);
      },
      dtype,
    );
  });
}

const operator =
  (op: string): Build =>
  (tracer, x, dims) =>
    tracer.graph.add(op, [x], { dims });

for (const op of [
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
  'Floor',
  'Log',
  'Reciprocal',
  // Half to even in both.
  'Round',
  'Sigmoid',
  'Sin',
  'Sinh',
  'Sqrt',
  'Tan',
  'Tanh',
]) {
  unary(op, operator(op));
}
unary('Exp', operator('Exp'), { dtype: 'float32' });
for (const op of ['Abs', 'Neg', 'Sign']) unary(op, operator(op), { integer: true });

unary('Square', (tracer, x) => combine(tracer, 'Mul', x, x), { integer: true });
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
  return choose(tracer, tiny, x, choose(tracer, infinite, u, exact, dims), dims);
});

// log(1 + exp(x)) = max(x, 0) + log(1 + e), e = exp(-|x|), which is right in both tails; log(1 + e) = log(u) + (e - (u - 1)) / u
// with u = 1 + e, where the second term is what rounding took from u (Goldberg, "What every computer scientist should know
// about floating-point arithmetic", 1991, uses the same). ONNX Runtime's own Softplus takes one number at a time, and
// these operations eight or sixteen; softplus(-x), the other class of two, shares the logarithm.
unary('Softplus', (tracer, x, dims) => {
  const { graph } = tracer;
  const opposite = graph.producer(x)?.op === 'Neg' ? graph.producer(x)!.inputs[0]! : x;
  const one = scalar(tracer, 1);
  const e = graph.add('Exp', [graph.add('Neg', [graph.add('Abs', [opposite], { dims })], { dims })], { dims });
  const u = graph.add('Add', [e, one], { dims });
  const lost = graph.add('Sub', [e, graph.add('Sub', [u, one], { dims })], { dims });
  const log = graph.add('Add', [graph.add('Log', [u], { dims }), graph.add('Div', [lost, u], { dims })], { dims });
  return graph.add('Add', [graph.add('Relu', [x], { dims }), log], { dims });
});
unary('Expm1', (tracer, x, dims) => {
  const u = tracer.graph.add('Exp', [x], { dims });
  const minusOne = combine(tracer, 'Sub', u, scalar(tracer, 1));
  const log = tracer.graph.add('Log', [u], { dims });
  const exact = combine(tracer, 'Div', combine(tracer, 'Mul', minusOne, x), log);
  const tiny = combine(tracer, 'Equal', u, scalar(tracer, 1), 'bool');
  // Where |x| is large the subtraction loses nothing, and the quotient would be 0 · inf.
  const large = combine(tracer, 'Greater', tracer.graph.add('Abs', [x], { dims }), scalar(tracer, 1), 'bool');
  return choose(tracer, tiny, x, choose(tracer, large, minusOne, exact, dims), dims);
});

const clip = (tracer: Tracer, x: string, dims: readonly number[], low: number, high: number): string =>
  tracer.graph.add('Clip', [x, scalar(tracer, low), scalar(tracer, high)], { dims });
unary('Relu6', (tracer, x, dims) => clip(tracer, x, dims, 0, 6));
unary('ClipByValue', (tracer, x, dims, { clipValueMin, clipValueMax }) =>
  clip(tracer, x, dims, clipValueMin as number, clipValueMax as number),
);
unary(
  'LeakyRelu',
  (tracer, x, dims, { alpha }) => tracer.graph.add('LeakyRelu', [x], { dims }, { alpha: { float: alpha as number } }),
  { dtype: 'float32' },
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
  return mapElements(tracer, 'Step', source, (name, dims) => {
    if (!alpha && x!.dtype === 'float32') {
      // max(0, min(1, 3e38 x)): exactly 0 or 1, in one pass instead of a comparison and a cast.
      return tracer.graph.add('HardSigmoid', [name], { dims }, { alpha: { float: 3e38 }, beta: { float: 0 } });
    }
    const number = castTo(tracer, name, 'float32');
    const positive = combine(tracer, 'Greater', number, scalar(tracer, 0), 'bool');
    const step = castTo(tracer, positive, 'float32');
    const result = alpha ? choose(tracer, positive, step, scalar(tracer, alpha as number), dims) : step;
    return castTo(tracer, result, x!.dtype as 'float32' | 'int32' | 'bool');
  });
});

lower('LogicalNot', (tracer, { x }) =>
  mapElements(
    tracer,
    'LogicalNot',
    x!,
    (name, dims) => tracer.graph.add('Not', [castTo(tracer, name, 'bool')], { dims }),
    'bool',
  ),
);
const isNan: Build = (tracer, x, dims) => tracer.graph.add('IsNaN', [x], { dims, type: 'bool' });
const isInfinite: Build = (tracer, x, dims) => tracer.graph.add('IsInf', [x], { dims, type: 'bool' });
unary('IsNan', isNan, { dtype: 'bool' });
unary('IsInf', isInfinite, { dtype: 'bool' });
unary(
  'IsFinite',
  (tracer, x, dims, attributes) => {
    const either = combine(tracer, 'Or', isNan(tracer, x, dims, attributes), isInfinite(tracer, x, dims, attributes));
    return tracer.graph.add('Not', [either], { dims });
  },
  { dtype: 'bool' },
);

lower('Cast', (tracer, { x }, { dtype }) => {
  const type = dtype as 'float32' | 'int32' | 'bool';
  return mapElements(tracer, 'Cast', x!, (name) => castTo(tracer, name, type), type);
});

lower('Identity', (tracer, { x }) => tracer.info(tracer.value(x!)));
