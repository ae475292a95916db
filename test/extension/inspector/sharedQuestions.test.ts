import { expect, test } from 'vitest';
import { Cancelled } from '../../../src/extension/inspector/inspectorClient';
import { SharedQuestions } from '../../../src/extension/inspector/sharedQuestions';

/** Questions whose answers are given by hand. */
function setUp() {
  const shared = new SharedQuestions<string>(4, ({ length }) => length);
  const asked: { signal: AbortSignal; answer: (value: string) => void; fail: (error: Error) => void }[] = [];
  const ask = (key: string, signal?: AbortSignal): Promise<string> =>
    shared.ask(key, signal, (given) => new Promise((answer, fail) => asked.push({ signal: given, answer, fail })));
  return { ask, asked };
}

test('two who ask the same share one question, and later ones its answer', async () => {
  const { ask, asked } = setUp();
  const both = Promise.all([ask('x'), ask('x')]);
  expect(asked).toHaveLength(1);
  asked[0]!.answer('ab');
  expect(await both).toEqual(['ab', 'ab']);
  expect(await ask('x')).toBe('ab');
  expect(asked).toHaveLength(1);
});

test('who leaves does not take the answer from the other; when both have left it is given up', async () => {
  const { ask, asked } = setUp();
  const [first, second] = [new AbortController(), new AbortController()];
  const left = ask('x', first.signal);
  const stays = ask('x', second.signal);
  first.abort();
  await expect(left).rejects.toThrow(Cancelled);
  expect(asked[0]!.signal.aborted).toBe(false);
  asked[0]!.answer('ab');
  expect(await stays).toBe('ab');

  const alone = ask('y', second.signal);
  second.abort();
  await expect(alone).rejects.toThrow(Cancelled);
  expect(asked[1]!.signal.aborted).toBe(true);
  // Asked anew, not answered by what was given up.
  void ask('y');
  expect(asked).toHaveLength(3);
  await expect(ask('z', second.signal)).rejects.toThrow(Cancelled);
  expect(asked).toHaveLength(3);
});

test('a failure goes to all who wait and is not kept; old answers make room', async () => {
  const { ask, asked } = setUp();
  const both = [ask('x'), ask('x')];
  asked[0]!.fail(new Error('no plane'));
  for (const one of both) await expect(one).rejects.toThrow('no plane');
  const again = ask('x');
  expect(asked).toHaveLength(2);
  asked[1]!.answer('abc');
  await again;
  const other = ask('y');
  asked[2]!.answer('abc');
  await other;
  void ask('x');
  expect(asked).toHaveLength(4);
});
