import { describe, expect, it } from 'vitest';
import {
  axesWords,
  estimateWords,
  measurementFacts,
  measurementName,
  progressOf,
} from '../../../src/webview/curvature/words';
import { measurement } from './support';

const facts = (patch: Parameters<typeof measurement>[0] = {}): Record<string, string> =>
  Object.fromEntries(measurementFacts(measurement(patch)));

describe('what is said of a measurement', () => {
  it('names network, loss, images and method', () => {
    expect(measurementName(measurement(), false)).toBe(
      'dice, epoch 10 · 2 eigenvalues, trace (10 probes), density, layers',
    );
    const all = facts();
    expect(all['Network']).toBe('epoch 10 of run-1, trained with dice; 1000 weights');
    expect(all['Images']).toBe('mean over 8 of 40 train images, each as a whole');
    expect(all['Largest']).toBe('λ₁ = 12 ± 0.01, λ₂ = 3 ± 0.02');
    expect(all['Smallest']).toBe('−0.5 ± 0.001: in some direction the loss bends down, so this is no minimum');
    expect(all['Step size']).toContain('2 / λ₁ = 0.1667');
    expect(all['Trace']).toBe('40 ± 2 (standard error) from 10 random vectors (Hutchinson); mean eigenvalue 0.04');
    expect(all['Measured']).toBe('2026-01-02 03:04 UTC in 12 s by onnx (cpu), threads: 2');
  });

  it('claims no more than is known', () => {
    const near = { ...measurement().eigenvalues!, smallest: { value: -0.5, residual: 0.6 }, converged: false };
    expect(facts({ eigenvalues: near })['Smallest']).toBe('−0.5 ± 0.6');
    expect(facts({ eigenvalues: near })['Method']).toContain('not all have converged');
    expect(facts({ loss: { name: 'f', label: 'focal γ=2', variant: 'effective' } })['Loss']).toContain('detached');
    expect(estimateWords({ mean: 3, standardError: null })).toBe('3');
    const bare = facts({ eigenvalues: null, trace: null, spectrum: null, gradientNorm: null });
    expect(Object.keys(bare)).toEqual(['Network', 'Loss', 'Images', 'Measured']);
  });

  it('says how far it is, or why it is not', () => {
    const progress = { part: 'trace', step: 4, steps: 10 } as const;
    expect(progressOf(measurement({ status: 'measuring', progress }))).toEqual({
      text: 'dice at epoch 10, run-1 is being measured: trace, 4 of 10 probes; 12 s so far.',
      share: 0.4,
    });
    expect(progressOf(measurement({ status: 'measuring' })).share).toBeNull();
    expect(progressOf(measurement({ status: 'interrupted' })).text).toBe(
      'dice at epoch 10, run-1: the measurement was interrupted.',
    );
  });
});

describe('axes along gradients and eigenvectors', () => {
  const axes = {
    loss: 'dice',
    run: 'run-1',
    epoch: 10,
    images: { split: 'train', count: 8 },
    gradientNorm: 0.02,
    moved: false,
  } as const;
  const eigen = (rank: number, eigenvalue: number) => ({ kind: 'eigenvector', rank, eigenvalue }) as const;

  it('say which eigenvalue belongs to them', () => {
    const words = axesWords({ ...axes, axes: [eigen(1, 12.345), eigen(2, 3)] });
    expect(words[0]).toBe('Axis a is eigenvector 1 of the Hessian of dice: eigenvalue λ₁ = 12.35.');
    expect(words[1]).toBe('Axis b is eigenvector 2 of the Hessian of dice: eigenvalue λ₂ = 3.');
    expect(words[2]).toContain('Found at epoch 10 of run-1 over 8 train images.');
  });

  it('say so when they are another network’s, or the gradient', () => {
    const words = axesWords({ ...axes, moved: true, axes: [{ kind: 'gradient', rank: 1, eigenvalue: null }, null] });
    expect(words).toHaveLength(2);
    expect(words[0]).toBe('Axis a is the gradient of dice; its length there is 0.02.');
    expect(words[1]).toContain('around another network');
  });
});
