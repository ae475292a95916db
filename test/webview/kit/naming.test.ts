import { describe, expect, it } from 'vitest';
import { settingsOf } from '../../../src/webview/kit/configuration';
import { commonLoss, type Nameable, runNames } from '../../../src/webview/kit/naming';

let count = 0;

function run(loss: string, configuration: object = {}, more: Partial<Nameable> = {}): Nameable {
  count += 1;
  const id = `20261123-1009${String(count).padStart(2, '0')}-discs-x-aaa${String.fromCharCode(97 + count)}`;
  return { id, title: null, loss, experiment: 'discs', started: null, settings: settingsOf(configuration), ...more };
}

describe('runNames', () => {
  it('names runs by their losses alone when these differ', () => {
    expect(runNames([run('focal γ=1', { seed: 1 }), run('focal γ=2', { seed: 2 })])).toEqual([
      'focal γ=1',
      'focal γ=2',
    ]);
  });

  it('leaves out the loss when all share it, and names what differs', () => {
    const rate = (learningRate: number) => ({ training: { epochs: 50, optimizer: { type: 'adam', learningRate } } });
    expect(runNames([run('focal γ=2', rate(1e-4)), run('focal γ=2', rate(1e-3))])).toEqual([
      'learning rate 0.0001',
      'learning rate 0.001',
    ]);
  });

  it('adds settings only where losses repeat', () => {
    const names = runNames([
      run('dice', { training: { seed: 1 } }),
      run('focal γ=2', { training: { seed: 1 } }),
      run('focal γ=2', { training: { seed: 2 } }),
    ]);
    expect(names).toEqual(['dice', 'focal γ=2 · seed 1', 'focal γ=2 · seed 2']);
  });

  it('tells repetitions apart by experiment, then by time, then by the letters of the folder', () => {
    const at = (started: string) => run('dice', {}, { started });
    expect(runNames([run('dice', {}, { experiment: 'a' }), run('dice', {}, { experiment: 'b' })])).toEqual([
      'dice · a',
      'dice · b',
    ]);
    const [first, second] = runNames([at('2026-11-23T10:09:00Z'), at('2026-11-23T11:30:00Z')]);
    expect(first).toMatch(/^dice · \d\d:09$/);
    expect(second).toMatch(/^dice · \d\d:30$/);
    const same = runNames([at('2026-11-23T10:09:00Z'), at('2026-11-23T10:09:30Z')]);
    expect(new Set(same).size).toBe(2);
  });

  it('keeps names short when a great deal differs', () => {
    const many = (base: number) => ({ training: { a: base, b: base, c: base, d: base, e: base } });
    expect(runNames([run('dice', many(1)), run('dice', many(2))])[0]).toBe('a 1 · b 1 · …');
  });

  it('lets a title of the user go before everything', () => {
    expect(runNames([run('dice', {}, { title: 'the good one' }), run('focal γ=2')])[0]).toBe('the good one');
  });

  it('names a single run by its loss', () => {
    expect(runNames([run('cross-entropy 1:3')])).toEqual(['cross-entropy 1:3']);
  });
});

describe('commonLoss', () => {
  it('is the loss of all runs, or null', () => {
    expect(commonLoss([run('dice'), run('dice')])).toBe('dice');
    expect(commonLoss([run('dice'), run('focal γ=2')])).toBeNull();
    expect(commonLoss([])).toBeNull();
  });
});
