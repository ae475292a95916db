import { expect, test } from 'vitest';
import { lossOf } from '../../../src/extension/panels/heatmapRuns';
import { typedLoss } from '../../../src/extension/panels/typedLoss';

const label = async (text: string) => {
  const loss = await typedLoss(text);
  return 'problem' in loss ? `problem: ${loss.problem}` : loss.label;
};

test('losses in words', async () => {
  expect(await label('focal 3')).toBe('focal γ=3');
  expect(await label('Focal gamma=0.5')).toBe('focal γ=0.5');
  expect(await label('focal γ 2 detached')).toBe('focal γ=2 (detached)');
  expect(await label('focal')).toBe('focal γ=2');
  expect(await label('cross-entropy 1:4')).toBe('cross-entropy 1:4');
  expect(await label('ce')).toBe('cross-entropy');
  expect(await label('focal 2 1:3')).toBe('focal γ=2 1:3');
  expect(await label(' dice ')).toBe('dice');
});

test('losses as JSON, checked as an experiment file is', async () => {
  expect(await label('{"type":"sum","terms":[{"type":"dice"},{"type":"crossEntropy","weight":0.5}]}')).toBe(
    'dice + 0.5 × cross-entropy',
  );
  expect(await label('{"type":"focal","gamma":-1}')).toMatch(/^problem: gamma/);
  expect(await label('{"type":"focal"')).toMatch(/^problem: .*is no loss/);
  expect(await label('tversky')).toMatch(/^problem: "tversky" is no loss\. Try: focal 3/);
});

test('the same options are the same loss, whatever it is called and however it is written', async () => {
  const typed = await typedLoss('focal 2');
  const kept = await lossOf({ name: 'mine', gamma: 2, modulator: 'full', type: 'focal' });
  expect('key' in typed && typed.key).toBe(kept.key);
  expect((await lossOf({ type: 'focal', gamma: 3, modulator: 'full' })).key).not.toBe(kept.key);
});
