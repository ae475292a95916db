import { describe, expect, it } from 'vitest';
import { curveSnapshot } from '../../../src/extension/experimentFile/curveSnapshot';

const at = { uri: 'file:///eye.losscape.json', file: 'eye.losscape.json', index: 0 };
const text = (losses: string): string => `{ "losses": [${losses}] }`;

describe('what the curve panel shows', () => {
  it('the entry, cross-entropy to compare with, and the other entries', () => {
    const snapshot = curveSnapshot(
      text('{ "type": "focal", "gamma": 2 }, { "type": "crossEntropy", "classWeights": [1, 3] }'),
      at,
      null,
    );
    expect(snapshot.label).toBe('focal γ=2');
    expect(snapshot.problem).toBeNull();
    expect(snapshot.losses.map(({ key, role, label }) => [key, role, label])).toEqual([
      ['0', 'entry', 'focal γ=2'],
      ['reference', 'reference', 'cross-entropy, for comparison'],
      ['1', 'other', 'cross-entropy 1:3'],
    ]);
    expect(snapshot.losses[0]!.spec).toMatchObject({ type: 'focal', gamma: 2 });
  });

  it('what was valid stays while one types, and says so', () => {
    const before = curveSnapshot(text('{ "type": "focal", "gamma": 2 }'), at, null);
    const typing = curveSnapshot(text('{ "type": "focal", "gamma": }'), at, before);
    expect(typing.losses).toEqual(before.losses);
    expect(typing.problem).toContain('not valid');
    const after = curveSnapshot(text('{ "type": "focal", "gamma": 3 }'), at, typing);
    expect(after).toMatchObject({ label: 'focal γ=3', problem: null });
  });

  it('an entry that is gone leaves nothing of another one', () => {
    const before = curveSnapshot(text('{ "type": "focal" }'), at, null);
    expect(curveSnapshot(text('{ "type": "dice" }'), { ...at, index: 3 }, before)).toMatchObject({
      losses: [],
      problem: 'The file has no losses[3] any more.',
    });
  });

  it('a loss of whole images says what was assumed', () => {
    expect(curveSnapshot(text('{ "type": "dice" }'), at, null).notes.join()).toContain('10 % foreground');
  });
});
