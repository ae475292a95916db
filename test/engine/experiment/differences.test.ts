import { describe, expect, it } from 'vitest';
import { experimentDifferences } from '../../../src/engine/experiment/differences';
import { parseExperiment } from '../../../src/engine/experiment/read';

const text = (rest: string) => `{ "dataset": { "images": "/i", "masks": "/m" }${rest} }`;
const experiment = (rest = '', file = '/project/disc.losscape.json') => parseExperiment(text(rest), file);

describe('experimentDifferences', () => {
  it('finds none between an experiment and what run.json keeps of it, wherever the file lies', () => {
    const kept: unknown = JSON.parse(JSON.stringify(experiment()));
    expect(experimentDifferences(kept, experiment('', '/moved/disc.losscape.json'))).toEqual([]);
    expect(experimentDifferences(kept, experiment(', "model": { "depth": 4 }'))).toEqual([]);
  });

  it('names each setting with its value before and after', () => {
    const before = experiment(', "losses": [{ "type": "focal" }, { "type": "dice" }], "input": { "crop": [8, 8] }');
    const after = experiment(
      ', "losses": [{ "type": "focal", "gamma": 3, "alpha": 0.5 }], "training": { "optimizer": { "type": "sgd" } }',
    );
    expect(experimentDifferences(before, after)).toEqual([
      { path: 'input.crop', before: [8, 8], after: 'auto' },
      { path: 'training.optimizer.type', before: 'adam', after: 'sgd' },
      { path: 'training.optimizer.learningRate', before: 1e-4, after: 0.01 },
      { path: 'training.optimizer.beta1', before: 0.9, after: undefined },
      { path: 'training.optimizer.beta2', before: 0.999, after: undefined },
      { path: 'training.optimizer.epsilon', before: 1e-8, after: undefined },
      { path: 'training.optimizer.momentum', before: undefined, after: 0.9 },
      { path: 'losses[0].gamma', before: 2, after: 3 },
      { path: 'losses[0].alpha', before: undefined, after: 0.5 },
      {
        path: 'losses[1]',
        before: { type: 'dice', reduce: 'image', smooth: 1e-5, includeBackground: true, squared: false },
        after: undefined,
      },
    ]);
  });

  it('copes with a kept experiment of any shape', () => {
    expect(experimentDifferences(null, { name: 'x' })).toEqual([{ path: '', before: null, after: { name: 'x' } }]);
    expect(experimentDifferences({ a: [1] }, { a: { 0: 1 } })).toEqual([{ path: 'a', before: [1], after: { 0: 1 } }]);
  });
});
