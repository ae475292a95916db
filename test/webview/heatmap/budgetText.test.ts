import { expect, test } from 'vitest';
import { budget, type LossSpec, type MarginMap } from '../../../src/engine/insight/maps';
import { budgetSentence, shareOf, type ToldBudget } from '../../../src/webview/heatmap/budgetText';

/** Mostly sure pixels, a few that are not: a network that is nearly done. */
const map: MarginMap = {
  height: 10,
  width: 10,
  margin: Float32Array.from({ length: 100 }, (_, i) => (i < 20 ? (i < 4 ? -0.5 : 4) : -4)),
  labels: Uint8Array.from({ length: 100 }, (_, i) => (i < 20 ? 1 : 0)),
};
const plain: LossSpec = { type: 'crossEntropy' };
const told = (name: string, spec: LossSpec): ToldBudget => ({
  name,
  budget: budget(map, spec)!,
  reference: name === 'cross-entropy' ? null : budget(map, plain)!,
});

test('the sentence says which part of the gradient a group gets under each loss', () => {
  const focal = told('focal γ=2', { type: 'focal', gamma: 2 });
  const sentence = budgetSentence('class', 7, 5, [told('cross-entropy', plain), focal]);
  expect(sentence).toMatch(
    /^After epoch 7, the foreground makes up 20 % of the image\. Of the gradient it gets \d+ % under cross-entropy and \d+(\.\d)? % under focal γ=2\.$/,
  );
  const share = shareOf(focal.budget.gradient, 'foreground');
  expect(sentence).toContain(
    `${share > 0.95 ? Number((share * 100).toFixed(1)) : Math.round(share * 100)} % under focal`,
  );
});

test('why focal lowers confidence is said when the numbers bear it out, and only then', () => {
  const focal = budgetSentence('confidence', 7, 5, [told('focal γ=2', { type: 'focal', gamma: 2 })]);
  expect(focal).toMatch(/Focal γ=2 spends .* on pixels that the network is already sure of/);
  expect(focal).toContain('if it were cross-entropy');
  expect(budgetSentence('confidence', 7, 5, [told('cross-entropy', plain)])).not.toContain('spends');
  const weighted = told('cross-entropy 2:2', { type: 'crossEntropy', classWeights: [2, 2] });
  expect(budgetSentence('confidence', 7, 5, [weighted])).not.toContain('spends');
});

test('nothing to tell, nothing told', () => {
  expect(budgetSentence('class', 7, 5, [])).toBe('');
});
