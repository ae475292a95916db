import { describe, expect, it } from 'vitest';
import { lossLabel, lossName } from '../../../src/engine/experiment/lossLabel';
import type { LossSpec } from '../../../src/engine/experiment/schema';

const cases: [LossSpec, label: string, name: string][] = [
  [{ type: 'crossEntropy' }, 'cross-entropy', 'cross-entropy'],
  [{ type: 'crossEntropy', classWeights: [1, 1], labelSmoothing: 0 }, 'cross-entropy', 'cross-entropy'],
  [{ type: 'crossEntropy', classWeights: [1, 3] }, 'cross-entropy 1:3', 'cross-entropy-1-3'],
  [{ type: 'crossEntropy', classWeights: [0.3, 0.9] }, 'cross-entropy 0.3:0.9', 'cross-entropy-0.3-0.9'],
  [{ type: 'crossEntropy', labelSmoothing: 0.1 }, 'cross-entropy, smoothing 0.1', 'cross-entropy-smoothing-0.1'],
  [{ type: 'focal' }, 'focal γ=2', 'focal-2'],
  [{ type: 'focal', gamma: 0.5, modulator: 'full' }, 'focal γ=0.5', 'focal-0.5'],
  [{ type: 'focal', gamma: 2, modulator: 'detached' }, 'focal γ=2 (detached)', 'focal-2-detached'],
  [{ type: 'focal', alpha: 0.25 }, 'focal γ=2 α=0.25', 'focal-2-alpha-0.25'],
  [{ type: 'focal', classWeights: [1, 2] }, 'focal γ=2 1:2', 'focal-2-1-2'],
  [{ type: 'dice' }, 'dice', 'dice'],
  [{ type: 'dice', reduce: 'image', smooth: 1e-5, includeBackground: true, squared: false }, 'dice', 'dice'],
  [
    { type: 'dice', reduce: 'batch', smooth: 1, includeBackground: false, squared: true },
    'dice (over the batch, squared, foreground only, s=1)',
    'dice-over-the-batch-squared-foreground-only-s-1',
  ],
  [
    { type: 'sum', terms: [{ type: 'dice' }, { weight: 0.5, type: 'crossEntropy' }] },
    'dice + 0.5 × cross-entropy',
    'dice-0.5-cross-entropy',
  ],
  [
    { type: 'sum', terms: [{ type: 'sum', weight: 2, terms: [{ type: 'dice', weight: 1 }, { type: 'focal' }] }] },
    '2 × (dice + focal γ=2)',
    '2-dice-focal-2',
  ],
];

describe.each(cases)('%j', (spec, label, name) => {
  it(`is "${label}"`, () => expect(lossLabel(spec)).toBe(label));
  it(`is called ${name}`, () => expect(lossName(spec)).toBe(name));
});

describe('lossName', () => {
  it('is the given name, as it is', () => expect(lossName({ type: 'dice', name: 'My dice' })).toBe('My dice'));
});
