import { describe, expect, it } from 'vitest';
import { type CurveSettings, layersChart, metricChart, stepLossChart } from '../../../src/webview/kit/curves';
import { measureOf, measures } from '../../../src/webview/kit/measures';
import { metricNames } from '../../../src/runs/metricsTable';
import { frame, namedRun } from './support';

const settings: CurveSettings = {
  xBy: 'epoch',
  splits: ['test'],
  band: 'errors',
  smoothing: 0,
  logX: false,
  switchedY: new Set(),
  hidden: new Set(),
  layout: 'overlay',
};
const runs = [namedRun('dice', 0, [0.2, 0.6, 0.9]), namedRun('focal γ=2', 1, [0.1, 0.3, 0.8])];
const iou = measureOf('iou');

describe('measures', () => {
  it('are columns of metrics.csv, all of them', () => {
    expect(measures.map(({ key }) => key).toSorted()).toEqual([...metricNames].toSorted());
  });
});

describe('metricChart', () => {
  it('draws a line per run with a band of three standard errors', () => {
    const model = metricChart(runs, iou, settings)!;
    expect(model.lines.map((line) => line.name)).toEqual(['dice, test', 'focal γ=2, test']);
    expect(model.lines[0]!.high![0]).toBeCloseTo(0.23, 10);
    expect(model).toMatchObject({ panes: [''], sharedY: true, reference: 0.5, xName: 'epoch' });
  });

  it('draws 95 % intervals by Student’s t', () => {
    const model = metricChart(runs, iou, { ...settings, band: 'interval' })!;
    expect(model.lines[0]!.high![0]).toBeCloseTo(0.2 + 2.7764 * 0.01, 6);
  });

  it('keeps the raw line and the raw band when it smooths', () => {
    const [line] = metricChart(runs, iou, { ...settings, smoothing: 0.5 })!.lines;
    expect(Array.from(line!.raw!)).toEqual([0.2, 0.6, 0.9]);
    expect(line!.y[1]).not.toBe(0.6);
    expect(line!.high![1]).toBeCloseTo(0.63, 10);
  });

  it('gives each run a pane, the same axis for shares, and an axis of its own for losses', () => {
    const panes = { ...settings, layout: 'panes' as const };
    expect(metricChart(runs, iou, panes)).toMatchObject({ panes: ['dice', 'focal γ=2'], sharedY: true });
    const loss = metricChart(runs, measureOf('loss'), panes)!;
    expect(loss.sharedY).toBe(false);
    expect(loss.y).toHaveLength(2);
  });

  it('does not let hidden runs stretch the axis', () => {
    const steep = [...runs, namedRun('steep', 2, [0.99, 0.999, 0.9999])];
    const all = metricChart(steep, measureOf('loss'), settings)!;
    const without = metricChart(steep, measureOf('loss'), { ...settings, hidden: new Set(['steep']) })!;
    expect(without.y[0]!.min).toBeGreaterThan(all.y[0]!.min);
    expect(without.legend).toHaveLength(2);
  });

  it('is null when nothing was measured', () => {
    expect(metricChart(runs, measureOf('hd95'), settings)).toBeNull();
    expect(metricChart([], iou, settings)).toBeNull();
  });

  it('can be drawn over steps and training time', () => {
    expect(Array.from(metricChart(runs, iou, { ...settings, xBy: 'step' })!.lines[0]!.x)).toEqual([10, 20, 30]);
    expect(metricChart(runs, iou, { ...settings, xBy: 'seconds' })!.xKind).toBe('time');
  });
});

describe('layersChart and stepLossChart', () => {
  const [run] = runs;
  const layers = frame({ epoch: [1, 2], step: [10, 20], seconds: [1, 2], 'change/a': [3, 2], 'change/b': [0.1, 0.05] });
  const steps = frame({
    epoch: [0.5, 1],
    step: [1, 2],
    seconds: [1, 2],
    loss: [0.7, 0.5],
    low: [0.6, 0.5],
    high: [0.8, 0.5],
    learningRate: [1, 1],
  });
  const whole = { ...run!, series: { ...run!.series, layers, steps } };

  it('draws a line per layer from first to last', () => {
    const model = layersChart([whole], settings)!;
    expect(model.lines.map((line) => [line.name, line.look.colour])).toEqual([
      ['a', { layer: 0 }],
      ['b', { layer: 1 }],
    ]);
    expect(model.y[0]!.type).toBe('log');
  });

  it('says when steps are gathered', () => {
    const model = stepLossChart([whole], settings)!;
    expect(model.subtitle).toMatch(/consecutive steps/);
    expect(Array.from(model.lines[0]!.epochs)).toEqual([1, 1]);
    expect(stepLossChart(runs, settings)).toBeNull();
  });
});
