import { expect, test } from 'vitest';
import { Loader, type Need } from '../../../src/webview/heatmap/loader';
import type { HeatmapMargin } from '../../../src/webview/protocol/heatmap';
import { heatmapRun } from './support';

const run = heatmapRun('x');
const image = { name: 'c' };
const need = (epoch: number | null): Need => ({
  run,
  image,
  network: epoch === null ? null : { epoch },
});

/** A host whose answers are given by hand. */
function setUp(marginBytes?: number) {
  const asked: { epoch: number | null; ticket: number; answer: () => void; fail: (message: string) => void }[] = [];
  const cancelled: number[] = [];
  const host = {
    request: (message: string, body: { ticket: number; network?: { epoch: number } }) =>
      new Promise((resolve, reject) => {
        const epoch = message === 'image' ? null : body.network!.epoch;
        const place = { height: 2, width: 3, top: 0, left: 0 };
        const margin: HeatmapMargin = { note: null, ...place, margin: new Float32Array(6) };
        const photo = { photo: new Uint8Array(18), labels: null, ...place };
        asked.push({
          epoch,
          ticket: body.ticket,
          answer: () => resolve(epoch === null ? photo : margin),
          fail: (text) => reject(new Error(text)),
        });
      }),
    send: (_: 'cancel', { tickets }: { tickets: readonly number[] }) => cancelled.push(...tickets),
  };
  const loader = new Loader(host as never, () => undefined, marginBytes);
  const settle = () => new Promise((resolve) => setTimeout(resolve, 0));
  /** As long as it fetches nothing ahead after what somebody waited for. */
  const pause = () => new Promise((resolve) => setTimeout(resolve, 250));
  return { loader, asked, cancelled, settle, pause };
}

test('what is needed now goes first; what may follow is fetched one by one after a pause', async () => {
  const { loader, asked, settle, pause } = setUp();
  loader.want([need(null), need(4)], [need(2), need(0)]);
  expect(asked.map(({ epoch }) => epoch)).toEqual([null, 4]);
  asked[0]!.answer();
  await settle();
  expect(asked).toHaveLength(2);
  asked[1]!.answer();
  await settle();
  expect(asked).toHaveLength(2);
  await pause();
  expect(asked.map(({ epoch }) => epoch)).toEqual([null, 4, 2]);
  expect(loader.margin(run, { epoch: 4 }, image).state).toBe('ready');
  expect(loader.margin(run, { epoch: 2 }, image).state).toBe('loading');
  asked[2]!.answer();
  await settle();
  expect(asked.map(({ epoch }) => epoch)).toEqual([null, 4, 2, 0]);
});

test('the last wish wins: what is not needed any more is given up, and asked again when it is', async () => {
  const { loader, asked, cancelled, settle } = setUp();
  loader.want([need(4)], []);
  loader.want([need(2)], []);
  expect(cancelled).toEqual([asked[0]!.ticket]);
  loader.want([need(4)], []);
  expect(asked.map(({ epoch }) => epoch)).toEqual([4, 2, 4]);
  // The answer that was given up comes as a failure, and nobody hears of it.
  asked[0]!.fail('given up');
  asked[2]!.answer();
  await settle();
  expect(loader.margin(run, { epoch: 4 }, image).state).toBe('ready');
});

test('what was fetched ahead makes room for what somebody waits for', () => {
  const { loader, asked, cancelled } = setUp();
  loader.want([], [need(2)]);
  loader.want([need(4)], [need(2)]);
  expect(cancelled).toEqual([asked[0]!.ticket]);
  expect(asked.map(({ epoch }) => epoch)).toEqual([2, 4]);
});

test('a failure is kept and shown, and tried again when asked to', async () => {
  const { loader, asked, settle } = setUp();
  loader.want([need(4)], []);
  asked[0]!.fail('the checkpoint is cut off');
  await settle();
  expect(loader.margin(run, { epoch: 4 }, image)).toEqual({ state: 'failed', message: 'the checkpoint is cut off' });
  loader.want([need(4)], []);
  expect(asked).toHaveLength(1);
  loader.retry();
  expect(asked).toHaveLength(2);
});

test('a memory too small for all that may follow comes to rest', async () => {
  const { loader, asked, settle, pause } = setUp(30);
  const ahead = [need(0), need(2)];
  loader.want([need(4)], ahead);
  asked[0]!.answer();
  await pause();
  for (const index of [1, 2]) {
    asked[index]!.answer();
    await settle();
  }
  loader.want([need(4)], ahead);
  expect(asked.map(({ epoch }) => epoch)).toEqual([4, 0, 2]);
  // What is shown is never pushed out.
  expect(loader.margin(run, { epoch: 4 }, image).state).toBe('ready');
});

test('an epoch that was trained again is another one', async () => {
  const { loader, asked, settle } = setUp();
  loader.want([need(4)], []);
  asked[0]!.answer();
  await settle();
  const again = { ...run, version: '2' };
  expect(loader.margin(again, { epoch: 4 }, image).state).toBe('loading');
});
