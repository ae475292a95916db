import { paintBar } from '../heatmap/tileView';
import { pngOf } from '../heatmap/exportView';
import { barWidth, frameOption, margins } from '../heatmap/axes';
import { barColours } from '../heatmap/colours';
import type { ColourMapName } from '../../engine/insight/maps';
import { type Cell, csvText } from '../kit/csv';
import { init } from '../kit/echarts';
import { paperTheme } from '../kit/theme';
import type { MapFacts } from './features';

/** One picture of a figure. */
export interface FigurePane {
  readonly picture: HTMLCanvasElement;
  readonly title: string;
  /** In place of colours: the map is 0 everywhere. */
  readonly silent?: boolean;
}

/** Pictures in rows, with one colour bar. */
export interface FigureContent {
  readonly title: string;
  readonly subtitle: string;
  readonly panes: readonly FigurePane[];
  /** Null where every map has its own range. */
  readonly bar: {
    readonly range: readonly [number, number];
    readonly colours: ColourMapName;
    readonly name: string;
  } | null;
  /** Longer side of a picture. */
  readonly side: number;
}

const ratio = 2;
const gap = 10;
const head = 54;
const titleHeight = 18;
const mostWidth = 1180;

/** A figure as the bytes of a PNG, dark on white. */
export async function figurePng({ title, subtitle, panes, bar, side }: FigureContent): Promise<Uint8Array> {
  const { ink, muted, background, font, hairline } = paperTheme;
  const sizes = panes.map(({ picture }) => {
    const scale = side / Math.max(picture.width, picture.height);
    return { width: picture.width * scale, height: picture.height * scale };
  });
  const cell = {
    width: Math.max(...sizes.map(({ width }) => width)),
    height: Math.max(...sizes.map(({ height }) => height)),
  };
  const columns = Math.max(1, Math.min(panes.length, Math.floor((mostWidth + gap) / (cell.width + gap))));
  const rows = Math.ceil(panes.length / columns);
  const barRoom = bar ? margins.bar + 24 : 0;
  const width = Math.max(420, 24 + columns * (cell.width + gap) - gap + barRoom);
  const height = head + rows * (cell.height + titleHeight + gap) + 6;
  const canvas = document.createElement('canvas');
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  const context = canvas.getContext('2d')!;
  context.scale(ratio, ratio);
  context.fillStyle = background;
  context.fillRect(0, 0, width, height);
  const write = (text: string, x: number, y: number, style: string, colour: string): void => {
    context.font = `${style} ${font}`;
    context.fillStyle = colour;
    context.fillText(text, x, y, context.textAlign === 'right' ? x - 12 : width - x - 8);
  };
  write(title, 12, 22, '600 15px', ink);
  write(subtitle, 12, 40, '12px', muted);
  panes.forEach(({ picture, title: name, silent }, i) => {
    const left = 12 + (i % columns) * (cell.width + gap);
    const top = head + Math.floor(i / columns) * (cell.height + titleHeight + gap);
    const size = sizes[i]!;
    context.font = `11px ${font}`;
    context.fillStyle = muted;
    context.fillText(name, left, top + 12, cell.width);
    context.imageSmoothingEnabled = picture.width > size.width * ratio;
    context.drawImage(picture, left, top + titleHeight, size.width, size.height);
    context.strokeStyle = hairline;
    context.strokeRect(left, top + titleHeight, size.width, size.height);
    if (!silent) return;
    context.strokeStyle = '#ffffff';
    context.beginPath();
    context.moveTo(left, top + titleHeight + size.height);
    context.lineTo(left + size.width, top + titleHeight);
    context.stroke();
  });
  if (bar) {
    const rect = {
      left: width - margins.bar - 8,
      top: head + titleHeight,
      width: barWidth,
      height: Math.min(260, Math.max(80, height - head - 50)),
    };
    context.textAlign = 'right';
    write(bar.name, width - 12, head + 8, '11px', muted);
    context.textAlign = 'left';
    paintBar(context, { range: bar.range, colours: barColours(bar.colours), name: bar.name }, rect);
    const axes = document.createElement('canvas');
    const chart = init(axes, null, { renderer: 'canvas', width, height, devicePixelRatio: ratio });
    try {
      chart.setOption(frameOption({ bar: { rect, range: bar.range } }, paperTheme));
      chart.getZr().flush();
      context.drawImage(axes, 0, 0, width, height);
    } finally {
      chart.dispose();
    }
  }
  return pngOf(canvas);
}

/** The numbers of every map of a layer as a file. */
export function factsCsv(
  layer: string,
  epoch: number,
  image: string,
  facts: readonly MapFacts[],
  dead: ReadonlySet<number> | null,
): string {
  return csvText(
    ['layer', 'epoch', 'image', 'map', 'mean', 'smallest', 'largest', 'share_not_0', 'silent_on_image', 'dead'],
    facts.map(({ channel, mean, low, high, active, silent }): Cell[] => [
      layer,
      epoch,
      image,
      channel,
      mean,
      low,
      high,
      active,
      silent ? 1 : 0,
      dead === null ? null : dead.has(channel) ? 1 : 0,
    ]),
  );
}
