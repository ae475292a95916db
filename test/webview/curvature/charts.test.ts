import { describe, expect, it } from 'vitest';
import { chartCsv, numbersTable } from '../../../src/webview/kit/table';
import {
  densityChart,
  lambda,
  largestChart,
  singleHeight,
  smallestChart,
  traceChart,
} from '../../../src/webview/curvature/charts';
import { curvatureSeries } from '../../../src/webview/curvature/series';
import { measurement } from './support';

const usual = { hidden: new Set<string>(), switchedY: new Set<string>() };
const later = measurement({
  epoch: 20,
  eigenvalues: {
    largest: [{ value: 900, residual: 1 }],
    smallest: { value: -0.1, residual: 0.01 },
    products: 40,
    converged: true,
  },
  trace: { mean: 1000, standardError: null },
});

describe('eigenvalues over epochs', () => {
  const series = curvatureSeries([measurement(), later], ['run-1']);

  it('have a line for each rank, with residuals, logarithmic where values span decades', () => {
    const model = largestChart(series, usual)!;
    expect(model.lines.map(({ name, x, y }) => [name, Array.from(x), Array.from(y)])).toEqual([
      ['dice, λ₁', [10, 20], [12, 900]],
      ['dice, λ₂', [10], [3]],
    ]);
    expect(model.lines.map(({ look }) => look.thin)).toEqual([false, true]);
    expect(Array.from(model.lines[0]!.high!)).toEqual([12.01, 901]);
    expect(model.y[0]!.type).toBe('log');
    expect(largestChart(series, { ...usual, switchedY: new Set(['largest']) })!.y[0]!.type).toBe('value');
    expect(chartCsv(model).split('\n')[1]).toBe('"dice, λ₁",run-1,10,12,11.99,12.01');
  });

  it('never take a logarithm of what is not positive', () => {
    const model = smallestChart(series, { ...usual, switchedY: new Set(['smallest']) })!;
    expect(model.y[0]!.type).toBe('value');
    expect(model.reference).toBe(0);
    expect(Array.from(model.lines[0]!.y)).toEqual([-0.5, -0.1]);
  });

  it('fit their axis to what is shown', () => {
    const two = curvatureSeries(
      [measurement(), measurement({ run: 'run-2', ...{ eigenvalues: later.eigenvalues } })],
      [],
    );
    const hidden = new Set([two[1]!.key]);
    expect(largestChart(two, { ...usual, hidden })!.y[0]!.max).toBeLessThan(20);
    expect(largestChart(two, { ...usual, hidden })!.legend.map(({ name }) => name)).toEqual(['dice · run-1']);
  });

  it('of a single epoch stand in the middle of the axis', () => {
    const model = largestChart(curvatureSeries([measurement()], []), usual)!;
    expect([model.x.min, model.x.max]).toEqual([9, 11]);
    expect(model.lines[0]!.points).toBe(true);
    expect(largestChart(curvatureSeries([measurement({ eigenvalues: null })], []), usual)).toBeNull();
  });
});

describe('the trace over epochs', () => {
  it('has its standard error where there is one', () => {
    const model = traceChart(curvatureSeries([measurement(), later], []), usual)!;
    const [line] = model.lines;
    expect([line!.low![0], line!.high![0]]).toEqual([38, 42]);
    expect(line!.high![1]).toBeNaN();
    expect(numbersTable(model).rows).toEqual([
      ['10', '40.0 ± 2.0'],
      ['20', '1000'],
    ]);
  });
});

describe('the spectral density', () => {
  it('is drawn down to below the height of a single eigenvalue', () => {
    const info = measurement();
    const model = densityChart(info, usual)!;
    const single = singleHeight(info, 0.1);
    // One of 1,000 eigenvalues under a normal curve: its area is 1 / 1000.
    expect(single).toBeCloseTo(1 / (1000 * Math.sqrt(2 * Math.PI) * 0.1), 12);
    const one = model.lines.find(({ key }) => key === 'one')!;
    expect(Array.from(one.y)).toEqual([single, single]);
    expect(model.y[0]!.type).toBe('log');
    expect(model.y[0]!.min).toBeLessThanOrEqual(single / 20);
    expect(model.y[0]!.max).toBeGreaterThanOrEqual(3.5);
    // Zero has no logarithm, and would tear the line.
    expect(Math.min(...Array.from(model.lines[0]!.y))).toBeGreaterThan(0);
    expect(densityChart(info, { ...usual, switchedY: new Set(['density']) })!.y[0]!.type).toBe('value');
    expect(densityChart(measurement({ spectrum: null }), usual)).toBeNull();
  });

  it('marks the eigenvalues that were found one by one, from the smallest to the largest', () => {
    const [, , marks] = densityChart(measurement(), usual)!.lines;
    expect(Array.from(marks!.x)).toEqual([-0.5, 3, 12]);
    expect(marks!.labels).toEqual(['smallest', 'λ₂', 'λ₁']);
    expect(densityChart(measurement({ eigenvalues: null }), usual)!.lines).toHaveLength(2);
  });
});

it('ranks are written below the line', () => {
  expect([lambda(1), lambda(10)]).toEqual(['λ₁', 'λ₁₀']);
});
