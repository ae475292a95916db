import { describe, expect, it } from 'vitest';
import type { LossSpec } from '../../../src/engine/insight/maps';
import { curveChart } from '../../../src/webview/curve/charts';
import { curveLines } from '../../../src/webview/curve/lines';
import { withAdded } from '../../../src/webview/curve/state';
import { chartOption, shownAxes } from '../../../src/webview/kit/chartOption';
import { paneLayout } from '../../../src/webview/kit/panes';
import { paperTheme } from '../../../src/webview/kit/theme';
import type { CurveLoss } from '../../../src/webview/protocol/curve';

const loss = (spec: LossSpec): CurveLoss => ({ key: '0', label: 'it', role: 'entry', place: 0, spec });
const settings = { hidden: new Set<string>(), switchedY: new Set<string>(), against: 'pt', shown: 'both' } as const;

describe('the lines of a loss', () => {
  it('against the logit as the study drew them, from -10 to 10', () => {
    const [line] = curveLines(loss({ type: 'crossEntropy' }), 'logit');
    expect([line!.x[0], line!.x.at(-1)]).toEqual([-10, 10]);
    const middle = line!.x.indexOf(0);
    expect(line!.loss[middle]).toBeCloseTo(Math.LN2, 10);
    expect(line!.gradientLogit[middle]).toBeCloseTo(-0.5, 10);
    // Cross-entropy grows as the logit falls.
    expect(line!.loss[0]).toBeCloseTo(10, 3);
  });

  it('one for each class where the classes weigh differently', () => {
    const lines = curveLines(loss({ type: 'crossEntropy', classWeights: [1, 3] }), 'pt');
    expect(lines.map(({ key, name }) => [key, name])).toEqual([
      ['0 background', 'it, background pixel'],
      ['0 foreground', 'it, foreground pixel'],
    ]);
    expect(lines[1]!.loss[50]! / lines[0]!.loss[50]!).toBeCloseTo(3, 10);
  });
});

describe('the chart of losses', () => {
  const detached = curveLines(loss({ type: 'focal', gamma: 2, modulator: 'detached' }), 'pt');

  it('shows what is reported, what is descended, or both', () => {
    const names = (shown: 'both' | 'reported' | 'effective') =>
      curveChart('loss', detached, { ...settings, shown }).lines.map(({ name }) => name);
    expect(names('both')).toEqual(['it', 'it: what training descends']);
    expect(names('reported')).toEqual(['it']);
    expect(names('effective')).toEqual(['it: what training descends']);
    // -log pt - q - q²/2 where pt is a half.
    const [line] = curveChart('loss', detached, { ...settings, shown: 'effective' }).lines;
    const half = detached[0]!.x.findIndex((pt) => Math.abs(pt - 0.5) < 1e-9);
    expect(line!.y[half]).toBeCloseTo(Math.LN2 - 0.5 - 0.125, 8);
  });

  it('has the pixels behind the lines', () => {
    const backdrop = { from: 0, to: 1, layers: [{ name: 'foreground', counts: [90, 0, 10], filled: true }] };
    const model = curveChart('loss', detached, settings, { backdrop, of: 'a' });
    expect(model.subtitle).toContain('pixels of a;');
    const layout = paneLayout([''], { width: 400, paneHeight: 200, top: 0, shared: true });
    const { series } = chartOption(model, layout, shownAxes(model, {}, 300), paperTheme);
    const [first] = series as {
      name: string;
      renderItem(item: object, api: object): { shape: { points: number[][] } };
    }[];
    expect(first!.name).toBe('backdrop 0');
    const coordSys = { x: 0, y: 0, width: 300, height: 200 };
    const { points } = first!.renderItem({ coordSys }, { coord: ([x]: number[]) => [300 * x!, 0] }).shape;
    // A tenth of the pixels stands at three quarters of the height, none at the floor.
    expect(points.at(-2)).toEqual([300, 50]);
    expect(points[3]).toEqual([100, 200]);
  });
});

it('a loss that is added has a number that no other has', () => {
  const spec: LossSpec = { type: 'crossEntropy', labelSmoothing: 0 };
  expect(withAdded([{ id: 4, spec }], spec).map(({ id }) => id)).toEqual([4, 5]);
  expect(withAdded([], spec)[0]!.id).toBe(1);
});
