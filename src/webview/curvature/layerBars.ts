import type { EChartsCoreOption } from 'echarts/core';
import { csvText } from '../kit/csv';
import { tickTexts } from '../kit/format';
import { linearRange } from '../kit/ranges';
import { lookColour, type Theme } from '../kit/theme';
import type { CurvatureInfo, CurvatureLayer } from '../protocol/curvature';
import { digits } from '../kit/digits';

/** One column of bars: what it shows, and of each layer the value and how far it may be off. */
export interface BarColumn {
  readonly title: string;
  readonly values: readonly ({ readonly value: number; readonly half: number | null } | null)[];
}

/** Layers in the order of the network, with what is known of their own blocks of the Hessian. */
export interface BarModel {
  readonly layers: readonly string[];
  readonly columns: readonly BarColumn[];
}

/** The bars of a measurement; null when nothing is known of single layers. */
export function layerBars({ layers }: Pick<CurvatureInfo, 'layers'>): BarModel | null {
  const column = (title: string, of: (layer: CurvatureLayer) => BarColumn['values'][number]): BarColumn => ({
    title,
    values: layers.map(of),
  });
  const columns = [
    column('Trace', ({ trace }) => trace && { value: trace.mean, half: trace.standardError }),
    column('Largest eigenvalue', ({ largest }) => largest && { value: largest.value, half: largest.residual }),
  ].filter(({ values }) => values.some((value) => value !== null));
  return columns.length === 0 ? null : { layers: layers.map(({ name }) => name), columns };
}

export const barHeight = 17;
const [left, right, gap, above, below] = [132, 16, 30, 24, 26];

/** Height of a drawing in pixels. */
export const barsHeight = ({ layers }: BarModel): number => above + layers.length * barHeight + below;

/** The layer at a height of the drawing; null above and below the bars. */
export function layerAt({ layers }: BarModel, y: number): number | null {
  const index = Math.floor((y - above) / barHeight);
  return index >= 0 && index < layers.length ? index : null;
}

interface BarApi {
  coord(at: [number, number]): [number, number];
}

/** Bars with whiskers, a row for each layer; colours go from the first layer to the last, as wherever layers are shown. */
export function barsOption(
  { layers, columns }: BarModel,
  width: number,
  theme: Theme,
  heading?: { readonly title: string; readonly subtitle: string },
): EChartsCoreOption {
  const top = above + (heading ? 46 : 0);
  const columnWidth = (width - left - right - gap * (columns.length - 1)) / columns.length;
  const label = { color: theme.muted, fontSize: 11, fontFamily: theme.font };
  const boxes = columns.map((_, index) => ({
    left: left + index * (columnWidth + gap),
    top,
    width: columnWidth,
    height: layers.length * barHeight,
  }));
  const ranges = columns.map(({ values }) => {
    const ends = values.flatMap((one) => (one ? [one.value - (one.half ?? 0), one.value + (one.half ?? 0)] : []));
    return linearRange(Math.min(...ends), Math.max(...ends));
  });
  const text = (value: string, x: number, y: number, style: object): object => ({
    text: value,
    left: x,
    top: y,
    padding: 0,
    textStyle: { color: theme.ink, fontFamily: theme.font, ...style },
  });
  return {
    animation: false,
    backgroundColor: heading ? theme.background : 'transparent',
    title: [
      ...columns.map(({ title }, index) => text(title, boxes[index]!.left, top - 18, { fontSize: 12 })),
      ...(heading
        ? [
            text(heading.title, 12, 10, { fontSize: 16 }),
            text(heading.subtitle, 12, 33, { fontSize: 11, fontWeight: 'normal', color: theme.muted }),
          ]
        : []),
    ],
    grid: boxes.map((box) => ({ ...box, outerBoundsMode: 'none' as const })),
    xAxis: ranges.map((range, gridIndex) => {
      const ticks = range.ticks.filter((_, at) => columnWidth > 190 || at % 2 === 0);
      return {
        gridIndex,
        type: 'value',
        min: range.min,
        max: range.max,
        axisLabel: { ...label, customValues: ticks, formatter: tickTexts(range.ticks), hideOverlap: true },
        splitLine: { show: true, customValues: ticks, lineStyle: { color: theme.hairline, width: 0.6 } },
      };
    }),
    yAxis: columns.map((_, gridIndex) => ({
      gridIndex,
      type: 'value',
      inverse: true,
      min: 0,
      max: layers.length,
      axisLine: { show: true, onZero: false, lineStyle: { color: theme.hairline } },
      axisTick: { show: false },
      splitLine: { show: false },
      axisLabel: {
        ...label,
        show: gridIndex === 0,
        interval: 0,
        customValues: layers.map((_, at) => at + 0.5),
        formatter: (value: number) => layers[Math.floor(value)] ?? '',
      },
    })),
    series: columns.map(({ values }, index) => ({
      type: 'custom',
      silent: true,
      xAxisIndex: index,
      yAxisIndex: index,
      data: values.map((one, at) => [one?.value ?? 0, at]),
      renderItem: ({ dataIndex }: { dataIndex: number }, api: BarApi) => {
        const one = values[dataIndex];
        if (!one) return { type: 'group', children: [] };
        const colour = lookColour(theme, {
          colour: { layer: layers.length > 1 ? dataIndex / (layers.length - 1) : 0 },
          variant: 0,
        });
        const [zero, y] = api.coord([0, dataIndex + 0.5]);
        const [end] = api.coord([one.value, dataIndex + 0.5]);
        const thick = barHeight - 6;
        const bar = {
          type: 'rect',
          shape: { x: Math.min(zero, end), y: y - thick / 2, width: Math.max(1, Math.abs(end - zero)), height: thick },
          style: { fill: colour, ...(theme.highContrast ? { stroke: theme.ink, lineWidth: 1 } : {}) },
        };
        if (!one.half) return { type: 'group', children: [bar] };
        const [from] = api.coord([one.value - one.half, dataIndex + 0.5]);
        const [to] = api.coord([one.value + one.half, dataIndex + 0.5]);
        // What is narrower than its own stroke would only be an odd end of the bar.
        if (to - from < 3) return { type: 'group', children: [bar] };
        const line = (x1: number, y1: number, x2: number, y2: number): object => ({
          type: 'line',
          shape: { x1, y1, x2, y2 },
          style: { stroke: theme.ink, lineWidth: 1.2 },
        });
        return {
          type: 'group',
          children: [bar, line(from, y, to, y), line(from, y - 3, from, y + 3), line(to, y - 3, to, y + 3)],
        };
      },
    })),
  };
}

/** The numbers of the bars: a row for each layer. */
export function barsCsv({ layers }: Pick<CurvatureInfo, 'layers'>): string {
  return csvText(
    ['layer', 'trace', 'traceStandardError', 'largestEigenvalue', 'residual'],
    layers.map(({ name, trace, largest }) => [
      name,
      trace?.mean ?? null,
      trace?.standardError ?? null,
      largest?.value ?? null,
      largest?.residual ?? null,
    ]),
  );
}

/** A value with what it may be off by. */
export const withHalf = (one: { value: number; half: number | null } | null): string =>
  one === null
    ? '–'
    : `${digits(one.value)}${one.half === null ? '' : ` ± ${digits(Number(one.half.toPrecision(2)))}`}`;
