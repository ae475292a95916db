import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { ChangeCoalescer } from '../../../src/extension/runs/coalescer';
import type { RunsChange } from '../../../src/extension/runs/runData';

test('changes are handed on together, at most once in a while', async () => {
  const seen: { change: RunsChange; at: number }[] = [];
  const coalescer = new ChangeCoalescer((change) => seen.push({ change, at: performance.now() }), 100, 5);
  for (let round = 0; round < 30; round += 1) {
    coalescer.change('a');
    coalescer.change('b');
    await delay(10);
  }
  await delay(150);
  coalescer.dispose();
  expect(seen.length).toBeGreaterThan(1);
  for (let index = 1; index < seen.length; index += 1) {
    expect(seen[index]!.at - seen[index - 1]!.at).toBeGreaterThan(95);
  }
  expect(seen[0]!.change).toEqual({ added: [], changed: ['a', 'b'], removed: [] });
});

test('a run stands in one list only, and what came and went in between in none', () => {
  const seen: RunsChange[] = [];
  const coalescer = new ChangeCoalescer((change) => seen.push(change));
  coalescer.add('new');
  coalescer.change('new');
  coalescer.add('short');
  coalescer.remove('short');
  coalescer.change('old');
  coalescer.remove('old');
  coalescer.remove('back');
  coalescer.add('back');
  coalescer.flush();
  coalescer.flush();
  expect(seen).toEqual([{ added: ['new'], changed: ['back'], removed: ['old'] }]);
});
