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

/** One axis: its line, where it is numbered, and the numbers. */
export interface Axis {
  readonly rect: Rect;
  readonly side: 'bottom' | 'left' | 'right';
  /** At the axis' left or upper end, and at the other one. */
  readonly ends: readonly [number, number];
  readonly ticks: readonly number[];
  readonly text: (value: number) => string;
}

export const [tickLength, labelMargin, labelSize] = [3, 5, 11];

/** The axes of a frame: two around a map, one beside a colour bar. */
export function axesOf({ plot, bar }: FrameModel): Axis[] {
  const axes: Axis[] = [];
  const text = (value: number): string => `${value}`;
  if (plot) {
    const { rect, columns, rows } = plot;
    const across = pixelTicks(columns[0], columns[1], Math.max(2, rect.width / 60));
    const down = pixelTicks(rows[0], rows[1], Math.max(2, rect.height / 44));
    axes.push({ rect, side: 'bottom', ends: columns, ticks: across, text });
    axes.push({ rect, side: 'left', ends: rows, ticks: down, text });
  }
  if (bar) {
    const { rect, range } = bar;
    const { ticks } = zoomedRange('value', ...range, Math.max(2, Math.min(6, rect.height / 36)));
    axes.push({ rect, side: 'right', ends: [range[1], range[0]], ticks, text: tickTexts(ticks) });
  }
  return axes;
}

/** Axes, and the numbers of a colour bar, as ECharts draws them. */
export function frameOption(model: FrameModel, theme: Theme): EChartsCoreOption {
  const label = { color: theme.muted, fontSize: labelSize, fontFamily: theme.font };
  const grids = [...(model.plot ? [model.plot.rect] : []), ...(model.bar ? [model.bar.rect] : [])];
  const x: object[] = [];
  const y: object[] = [];
  for (const { rect, side, ends, ticks, text } of axesOf(model)) {
    const gridIndex = grids.indexOf(rect);
    const axis = {
      gridIndex,
      type: 'value',
      min: Math.min(...ends),
      max: Math.max(...ends),
      axisLine: { show: true, onZero: false, lineStyle: { color: lineColour(theme) } },
      axisTick: { show: true, customValues: ticks, lineStyle: { color: theme.muted }, length: tickLength },
      axisLabel: { ...label, customValues: ticks, margin: labelMargin, hideOverlap: side !== 'right', formatter: text },
      splitLine: { show: false },
    };
    if (side === 'bottom') x.push({ ...axis, position: side });
    else y.push({ ...axis, position: side, inverse: ends[0] < ends[1] });
    // ECharts has axes in pairs only.
    if (side === 'right') x.push({ gridIndex, type: 'value', min: 0, max: 1, show: false });
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

export const lineColour = (theme: Theme): string => (theme.highContrast ? theme.ink : theme.hairline);
