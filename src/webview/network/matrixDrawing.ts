import type { EChartsCoreOption } from 'echarts/core';
import { colourTable } from '../../engine/insight/maps';
import { init } from '../kit/echarts';
import { tickTexts } from '../kit/format';
import type { Rect } from '../kit/panes';
import { countRange } from '../kit/ranges';
import { paperTheme, type Theme } from '../kit/theme';
import { pngOf } from '../heatmap/exportView';
import { colourShare, type MatrixModel } from './matrix';

/** Where the parts of a drawn matrix lie, in pixels. */
export interface MatrixLayout {
  readonly width: number;
  readonly height: number;
  readonly plot: Rect;
  readonly bar: Rect;
}

const rowHeight = 17;
const margins = Object.freeze({ left: 122, right: 108, top: 8, bottom: 40 });
const steps = 256;

/** @param top room above the plot. */
export function matrixLayout(model: MatrixModel, width: number, top: number = margins.top): MatrixLayout {
  const height = Math.max(5, model.rows.length) * rowHeight;
  const plot = { left: margins.left, top, width: Math.max(80, width - margins.left - margins.right), height };
  const bar = { left: plot.left + plot.width + 18, top, width: 12, height };
  return { width, height: top + height + margins.bottom, plot, bar };
}

/** The colours of a matrix, one pixel per cell; cells without a colour stay transparent. */
export function paintMatrix(model: MatrixModel): HTMLCanvasElement {
  const canvas = document.createElement('canvas');
  canvas.width = Math.max(1, model.columns.length);
  canvas.height = Math.max(1, model.rows.length);
  const context = canvas.getContext('2d')!;
  const image = context.createImageData(canvas.width, canvas.height);
  const table = colourTable('viridis', steps);
  model.values.forEach((value, i) => {
    const share = colourShare(model.scale, value);
    if (Number.isNaN(share)) return;
    const at = 3 * Math.round(share * (steps - 1));
    image.data.set([table[at]!, table[at + 1]!, table[at + 2]!, 255], 4 * i);
  });
  context.putImageData(image, 0, 0);
  return canvas;
}

/** Cells and colour bar. */
export function drawCells(
  context: CanvasRenderingContext2D,
  picture: HTMLCanvasElement,
  { plot, bar }: MatrixLayout,
  theme: Theme,
): void {
  context.imageSmoothingEnabled = false;
  hatch(context, plot, theme);
  context.drawImage(picture, plot.left, plot.top, plot.width, plot.height);
  const table = colourTable('viridis', steps);
  for (let y = 0; y < bar.height; y += 1) {
    const at = 3 * Math.round((1 - y / Math.max(1, bar.height - 1)) * (steps - 1));
    context.fillStyle = `rgb(${table[at]}, ${table[at + 1]}, ${table[at + 2]})`;
    context.fillRect(bar.left, bar.top + y, bar.width, 1);
  }
}

/** Where there is no value. */
function hatch(context: CanvasRenderingContext2D, { left, top, width, height }: Rect, theme: Theme): void {
  context.save();
  context.beginPath();
  context.rect(left, top, width, height);
  context.clip();
  context.strokeStyle = theme.muted;
  context.globalAlpha = 0.5;
  context.lineWidth = 1;
  for (let x = left - height; x < left + width; x += 7) {
    context.beginPath();
    context.moveTo(x, top + height);
    context.lineTo(x + height, top);
    context.stroke();
  }
  context.restore();
}

/** Axes as ECharts draws them: layers down, steps or epochs across, the scale of the colours at the right. */
export function matrixOption(model: MatrixModel, { plot, bar }: MatrixLayout, theme: Theme): EChartsCoreOption {
  const label = { color: theme.muted, fontSize: 11, fontFamily: theme.font };
  const line = { show: true, lineStyle: { color: theme.highContrast ? theme.ink : theme.hairline } };
  const quiet = { show: false };
  const first = model.columns[0]?.[0] ?? 0;
  const last = model.columns.at(-1)?.[1] ?? 1;
  const { ticks } = countRange(first, last, Math.max(2, Math.min(8, plot.width / 90)));
  const { scale } = model;
  // A column of several epochs or steps is as wide as one: where they are few, each has its own number.
  const few = model.columns.length <= 24;
  const across = few
    ? {
        type: 'category',
        data: model.columns.map(([from, to]) => (from === to ? `${from}` : `${from}–${to}`)),
        axisTick: quiet,
        axisLabel: { ...label, margin: 6, hideOverlap: true },
      }
    : {
        type: 'value',
        min: first,
        max: last,
        axisTick: { show: true, customValues: ticks, lineStyle: { color: theme.muted }, length: 3 },
        axisLabel: {
          ...label,
          customValues: ticks,
          margin: 6,
          hideOverlap: true,
          formatter: (value: number) => `${value}`,
        },
      };
  return {
    animation: false,
    backgroundColor: 'transparent',
    grid: [plot, bar].map((rect) => ({ ...rect, outerBoundsMode: 'none' as const })),
    xAxis: [
      {
        gridIndex: 0,
        position: 'bottom',
        name: model.columnName,
        nameLocation: 'middle',
        nameGap: 24,
        nameTextStyle: label,
        axisLine: line,
        splitLine: quiet,
        ...across,
      },
      { gridIndex: 1, type: 'value', min: 0, max: 1, show: false },
    ],
    yAxis: [
      {
        gridIndex: 0,
        type: 'category',
        inverse: true,
        data: [...model.rows],
        axisLine: line,
        axisTick: quiet,
        axisLabel: { ...label, interval: 0, margin: 6 },
      },
      {
        gridIndex: 1,
        type: scale.type,
        min: scale.min,
        max: scale.max,
        position: 'right',
        axisLine: line,
        axisTick: { show: true, customValues: [...scale.ticks], lineStyle: { color: theme.muted }, length: 3 },
        axisLabel: { ...label, customValues: [...scale.ticks], margin: 5, formatter: tickTexts(scale.ticks) },
        minorTick: quiet,
        splitLine: quiet,
      },
    ],
    series: [],
  };
}

/** A matrix as the bytes of a PNG: title, axes and colour bar included, dark on white. */
export async function matrixPng(model: MatrixModel): Promise<Uint8Array> {
  const ratio = 2;
  const layout = matrixLayout(model, 960, 64);
  const canvas = document.createElement('canvas');
  canvas.width = layout.width * ratio;
  canvas.height = layout.height * ratio;
  const context = canvas.getContext('2d')!;
  context.scale(ratio, ratio);
  context.fillStyle = paperTheme.background;
  context.fillRect(0, 0, layout.width, layout.height);
  const write = (text: string, x: number, y: number, font: string, colour: string, align: CanvasTextAlign): void => {
    context.font = `${font} ${paperTheme.font}`;
    context.fillStyle = colour;
    context.textAlign = align;
    context.fillText(text, x, y);
  };
  write(model.title, 12, 22, '600 15px', paperTheme.ink, 'left');
  write(model.subtitle, 12, 40, '12px', paperTheme.muted, 'left');
  write(model.quantity, layout.width - 12, 56, '12px', paperTheme.muted, 'right');
  drawCells(context, paintMatrix(model), layout, paperTheme);
  const axes = document.createElement('canvas');
  const size = { width: layout.width, height: layout.height };
  const chart = init(axes, null, { renderer: 'canvas', ...size, devicePixelRatio: ratio });
  try {
    chart.setOption(matrixOption(model, layout, paperTheme));
    chart.getZr().flush();
    context.drawImage(axes, 0, 0, layout.width, layout.height);
  } finally {
    chart.dispose();
  }
  return pngOf(canvas);
}
