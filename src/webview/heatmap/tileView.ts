import { element, replaceChildren } from '../kit/dom';
import { type ECharts, init } from '../kit/echarts';
import type { Rect } from '../kit/panes';
import type { Theme } from '../kit/theme';
import { barWidth, type FrameModel, frameOption, margins } from './axes';
import { paintAxes } from './movingAxes';
import { type Marks, paintTile, type TileDrawing } from './paintTile';
import { clamped, placeAt, type Size, type View } from './viewport';

/** The scale of a map: its ends and its colours from low to high, [n,3]. */
export interface Bar {
  readonly range: readonly [number, number];
  readonly colours: Uint8Array;
  readonly name: string;
}

/** Everything that one tile shows. */
export interface TileContent {
  readonly title: string;
  /** What it is, in a sentence. */
  readonly meaning: string;
  /** What the colours of classes mean. */
  readonly legend: readonly { readonly colour: string; readonly name: string }[];
  readonly drawing: TileDrawing | null;
  /** Null where colours are classes, or where one bar serves all tiles. */
  readonly bar: Bar | null;
  /** In place of a map, or over it: why there is none, or that it is being made. */
  readonly message: string | null;
  /** Whether the message is about something that went wrong. */
  readonly failed: boolean;
  /** Said to those who cannot see it. */
  readonly summary: string;
}

/** Whether a map is on its way. */
export const isWaiting = ({ message, failed }: TileContent): boolean => message !== null && !failed;

/** One map with its axes: a canvas for the pixels, and over it ECharts for the numbers. */
export class TileView {
  readonly root: HTMLElement;
  readonly surface = element('div', { class: 'tile-surface' });
  private readonly canvas = element('canvas', { class: 'tile-map' });
  private readonly axes = element('div', { class: 'canvas' });
  private readonly title = element('h3');
  private readonly legend = element('span', { class: 'tile-legend' });
  private readonly meaning = element('span', { class: 'tile-meaning' });
  private readonly message = element('p', { class: 'tile-message', hidden: true });
  private readonly tooltip = element('div', { class: 'tooltip', 'aria-hidden': 'true', hidden: true });
  private chart: ECharts | null = null;
  private content: TileContent | null = null;
  private plot: Rect = { left: 0, top: 0, width: 1, height: 1 };
  private outer: Size = { width: 1, height: 1 };
  private drawnFrame = '';
  private drawnParts = '';

  constructor(private theme: Theme) {
    this.surface.append(this.canvas, this.axes, this.message, this.tooltip);
    this.root = element(
      'div',
      { class: 'tile', role: 'img' },
      element('div', { class: 'tile-head' }, this.title, this.legend, this.meaning),
      this.surface,
    );
  }

  /** Where the map lies on the surface. */
  get rect(): Rect {
    return this.plot;
  }

  get size(): Size | null {
    return this.content?.drawing?.size ?? null;
  }

  setTheme(theme: Theme): void {
    this.theme = theme;
    this.drawnFrame = this.drawnParts = '';
  }

  /** Gives the tile a size: of the map, without what stands around it. */
  resize(map: Size, bar: boolean): void {
    this.plot = { left: margins.left, top: margins.top, ...map };
    this.outer = {
      width: map.width + margins.left + (bar ? margins.bar : margins.right),
      height: map.height + margins.top + margins.bottom,
    };
    this.surface.style.width = `${this.outer.width}px`;
    this.surface.style.height = `${this.outer.height}px`;
    this.root.style.width = `${this.outer.width}px`;
  }

  show(content: TileContent): void {
    this.content = content;
    this.title.textContent = content.title;
    this.title.title = content.title;
    this.meaning.textContent = content.meaning;
    this.meaning.title = content.meaning;
    this.root.setAttribute('aria-label', content.summary);
    replaceChildren(
      this.legend,
      ...content.legend.map(({ colour, name }) => {
        const patch = element('span', { class: 'patch' });
        patch.style.background = colour;
        return element('span', { class: 'legend-item' }, patch, name);
      }),
    );
    this.message.hidden = content.message === null;
    this.message.textContent = content.message ?? '';
    this.message.classList.toggle('notice', content.failed);
    this.surface.classList.toggle('waiting', isWaiting(content));
  }

  /** Says something beside the pointer; null: nothing. */
  tip(text: string | null, at: { x: number; y: number }): void {
    this.tooltip.hidden = text === null;
    if (text === null) return;
    this.tooltip.textContent = text;
    const room = window.innerWidth - this.surface.getBoundingClientRect().left;
    const right = at.x + 16 + this.tooltip.offsetWidth < room;
    this.tooltip.style.left = `${right ? at.x + 16 : at.x - 12 - this.tooltip.offsetWidth}px`;
    this.tooltip.style.top = `${at.y + 14}px`;
  }

  /** Draws the shown part with what lies over it. @param draft as of `paintTile`. */
  paint(view: View, marks: Marks, draft: boolean): void {
    const ratio = window.devicePixelRatio || 1;
    const width = Math.round(this.outer.width * ratio);
    const height = Math.round(this.outer.height * ratio);
    if (this.canvas.width !== width || this.canvas.height !== height) {
      this.canvas.width = width;
      this.canvas.height = height;
    }
    const context = this.canvas.getContext('2d')!;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, this.outer.width, this.outer.height);
    const drawing = this.content?.drawing;
    const bar = this.content?.bar ?? null;
    if (drawing) paintTile(context, drawing, view, this.plot, marks, draft);
    const barRect = {
      left: this.plot.left + this.plot.width + 10,
      top: this.plot.top,
      width: barWidth,
      height: this.plot.height,
    };
    if (bar) paintBar(context, bar, barRect);
    const size = drawing?.size;
    const shown = size ? clamped(view, this.plot, size) : view;
    const frame = {
      ...(size ? { plot: { rect: this.plot, ...shownPixels(shown, this.plot, size) } } : {}),
      ...(bar ? { bar: { rect: barRect, range: bar.range } } : {}),
    };
    // While it moves, the axes are painted with the map.
    this.axes.style.visibility = draft ? 'hidden' : 'visible';
    if (draft) paintAxes(context, frame, this.theme);
    // The axes stay as they were until the next map is there.
    else if (!this.content || !isWaiting(this.content)) this.drawFrame(frame);
  }

  private drawFrame(model: FrameModel): void {
    const frame = JSON.stringify([model, this.outer]);
    if (frame === this.drawnFrame) return;
    this.drawnFrame = frame;
    const { width, height } = this.outer;
    this.chart ??= init(this.axes, null, { renderer: 'canvas', width, height });
    if (this.chart.getWidth() !== width || this.chart.getHeight() !== height) this.chart.resize({ width, height });
    // Axes that only move keep what they are made of: making them anew for every frame would cost half of it.
    const parts = `${'plot' in model} ${'bar' in model}`;
    const notMerge = parts !== this.drawnParts;
    this.drawnParts = parts;
    this.chart.setOption(frameOption(model, this.theme), { notMerge, lazyUpdate: false, silent: true });
  }

  dispose(): void {
    this.chart?.dispose();
    this.root.remove();
  }
}

/** Columns and rows of the image that a plot shows. */
export function shownPixels(view: View, plot: Rect, size: Size): { columns: [number, number]; rows: [number, number] } {
  const from = placeAt(view, plot, size, { x: plot.left, y: plot.top });
  const to = placeAt(view, plot, size, { x: plot.left + plot.width, y: plot.top + plot.height });
  const round = (value: number): number => Number(value.toFixed(3));
  return {
    columns: [round(from.x * size.width), round(to.x * size.width)],
    rows: [round(from.y * size.height), round(to.y * size.height)],
  };
}

/** The colours of a scale, high at the top. */
export function paintBar(context: CanvasRenderingContext2D, { colours }: Bar, rect: Rect): void {
  const steps = colours.length / 3;
  const gradient = context.createLinearGradient(0, rect.top + rect.height, 0, rect.top);
  for (let index = 0; index < steps; index += 1) {
    const [red, green, blue] = colours.subarray(index * 3, index * 3 + 3);
    gradient.addColorStop(index / (steps - 1), `rgb(${red} ${green} ${blue})`);
  }
  context.fillStyle = gradient;
  context.fillRect(rect.left, rect.top, rect.width, rect.height);
}
