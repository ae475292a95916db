import type { EChartsCoreOption } from 'echarts/core';
import { tickTexts } from '../kit/format';
import type { Rect } from '../kit/panes';
import { zoomedRange } from '../kit/ranges';
import type { Theme } from '../kit/theme';

/** The axes around a map, in pixels of the image, and the numbers beside a colour bar. */
export interface FrameModel {
  readonly plot?: {
    readonly rect: Rect;
    readonly columns: readonly [from: number, to: number];
    readonly rows: readonly [from: number, to: number];
  };
  readonly bar?: {
    readonly rect: Rect;
    readonly range: readonly [low: number, high: number];
  };
}

/** Room that axes and a colour bar take around a map. */
export const margins = Object.freeze({ left: 34, bottom: 20, top: 6, right: 8, bar: 62 });
export const barWidth = 12;

/** Whole numbers of pixels at which an axis is numbered. */
export function pixelTicks(from: number, to: number, most: number): number[] {
  const step = Math.max(1, (to - from) / most);
  const power = 10 ** Math.floor(Math.log10(step) + 1e-9);
  const whole = [1, 2, 5, 10].map((factor) => factor * power).find((one) => one >= step - 1e-9)!;
  const ticks: number[] = [];
  for (let tick = Math.ceil(from / whole) * whole; tick <= to; tick += whole) ticks.push(tick);
  return ticks;
}

/** Axes, and the numbers of a colour bar, as ECharts draws them. */
export function frameOption({ plot, bar }: FrameModel, theme: Theme): EChartsCoreOption {
  const label = { color: theme.muted, fontSize: 11, fontFamily: theme.font };
  const line = { show: true, onZero: false, lineStyle: { color: theme.highContrast ? theme.ink : theme.hairline } };
  const quiet = { show: false };
  const grids = [...(plot ? [plot.rect] : []), ...(bar ? [bar.rect] : [])];
  const x: object[] = [];
  const y: object[] = [];
  if (plot) {
    const { rect, columns, rows } = plot;
    const across = pixelTicks(columns[0], columns[1], Math.max(2, rect.width / 60));
    const down = pixelTicks(rows[0], rows[1], Math.max(2, rect.height / 44));
    const axis = (ends: readonly [number, number], ticks: readonly number[]) => ({
      type: 'value',
      min: ends[0],
      max: ends[1],
      axisLine: line,
      axisTick: { show: true, customValues: ticks, lineStyle: { color: theme.muted }, length: 3 },
      axisLabel: {
        ...label,
        customValues: ticks,
        margin: 5,
        hideOverlap: true,
        formatter: (value: number) => `${value}`,
      },
      splitLine: quiet,
    });
    x.push({ ...axis(columns, across), gridIndex: 0, position: 'bottom' });
    y.push({ ...axis(rows, down), gridIndex: 0, inverse: true });
  }
  if (bar) {
    const gridIndex = grids.length - 1;
    const [low, high] = bar.range;
    const { ticks } = zoomedRange('value', low, high, Math.max(2, Math.min(6, bar.rect.height / 36)));
    x.push({ gridIndex, type: 'value', min: 0, max: 1, show: false });
    y.push({
      gridIndex,
      type: 'value',
      min: low,
      max: high,
      position: 'right',
      axisLine: line,
      axisTick: { show: true, customValues: ticks, lineStyle: { color: theme.muted }, length: 3 },
      axisLabel: { ...label, customValues: ticks, margin: 5, formatter: tickTexts(ticks) },
      splitLine: quiet,
    });
  }
  return {
    animation: false,
    backgroundColor: 'transparent',
    grid: grids.map((rect) => ({ ...rect, outerBoundsMode: 'none' as const })),
    xAxis: x,
    yAxis: y,
    series: [],
  };
}
