import { expect, it } from 'vitest';
import { lossFormula } from '../../../src/extension/experimentFile/formulas';

it('a formula carries the numbers of its entry', () => {
  expect(lossFormula({ type: 'focal', gamma: 1.5, alpha: 0.25 }).formulas[0]).toBe(
    'L = mean(α · (1 − pt)^1.5 · −log pt)',
  );
  expect(lossFormula({ type: 'crossEntropy', classWeights: [1, 3] }).formulas[0]).toBe('L = Σ w · (−log pt) / Σ w');
  expect(lossFormula({ type: 'crossEntropy', classWeights: [1, 1] }).formulas[0]).toBe('L = mean(−log pt)');
});

it('says when the reported loss is not the one that is descended', () => {
  expect(lossFormula({ type: 'focal', modulator: 'detached' }).notes.join()).toContain(
    'not the loss that is descended',
  );
  expect(lossFormula({ type: 'focal' }).notes.join()).not.toContain('descended');
});

it('a sum names its terms and each paper once', () => {
  const { formulas, papers } = lossFormula({
    type: 'sum',
    terms: [{ type: 'dice' }, { type: 'dice', squared: true, weight: 0.5 }, { type: 'focal' }],
  });
  expect(formulas[0]).toBe('L = L1 + 0.5 · L2 + L3');
  expect(formulas).toHaveLength(4);
  expect(papers.map(({ url }) => url)).toEqual([
    'https://arxiv.org/abs/1606.04797',
    'https://arxiv.org/abs/1708.02002',
  ]);
});
