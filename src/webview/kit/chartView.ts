import type { ChartModel, Zoom } from './chartModel';
import { chartOption, shownAxes } from './chartOption';
import { seriesOf, type ShownAxes } from './chartSeries';
import { element, oncePerFrame } from './dom';
import { type ECharts, init } from './echarts';
import { listen } from './gestures';
import { type PaneLayout, paneLayout } from './panes';
import { nearestX, type PointAt, pointsAt } from './pick';
import { positionOf, valueAt } from './ranges';
import { inSight } from './sight';
import type { Theme } from './theme';
import { heading, Tooltip } from './tooltip';
import { valueText } from './format';
import { isZoomed, zoomedAround, zoomedTo } from './zoom';

/** What a chart tells its panel. */
export interface ChartEvents {
  zoomed(zoom: Zoom): void;
  /** The pointer is on a line (or on none): highlight its like in the other charts. */
  hovered(key: string | null): void;
  /** A point was chosen, by click or Enter. */
  picked(point: PointAt): void;
}

/** So near to a line the pointer must be for it to stand out. */
const nearPixels = 28;

/** A chart on the page: draws, zooms, shows values, and can be worked with the keyboard alone. */
export class ChartView {
  readonly root: HTMLElement;
  private readonly canvas = element('div', { class: 'canvas' });
  private readonly tooltip = new Tooltip();
  private readonly crosshairs = element('div', { class: 'crosshairs', 'aria-hidden': 'true' });
  private readonly spoken = element('div', { class: 'visually-hidden', 'aria-live': 'polite' });
  private chart: ECharts | null = null;
  private model: ChartModel | null = null;
  private zoom: Zoom = {};
  private layout: PaneLayout | null = null;
  private axes: ShownAxes | null = null;
  private visible = false;
  private stale = false;
  private highlighted: string | null = null;
  private cursor: number | null = null;
  private readonly drawSoon = oncePerFrame(() => this.draw());

  constructor(
    private theme: Theme,
    private readonly paneHeight: number,
    private readonly events: ChartEvents,
  ) {
    const box = element('div', { class: 'zoom-box', hidden: true });
    this.root = element(
      'div',
      { class: 'chart', tabIndex: 0, role: 'application', 'aria-roledescription': 'chart' },
      this.canvas,
      this.crosshairs,
      box,
      this.tooltip.root,
      this.spoken,
    );
    listen(this.root, box, () => this.layout?.panes ?? [], {
      hover: (x, y) => this.hover(x, y),
      leave: () => this.leave(),
      click: (x, y) => {
        const point = this.pointAt(x, y);
        if (point) this.events.picked(point);
      },
      zoom: (stretch) => this.setZoom(zoomedTo(this.model!, this.axes!, this.zoom, stretch), true),
      wheel: (pane, around, factor) =>
        this.setZoom(zoomedAround(this.model!, this.axes!, this.zoom, { axis: 'y', pane, around, factor }), true),
      reset: () => this.setZoom({}, true),
    });
    this.root.addEventListener('keydown', (event) => this.key(event));
    this.root.addEventListener('blur', () => this.leave());
    new ResizeObserver(() => this.drawSoon()).observe(this.root);
    new IntersectionObserver(
      (entries) => {
        this.visible = inSight(entries);
        if (this.visible && this.stale) this.drawSoon();
      },
      { rootMargin: '200px' },
    ).observe(this.root);
  }

  /** @param summary said to those who cannot see the chart. */
  show(model: ChartModel, summary: string): void {
    this.model = model;
    this.root.setAttribute(
      'aria-label',
      `${summary} Arrow keys move from point to point, Enter opens one, plus and minus zoom.`,
    );
    this.drawSoon();
  }

  setTheme(theme: Theme): void {
    this.theme = theme;
    this.drawSoon();
  }

  /** @param byUser whether others need to hear of it. */
  setZoom(zoom: Zoom, byUser = false): void {
    this.zoom = zoom;
    this.drawSoon();
    if (byUser) this.events.zoomed(zoom);
  }

  get zoomed(): boolean {
    return isZoomed(this.zoom);
  }

  get currentZoom(): Zoom {
    return this.zoom;
  }

  /** Lets the lines of a key stand out, or all again. */
  highlight(key: string | null): void {
    if (this.highlighted === key) return;
    this.highlighted = key;
    this.applyHighlight();
  }

  private draw(): void {
    const width = this.root.clientWidth;
    if (this.model === null || width === 0) return;
    if (!this.visible) {
      this.stale = true;
      this.reserveHeight(width);
      return;
    }
    this.stale = false;
    this.reserveHeight(width);
    const { height } = this.layout!;
    this.axes = shownAxes(this.model, this.zoom, this.layout!.panes[0]!.width);
    this.chart ??= init(this.canvas, null, { renderer: 'canvas', width, height });
    if (this.chart.getWidth() !== width || this.chart.getHeight() !== height) this.chart.resize({ width, height });
    this.chart.setOption(chartOption(this.model, this.layout!, this.axes, this.theme), {
      notMerge: true,
      silent: true,
    });
    this.applyHighlight();
  }

  private reserveHeight(width: number): void {
    const model = this.model!;
    this.layout = paneLayout(model.panes, {
      width,
      paneHeight: model.panes.length > 1 ? Math.min(this.paneHeight, 160) : this.paneHeight,
      top: 4,
      shared: model.sharedY,
      right: model.scaleNames ? 84 : 14,
    });
    this.root.style.height = `${this.layout.height}px`;
  }

  private applyHighlight(): void {
    const { chart, model, highlighted } = this;
    if (chart === null || model === null) return;
    chart.dispatchAction({ type: 'downplay' });
    const keys = new Set(model.lines.map((line) => line.key));
    if (highlighted === null || keys.size < 2 || !keys.has(highlighted)) return;
    const seriesName = model.lines.flatMap((line, index) => (line.key === highlighted ? seriesOf(index) : []));
    chart.dispatchAction({ type: 'highlight', seriesName });
  }

  private paneAt(x: number, y: number): number {
    return (this.layout?.panes ?? []).findIndex(
      (pane) => x >= pane.left - 4 && x <= pane.left + pane.width + 4 && y >= pane.top && y <= pane.top + pane.height,
    );
  }

  private xAt(pane: number, pixel: number): number {
    const rect = this.layout!.panes[pane]!;
    return valueAt(this.axes!.x, (pixel - rect.left) / rect.width);
  }

  /** All lines at the pointer's x (those of its pane only where lines are layers), and the one that is nearest to it. */
  private look(x: number, y: number): { points: PointAt[]; nearest: PointAt | null; x: number } | null {
    const { model, axes, layout } = this;
    const pane = this.paneAt(x, y);
    if (model === null || axes === null || layout === null || pane < 0) return null;
    const at = nearestX(model, pane, this.xAt(pane, x)) ?? null;
    if (at === null) return null;
    const all = pointsAt(model, at, (axes.x.max - axes.x.min) * (model.lines[0]?.points ? 0 : 0.015));
    const points = model.scaleNames ? all.filter((point) => point.line.pane === pane) : all;
    const rect = layout.panes[pane]!;
    const gap = (point: PointAt): number =>
      Math.abs(rect.top + (1 - positionOf(axes.y[pane]!, point.value)) * rect.height - y);
    const nearest = points
      .filter((point) => point.line.pane === pane)
      .reduce<PointAt | null>((best, point) => (best === null || gap(point) < gap(best) ? point : best), null);
    return { points, nearest, x: at };
  }

  private pointAt(x: number, y: number): PointAt | null {
    return this.look(x, y)?.nearest ?? null;
  }

  private hover(x: number, y: number): void {
    const seen = this.look(x, y);
    const { model, axes, layout } = this;
    if (seen === null || model === null || axes === null || layout === null) {
      this.leave();
      return;
    }
    this.cursor = seen.x;
    this.showAt(seen.points, seen.nearest, seen.x, { x, y, width: this.root.clientWidth });
    const rect = layout.panes[this.paneAt(x, y)]!;
    const height = seen.nearest
      ? rect.top + (1 - positionOf(axes.y[seen.nearest.line.pane]!, seen.nearest.value)) * rect.height
      : Infinity;
    this.highlightByPointer(
      Math.abs(height - y) < nearPixels && model.panes.length === 1 ? seen.nearest!.line.key : null,
    );
  }

  private highlightByPointer(key: string | null): void {
    if (key === this.highlighted) return;
    this.highlight(key);
    this.events.hovered(key);
  }

  private showAt(
    points: PointAt[],
    nearest: PointAt | null,
    x: number,
    at: { x: number; y: number; width: number },
  ): void {
    this.tooltip.show(this.model!, points, nearest, this.theme, at);
    const share = positionOf(this.axes!.x, x);
    this.crosshairs.replaceChildren(
      ...(share < -1e-9 || share > 1 + 1e-9
        ? []
        : this.layout!.panes.map((rect) => {
            const line = element('div', { class: 'crosshair' });
            line.style.left = `${rect.left + share * rect.width}px`;
            line.style.top = `${rect.top}px`;
            line.style.height = `${rect.height}px`;
            return line;
          })),
    );
  }

  private leave(): void {
    this.tooltip.hide();
    this.crosshairs.replaceChildren();
    this.highlightByPointer(null);
  }

  private key(event: KeyboardEvent): void {
    const { model, axes, layout } = this;
    if (model === null || axes === null || layout === null || event.ctrlKey || event.metaKey || event.altKey) return;
    const around = this.cursor === null ? 0.5 : Math.min(1, Math.max(0, positionOf(axes.x, this.cursor)));
    const step = (factor: number): void =>
      this.setZoom(
        zoomedAround(model, axes, this.zoom, {
          axis: event.shiftKey ? 'y' : 'x',
          pane: 0,
          around: event.shiftKey ? 0.5 : around,
          factor,
        }),
        true,
      );
    switch (event.key) {
      case 'ArrowLeft':
      case 'ArrowRight':
        this.moveCursor(event.key === 'ArrowLeft' ? -1 : 1);
        break;
      case '+':
      case '=':
      case '*':
        step(0.7);
        break;
      case '-':
      case '_':
        step(1 / 0.7);
        break;
      case '0':
      case 'Escape':
        this.setZoom({}, true);
        this.leave();
        break;
      case 'Enter': {
        const first = this.cursor === null ? undefined : pointsAt(model, this.cursor, 0)[0];
        if (first) this.events.picked(first);
        break;
      }
      default:
        return;
    }
    event.preventDefault();
  }

  /** Moves to the next point of any line, and says what is there. */
  private moveCursor(by: -1 | 1): void {
    const { model, axes, layout } = this;
    if (model === null || axes === null || layout === null) return;
    const every = [
      ...new Set(model.lines.flatMap((line) => (model.hidden.has(line.key) ? [] : Array.from(line.x)))),
    ].sort((a, b) => a - b);
    const last = this.cursor ?? (by > 0 ? -Infinity : Infinity);
    const next = by > 0 ? every.find((x) => x > last) : every.findLast((x) => x < last);
    if (next === undefined) return;
    this.cursor = next;
    const points = pointsAt(model, next, 0);
    const rect = layout.panes[0]!;
    const x = rect.left + positionOf(axes.x, next) * rect.width;
    this.showAt(points, null, next, { x, y: rect.top + rect.height / 2, width: this.root.clientWidth });
    const first = points[0];
    this.spoken.textContent = first
      ? `${heading(model, first)}: ${points.map((point) => `${point.line.name} ${valueText(point.value, model.digits)}`).join(', ')}`
      : '';
  }
}
