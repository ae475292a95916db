import { describe, expect, it } from 'vitest';
import { bestAt, curvatureSeries, epochsOf, qualities, shownMeasurement } from '../../../src/webview/curvature/series';
import { measurement } from './support';

const focal = { name: 'focal-2', label: 'focal γ=2', variant: 'effective' } as const;

describe('lines over epochs', () => {
  it('join epochs of one loss, run and choice of images, and nothing else', () => {
    const other = { ...measurement().images, digest: 'e' };
    const series = curvatureSeries(
      [
        measurement({ epoch: 20 }),
        measurement({ epoch: 5 }),
        measurement({ epoch: 20, loss: focal }),
        measurement({ epoch: 20, images: other }),
        measurement({ epoch: 20, run: 'run-2', trained: 'focal γ=2' }),
      ],
      ['run-2', 'run-1'],
    );
    expect(series.map(({ run, measured }) => [run, measured.map(({ epoch }) => epoch)])).toEqual([
      ['run-2', [20]],
      ['run-1', [5, 20]],
      ['run-1', [20]],
      ['run-1', [20]],
    ]);
    expect(new Set(series.map(({ place }) => place)).size).toBe(4);
  });

  it('have the colours of their runs where each run has one, and names as short as they can be', () => {
    const two = [measurement(), measurement({ run: 'run-2', trained: 'focal γ=2', loss: focal })];
    const series = curvatureSeries(two, ['elsewhere', 'run-2', 'run-1']);
    expect(series.map(({ run, place, name }) => [run, place, name])).toEqual([
      ['run-2', 1, 'focal γ=2, as descended · trained with focal γ=2'],
      ['run-1', 2, 'dice'],
    ]);
    expect(curvatureSeries([measurement()], ['run-1'])[0]!.name).toBe('dice');
    const namesakes = curvatureSeries([measurement(), measurement({ run: 'run-2' })], ['run-1', 'run-2']);
    expect(namesakes.map(({ name }) => name)).toEqual(['dice · run-1', 'dice · run-2']);
    const test = measurement({ images: { ...measurement().images, split: 'test', count: 4, available: 4 } });
    expect(curvatureSeries([measurement(), test], ['run-1']).map(({ name }) => name)).toEqual([
      'dice · 8 of 40 train images',
      'dice · 4 test images',
    ]);
  });

  it('take of several measurements at an epoch the best for each number', () => {
    const quick = measurement({ file: 'quick', spectrum: null, settings: { ...measurement().settings, probes: 3 } });
    const poor = measurement({
      file: 'poor',
      eigenvalues: { ...measurement().eigenvalues!, converged: false },
      settings: { ...measurement().settings, probes: 50 },
    });
    const [series] = curvatureSeries([quick, poor], ['run-1']);
    expect(bestAt(series!, 10, qualities.eigenvalues)!.file).toBe('quick');
    expect(bestAt(series!, 10, qualities.trace)!.file).toBe('poor');
    expect(bestAt(series!, 10, qualities.spectrum)!.file).toBe('poor');
    expect(bestAt(series!, 11, qualities.trace)).toBeNull();
    const begun = measurement({ epoch: 12, eigenvalues: null, trace: null, spectrum: null });
    const [open] = curvatureSeries([quick, begun], ['run-1']);
    expect(epochsOf(open!, qualities.eigenvalues)).toEqual([10]);
  });
});

describe('the measurement that is shown in detail', () => {
  const plain = measurement({ file: 'late', epoch: 20, spectrum: null, layers: [] });
  const rich = measurement({ file: 'rich', epoch: 5 });
  const begun = measurement({ file: 'begun', epoch: 30, gradientNorm: null });

  it('is the one that tells most, or the chosen one while it is there', () => {
    const series = curvatureSeries([plain, rich, begun], ['run-1']);
    expect(shownMeasurement(series, null)!.file).toBe('rich');
    expect(shownMeasurement(series, 'late')!.file).toBe('late');
    expect(shownMeasurement(series, 'deleted')!.file).toBe('rich');
    expect(shownMeasurement(curvatureSeries([begun], []), null)).toBeNull();
  });
});
