import { fileName } from '../kit/csv';
import { element, oncePerFrame } from '../kit/dom';
import { type ECharts, init } from '../kit/echarts';
import { showNumbers } from '../kit/numbers';
import { showFailure } from '../kit/panelApi';
import type { Theme } from '../kit/theme';
import { quietButton } from '../kit/widgets';
import type { ExportedFile } from '../protocol/run';
import { cellAt, cellWords, matrixCsv, type MatrixModel, matrixTable } from './matrix';
import { drawCells, matrixLayout, matrixOption, matrixPng, paintMatrix } from './matrixDrawing';

interface MatrixEvents {
  /** A layer was chosen. */
  picked(layer: string): void;
  save(file: ExportedFile): void;
}

/** A matrix on the page: colours, axes, what is under the pointer, numbers, files. */
export class MatrixView {
  readonly root: HTMLElement;
  private readonly title = element('h3');
  private readonly quantity = element('span', { class: 'muted' });
  private readonly caption = element('span');
  private readonly canvas = element('canvas', { class: 'tile-map' });
  private readonly axes = element('div', { class: 'canvas' });
  private readonly marker = element('span', { class: 'matrix-cursor', hidden: true });
  private readonly tooltip = element('div', { class: 'tooltip', 'aria-hidden': 'true', hidden: true });
  private readonly spoken = element('div', { class: 'visually-hidden', 'aria-live': 'polite' });
  private readonly surface: HTMLElement;
  private readonly numbers = element('div', { class: 'numbers' });
  private readonly details: HTMLDetailsElement;
  private model: MatrixModel | null = null;
  private picture: HTMLCanvasElement | null = null;
  private chart: ECharts | null = null;
  private cell: { row: number; column: number } | null = null;
  private chosen: string | null = null;
  private readonly drawSoon = oncePerFrame(() => this.draw());

  constructor(
    private theme: Theme,
    private readonly events: MatrixEvents,
    ...tools: readonly HTMLElement[]
  ) {
    this.surface = element(
      'div',
      { class: 'matrix', tabIndex: 0, role: 'application', 'aria-roledescription': 'heatmap' },
      this.canvas,
      this.axes,
      this.marker,
      this.tooltip,
      this.spoken,
    );
    this.details = element(
      'details',
      { ontoggle: () => this.fillNumbers() },
      element('summary', {}, 'Numbers'),
      this.numbers,
    );
    this.root = element(
      'figure',
      { class: 'wide' },
      element(
        'div',
        { class: 'figure-head' },
        this.title,
        this.quantity,
        element(
          'div',
          { class: 'tools', role: 'toolbar', 'aria-label': 'Tools of this heatmap' },
          ...tools,
          quietButton(
            'PNG',
            'Save as PNG, with title, axes and colour bar',
            () => void this.savePng().catch(showFailure),
          ),
          quietButton('CSV', 'Save the numbers as CSV', () => this.saveCsv()),
        ),
      ),
      this.surface,
      element('figcaption', {}, this.caption, this.details),
    );
    this.surface.addEventListener('pointermove', (event) => this.hover(event));
    this.surface.addEventListener('pointerleave', () => this.point(null));
    this.surface.addEventListener('blur', () => this.point(null));
    this.surface.addEventListener('click', () => this.pick());
    this.surface.addEventListener('keydown', (event) => this.key(event));
    new ResizeObserver(() => this.drawSoon()).observe(this.surface);
  }

  /** @param chosen the layer whose row stands out. */
  show(model: MatrixModel, caption: string, chosen: string | null): void {
    if (model !== this.model) {
      this.model = model;
      this.picture = null;
      this.cell = null;
    }
    this.chosen = chosen;
    this.title.textContent = model.title;
    this.quantity.textContent = model.quantity;
    this.caption.textContent = caption;
    this.surface.setAttribute(
      'aria-label',
      `${model.title}: ${model.rows.length} layers by ${model.columnName}. Arrow keys move from cell to cell, Enter chooses the layer. The numbers are in the table below.`,
    );
    this.fillNumbers();
    this.drawSoon();
  }

  setTheme(theme: Theme): void {
    this.theme = theme;
    this.drawSoon();
  }

  private draw(): void {
    const { model, theme } = this;
    const width = this.surface.clientWidth;
    if (!model || width <= 0) return;
    this.picture ??= paintMatrix(model);
    const layout = matrixLayout(model, width);
    this.surface.style.height = `${layout.height}px`;
    const ratio = window.devicePixelRatio || 1;
    this.canvas.width = Math.round(width * ratio);
    this.canvas.height = Math.round(layout.height * ratio);
    const context = this.canvas.getContext('2d')!;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    drawCells(context, this.picture, layout, theme);
    const row = this.chosen === null ? -1 : model.rows.indexOf(this.chosen);
    if (row >= 0) {
      const height = layout.plot.height / model.rows.length;
      context.fillStyle = theme.ink;
      context.fillRect(layout.plot.left - 4, layout.plot.top + row * height + 2, 3, height - 4);
    }
    const size = { width, height: layout.height };
    this.chart ??= init(this.axes, null, { renderer: 'canvas', ...size });
    this.chart.resize(size);
    this.chart.setOption(matrixOption(model, layout, theme), { notMerge: true });
    this.point(this.cell);
  }

  private hover(event: PointerEvent): void {
    const { model } = this;
    if (!model) return;
    const box = this.surface.getBoundingClientRect();
    const { plot } = matrixLayout(model, box.width);
    const x = (event.clientX - box.left - plot.left) / plot.width;
    const y = (event.clientY - box.top - plot.top) / plot.height;
    this.point(cellAt(model, x, y));
  }

  private point(cell: { row: number; column: number } | null): void {
    this.cell = cell;
    this.marker.hidden = this.tooltip.hidden = cell === null;
    const { model } = this;
    if (!cell || !model) return;
    const { plot, width } = matrixLayout(model, this.surface.clientWidth);
    const across = plot.width / model.columns.length;
    const down = plot.height / model.rows.length;
    const left = plot.left + cell.column * across;
    const top = plot.top + cell.row * down;
    Object.assign(this.marker.style, {
      left: `${left}px`,
      top: `${top}px`,
      width: `${Math.max(2, across)}px`,
      height: `${down}px`,
    });
    this.tooltip.textContent = cellWords(model, cell);
    const right = left > width / 2;
    this.tooltip.style.left = right ? 'auto' : `${left + across + 10}px`;
    this.tooltip.style.right = right ? `${width - left + 10}px` : 'auto';
    this.tooltip.style.top = `${top + down + 2}px`;
  }

  private pick(): void {
    if (this.model && this.cell) this.events.picked(this.model.rows[this.cell.row]!);
  }

  private key(event: KeyboardEvent): void {
    const { model } = this;
    if (!model || event.ctrlKey || event.metaKey || event.altKey) return;
    const far = event.shiftKey ? Math.ceil(model.columns.length / 20) : 1;
    const by: Record<string, readonly [number, number]> = {
      ArrowRight: [0, far],
      ArrowLeft: [0, -far],
      ArrowDown: [1, 0],
      ArrowUp: [-1, 0],
    };
    const step = by[event.key];
    if (step) {
      const { row, column } = this.cell ?? { row: 0, column: model.columns.length - 1 };
      const within = (value: number, count: number): number => Math.min(count - 1, Math.max(0, value));
      const moved = this.cell === null ? [0, 0] : step;
      const next = {
        row: within(row + moved[0], model.rows.length),
        column: within(column + moved[1], model.columns.length),
      };
      this.point(next);
      this.spoken.textContent = cellWords(model, next);
    } else if (event.key === 'Enter') this.pick();
    else return;
    event.preventDefault();
  }

  private fillNumbers(): void {
    const { model } = this;
    if (!this.details.open || model === null) return;
    showNumbers(this.numbers, `${model.title}: ${model.subtitle}`, matrixTable(model), 'columns');
  }

  private async savePng(): Promise<void> {
    if (this.model)
      this.events.save({ name: fileName(`losscape ${this.model.title}`, 'png'), content: await matrixPng(this.model) });
  }

  private saveCsv(): void {
    if (this.model)
      this.events.save({ name: fileName(`losscape ${this.model.title}`, 'csv'), content: matrixCsv(this.model) });
  }
}
