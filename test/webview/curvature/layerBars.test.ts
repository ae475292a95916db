import { init } from 'echarts';
import { describe, expect, it } from 'vitest';
import '../../../src/webview/kit/echarts';
import { paperTheme } from '../../../src/webview/kit/theme';
import {
  barHeight,
  barsCsv,
  barsHeight,
  barsOption,
  layerAt,
  layerBars,
  withHalf,
} from '../../../src/webview/curvature/layerBars';
import { measurement } from './support';

describe('curvature of single layers', () => {
  const model = layerBars(measurement())!;

  it('has a column for what is known, in the order of the network', () => {
    expect(model.layers).toEqual(['encoder.0.conv1', 'head']);
    expect(model.columns.map(({ title, values }) => [title, values.map((one) => one?.value ?? null)])).toEqual([
      ['Trace', [30, 10]],
      ['Largest eigenvalue', [9, null]],
    ]);
    const traces = measurement().layers.map((layer) => ({ ...layer, largest: null }));
    expect(layerBars({ layers: traces })!.columns).toHaveLength(1);
    expect(layerBars({ layers: [] })).toBeNull();
  });

  it('is drawn as bars whose lengths are the values', () => {
    const chart = init(null, null, { renderer: 'svg', ssr: true, width: 700, height: barsHeight(model) });
    chart.setOption(barsOption(model, 700, paperTheme, { title: 'Layers', subtitle: 'of a network' }));
    const svg = chart.renderToSVGString();
    chart.dispose();
    for (const text of ['encoder.0.conv1', 'head', 'Trace', 'Largest eigenvalue', 'of a network'])
      expect(svg).toContain(text);
    const high = barHeight - 6;
    const bars = svg
      .split('\n')
      .filter((line) => line.includes('ecmeta_series_index'))
      .map((line) => /d="M[\d.]+ [\d.]+l([\d.]+) 0l0 ([\d.]+)/.exec(line))
      .flatMap((match) => (Number(match?.[2]) === high ? Number(match![1]) : []));
    expect(bars).toHaveLength(3);
    expect(bars[0]! / bars[1]!).toBeCloseTo(3, 1);
  });

  it('finds the layer under the pointer', () => {
    expect(layerAt(model, 0)).toBeNull();
    expect(layerAt(model, 24 + barHeight / 2)).toBe(0);
    expect(layerAt(model, 24 + 1.5 * barHeight)).toBe(1);
    expect(layerAt(model, 24 + 2.5 * barHeight)).toBeNull();
  });

  it('is a table for other programs, too', () => {
    expect(barsCsv(measurement())).toBe(
      'layer,trace,traceStandardError,largestEigenvalue,residual\nencoder.0.conv1,30,1.5,9,0.01\nhead,10,0.5,,\n',
    );
    expect(withHalf({ value: 12.3456, half: 0.0123456 })).toBe('12.35 ± 0.012');
    expect(withHalf(null)).toBe('–');
  });
});
