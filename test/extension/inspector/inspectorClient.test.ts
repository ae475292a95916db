import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { afterEach, expect, test } from 'vitest';
import type { InspectorState } from '../../../src/extension/inspector/inspectorClient';
import { Cancelled, InspectorClient, InspectorFailure } from '../../../src/extension/inspector/inspectorClient';

/**
 * A process that speaks as the inspector does, and can be made to do what the real one should never do. The epoch says what: 13
 * crashes, 14 crashes in its first life only, 15 never answers, 16 says what is wrong, 17 sends no frames, 18 throws; others are sent back.
 */
const program = `
const life = Number(process.argv[1]);
console.error('Looking with onnx (cpu, 2 threads): the default');
require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
  const { id, method, params } = JSON.parse(line);
  if (method === 'cancel') return console.error('cancelled ' + params.id);
  const epoch = params.epoch;
  if (epoch === 13 || (epoch === 14 && life === 1)) { console.error('loading\\nout of memory'); process.exitCode = 9; return process.exit(); }
  if (epoch === 15) return;
  if (epoch === 18) throw new Error('no room left');
  if (epoch === 17) return process.stdout.write(Buffer.alloc(8, 0xff));
  const values = Buffer.from(new Float32Array([epoch, life]).buffer);
  const header = epoch === 16
    ? { id, ok: false, error: { message: 'it is cut off', hint: 'Take epoch 12', file: '/runs/a/16' } }
    : { id, ok: true, result: { epoch }, arrays: [{ name: 'margin', type: 'float32', shape: [1, 2], byteLength: 8 }] };
  const json = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(json.length);
  process.stdout.write(Buffer.concat([length, json, epoch === 16 ? Buffer.alloc(0) : values]));
}).on('close', () => process.exit(0));
`;

const clients: InspectorClient[] = [];
afterEach(() => {
  for (const client of clients.splice(0)) client.dispose();
});

function started(idleMilliseconds?: number) {
  const children: ChildProcessWithoutNullStreams[] = [];
  const states: InspectorState[] = [];
  const client = new InspectorClient({
    start: () => {
      const child = spawn(process.execPath, ['-e', program, String(children.length + 1)]);
      children.push(child);
      return Promise.resolve(child);
    },
    onState: (state) => states.push(state),
    ...(idleMilliseconds === undefined ? {} : { idleMilliseconds }),
  });
  clients.push(client);
  const ask = (epoch: number, signal?: AbortSignal) =>
    client.request('margin', { run: '/runs/a', epoch, image: { name: 'eye' } }, signal);
  return { client, children, states, ask };
}

test('starts with the first question and answers many at once', async () => {
  const { children, states, ask } = started();
  expect(children).toHaveLength(0);
  const answers = await Promise.all([ask(1), ask(2), ask(3)]);
  expect(answers.map(({ result }) => result.epoch)).toEqual([1, 2, 3]);
  expect([...answers[1].arrays.margin.values]).toEqual([2, 1]);
  expect(answers[1].arrays.margin.shape).toEqual([1, 2]);
  expect(children).toHaveLength(1);
  expect(states.map(({ kind }) => kind)).toEqual(['starting', 'ready']);
});

test('what is wrong with the input comes back in words, with the way out', async () => {
  const { ask } = started();
  const failure = await ask(16).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(InspectorFailure);
  expect((failure as Error).message).toBe('/runs/a/16: it is cut off. Take epoch 12');
});

test('a question that nobody waits for is given up at once, and others are not', async () => {
  const { ask } = started();
  const controller = new AbortController();
  const given = ask(15, controller.signal);
  const kept = ask(4);
  controller.abort();
  await expect(given).rejects.toBeInstanceOf(Cancelled);
  expect((await kept).result.epoch).toBe(4);
  await expect(ask(5, controller.signal)).rejects.toBeInstanceOf(Cancelled);
});

test('after a crash it is started again and asked again, and says why', async () => {
  const { children, states, ask } = started();
  await ask(1);
  const { arrays } = await ask(14);
  expect([...arrays.margin.values]).toEqual([14, 2]);
  expect(children).toHaveLength(2);
  expect(states).toContainEqual({ kind: 'crashed', reason: 'out of memory' });
  expect(states.at(-1)).toEqual({ kind: 'ready' });
});

test('one that is ended from outside, while nothing is asked, says by what, and is started again when it is needed', async () => {
  const { children, states, ask } = started();
  await ask(1);
  children[0]!.kill('SIGKILL');
  await new Promise((resolve) => children[0]!.once('close', resolve));
  expect(states.at(-1)).toEqual({ kind: 'crashed', reason: 'it was ended by SIGKILL' });
  expect(children).toHaveLength(1);
  expect((await ask(2)).result.epoch).toBe(2);
  expect(states.at(-1)).toEqual({ kind: 'ready' });
});

test('of an error that nobody catches, its message is the reason', async () => {
  const { ask } = started();
  await expect(ask(18)).rejects.toThrow(/ended twice over this: Error: no room left\./);
});

test('what kills two processes is given up, and the next question is answered', async () => {
  const { children, ask } = started();
  await expect(ask(13)).rejects.toThrow(/ended twice over this: out of memory/);
  expect((await ask(6)).result.epoch).toBe(6);
  expect(children).toHaveLength(3);
});

test('bytes that are no frames are a crash', async () => {
  const { states, ask } = started();
  await expect(ask(17)).rejects.toThrow(/no frames/);
  expect(states.some(({ kind }) => kind === 'crashed')).toBe(true);
});

test('an idle process is ended, and started again when it is needed', async () => {
  const { children, states, ask } = started(40);
  await ask(1);
  await new Promise((resolve) => children[0]!.once('close', resolve));
  expect(children[0]!.exitCode).toBe(0);
  expect(states.at(-1)).toEqual({ kind: 'off' });
  expect([...(await ask(2)).arrays.margin.values]).toEqual([2, 2]);
});

test('a Node that cannot be found is told to whoever asked', async () => {
  const client = new InspectorClient({ start: () => Promise.reject(new Error('There is no Node 20')) });
  clients.push(client);
  const image = { run: '/runs/a', image: { name: 'eye' } };
  await expect(client.request('image', image)).rejects.toThrow('There is no Node 20');
  expect(client.state.kind).toBe('off');
});
