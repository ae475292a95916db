import { element } from '../kit/dom';
import { type ECharts, init } from '../kit/echarts';
import type { Rect } from '../kit/panes';
import type { Theme } from '../kit/theme';
import { quietButton } from '../kit/widgets';
import type { PaneModel } from './paneModel';
import { plotOption, plotRect, smallWidth } from './plotOption';
import type { Place } from './state';

export interface PaneEvents {
  /** The pointer is over a place, in pixels of the window; null when it has left. */
  hovered(place: Place | null, at: { x: number; y: number }): void;
  /** A place was clicked, or is being dragged to. */
  chosen(place: Place): void;
  save(format: 'svg' | 'png'): void;
}

/** One surface from above, with a cursor that all panes share. */
export class PaneView {
  private readonly heading = element('h3');
  private readonly note = element('p', { class: 'muted pane-note' });
  private readonly canvas = element('div', { class: 'canvas' });
  private readonly across = element('div', { class: 'cursor-line across', hidden: true });
  private readonly down = element('div', { class: 'cursor-line down', hidden: true });
  private readonly chart = element('div', { class: 'pane-chart', role: 'img' }, this.canvas, this.across, this.down);
  readonly root: HTMLElement;
  private echarts: ECharts | null = null;
  private rect: Rect = { left: 0, top: 0, width: 1, height: 1 };
  private model: PaneModel | null = null;

  constructor(events: PaneEvents) {
    this.root = element(
      'figure',
      { class: 'pane' },
      element(
        'div',
        { class: 'figure-head' },
        this.heading,
        element(
          'div',
          { class: 'tools', role: 'toolbar', 'aria-label': 'Tools of this picture' },
          quietButton('SVG', 'Save as SVG', () => events.save('svg')),
          quietButton('PNG', 'Save as PNG', () => events.save('png')),
        ),
      ),
      this.chart,
      this.note,
    );
    let dragging = false;
    const at = (event: PointerEvent): { x: number; y: number } => ({ x: event.clientX, y: event.clientY });
    this.chart.addEventListener('pointerdown', (event) => {
      const place = this.placeOf(event);
      if (event.button !== 0 || !place) return;
      dragging = true;
      this.chart.setPointerCapture(event.pointerId);
      events.chosen(place);
    });
    this.chart.addEventListener('pointermove', (event) => {
      const place = this.placeOf(event, dragging);
      if (dragging && place) events.chosen(place);
      events.hovered(dragging ? null : place, at(event));
    });
    for (const name of ['pointerup', 'pointercancel'] as const)
      this.chart.addEventListener(name, () => (dragging = false));
    this.chart.addEventListener('pointerleave', (event) => events.hovered(null, at(event)));
  }

  /** @param size of the chart in pixels. */
  show(model: PaneModel, summary: string, size: { width: number; height: number }, theme: Theme): void {
    this.model = model;
    this.heading.textContent = this.heading.title = model.title;
    this.root.classList.toggle('small', size.width < smallWidth);
    this.note.textContent = model.scale.note ?? '';
    this.note.hidden = model.scale.note === null;
    this.chart.setAttribute('aria-label', summary);
    this.chart.style.width = `${size.width}px`;
    this.chart.style.height = `${size.height}px`;
    this.rect = plotRect(size.width, size.height);
    this.echarts ??= init(this.canvas, null, { renderer: 'canvas', ...size });
    this.echarts.resize(size);
    this.echarts.setOption(plotOption(model, this.rect, theme, 'value'), { notMerge: true });
  }

  placeCursor(cursor: Place | null): void {
    const { rect, model } = this;
    for (const line of [this.across, this.down]) line.hidden = cursor === null || model === null;
    if (cursor === null || model === null) return;
    const { a, b } = model.field;
    const x = rect.left + ((cursor.a - a[0]!) / (a.at(-1)! - a[0]!)) * rect.width;
    const y = rect.top + (1 - (cursor.b - b[0]!) / (b.at(-1)! - b[0]!)) * rect.height;
    Object.assign(this.across.style, { left: `${rect.left}px`, width: `${rect.width}px`, top: `${y}px` });
    Object.assign(this.down.style, { top: `${rect.top}px`, height: `${rect.height}px`, left: `${x}px` });
  }

  dispose(): void {
    this.echarts?.dispose();
    this.root.remove();
  }

  /** @param clamped a place beyond the edge becomes the nearest one on it. */
  private placeOf(event: PointerEvent, clamped = false): Place | null {
    const { rect, model } = this;
    if (!model) return null;
    const box = this.chart.getBoundingClientRect();
    let u = (event.clientX - box.left - rect.left) / rect.width;
    let v = 1 - (event.clientY - box.top - rect.top) / rect.height;
    if (clamped) [u, v] = [Math.min(1, Math.max(0, u)), Math.min(1, Math.max(0, v))];
    if (u < 0 || u > 1 || v < 0 || v > 1) return null;
    const { a, b } = model.field;
    return { a: a[0]! + u * (a.at(-1)! - a[0]!), b: b[0]! + v * (b.at(-1)! - b[0]!) };
  }
}
