import { describe, expect, it } from 'vitest';
import { surfaceArguments, surfaceTaskName, surfaceTaskType } from '../../../src/extension/surfaces/surfaceCall';
import { axisNames, surfaceInfo } from '../../../src/extension/surfaces/surfaceInfo';
import { surfaceDocument } from './support';

const type = surfaceTaskType;
const settings = { accelerator: 'auto', threads: 0 };

describe('the command line of a surface', () => {
  it('names runs, plane, losses and resolution', () => {
    const task = {
      type,
      runs: ['/w/runs/one', '/w/runs/two'],
      plane: 'pca',
      losses: ['ce', '-odd'],
      points: 65,
    } as const;
    expect(surfaceArguments({ ...task, adaptive: true }, { accelerator: 'onnx', threads: 2 })).toEqual([
      'surface',
      '/w/runs/one',
      '/w/runs/two',
      '--runs=/w/runs',
      '--plane=pca',
      '--losses=ce',
      '--losses=-odd',
      '--points=65',
      '--adaptive=0.01',
      '--accelerator=onnx',
      '--threads=2',
    ]);
    expect(surfaceTaskName(task)).toBe('loss surface: PCA plane of one, two');
  });

  it('of one that goes on says nothing that the surface knows itself', () => {
    const task = { type, runs: ['/w/runs/one'], plane: 'line', points: 9, resume: 'line-9' } as const;
    expect(surfaceArguments(task, settings)).toEqual(['surface', '/w/runs/one', '--runs=/w/runs', '--resume=line-9']);
    expect(() => surfaceArguments({ type, runs: [] }, settings)).toThrow('no run');
  });
});

describe('what a page is told of a surface', () => {
  it('names the axes, with the share of the variance where there is one', () => {
    const common = { lengths: [1, 1] as [number, number], cosine: 0 };
    const pca = { kind: 'pca', runs: [], checkpoint: null, explained: [0.62, 0.255], ...common } as const;
    expect(axisNames(pca as never)).toEqual(['PC 1 (62.0 % of the variance)', 'PC 2 (25.5 % of the variance)']);
    const end = (loss: string, epoch: number) => ({ run: 'r', loss, epoch });
    const line = { kind: 'line' as const, checkpoints: [end('dice', 1), end('focal γ=2', 9)] as never, ...common };
    expect(axisNames(line)).toEqual(['from dice, epoch 1 (0) to focal γ=2, epoch 9 (1)', '']);
  });

  it('says of interpolated points what holds, or what was found once it has been checked', () => {
    const adaptive = {
      tolerance: 0.01,
      bound: 'Off by little.',
      checked: { points: 4, largest: { 'loss.dice.train': 0.0029 } },
    };
    const { bound } = surfaceInfo('/w/runs/one/surfaces/s', surfaceDocument({ adaptive }));
    const unchecked = { ...adaptive, checked: null };
    expect(surfaceInfo('/w/runs/one/surfaces/s', surfaceDocument({ adaptive: unchecked })).bound).toBe(
      'Off by little.',
    );
    expect(bound).toBe('at 4 points measured afterwards, losses were off by at most 0.29 % of their range.');
  });

  it('finds the epoch of a surface that belongs to a series', () => {
    const document = surfaceDocument({ series: { id: 's', epochs: [2, 12] } });
    expect(surfaceInfo('/w/runs/one/surfaces/s', document).series).toEqual({ id: 's', epoch: 12 });
    const moved = { ...document, plane: { ...document.plane, movedTo: { run: 'run-1', epoch: 2, loss: 'dice' } } };
    expect(surfaceInfo('/w/runs/one/surfaces/s', moved).series).toEqual({ id: 's', epoch: 2 });
  });

  it('knows which network is in the middle, and all runs that a plane is laid through', () => {
    const folder = '/w/runs/run-1/surfaces/s';
    expect(surfaceInfo(folder, surfaceDocument()).centre).toEqual({ run: 'run-1', epoch: 12 });
    const end = (run: string, epoch: number) => ({ run, loss: 'dice', epoch });
    const common = { lengths: [1, 1] as [number, number], cosine: 0 };
    const line = { kind: 'line' as const, checkpoints: [end('run-1', 1), end('run-2', 9)] as never, ...common };
    expect(surfaceInfo(folder, surfaceDocument({ plane: line })).runs).toEqual(['run-1', 'run-2']);
    const mean = { kind: 'pca' as const, runs: [], checkpoint: null, explained: [], ...common };
    expect(surfaceInfo(folder, surfaceDocument({ plane: mean })).centre).toBeNull();
  });

  it('hands on the eigenvalues that belong to its axes', () => {
    const folder = '/w/runs/run-1/surfaces/s';
    expect(surfaceInfo(folder, surfaceDocument()).curvatureAxes).toBeNull();
    const plane = {
      kind: 'curvature',
      checkpoint: { run: 'run-1', epoch: 12, loss: 'dice' },
      loss: 'dice',
      axes: ['gradient', 'eigenvector 1'],
      gradientNorm: 0.02,
      eigenvalues: [null, 12.5],
      images: { split: 'train', count: 4 },
      lengths: [1, 1],
      cosine: 0,
    } as const;
    const document = surfaceDocument({ plane: plane as never });
    expect(surfaceInfo(folder, document).curvatureAxes).toMatchObject({
      loss: 'dice',
      epoch: 12,
      moved: false,
      axes: [
        { kind: 'gradient', eigenvalue: null },
        { kind: 'eigenvector', rank: 1, eigenvalue: 12.5 },
      ],
    });
    const moved = { ...plane, movedTo: { run: 'run-1', epoch: 2, loss: 'dice' } };
    expect(surfaceInfo(folder, surfaceDocument({ plane: moved as never })).curvatureAxes!.moved).toBe(true);
  });
});
