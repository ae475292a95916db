import { describe, expect, it } from 'vitest';
import {
  curvatureArguments,
  curvatureTaskName,
  curvatureTaskType,
  resumingTask,
} from '../../../src/extension/surfaces/curvatureCall';
import { costOf, efforts, spread } from '../../../src/extension/surfaces/curvatureEffort';
import { unetParameters } from '../../../src/engine/unet/unet';
import { curvatureDocument } from './curvatureSupport';

const type = curvatureTaskType;
const settings = { accelerator: 'auto', threads: 0 };

describe('the command line of a measurement', () => {
  it('names runs, epochs, losses and how thorough it is', () => {
    const task = { type, runs: ['/w/runs/one', '/w/runs/two'], epochs: [1, 20], losses: ['ce', '-odd'] } as const;
    const thorough = { ...task, ...efforts.thorough };
    expect(curvatureArguments(thorough, { accelerator: 'onnx', threads: 2 })).toEqual([
      'hessian',
      '/w/runs/one',
      '/w/runs/two',
      '--runs=/w/runs',
      '--epochs=1,20',
      '--losses=ce',
      '--losses=-odd',
      '--top=10',
      '--probes=40',
      '--spectrum=5',
      '--spectrum-steps=60',
      '--layers',
      '--accelerator=onnx',
      '--threads=2',
    ]);
    expect(curvatureTaskName(task)).toBe('curvature of one, two at epoch 1, 20');
  });

  it('leaves to the engine what is not said, and asks for a run', () => {
    expect(curvatureArguments({ type, runs: ['/w/runs/one'] }, settings)).toEqual([
      'hessian',
      '/w/runs/one',
      '--runs=/w/runs',
    ]);
    expect(curvatureTaskName({ type, runs: ['/w/runs/one'] })).toBe('curvature of one');
    expect(() => curvatureArguments({ type, runs: [] }, settings)).toThrow('no run');
  });

  it('of one that goes on asks for the very same', () => {
    const task = resumingTask('/w/runs/run-1', curvatureDocument());
    expect(curvatureArguments(task, settings)).toEqual([
      'hessian',
      '/w/runs/run-1',
      '--runs=/w/runs',
      '--epochs=12',
      '--losses=focal-2',
      '--top=2',
      '--probes=4',
      '--spectrum=1',
      '--spectrum-steps=30',
      '--images=2',
      '--split=train',
      '--seed=3',
      '--layers',
    ]);
  });
});

describe('what a measurement costs', () => {
  it('counts the layers of the network', () => {
    const depth = 3;
    const model = { filters: 4, depth, padding: 'same', classes: 2, channels: 3 } as const;
    const layers = new Set(unetParameters(model).map(({ layer }) => layer)).size;
    const { most } = costOf(efforts.thorough, depth);
    expect(most).toBe(100 + 40 + 5 * 60 + 30 * layers);
    expect(costOf(efforts.quick, depth)).toEqual({ least: 25, most: 105 });
  });

  it('spreads epochs evenly', () => {
    const epochs = Array.from({ length: 41 }, (_, epoch) => epoch);
    expect(spread(epochs, 5)).toEqual([0, 10, 20, 30, 40]);
    expect(spread([1, 2], 5)).toEqual([1, 2]);
  });
});
