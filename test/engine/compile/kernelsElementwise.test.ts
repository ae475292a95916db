import * as tf from '@tensorflow/tfjs-core';
import { describe, it } from 'vitest';
import { expectParity, floats, given, integers, layouts, merge, withGradients } from './parity';

type Unary = (x: tf.Tensor) => tf.Tensor;

/** Functions of any real number. */
const everywhere: Record<string, Unary> = {
  abs: tf.abs,
  asinh: tf.asinh,
  atan: tf.atan,
  ceil: tf.ceil,
  clip: (x) => tf.clipByValue(x, -1, 0.5),
  cos: tf.cos,
  cosh: tf.cosh,
  elu: tf.elu,
  erf: tf.erf,
  exp: tf.exp,
  expm1: tf.expm1,
  floor: tf.floor,
  leakyRelu: (x) => tf.leakyRelu(x, 0.1),
  logSigmoid: tf.logSigmoid,
  neg: tf.neg,
  relu: tf.relu,
  relu6: tf.relu6,
  round: tf.round,
  selu: tf.selu,
  sigmoid: tf.sigmoid,
  sign: tf.sign,
  sin: tf.sin,
  sinh: tf.sinh,
  softplus: tf.softplus,
  square: tf.square,
  step: (x) => tf.step(x, 0.25),
  tanh: tf.tanh,
  zerosLike: tf.zerosLike,
  onesLike: tf.onesLike,
};
/** Functions of numbers in (0.1, 3). */
const positive: Record<string, Unary> = {
  log: tf.log,
  log1p: tf.log1p,
  reciprocal: tf.reciprocal,
  rsqrt: tf.rsqrt,
  sqrt: tf.sqrt,
  acosh: (x) => tf.acosh(tf.add(x, 1.5)),
};
/** Functions of numbers in (-0.9, 0.9). */
const small: Record<string, Unary> = { acos: tf.acos, asin: tf.asin, atanh: tf.atanh, tan: tf.tan };

type Binary = (a: tf.Tensor, b: tf.Tensor) => tf.Tensor;
const binary: Record<string, Binary> = {
  add: tf.add,
  atan2: tf.atan2,
  div: tf.div,
  divNoNan: tf.divNoNan,
  floorDiv: tf.floorDiv,
  maximum: tf.maximum,
  minimum: tf.minimum,
  mod: tf.mod,
  mul: tf.mul,
  squaredDifference: tf.squaredDifference,
  sub: tf.sub,
};
const comparisons: Record<string, Binary> = {
  equal: tf.equal,
  greater: tf.greater,
  greaterEqual: tf.greaterEqual,
  less: tf.less,
  lessEqual: tf.lessEqual,
  notEqual: tf.notEqual,
};

const outputs = (table: Record<string, Unary>, x: tf.Tensor, prefix = ''): Record<string, tf.Tensor> =>
  merge(...Object.entries(table).map(([name, run]) => withGradients(`${prefix}${name}`, run, x)));

describe('functions of one tensor', () => {
  it.each(Object.entries(layouts))('in layout %s, with gradients', async (_, { channels, lay }) => {
    const shape = [2, 3, 4, channels];
    await expectParity(
      { x: floats('x', shape), p: floats('p', shape, 0.1, 3), s: floats('s', shape, -0.9, 0.9) },
      ({ x, p, s }) => ({
        ...outputs(everywhere, lay(x!)),
        ...outputs(positive, lay(p!)),
        ...outputs(small, lay(s!)),
      }),
    );
  });

  it('of every rank', async () => {
    const inputs = Object.fromEntries(
      [[], [3], [2, 3], [2, 3, 2], [2, 1, 3, 2, 2]].map((s, i) => [`x${i}`, floats('x', s)]),
    );
    await expectParity(inputs, (tensors) =>
      merge(
        ...Object.entries(tensors).map(([name, x]) =>
          outputs({ exp: tf.exp, relu: tf.relu, sigmoid: tf.sigmoid, step: (t) => tf.step(t, 0) }, x, `${name} `),
        ),
      ),
    );
  });

  it('of integers and booleans', async () => {
    await expectParity({ n: integers('n', [2, 7], -4, 5) }, ({ n }) => {
      const flag = tf.greater(n!, tf.scalar(0, 'int32'));
      return {
        abs: tf.abs(n!),
        neg: tf.neg(n!),
        sign: tf.sign(n!),
        square: tf.square(n!),
        relu: tf.relu(n!),
        relu6: tf.relu6(n!),
        round: tf.round(n!),
        step: tf.step(n!, 0),
        exp: tf.exp(n!),
        clip: tf.clipByValue(n!, -2, 2),
        isNaN: tf.isNaN(n!),
        not: tf.logicalNot(flag),
        zeros: tf.zerosLike(flag),
        ones: tf.onesLike(n!),
        'bool relu': tf.relu(flag),
      };
    });
  });

  it('near 0, at the ends and halfway between integers', async () => {
    const special = [0, 1e-7, -1e-7, 1e-4, 0.5, 1.5, 2.5, -0.5, -1.5, 30, -30, 80, -80, Infinity, -Infinity];
    await expectParity({ x: given(special), r: given([0.5, 1.5, 2.5, -0.5, -1.5, -2.5, 3.49, -3.51]) }, ({ x, r }) => ({
      ...Object.fromEntries(
        ['abs', 'elu', 'leakyRelu', 'relu', 'relu6', 'sigmoid', 'sign', 'softplus', 'tanh', 'clip', 'floor', 'erf'].map(
          (name) => [name, everywhere[name]!(x!)],
        ),
      ),
      round: tf.round(r!),
      // Each relative to its own size: these lose all digits when done plainly.
      ...Object.fromEntries([1, 2, 3].map((i) => [`expm1 ${i}`, tf.expm1(tf.slice(x!, [i], [1]))])),
      ...Object.fromEntries([1, 2, 3].map((i) => [`log1p ${i}`, tf.log1p(tf.slice(x!, [i], [1]))])),
      'expm1 ends': tf.expm1(tf.slice(x!, [13], [2])),
      'log of nothing': tf.log(tf.slice(x!, [0], [1])),
    }));
  });

  it('of NaN, where it matters: a loss that is NaN must stay so', async () => {
    await expectParity({ x: given([NaN, 1, -1, Infinity]), y: given([0, NaN, 2, NaN]) }, ({ x, y }) => ({
      relu: tf.relu(x!),
      abs: tf.abs(x!),
      clip: tf.clipByValue(x!, 0, 1),
      sigmoid: tf.sigmoid(x!),
      maximum: tf.maximum(x!, y!),
      minimum: tf.minimum(x!, y!),
      add: tf.add(x!, y!),
      sum: tf.sum(x!),
      mean: tf.mean(x!),
      isNaN: tf.isNaN(x!),
      isInf: tf.isInf(x!),
      isFinite: tf.isFinite(x!),
      equal: tf.equal(x!, x!),
      notEqual: tf.notEqual(x!, x!),
      where: tf.where(tf.isNaN(x!), tf.zerosLike(x!), x!),
      toBool: tf.cast(x!, 'bool'),
    }));
  });
});

describe('functions of two tensors', () => {
  const pairs: Record<string, [number[], number[]]> = {
    scalars: [[], []],
    'scalar and vector': [[], [5]],
    'vector and matrix': [[5], [3, 5]],
    'both ways': [
      [3, 1, 4],
      [2, 1],
    ],
    'rank 5': [
      [2, 1, 3, 1, 2],
      [3, 1, 2],
    ],
    equal: [
      [2, 3],
      [2, 3],
    ],
  };
  it('broadcast, with gradients', async () => {
    const inputs = Object.fromEntries(
      Object.entries(pairs).flatMap(([name, [a, b]]) => [
        [`${name} a`, floats('a', a)],
        [`${name} b`, floats('b', b)],
      ]),
    );
    await expectParity(inputs, (tensors) =>
      merge(
        ...Object.keys(pairs).flatMap((pair) => {
          const [a, b] = [tensors[`${pair} a`]!, tensors[`${pair} b`]!];
          return [
            ...Object.entries(binary).map(([name, run]) => withGradients(`${pair} ${name}`, run, a, b)),
            withGradients(`${pair} pow`, (x, y) => tf.pow(tf.add(tf.abs(x), 0.1), y), a, b),
            Object.fromEntries(Object.entries(comparisons).map(([name, run]) => [`${pair} ${name}`, run(a, b)])),
          ];
        }),
      ),
    );
  });

  it.each(Object.entries(layouts))('in layout %s, with gradients', async (_, { channels, lay }) => {
    const full = [2, 3, 4, channels];
    const others = { same: full, channels: [channels], pixels: [2, 3, 4, 1], image: [2, 1, 1, channels], one: [] };
    await expectParity(
      {
        x: floats('x', full),
        ...Object.fromEntries(Object.entries(others).map(([name, shape]) => [name, floats(name, shape, 0.5, 2)])),
      },
      (tensors) => {
        const x = lay(tensors.x!);
        const tables = Object.keys(others).flatMap((name) => {
          const y = name === 'same' ? lay(tensors.same!) : tensors[name]!;
          // A transposed x has another shape than pixels of the original.
          if (name === 'pixels' && x.shape[1] !== 3) return [];
          return [
            ...['add', 'div', 'maximum', 'mul', 'sub', 'squaredDifference'].flatMap((op) => [
              withGradients(`${op} ${name}`, binary[op]!, x, y),
              withGradients(`${name} ${op}`, binary[op]!, y, x),
            ]),
            { [`greater ${name}`]: tf.greater(x, y), [`equal ${name}`]: tf.equal(x, y) },
            withGradients(`where ${name}`, (a, b) => tf.where(tf.greater(a, b), a, b), x, y),
          ];
        });
        const plain = withGradients(
          'mixed layouts',
          (a, b) => tf.mul(a, tf.transpose(b, [0, 2, 1, 3])),
          x,
          tf.transpose(x, [0, 2, 1, 3]),
        );
        const prelu = withGradients('prelu', (a, b) => tf.prelu(a, b), x, tensors.channels!);
        return merge(...tables, plain, prelu);
      },
    );
  });

  it('of integers', async () => {
    await expectParity(
      { a: integers('a', [3, 8], -9, 10), b: integers('b', [8], -3, 4), c: integers('c', [3, 8], -2e9, 2e9) },
      ({ a, b, c }) => ({
        ...Object.fromEntries(Object.entries(comparisons).map(([name, run]) => [name, run(a!, b!)])),
        add: tf.add(a!, b!),
        sub: tf.sub(a!, b!),
        mul: tf.mul(a!, b!),
        maximum: tf.maximum(a!, b!),
        minimum: tf.minimum(a!, b!),
        squaredDifference: tf.squaredDifference(a!, b!),
        pow: tf.pow(a!, tf.abs(b!)),
        // By 0 too: tfjs gives 0.
        div: tf.div(a!, b!),
        floorDiv: tf.floorDiv(a!, b!),
        mod: tf.mod(a!, b!),
        'large quotient': tf.floorDiv(c!, tf.scalar(7, 'int32')),
        'large remainder': tf.mod(c!, tf.scalar(-1000, 'int32')),
        bitwiseAnd: tf.bitwiseAnd(a!, c!),
        mixed: tf.add(a!, tf.scalar(0.5)),
      }),
    );
  });

  it('of booleans, and choices', async () => {
    await expectParity({ x: floats('x', [4, 5]), y: floats('y', [5]) }, ({ x, y }) => {
      const [p, q] = [tf.greater(x!, 0), tf.greater(y!, 0)];
      return {
        and: tf.logicalAnd(p, q),
        or: tf.logicalOr(p, q),
        xor: tf.logicalXor(p, q),
        equal: tf.equal(p, q),
        notEqual: tf.notEqual(p, q),
        less: tf.less(p, q),
        mul: tf.mul(p, q),
        product: tf.mul(p, x!),
        maximum: tf.maximum(p, q),
        choice: tf.where(p, q, tf.logicalNot(q)),
        scalars: tf.where(tf.scalar(true), x!, y!),
        rows: tf.where(tf.greater(tf.slice(y!, [0], [4]), 0).reshape([4, 1]), x!, tf.zerosLike(x!)),
        ...withGradients('addN', (a, b, c) => tf.addN([a, b, c]), x!, x!, tf.square(x!)),
      };
    });
  });

  it('casts', async () => {
    await expectParity({ x: given([-2.7, -0.5, 0, 0.5, 2.7, 1e6]), n: integers('n', [6], -2, 3) }, ({ x, n }) => ({
      'float to int': tf.cast(x!, 'int32'),
      'float to bool': tf.cast(x!, 'bool'),
      'int to float': tf.cast(n!, 'float32'),
      'int to bool': tf.cast(n!, 'bool'),
      'bool to int': tf.cast(tf.cast(n!, 'bool'), 'int32'),
      'bool to float': tf.cast(tf.cast(n!, 'bool'), 'float32'),
      ...withGradients('through int', (a) => tf.mul(a, tf.cast(tf.cast(a, 'int32'), 'float32')), x!),
    }));
  });
});
