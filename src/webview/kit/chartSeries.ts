import type { ChartLine } from './chartModel';
import { drawnBand, drawnPoints } from './downsample';
import { type AxisRange, positionOf } from './ranges';
import { lookColour, lookDash, lookMarker, type Theme } from './theme';

/** The axes as they are shown: zoomed, with fresh ticks. */
export interface ShownAxes {
  readonly x: AxisRange;
  /** By pane. */
  readonly y: readonly AxisRange[];
}

interface CoordinateApi {
  coord(at: [number, number]): [number, number];
}

/** Names of the series that draw line number `index`. */
export function seriesOf(index: number): string[] {
  return ['line', 'band', 'raw'].map((part) => `${part} ${index}`);
}

/** @param buckets in which points are gathered when there are more of them than pixels. */
export function lineSeries(line: ChartLine, index: number, axes: ShownAxes, theme: Theme, buckets: number): object[] {
  const colour = lookColour(theme, line.look);
  const marker = lookMarker(theme, line.look);
  const width = line.look.thin ? 1.1 : theme.highContrast ? 2.2 : 1.8;
  const [name, bandName, rawName] = seriesOf(index) as [string, string, string];
  const pane = { xAxisIndex: line.pane, yAxisIndex: line.pane, silent: true };
  const data = pairs(line.x, line.y, axes.x, buckets);
  const few = data.length < 16;
  const spacing = Math.max(1, Math.round(data.length / 8));
  const common = { ...pane, type: 'line', emphasis: { focus: 'series' }, color: colour, symbol: 'none' };
  const opacity = line.look.thin ? 0.75 : 1;
  if (line.points) {
    return [
      whiskers(line, bandName, colour, pane),
      {
        ...pane,
        type: 'scatter',
        name,
        data: pairs(line.x, line.y).map((at, point) => ({
          value: at,
          label: {
            formatter: escapeTemplate(line.labels?.[point] ?? ''),
            position: positionOf(axes.x, at[0]) > 0.6 ? 'left' : 'right',
          },
        })),
        symbolOffset: [line.offset ?? 0, 0],
        symbol: marker ?? 'circle',
        symbolSize: 9,
        itemStyle: { color: colour, opacity: 1 },
        label: { show: line.labels !== undefined, color: theme.ink, fontSize: 11, distance: 7 },
        labelLayout: { hideOverlap: true },
        emphasis: { focus: 'series', scale: 1.4 },
        blur: { itemStyle: { opacity: 0.25 }, label: { show: true, opacity: 0.25 } },
        z: 4,
      },
    ];
  }
  return [
    ...(line.low && line.high ? [band(line, bandName, axes, colour, theme, buckets)] : []),
    ...(line.raw
      ? [
          {
            ...common,
            name: rawName,
            data: pairs(line.x, line.raw, axes.x, buckets),
            lineStyle: { color: colour, width: 1, opacity: 0.35 },
            blur: { lineStyle: { opacity: 0.08 } },
            z: 2,
          },
        ]
      : []),
    {
      ...common,
      name,
      data,
      symbol: marker ?? 'circle',
      showSymbol: few || marker !== null,
      showAllSymbol: true,
      symbolSize: marker === null || few ? (line.look.thin ? 3 : 4.5) : everySoOften(spacing, line.look.variant),
      itemStyle: { color: colour, opacity },
      lineStyle: { color: colour, width, opacity, type: lookDash(theme, line.look) },
      emphasis: { focus: 'series', lineStyle: { width: width + 1 } },
      blur: { lineStyle: { opacity: 0.25 }, itemStyle: { opacity: 0.25 } },
      z: line.look.thin ? 3 : 4,
    },
  ];
}

/** Markers at some of the points, at other ones for every line. */
function everySoOften(spacing: number, variant: number) {
  return (_: unknown, { dataIndex }: { dataIndex: number }): number =>
    dataIndex % spacing === variant % spacing ? 8 : 0;
}

/** A band around a line as one polygon per unbroken stretch, kept within what a logarithmic axis can show. */
function band(line: ChartLine, name: string, axes: ShownAxes, colour: string, theme: Theme, buckets: number): object {
  const { low, high } = { low: line.low!, high: line.high! };
  const range = axes.y[line.pane]!;
  const floor = range.type === 'log' ? range.min / 1e3 : -Infinity;
  const position = (index: number): number => positionOf(axes.x, line.x[index]!);
  const stretches: [number, number][][] = [];
  let open: number[] = [];
  const close = (): void => {
    const points = drawnBand(open, position, low, high, buckets);
    const upper = points.map((point): [number, number] => [line.x[point.index]!, Math.max(floor, point.high)]);
    const lower = points.map((point): [number, number] => [line.x[point.index]!, Math.max(floor, point.low)]);
    if (points.length > 1) stretches.push([...upper, ...lower.reverse()]);
    open = [];
  };
  for (let index = 0; index < line.x.length; index += 1) {
    if ([line.x[index]!, low[index]!, high[index]!].every(Number.isFinite)) open.push(index);
    else if (!Number.isNaN(line.y[index]!)) close();
  }
  close();
  const fillOpacity = line.look.thin ? 0.08 : theme.highContrast ? 0.22 : 0.17;
  return {
    type: 'custom',
    name,
    xAxisIndex: line.pane,
    yAxisIndex: line.pane,
    silent: true,
    clip: true,
    z: 1,
    emphasis: { focus: 'series' },
    data: stretches.map((outline) => outline[0]!),
    renderItem: (item: { dataIndex: number }, api: CoordinateApi) => ({
      type: 'polygon',
      shape: { points: stretches[item.dataIndex]!.map((at) => api.coord(at)) },
      style: { fill: colour, fillOpacity },
      blur: { style: { fillOpacity: 0.04 } },
    }),
  };
}

function whiskers(line: ChartLine, name: string, colour: string, pane: object): object {
  return {
    ...pane,
    type: 'custom',
    name,
    clip: true,
    z: 3,
    emphasis: { focus: 'series' },
    data: pairs(line.x, line.y),
    renderItem: (item: { dataIndex: number }, api: CoordinateApi) => {
      const x = line.x[item.dataIndex]!;
      const [low, high] = [line.low?.[item.dataIndex] ?? NaN, line.high?.[item.dataIndex] ?? NaN];
      if (!Number.isFinite(low) || !Number.isFinite(high)) return { type: 'group', children: [] };
      const [[middle, bottom], [, top]] = [api.coord([x, low]), api.coord([x, high])];
      const left = middle + (line.offset ?? 0);
      const style = { stroke: colour, lineWidth: 1.4 };
      const stroke = (x1: number, y1: number, x2: number, y2: number): object => ({
        type: 'line',
        shape: { x1, y1, x2, y2 },
        style,
        blur: { style: { opacity: 0.2 } },
      });
      return {
        type: 'group',
        children: [
          stroke(left, bottom, left, top),
          stroke(left - 4, bottom, left + 4, bottom),
          stroke(left - 4, top, left + 4, top),
        ],
      };
    },
  };
}

/** A dashed line across a pane. */
export function reference(value: number, pane: number, theme: Theme): object {
  return {
    type: 'line',
    xAxisIndex: pane,
    yAxisIndex: pane,
    silent: true,
    data: [],
    markLine: {
      silent: true,
      symbol: 'none',
      animation: false,
      label: { show: false },
      lineStyle: { color: theme.muted, width: 0.9, type: 'dashed' },
      data: [{ yAxis: value }],
    },
  };
}

/** The points of a line that are drawn, as ECharts takes them. Without an axis: all of them. */
function pairs(
  x: ArrayLike<number>,
  y: ArrayLike<number>,
  axis?: ShownAxes['x'],
  buckets = Infinity,
): [number, number][] {
  const indices = axis
    ? drawnPoints(
        x.length,
        (index) => positionOf(axis, x[index]!),
        (index) => y[index]!,
        buckets,
      )
    : Array.from(x, (_, index) => index);
  return indices
    .map((index): [number, number] => [x[index]!, y[index]!])
    .filter(([at, value]) => Number.isFinite(at) && Number.isFinite(value));
}

/** Braces in labels would be read as placeholders. */
function escapeTemplate(text: string): string {
  return text.replaceAll('{', '(').replaceAll('}', ')');
}
