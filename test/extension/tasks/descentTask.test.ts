import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { descentCall, descentTaskName, usualInterval } from '../../../src/extension/tasks/descentTask';

const usual = { accelerator: 'auto', threads: 0 };
const type = 'losscape-descent';

describe('the command line of a descent', () => {
  it('has what was asked for, each loss by itself', () => {
    const losses = ['study', '{"type":"focal","gamma":2}'];
    const task = {
      type,
      run: '/w/runs/first',
      image: 'eye 1',
      split: 'test',
      epoch: 5,
      losses,
      steps: 200,
      every: 20,
    } as const;
    expect(descentCall(task, '/w', { accelerator: 'onnx', threads: 1 })).toEqual({
      args: [
        'descend',
        '/w/runs/first',
        '--image=eye 1',
        '--split=test',
        '--epoch=5',
        '--losses=study',
        '--losses={"type":"focal","gamma":2}',
        '--steps=200',
        '--every=20',
        '--accelerator=onnx',
        '--threads=1',
      ],
      cwd: '/w/runs',
    });
  });

  it('leaves the rest to the engine, and counts paths from the workspace folder', () => {
    const call = descentCall({ type, run: 'runs/first', image: 'eye' }, '/w', usual);
    expect(call.args).toEqual(['descend', join('/w', 'runs/first'), '--image=eye']);
  });

  it('goes on as it began, with nothing that the engine would refuse', () => {
    const call = descentCall({ type, resume: '/w/runs/descent' }, '/w', { accelerator: 'wasm', threads: 2 });
    expect(call).toEqual({ args: ['descend', '--resume=/w/runs/descent'], cwd: '/w/runs' });
  });

  it('cannot be made of half a task', () => {
    expect(() => descentCall({ type, run: 'first' }, '/w', usual)).toThrow('neither a "run" with an "image"');
  });
});

it('a task is called by its image and its run, or by its folder', () => {
  expect(descentTaskName({ type, run: '/w/runs/first', image: 'eye' })).toBe('eye, first');
  expect(descentTaskName({ type, resume: '/w/runs/descent-1' })).toBe('descent-1');
});

it('maps are kept as often as the study did', () => {
  expect([1000, 200, 5].map(usualInterval)).toEqual([100, 20, 1]);
});
