import { describe, expect, it } from 'vitest';
import { filterNorms, randomDirection } from '../../../src/engine/surface/directions';
import { initializeParameters } from '../../../src/engine/unet/initializers';
import { unetParameters, type ParameterSpec } from '../../../src/engine/unet/unet';

const specs = unetParameters({ filters: 3, depth: 2, padding: 'same', classes: 2, channels: 3 });
const weights = initializeParameters(specs, 'default', 5);
const options = { seed: 7, axis: 'a', normalization: 'filter', biases: 'ignore' } as const;

/** Norm of output filter `output`, index by index: first axis of a convolution, second of a transposed one. */
function normOfFilter({ kind, shape }: ParameterSpec, values: Float32Array, output: number): number {
  const [first = 1, second = 1, height = 1, width = 1] = shape;
  let squares = 0;
  for (let p = 0; p < first; p++)
    for (let q = 0; q < second; q++)
      for (let y = 0; y < height; y++)
        for (let x = 0; x < width; x++) {
          if ((kind === 'transposedConvolution' ? q : p) !== output) continue;
          squares += values[((p * second + q) * height + y) * width + x]! ** 2;
        }
  return Math.sqrt(squares);
}

const norm = (values: Float32Array): number => Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));

describe('filter normalisation', () => {
  it('gives every output filter the norm of the same filter of the network', () => {
    const direction = randomDirection(specs, weights, options);
    let transposed = 0;
    for (const spec of specs.filter(({ kind }) => kind !== 'bias')) {
      const outputs = spec.kind === 'transposedConvolution' ? spec.shape[1]! : spec.shape[0]!;
      transposed += spec.kind === 'transposedConvolution' ? 1 : 0;
      expect(filterNorms(spec, direction[spec.name]!)).toHaveLength(outputs);
      for (let output = 0; output < outputs; output++) {
        const wanted = normOfFilter(spec, weights[spec.name]!, output);
        expect(Math.abs(normOfFilter(spec, direction[spec.name]!, output) / wanted - 1)).toBeLessThan(1e-6);
      }
    }
    expect(transposed).toBe(2);
  });

  it('follows the definition d · |w| / |d| on a transposed convolution worked out by hand', () => {
    const spec: ParameterSpec = {
      name: 'up',
      shape: [2, 2, 1, 1],
      kind: 'transposedConvolution',
      layer: 'up',
      fanIn: 2,
    };
    // [I,O]: filter 0 is the column (3, 4), filter 1 the column (0, 0).
    const own = { up: Float32Array.of(3, 0, 4, 0) };
    expect(filterNorms(spec, own.up)).toEqual([5, 0]);
    const direction = randomDirection([spec], own, options).up!;
    expect(Math.hypot(direction[0]!, direction[2]!)).toBeCloseTo(5, 5);
    expect([direction[1], direction[3]].map(Math.abs as (x?: number) => number)).toEqual([0, 0]);
  });

  it('leaves biases alone, or moves each by its own size', () => {
    const ignored = randomDirection(specs, weights, options);
    const kept = randomDirection(specs, weights, { ...options, biases: 'keep' });
    for (const { name } of specs.filter(({ kind }) => kind === 'bias')) {
      expect(ignored[name]!.every((value) => value === 0)).toBe(true);
      kept[name]!.forEach((value, i) => expect(Math.abs(value)).toBeCloseTo(Math.abs(weights[name]![i]!), 6));
    }
    // Weights have streams of their own: what happens to biases does not touch them.
    expect(kept['head.weight']).toEqual(ignored['head.weight']);
  });
});

describe('other normalisations', () => {
  it('layer: the norm of every tensor', () => {
    const direction = randomDirection(specs, weights, { ...options, normalization: 'layer', biases: 'keep' });
    for (const { name } of specs) expect(norm(direction[name]!) / norm(weights[name]!)).toBeCloseTo(1, 6);
  });

  it('none: standard normal as drawn', () => {
    const direction = randomDirection(specs, weights, { ...options, normalization: 'none' });
    const all = specs.filter(({ kind }) => kind !== 'bias').flatMap(({ name }) => [...direction[name]!]);
    expect(Math.sqrt(all.reduce((sum, value) => sum + value * value, 0) / all.length)).toBeCloseTo(1, 1);
  });
});

describe('seeds', () => {
  it('give the same direction again, and another one for another seed or axis', () => {
    const of = (changed: object): number =>
      randomDirection(specs, weights, { ...options, ...changed })['head.weight']![0]!;
    expect(of({})).toBe(of({}));
    expect(new Set([of({}), of({ seed: 8 }), of({ axis: 'b' })]).size).toBe(3);
  });
});
