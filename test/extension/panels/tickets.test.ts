import { expect, test } from 'vitest';
import { Tickets } from '../../../src/extension/panels/tickets';

/** A question that is answered only by being given up. */
const untilGivenUp = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('given up'))));

test('a ticket gives up its question and no other', async () => {
  const tickets = new Tickets();
  let answer: (value: string) => void = () => undefined;
  const first = tickets.waitFor(1, untilGivenUp);
  const second = tickets.waitFor(2, (signal) => {
    signal.addEventListener('abort', () => answer('given up'));
    return new Promise<string>((resolve) => (answer = resolve));
  });
  tickets.cancel([1, 7]);
  await expect(first).rejects.toThrow('given up');
  answer('answered');
  expect(await second).toBe('answered');
});

test('a question that was answered cannot be given up any more', async () => {
  const tickets = new Tickets();
  let given = false;
  await tickets.waitFor(1, (signal) => {
    signal.addEventListener('abort', () => (given = true));
    return Promise.resolve();
  });
  tickets.cancel([1]);
  tickets.dispose();
  expect(given).toBe(false);
});

test('at the end all questions are given up', async () => {
  const tickets = new Tickets();
  const asked = [1, 2].map((ticket) => tickets.waitFor(ticket, untilGivenUp));
  tickets.dispose();
  const ends = await Promise.allSettled(asked);
  expect(ends.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
});
