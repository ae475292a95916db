import { expect, test } from 'vitest';
import { engineCall, taskName, type TrainingTask } from '../../../src/extension/tasks/taskDefinition';

const settings = { accelerator: 'auto', threads: 0 };
const call = (task: Omit<TrainingTask, 'type'>, set = settings) =>
  engineCall({ type: 'losscape', ...task }, '/ws', set);

test('the least: all losses of an experiment', () => {
  expect(call({ experiment: 'data/disc.losscape.json' })).toEqual({
    args: ['train', '/ws/data/disc.losscape.json'],
    cwd: '/ws/data',
  });
});

test('everything', () => {
  const task = {
    experiment: '/abs/disc.losscape.json',
    losses: ['focal-2', '-odd name'],
    runs: 'out',
    accelerator: 'onnx',
    provider: 'webgpu',
    threads: 3,
  };
  expect(call(task).args).toEqual([
    'train',
    '/abs/disc.losscape.json',
    '--loss=focal-2',
    '--loss=-odd name',
    '--runs=/ws/out',
    '--accelerator=onnx',
    '--provider=webgpu',
    '--threads=3',
  ]);
});

test('settings hold where the task says nothing', () => {
  expect(call({ experiment: 'a.losscape.json' }, { accelerator: 'wasm', threads: 2 }).args.slice(2)).toEqual([
    '--accelerator=wasm',
    '--threads=2',
  ]);
  expect(call({ experiment: 'a.losscape.json', threads: 1 }, { accelerator: 'auto', threads: 2 }).args.at(-1)).toBe(
    '--threads=1',
  );
});

test('a run to go on with, by folder or by name', () => {
  expect(call({ resume: '/ws/runs/one' })).toEqual({ args: ['train', '--resume=/ws/runs/one'], cwd: '/ws' });
  expect(call({ resume: 'runs/one' }).args).toEqual(['train', '--resume=/ws/runs/one']);
  expect(call({ experiment: 'a.losscape.json', resume: 'abcd' }).args).toEqual([
    'train',
    '/ws/a.losscape.json',
    '--resume=abcd',
  ]);
});

test('a task that makes no sense says so', () => {
  expect(() => call({})).toThrow(/neither an "experiment" nor a run/);
  expect(() => call({ experiment: 3 as unknown as string })).toThrow(/"experiment" of the task must be a text/);
  expect(() => call({ experiment: 'a', losses: 'focal' as unknown as string[] })).toThrow(/list of names/);
});

test('names', () => {
  const task = { type: 'losscape' as const, experiment: 'data/disc.losscape.json' };
  expect(taskName(task)).toBe('disc');
  expect(taskName({ ...task, losses: ['a', 'b'] })).toBe('disc: a, b');
  expect(taskName({ type: 'losscape', resume: '/r/one' })).toBe('one');
});
