import { expect, test } from 'vitest';
import { parseWaiting, TrainingQueue, type Waiting } from '../../../src/extension/tasks/trainingQueue';

const waiting = (id: string, batch = 'b'): Waiting => ({ id, batch, file: '/a.losscape.json', loss: id, label: id });

/** A queue whose trainings begin and end when the test says so. */
function bench(limit: number) {
  const starting = new Map<string, { begin(): void; fail(): void }>();
  const lists: string[] = [];
  const state = { limit, running: 0 };
  const queue = new TrainingQueue({
    limit: () => state.limit,
    running: () => state.running,
    start: ({ id }) =>
      new Promise((done, fail) => {
        starting.set(id, {
          begin: () => {
            state.running += 1;
            done();
          },
          fail: () => fail(new Error('bad input')),
        });
      }),
    changed: (list) => lists.push(list.map(({ id }) => id).join('')),
  });
  const settle = () => new Promise((done) => setTimeout(done));
  return { queue, starting, lists, state, settle };
}

test('one after the other, first come, first served', async () => {
  const { queue, starting, lists, state, settle } = bench(1);
  queue.add(waiting('a'), waiting('b'), waiting('c'));
  expect([...starting.keys()]).toEqual(['a']);
  expect(lists.at(-1)).toBe('bc');
  starting.get('a')!.begin();
  await settle();
  expect([...starting.keys()]).toEqual(['a']);
  state.running -= 1;
  queue.pump();
  expect([...starting.keys()]).toEqual(['a', 'b']);
});

test('several at once, and more when the limit is raised', async () => {
  const { queue, starting, state, settle } = bench(2);
  queue.add(waiting('a'), waiting('b'), waiting('c'), waiting('d'));
  expect([...starting.keys()].join('')).toBe('ab');
  starting.get('a')!.begin();
  starting.get('b')!.begin();
  await settle();
  state.limit = 3;
  queue.pump();
  expect([...starting.keys()].join('')).toBe('abc');
  // A limit of nonsense still lets one run.
  state.limit = 0;
  state.running = 0;
  starting.get('c')!.fail();
  await settle();
  expect(queue.waiting()).toEqual([]);
});

test('when one cannot be started, those that were asked for with it are dropped, others go on', async () => {
  const { queue, starting, settle } = bench(1);
  queue.add(waiting('a', 'one'), waiting('b', 'one'));
  queue.add(waiting('c', 'two'));
  starting.get('a')!.fail();
  await settle();
  expect([...starting.keys()].join('')).toBe('ac');
  expect(queue.waiting()).toEqual([]);
});

test('taken out of the queue', () => {
  const { queue, lists } = bench(1);
  queue.add(waiting('a'), waiting('b'), waiting('c'));
  expect(queue.remove(({ id }) => id === 'b')).toBe(1);
  expect(queue.remove(({ id }) => id === 'b')).toBe(0);
  expect(lists.at(-1)).toBe('c');
});

test('a stored queue comes back, whatever is stored', () => {
  const stored = [waiting('a'), { ...waiting('b'), loss: undefined, resume: '/r', more: 1 }, { id: 1 }, null];
  expect(parseWaiting(JSON.parse(JSON.stringify(stored)))).toEqual([
    waiting('a'),
    { id: 'b', batch: 'b', file: '/a.losscape.json', label: 'b', resume: '/r' },
  ]);
  expect(parseWaiting(undefined)).toEqual([]);
});
