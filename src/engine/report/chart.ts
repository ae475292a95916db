import { CustomChart, LineChart } from 'echarts/charts';
import {
  GraphicComponent,
  GridComponent,
  LegendComponent,
  MarkLineComponent,
  TitleComponent,
} from 'echarts/components';
import { init, use } from 'echarts/core';
import type { EChartsCoreOption } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import { themeColour } from './colours';
import { escapeXml } from './figure';
import { type AxisRange, tickLabel } from './ranges';

use([
  LineChart,
  CustomChart,
  GridComponent,
  TitleComponent,
  LegendComponent,
  GraphicComponent,
  MarkLineComponent,
  SVGRenderer,
]);

/** Width of a full figure in CSS pixels. */
export const figureWidth = 1120;

/**
 * The first font is the one that a PNG is labelled with; the others have letters of the same width, so that labels fit
 * wherever the page is opened.
 */
export const fontFamily = "'Losscape Sans', Arial, Helvetica, 'Liberation Sans', sans-serif";

/** Draws a chart as an SVG that scales with the page and says what it is to a screen reader. */
export function drawChart(option: EChartsCoreOption, width: number, height: number, alternative: string): string {
  const chart = init(null, null, { renderer: 'svg', ssr: true, width, height });
  try {
    chart.setOption({
      animation: false,
      backgroundColor: 'transparent',
      ...option,
      textStyle: { fontFamily, color: themeColour('ink') },
    });
    return accessible(withoutBehaviour(chart.renderToSVGString()), width, alternative);
  } finally {
    chart.dispose();
  }
}

/** Drops what ECharts adds for a script that brings the chart to life; there is none on the page. */
function withoutBehaviour(svg: string): string {
  return svg
    .replace(/ (?:ecmeta_\w+|class|pointer-events)="[^"]*"/g, '')
    .replace(/<style\b[^>]*>[\s\S]*?<\/style>\s*/g, '');
}

/** Gives an SVG its greatest width on the page, and its text for those who cannot see it. */
export function accessible(svg: string, width: number, alternative: string): string {
  return svg.replace(
    /^<svg\b/,
    `<svg role="img" aria-label="${escapeXml(alternative)}" style="max-width:${width}px;width:100%;height:auto"`,
  );
}

const label = { color: themeColour('muted'), fontSize: 11 };

/** The look of every axis: hairlines, small grey numbers. */
export const axisStyle = {
  axisLine: { show: true, onZero: false, lineStyle: { color: themeColour('line') } },
  axisTick: { show: false },
  axisLabel: label,
  splitLine: { show: true, lineStyle: { color: themeColour('line'), width: 0.6 } },
  nameTextStyle: label,
} as const;

/** An x axis of epochs from 0 to `last`, for grid number `gridIndex`. */
export function epochAxis(gridIndex: number, last: number) {
  return {
    ...axisStyle,
    gridIndex,
    type: 'value',
    min: 0,
    max: last,
    minInterval: 1,
    splitNumber: 4,
    splitLine: { show: false },
    name: 'epoch',
    nameLocation: 'middle',
    nameGap: 22,
  } as const;
}

/** A y axis with labels and hairlines at the ticks of a range; `numbers` is false where another pane carries them. */
export function valueAxis(gridIndex: number, { type, min, max, ticks }: AxisRange, numbers = true) {
  const at = { customValues: ticks };
  return {
    ...axisStyle,
    gridIndex,
    type,
    min,
    max,
    axisTick: { show: false, ...at },
    axisLabel: { ...axisStyle.axisLabel, ...at, show: numbers, formatter: tickLabel },
    splitLine: { ...axisStyle.splitLine, ...at },
  };
}

/** Panes stay where they are put, however long the numbers beside them. */
export function fixedGrids<Pane extends object>(panes: readonly Pane[]) {
  return panes.map((pane) => ({ ...pane, outerBoundsMode: 'none' as const }));
}
