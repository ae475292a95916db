import { expect, test } from 'vitest';
import { Ascent, type AscentSubject, firstSteps } from '../../../src/webview/network/ascent';
import { usualAscent } from '../../../src/webview/protocol/network';
import type { NetworkPicture } from '../../../src/webview/protocol/network';

const subject: AscentSubject = { epoch: 3, layer: 'bottom.conv1', channel: 2, settings: usualAscent };

function picture(steps: number): NetworkPicture {
  const side = { height: 1, width: 1 };
  const activation = Array.from({ length: steps + 1 }, (_, i) => i);
  return { epoch: 3, note: null, ...side, activation, withoutSlope: 0, picture: new Uint8Array(3) };
}

function setUp() {
  const asked: { steps: number; ticket: number; answer: () => void; fail: (message: string) => void }[] = [];
  const cancelled: number[] = [];
  let clock = 0;
  const ascent = new Ascent(
    ({ settings: { steps } }, ticket) =>
      new Promise((resolve, reject) => {
        asked.push({
          steps,
          ticket,
          answer: () => resolve(picture(steps)),
          fail: (message) => reject(new Error(message)),
        });
      }),
    (ticket) => cancelled.push(ticket),
    () => undefined,
    () => clock,
  );
  const settle = () => new Promise((resolve) => setTimeout(resolve, 0));
  return { ascent, asked, cancelled, settle, pass: (milliseconds: number) => (clock += milliseconds) };
}

test('the first steps are made and shown first; they tell how long the rest takes', async () => {
  const { ascent, asked, settle, pass } = setUp();
  void ascent.start('x', subject);
  expect(asked.map(({ steps }) => steps)).toEqual([25]);
  expect(ascent.progress()).toEqual({ share: null, secondsLeft: null });
  pass(500);
  asked[0]!.answer();
  await settle();
  expect(asked.map(({ steps }) => steps)).toEqual([25, 200]);
  expect(ascent.result('x')).toMatchObject({ steps: 25, of: 200 });
  pass(1000);
  expect(ascent.progress()).toEqual({ share: 0.25, secondsLeft: 3 });
  asked[1]!.answer();
  await settle();
  expect(ascent.result('x')).toMatchObject({ steps: 200, of: 200 });
  expect(ascent.busyWith).toBeNull();
  expect(ascent.progress()).toBeNull();
});

test('what is stopped keeps what there is of it; its late answer and its failure are not heard', async () => {
  const { ascent, asked, cancelled, settle } = setUp();
  void ascent.start('x', subject);
  asked[0]!.answer();
  await settle();
  ascent.stop();
  expect(cancelled).toEqual([asked[1]!.ticket]);
  asked[1]!.fail('given up');
  await settle();
  expect(ascent.failure('x')).toBeNull();
  expect(ascent.result('x')).toMatchObject({ steps: 25 });
});

test('another picture takes the place of the one that is being made', async () => {
  const { ascent, asked, cancelled, settle } = setUp();
  void ascent.start('x', subject);
  void ascent.start('y', { ...subject, settings: { ...usualAscent, steps: 7 } });
  expect(cancelled).toEqual([asked[0]!.ticket]);
  asked[0]!.answer();
  asked[1]!.answer();
  await settle();
  expect(ascent.result('x')).toBeNull();
  expect(ascent.result('y')).toMatchObject({ steps: 7, of: 7 });
  void ascent.start('z', subject);
  asked[2]!.fail('no such map');
  await settle();
  expect(ascent.failure('z')).toBe('no such map');
});

test('few steps are made at once', () => {
  expect([1, 20, 21, 200, 1000].map(firstSteps)).toEqual([1, 20, 5, 25, 125]);
});
