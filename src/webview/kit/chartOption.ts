import type { EChartsCoreOption } from 'echarts/core';
import { backdropSeries } from './backdrop';
import type { ChartModel, Zoom } from './chartModel';
import { lineSeries, reference, type ShownAxes } from './chartSeries';
import { duration, tickTexts } from './format';
import { type PaneLayout, type Rect, titleLineHeight } from './panes';
import { countRange, timeRange, zoomedRange } from './ranges';
import { type Look, lookColour, lookDash, lookMarker, type Theme } from './theme';

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
