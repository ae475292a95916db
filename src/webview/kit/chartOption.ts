import type { EChartsCoreOption } from 'echarts/core';
import { backdropSeries } from './backdrop';
import type { ChartLine, ChartModel, Zoom } from './chartModel';
import { drawnBand, drawnPoints } from './downsample';
import { duration, tickTexts } from './format';
import { type PaneLayout, type Rect, titleLineHeight } from './panes';
import { type AxisRange, countRange, positionOf, timeRange, zoomedRange } from './ranges';
import { type Look, lookColour, lookDash, lookMarker, type Theme } from './theme';

/** The axes as they are shown: zoomed, with fresh ticks. */
export interface ShownAxes {
  readonly x: AxisRange;
  /** By pane. */
  readonly y: readonly AxisRange[];
}

/** What stands above the panes in a file. On the screen the page says it. */
export interface Heading {
  readonly title: string;
  readonly subtitle: string;
  /** Where legend entries stand. */
  readonly legend: readonly {
    readonly name: string;
    readonly look: Look;
    readonly left: number;
    readonly top: number;
  }[];
}

interface CoordinateApi {
  coord(at: [number, number]): [number, number];
}

/** The shown part of the axes. */
export function shownAxes(model: ChartModel, zoom: Zoom, paneWidth: number): ShownAxes {
  const most = Math.max(2, Math.min(8, Math.floor(paneWidth / 60)));
  const [low, high] = zoom.x ?? [model.x.min, model.x.max];
  const x =
    model.x.type === 'log'
      ? zoom.x
        ? zoomedRange('log', low, high, most)
        : model.x
      : model.xKind === 'count'
        ? countRange(low, high, most)
        : model.xKind === 'time'
          ? timeRange(low, high, most)
          : zoom.x
            ? zoomedRange('value', low, high, most)
            : model.x;
  const y = model.y.map((range, pane) => {
    const part = zoom.y?.[model.sharedY ? 0 : pane];
    return part ? zoomedRange(range.type, part[0], part[1]) : range;
  });
  return { x: { ...x, min: low, max: zoom.x ? high : Math.max(high, x.max) }, y };
}

/** The chart as ECharts draws it. Series are named by the position of their line, so that they can be highlighted. */
export function chartOption(
  model: ChartModel,
  layout: PaneLayout,
  axes: ShownAxes,
  theme: Theme,
  heading?: Heading,
): EChartsCoreOption {
  const label = { color: theme.muted, fontSize: 11, fontFamily: theme.font };
  const xText = model.xKind === 'time' ? duration : tickTexts(axes.x.ticks);
  const panes = model.panes.length;
  return {
    animation: false,
    backgroundColor: heading ? theme.background : 'transparent',
    textStyle: { fontFamily: theme.font, color: theme.ink },
    title: [...paneTitles(layout, theme), ...(heading ? fileTitles(heading, theme) : [])],
    grid: layout.panes.map((pane) => ({ ...pane, outerBoundsMode: 'none' as const })),
    xAxis: layout.panes.map((_, pane) => ({
      gridIndex: pane,
      type: axes.x.type,
      min: axes.x.min,
      max: axes.x.max,
      axisLine: { show: true, onZero: false, lineStyle: { color: theme.hairline } },
      axisTick: { show: false, customValues: axes.x.ticks },
      axisLabel: {
        ...label,
        customValues: axes.x.ticks,
        formatter: xText,
        hideOverlap: true,
        show: layout.lastOfColumn(pane) || panes <= 8,
      },
      splitLine: { show: model.xKind === 'value', lineStyle: { color: theme.hairline, width: 0.6 } },
      ...(layout.lastOfColumn(pane)
        ? { name: model.xName, nameLocation: 'middle', nameGap: 22, nameTextStyle: label }
        : {}),
    })),
    yAxis: layout.panes.map((_, pane) => {
      const range = axes.y[pane]!;
      const at = { customValues: range.ticks };
      return {
        gridIndex: pane,
        type: range.type,
        min: range.min,
        max: range.max,
        axisLine: { show: true, onZero: false, lineStyle: { color: theme.hairline } },
        axisTick: { show: false, ...at },
        axisLabel: {
          ...label,
          ...at,
          show: !model.sharedY || layout.firstOfRow(pane),
          formatter: tickTexts(range.ticks),
          hideOverlap: true,
        },
        splitLine: { show: true, ...at, lineStyle: { color: theme.hairline, width: 0.6 } },
      };
    }),
    series: [
      ...(model.backdrop ? backdropSeries(model.backdrop, axes.y[0]!.max, theme) : []),
      ...model.lines.flatMap((line, index) =>
        model.hidden.has(line.key) ? [] : lineSeries(line, index, axes, theme, layout.panes[line.pane]!.width / 2),
      ),
      ...(model.reference === undefined ? [] : layout.panes.map((_, pane) => reference(model.reference!, pane, theme))),
    ],
    ...(heading || model.scaleNames ? { graphic: graphics(model, layout, theme, heading) } : {}),
  };
}

/** Names of the series that draw line number `index`. */
export function seriesOf(index: number): string[] {
  return ['line', 'band', 'raw'].map((part) => `${part} ${index}`);
}

/** @param buckets in which points are gathered when there are more of them than pixels. */
function lineSeries(line: ChartLine, index: number, axes: ShownAxes, theme: Theme, buckets: number): object[] {
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

function reference(value: number, pane: number, theme: Theme): object {
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

function paneTitles(layout: PaneLayout, theme: Theme): object[] {
  return layout.panes.flatMap((pane, index) => {
    const lines = layout.titles[index]!;
    if (lines.length === 0) return [];
    const textStyle = {
      color: theme.ink,
      fontSize: 12,
      lineHeight: titleLineHeight,
      fontWeight: 'bold',
      fontFamily: theme.font,
    };
    return [
      {
        text: lines.join('\n'),
        left: pane.left,
        top: pane.top - 6 - titleLineHeight * lines.length,
        padding: 0,
        textStyle,
      },
    ];
  });
}

function fileTitles({ title, subtitle }: Heading, theme: Theme): object[] {
  const style = { fontFamily: theme.font, color: theme.ink, fontSize: 16, fontWeight: 'bold' };
  return [
    { text: title, left: 12, top: 10, padding: 0, textStyle: style },
    {
      text: subtitle,
      left: 12,
      top: 33,
      padding: 0,
      textStyle: { ...style, fontSize: 11, fontWeight: 'normal', color: theme.muted },
    },
  ];
}

function graphics(model: ChartModel, layout: PaneLayout, theme: Theme, heading: Heading | undefined): object[] {
  const entries = (heading?.legend ?? []).flatMap(({ name, look, left, top }) => {
    const marker = lookMarker(theme, look);
    const dash = lookDash(theme, look);
    const colour = lookColour(theme, look);
    return [
      {
        type: 'line',
        silent: true,
        shape: { x1: left, y1: top + 7, x2: left + 24, y2: top + 7 },
        style: { stroke: colour, lineWidth: look.thin ? 1.2 : 2.4, lineDash: dash === 'solid' ? null : dash },
      },
      ...(marker === null
        ? []
        : [{ type: 'circle', silent: true, shape: { cx: left + 12, cy: top + 7, r: 3.5 }, style: { fill: colour } }]),
      {
        type: 'text',
        silent: true,
        style: { text: name, x: left + 30, y: top, fill: theme.ink, font: `12px ${theme.font}` },
      },
    ];
  });
  return [...entries, ...(model.scaleNames ? layerScale(model.scaleNames, layout.panes, theme) : [])];
}

/** A bar with the colours from the first layer to the last, right of the first row of panes. */
function layerScale([first, last]: readonly [string, string], panes: readonly Rect[], theme: Theme): object[] {
  const right = Math.max(...panes.map((pane) => pane.left + pane.width));
  const { top, height } = panes[0]!;
  const text = (value: string, y: number): object => ({
    type: 'text',
    silent: true,
    style: { text: value, x: right + 12, y, fill: theme.muted, font: `11px ${theme.font}` },
  });
  return [
    {
      type: 'rect',
      silent: true,
      shape: { x: right + 12, y: top + 18, width: 10, height: height - 36 },
      style: {
        fill: {
          type: 'linear',
          x: 0,
          y: 1,
          x2: 0,
          y2: 0,
          colorStops: [0, 0.25, 0.5, 0.75, 1].map((offset) => ({
            offset,
            color: lookColour(theme, { colour: { layer: offset }, variant: 0 }),
          })),
        },
      },
    },
    text(last, top),
    text(first, top + height - 12),
  ];
}

/** Braces in labels would be read as placeholders. */
function escapeTemplate(text: string): string {
  return text.replaceAll('{', '(').replaceAll('}', ')');
}
