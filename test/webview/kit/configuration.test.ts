import { describe, expect, it } from 'vitest';
import {
  differingSettings,
  parameters,
  settingName,
  settingsOf,
  settingText,
  sharedSettings,
} from '../../../src/webview/kit/configuration';

const focal = settingsOf({ loss: { type: 'focal', gamma: 2 }, training: { seed: 99, epochs: 50 }, name: 'a' });
const strong = settingsOf({ loss: { type: 'focal', gamma: 5 }, training: { seed: 99, epochs: 50 }, name: 'b' });
const weighted = settingsOf({
  loss: { type: 'crossEntropy', classWeights: [1, 3] },
  training: { seed: 99, epochs: 50 },
});

describe('differingSettings', () => {
  it('lists only what differs, with undefined where a run lacks it', () => {
    expect(differingSettings([focal, weighted])).toEqual([
      { path: 'loss.type', name: 'loss', values: ['focal', 'crossEntropy'] },
      { path: 'loss.gamma', name: 'γ', values: [2, undefined] },
      { path: 'loss.classWeights', name: 'class weights', values: [undefined, [1, 3]] },
    ]);
    expect(sharedSettings([focal, weighted])).toBe(2);
  });

  it('finds nothing in runs that are alike but for their names', () => {
    expect(
      differingSettings([focal, settingsOf({ loss: { type: 'focal', gamma: 2 }, training: { seed: 99, epochs: 50 } })]),
    ).toEqual([]);
  });
});

describe('parameters', () => {
  it('offers numbers that differ', () => {
    expect(parameters([focal, strong])).toEqual([{ path: 'loss.gamma', name: 'γ', values: [2, 5] }]);
  });

  it('makes one number of class weights, 1 where a loss could have them and does not', () => {
    const [ratio] = parameters([focal, strong, weighted]);
    expect(ratio).toMatchObject({ path: 'loss.classWeights', values: [1, 1, 3] });
  });

  it('does not offer a number that only one run has', () => {
    expect(parameters([focal, settingsOf({ loss: { type: 'dice' } })])).toEqual([]);
  });
});

describe('words', () => {
  it.each([
    ['training.optimizer.learningRate', 'learning rate'],
    ['training.batchSize', 'batch size'],
    ['model.filters', 'filters'],
    ['loss.gamma', 'γ'],
    ['loss.terms[1].gamma', 'term 2: gamma'],
  ])('says %s as "%s"', (path, name) => expect(settingName(path)).toBe(name));

  it('writes values as a table shows them', () => {
    expect([[1, 3], true, undefined, 1e-4, 'adam'].map(settingText)).toEqual(['1 : 3', 'yes', '–', '0.0001', 'adam']);
  });
});
