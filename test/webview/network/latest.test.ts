import { expect, test } from 'vitest';
import { Latest } from '../../../src/webview/network/latest';

/** Questions whose answers are given by hand. */
function setUp() {
  const asked: { key: string; ticket: number; answer: (value: string) => void; fail: (message: string) => void }[] = [];
  const cancelled: number[] = [];
  let arrivals = 0;
  const latest = new Latest<string>(
    (ticket) => cancelled.push(ticket),
    () => (arrivals += 1),
    100,
    () => 40,
  );
  const asking = (key: string) => (ticket: number) =>
    new Promise<string>((answer, reject) => {
      asked.push({ key, ticket, answer, fail: (message) => reject(new Error(message)) });
    });
  const settle = () => new Promise((resolve) => setTimeout(resolve, 0));
  return {
    latest,
    asked,
    cancelled,
    settle,
    want: (key: string) => latest.want(key, asking(key)),
    ahead: (key: string) => latest.ahead(key, asking(key)),
    arrivals: () => arrivals,
  };
}

test('the last question wins: the one before is given up, and its answer is not shown', async () => {
  const { want, asked, cancelled, settle, latest, arrivals } = setUp();
  expect(want('a').state).toBe('loading');
  want('a');
  expect(asked).toHaveLength(1);
  want('b');
  expect(cancelled).toEqual([asked[0]!.ticket]);
  asked[0]!.answer('A');
  asked[1]!.answer('B');
  await settle();
  expect(latest.last).toBe('B');
  expect(arrivals()).toBe(1);
  expect(want('b')).toEqual({ state: 'ready', value: 'B' });
  // It came all the same, so it need not be asked again.
  expect(want('a')).toEqual({ state: 'ready', value: 'A' });
  expect(latest.last).toBe('A');
  expect(asked).toHaveLength(2);
});

test('a failure is told, once, until somebody tries again; one that was given up is not', async () => {
  const { want, asked, settle, latest } = setUp();
  want('a');
  asked[0]!.fail('the checkpoint is gone');
  await settle();
  expect(want('a')).toEqual({ state: 'failed', message: 'the checkpoint is gone' });
  expect(asked).toHaveLength(1);
  latest.retry();
  expect(want('a').state).toBe('loading');
  want('b');
  asked[1]!.fail('nobody waits');
  await settle();
  expect(latest.look('a').state).toBe('loading');
});

test('what may come next is asked when nothing else is, and makes room for what is wanted', async () => {
  const { want, ahead, asked, cancelled, settle, latest } = setUp();
  want('a');
  ahead('b');
  expect(asked.map(({ key }) => key)).toEqual(['a']);
  asked[0]!.answer('A');
  await settle();
  want('a');
  ahead('b');
  ahead('c');
  expect(asked.map(({ key }) => key)).toEqual(['a', 'b']);
  expect(latest.waiting).toBe(false);
  // Drawing again what is there leaves it alone.
  want('a');
  expect(cancelled).toEqual([]);
  want('d');
  expect(cancelled).toEqual([asked[1]!.ticket]);
  asked[2]!.answer('D');
  await settle();
  ahead('b');
  // What was asked ahead and is now wanted is not asked twice.
  want('b');
  expect(asked.map(({ key }) => key)).toEqual(['a', 'b', 'd', 'b']);
  expect(latest.waiting).toBe(true);
  asked[3]!.answer('B');
  await settle();
  expect(latest.last).toBe('B');
});

test('answers are kept within a bound; the one that is shown always', async () => {
  const { want, asked, settle } = setUp();
  for (const key of ['a', 'b', 'c']) {
    want(key);
    asked.at(-1)!.answer(key);
    await settle();
  }
  expect(want('c').state).toBe('ready');
  expect(want('a').state).toBe('loading');
});
