import { element } from '../kit/dom';
import { type ECharts, init } from '../kit/echarts';
import type { Theme } from '../kit/theme';
import { barWidth, frameOption, margins } from './axes';
import { type Bar, paintBar } from './tileView';

/** One colour bar for all maps. */
export class BarView {
  readonly root = element('div', { class: 'shared-bar', hidden: true });
  private readonly name = element('div', { class: 'shared-bar-name' });
  private readonly surface = element('div', { class: 'tile-surface' });
  private readonly canvas = element('canvas', { class: 'tile-map' });
  private readonly axes = element('div', { class: 'canvas' });
  private chart: ECharts | null = null;

  constructor() {
    this.surface.append(this.canvas, this.axes);
    this.root.append(this.name, this.surface);
  }

  /** @param height of the bar, in pixels. */
  show(bar: Bar | null, height: number, theme: Theme): void {
    this.root.hidden = bar === null;
    if (bar === null) return;
    this.name.textContent = bar.name;
    const rect = { left: 4, top: margins.top, width: barWidth, height };
    const size = { width: margins.bar, height: height + margins.top + 12 };
    this.surface.style.width = `${size.width}px`;
    this.surface.style.height = `${size.height}px`;
    const ratio = window.devicePixelRatio || 1;
    this.canvas.width = Math.round(size.width * ratio);
    this.canvas.height = Math.round(size.height * ratio);
    const context = this.canvas.getContext('2d')!;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    paintBar(context, bar, rect);
    this.chart ??= init(this.axes, null, { renderer: 'canvas', ...size });
    this.chart.resize(size);
    this.chart.setOption(frameOption({ bar: { rect, range: bar.range } }, theme), { notMerge: true });
  }
}
