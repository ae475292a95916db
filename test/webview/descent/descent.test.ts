import { describe, expect, it } from 'vitest';
import { descentChart } from '../../../src/webview/descent/charts';
import { MapLoader } from '../../../src/webview/descent/mapLoader';
import { shownStep, stepsOf } from '../../../src/webview/descent/state';
import { isResumable, statusText } from '../../../src/webview/descent/texts';
import type { DescentInfo } from '../../../src/webview/protocol/descent';
import { frame } from '../kit/support';

const info: DescentInfo = {
  folder: '/d',
  status: 'interrupted',
  problem: null,
  experiment: 'discs',
  trainedWith: 'cross-entropy',
  epoch: 5,
  runKnown: true,
  image: { name: 'eye', split: 'test', height: 2, width: 2, synthetic: false },
  losses: [
    { name: 'ce', label: 'cross-entropy', spec: { type: 'crossEntropy', labelSmoothing: 0 } },
    { name: 'focal-2', label: 'focal γ=2', spec: { type: 'focal', gamma: 2, modulator: 'full' } },
  ],
  learningRate: 1e-5,
  steps: 1000,
  every: 100,
  stepsDone: 1300,
  stepsTotal: 2000,
};

const rows = (values: readonly number[]) =>
  frame({ step: values.map((_, index) => index), iou: values, loss: values.map((value) => 1 - value) });

describe('the steps of a descent', () => {
  it('are those of which any loss has a map', () => {
    expect(stepsOf([[0, 100, 200], [0, 100], []])).toEqual([0, 100, 200]);
  });

  it('the nearest to the wanted one is shown, or the newest', () => {
    expect(shownStep([0, 100, 200], 140)).toBe(100);
    expect(shownStep([0, 100, 200], null)).toBe(200);
    expect(shownStep([], 3)).toBeNull();
  });
});

describe('the charts of a descent', () => {
  it('have a line for each loss over all steps, however far it has come', () => {
    const chart = descentChart('iou', info, [rows([0.2, 0.4]), rows([])], { hidden: [], switchedY: [] })!;
    expect(chart.lines.map(({ name, y }) => [name, [...Array.from(y)]])).toEqual([
      ['cross-entropy', [0.2, 0.4]],
      ['focal γ=2', []],
    ]);
    expect(chart.x.max).toBe(1000);
    expect(chart.subtitle).toBe('eye, from epoch 5 of cross-entropy, Adam 0.00001');
  });

  it('there is none before anything has been measured', () => {
    expect(descentChart('loss', info, [rows([]), rows([])], { hidden: [], switchedY: [] })).toBeNull();
  });
});

it('how far it is, is said in words, and whether it can go on', () => {
  expect(statusText(info)).toBe('interrupted after 1,300 of 2,000 steps');
  expect(statusText({ ...info, status: 'running' })).toBe('running, 1,300 of 2,000 steps');
  expect([isResumable(info), isResumable({ ...info, status: 'running' })]).toEqual([true, false]);
});

describe('the loader of maps', () => {
  const settled = () => new Promise((done) => setTimeout(done, 0));

  it('asks once for each map, and for the others one by one', async () => {
    const asked: string[] = [];
    const request = (_: string, { loss, step }: { loss: number; step: number }) => {
      asked.push(`${loss} ${step}`);
      return Promise.resolve({ height: 1, width: 1, margin: Float32Array.of(step) });
    };
    const loader = new MapLoader({ request } as never, () => undefined);
    expect(loader.get(0, 100).state).toBe('loading');
    loader.get(0, 100);
    loader.ahead([[1, 0]]);
    await settled();
    expect(loader.get(0, 100)).toMatchObject({ state: 'ready', value: { margin: Float32Array.of(100) } });
    loader.ahead([
      [0, 100],
      [1, 0],
    ]);
    await settled();
    expect(asked).toEqual(['0 100', '1 0']);
  });

  it('keeps what went wrong until it is tried again', async () => {
    let broken = true;
    const request = () =>
      broken
        ? Promise.reject(new Error('cut off'))
        : Promise.resolve({ height: 1, width: 1, margin: new Float32Array(1) });
    const loader = new MapLoader({ request } as never, () => undefined);
    loader.get(0, 0);
    await settled();
    expect(loader.get(0, 0)).toEqual({ state: 'failed', problem: 'cut off' });
    broken = false;
    loader.retry();
    loader.get(0, 0);
    await settled();
    expect(loader.get(0, 0).state).toBe('ready');
  });
});
