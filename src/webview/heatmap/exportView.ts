import { init } from '../kit/echarts';
import { paperTheme, type Theme } from '../kit/theme';
import { barWidth, frameOption, margins } from './axes';
import { paintTile } from './paintTile';
import { type Bar, paintBar, shownPixels, type TileContent } from './tileView';
import { clamped, largestPixel, type View, wholeView } from './viewport';
import type { Rect } from '../kit/panes';

/** Where a map lies in a picture, so that its pixels can be found again. */
export interface PlacedMap {
  /** Which tile it is. */
  readonly tile: number;
  /** Pixel of the picture at the map's upper left corner. */
  readonly left: number;
  readonly top: number;
  /** Pixels of the picture per pixel of the map. */
  readonly scale: number;
  /** The part of the image that is shown. */
  readonly column: number;
  readonly row: number;
  readonly columns: number;
  readonly rows: number;
}

/** What a picture is made of. */
export interface FigureContent {
  readonly title: string;
  readonly subtitle: string;
  readonly tiles: readonly TileContent[];
  /** One bar for all tiles, or null when they have their own, or none. */
  readonly bar: Bar | null;
  readonly columns: number;
}

/** How large a picture becomes. */
export interface Resolution {
  /** Picture pixels per unit of the layout. */
  readonly ratio: number;
  /** A map becomes about so wide in pixels of the picture: alone, or among several. */
  readonly one: number;
  readonly several: number;
}

/** Sharp on paper. */
export const forPaper: Resolution = Object.freeze({ ratio: 2, one: 1280, several: 840 });
/** Small enough for many frames. */
export const forScreen: Resolution = Object.freeze({ ratio: 1, one: 560, several: 300 });

const gap = 14;
const headHeight = 46;
const titleHeight = 22;

/**
 * The view as a picture of its own: title, maps with axes, colour bars and the names of classes, dark on white. Every pixel of a
 * map becomes a square of whole pixels, so that the values can be read back from the colours.
 *
 * @param plot where the maps lie on the screen: what is shown there is what is drawn.
 */
export function drawFigure(
  figure: FigureContent,
  view: View,
  plot: Rect,
  resolution: Resolution = forPaper,
): { canvas: HTMLCanvasElement; maps: PlacedMap[] } {
  const { ratio } = resolution;
  const theme = paperTheme;
  const { tiles } = figure;
  const placed = tiles.map((tile) =>
    windowOf(tile, view, plot, resolution.ratio, tiles.length === 1 ? resolution.one : resolution.several),
  );
  const cell = {
    width:
      Math.max(...placed.map(({ width }) => width)) +
      margins.left +
      (tiles.some(({ bar }) => bar) ? margins.bar : margins.right),
    height: Math.max(...placed.map(({ height }) => height)) + margins.top + margins.bottom + titleHeight + 20,
  };
  const columns = Math.min(figure.columns, tiles.length);
  const rows = Math.ceil(tiles.length / columns);
  const legend = tiles.some((tile) => tile.legend.length > 0);
  const width = columns * cell.width + (columns - 1) * gap + 24 + (figure.bar ? margins.bar + 8 : 0);
  const height = headHeight + rows * cell.height + 8;
  const canvas = document.createElement('canvas');
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  const context = canvas.getContext('2d')!;
  context.fillStyle = theme.background;
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.scale(ratio, ratio);
  write(context, figure.title, 12, 20, `600 15px ${theme.font}`, theme.ink);
  write(context, figure.subtitle, 12, 37, `12px ${theme.font}`, theme.muted);
  const maps: PlacedMap[] = [];
  tiles.forEach((tile, index) => {
    const left = 12 + (index % columns) * (cell.width + gap);
    const top = headHeight + Math.floor(index / columns) * cell.height;
    const at = placed[index]!;
    const rect = {
      left: left + margins.left,
      top: top + titleHeight + margins.top,
      width: at.width,
      height: at.height,
    };
    write(context, tile.title, left + margins.left, top + 16, `600 13px ${theme.font}`, theme.ink);
    if (tile.drawing) {
      const { size } = tile.drawing;
      // The very window, whatever the plot's shape on the screen was.
      const zoom = at.width / at.columns / Math.min(at.width / size.width, at.height / size.height);
      const shown = { x: (at.column + at.columns / 2) / size.width, y: (at.row + at.rows / 2) / size.height, zoom };
      paintTile(context, tile.drawing, shown, rect, { cursor: null, region: null, ink: '#fff', ground: '#000' });
      maps.push({
        tile: index,
        left: Math.round(rect.left * ratio),
        top: Math.round(rect.top * ratio),
        scale: at.scale,
        column: at.column,
        row: at.row,
        columns: at.columns,
        rows: at.rows,
      });
    } else write(context, tile.message ?? '', rect.left, rect.top + 20, `12px ${theme.font}`, theme.muted);
    const bar = tile.bar
      ? {
          rect: { left: rect.left + rect.width + 10, top: rect.top, width: barWidth, height: rect.height },
          bar: tile.bar,
        }
      : null;
    drawFrame(
      context,
      theme,
      { width, height, ratio },
      tile.drawing ? { rect, columns: [at.column, at.column + at.columns], rows: [at.row, at.row + at.rows] } : null,
      bar,
    );
    if (legend) drawLegend(context, theme, tile, rect);
  });
  if (figure.bar) {
    const tall = Math.min(placed[0]!.height, 320);
    const rect = {
      left: width - margins.bar - 4,
      top: headHeight + titleHeight + margins.top,
      width: barWidth,
      height: tall,
    };
    context.textAlign = 'right';
    write(context, figure.bar.name, width - 12, headHeight + 16, `12px ${theme.font}`, theme.muted);
    context.textAlign = 'left';
    drawFrame(context, theme, { width, height, ratio }, null, { rect, bar: figure.bar });
  }
  return { canvas, maps };
}

/** The part of an image that is shown, in whole pixels, and how large it becomes. */
function windowOf(
  tile: TileContent,
  view: View,
  plot: Rect,
  ratio: number,
  aimed: number,
): Omit<PlacedMap, 'tile' | 'left' | 'top'> & { width: number; height: number } {
  const size = tile.drawing?.size ?? { width: 100, height: 100 };
  const shown = shownPixels(clamped(tile.drawing ? view : wholeView, plot, size), plot, size);
  const low = (from: number): number => Math.max(0, Math.floor(from + 1e-3));
  const column = low(shown.columns[0]);
  const row = low(shown.rows[0]);
  const columns = Math.min(size.width, Math.ceil(shown.columns[1] - 1e-3)) - column;
  const rows = Math.min(size.height, Math.ceil(shown.rows[1] - 1e-3)) - row;
  const fitting = Math.round(aimed / Math.max(columns, rows));
  const scale = Math.min(largestPixel * ratio, Math.max(1, fitting));
  return { column, row, columns, rows, scale, width: (columns * scale) / ratio, height: (rows * scale) / ratio };
}

function drawFrame(
  context: CanvasRenderingContext2D,
  theme: Theme,
  { width, height, ratio }: { width: number; height: number; ratio: number },
  plot: { rect: Rect; columns: readonly [number, number]; rows: readonly [number, number] } | null,
  bar: { rect: Rect; bar: Bar } | null,
): void {
  if (bar) paintBar(context, bar.bar, bar.rect);
  const canvas = document.createElement('canvas');
  const chart = init(canvas, null, { renderer: 'canvas', width, height, devicePixelRatio: ratio });
  try {
    chart.setOption(
      frameOption(
        { ...(plot ? { plot } : {}), ...(bar ? { bar: { rect: bar.rect, range: bar.bar.range } } : {}) },
        theme,
      ),
    );
    chart.getZr().flush();
    context.drawImage(canvas, 0, 0, width, height);
  } finally {
    chart.dispose();
  }
}

function drawLegend(context: CanvasRenderingContext2D, theme: Theme, tile: TileContent, rect: Rect): void {
  let left = rect.left;
  const top = rect.top + rect.height + margins.bottom + 12;
  for (const { colour, name } of tile.legend) {
    context.fillStyle = colour;
    context.fillRect(left, top - 9, 10, 10);
    context.strokeStyle = theme.muted;
    context.lineWidth = 0.5;
    context.strokeRect(left, top - 9, 10, 10);
    write(context, name, left + 14, top, `11px ${theme.font}`, theme.muted);
    left += 14 + context.measureText(name).width + 14;
  }
}

function write(
  context: CanvasRenderingContext2D,
  text: string,
  x: number,
  y: number,
  font: string,
  colour: string,
): void {
  context.font = font;
  context.fillStyle = colour;
  context.fillText(text, x, y);
}

/** A canvas as the bytes of a PNG. */
export async function pngOf(canvas: HTMLCanvasElement): Promise<Uint8Array> {
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'));
  if (blob === null)
    throw new Error('The picture could not be drawn: it is too large for this machine. Zoom in, or show fewer maps.');
  return new Uint8Array(await blob.arrayBuffer());
}
