import type { ExportedFile } from '../protocol/run';
import type { ChartModel, Zoom } from './chartModel';
import { ChartView } from './chartView';
import { fileName } from './csv';
import { element } from './dom';
import { exportChart } from './exportFigure';
import { showNumbers } from './numbers';
import type { PointAt } from './pick';
import { showFailure } from './panelApi';
import { chartCsv, chartSummary, numbersTable } from './table';
import type { Theme } from './theme';
import { quietButton } from './widgets';

/** What a figure asks of its panel. */
export interface FigureEvents {
  zoomed(id: string, zoom: Zoom): void;
  hovered(key: string | null): void;
  picked(point: PointAt): void;
  /** The y axis is to change between linear and logarithmic. */
  switchedY(id: string): void;
  save(file: ExportedFile): void;
}

/** A chart with its title, tools, explanation and numbers. */
export class Figure {
  readonly root: HTMLElement;
  readonly chart: ChartView;
  private readonly title = element('h3');
  private readonly logButton: HTMLButtonElement;
  private readonly resetButton: HTMLButtonElement;
  private readonly caption = element('span');
  private readonly numbers = element('div', { class: 'numbers' });
  private readonly details: HTMLDetailsElement;
  private model: ChartModel | null = null;
  private inputs: readonly unknown[] = [];

  constructor(
    readonly id: string,
    theme: Theme,
    private readonly events: FigureEvents,
    { paneHeight = 190, wide = false }: { paneHeight?: number; wide?: boolean } = {},
  ) {
    this.chart = new ChartView(theme, paneHeight, {
      zoomed: (zoom) => {
        this.showZoom();
        events.zoomed(id, zoom);
      },
      hovered: (key) => events.hovered(key),
      picked: (point) => events.picked(point),
    });
    this.logButton = quietButton('log', 'Logarithmic y axis', () => events.switchedY(id), false);
    this.resetButton = quietButton('reset', 'Show all of it again (double click, or 0)', () =>
      this.chart.setZoom({}, true),
    );
    const save = (format: 'svg' | 'png' | 'csv') => () => void this.save(format).catch(showFailure);
    const tools = element(
      'div',
      { class: 'tools', role: 'toolbar', 'aria-label': 'Tools of this chart' },
      this.resetButton,
      this.logButton,
      quietButton('SVG', 'Save as SVG, with title, legend and axes', save('svg')),
      quietButton('PNG', 'Save as PNG, with title, legend and axes', save('png')),
      quietButton('CSV', 'Save the numbers as CSV', save('csv')),
    );
    this.details = element(
      'details',
      { ontoggle: () => this.fillNumbers() },
      element('summary', {}, 'Numbers'),
      this.numbers,
    );
    this.root = element(
      'figure',
      { class: wide ? 'wide' : '' },
      element('div', { class: 'figure-head' }, this.title, tools),
      this.chart.root,
      element('figcaption', {}, this.caption, this.details),
    );
    this.showZoom();
  }

  /**
   * Shows a chart, or hides the figure when there is none.
   * @param inputs what the chart is made from: nothing is done as long as they are the same.
   */
  update(inputs: readonly unknown[], build: () => ChartModel | null, caption: string): void {
    if (inputs.length === this.inputs.length && inputs.every((input, index) => Object.is(input, this.inputs[index])))
      return;
    this.inputs = inputs;
    const model = build();
    this.model = model;
    this.root.hidden = model === null;
    if (model === null) return;
    this.title.textContent = model.title;
    this.caption.textContent = caption;
    const log = model.y[0]?.type === 'log';
    this.logButton.setAttribute('aria-pressed', String(log));
    this.chart.show(model, chartSummary(model));
    this.fillNumbers();
  }

  setTheme(theme: Theme): void {
    this.chart.setTheme(theme);
  }

  setZoom(zoom: Zoom): void {
    this.chart.setZoom(zoom);
    this.showZoom();
  }

  private showZoom(): void {
    this.resetButton.hidden = !this.chart.zoomed;
  }

  private fillNumbers(): void {
    const { model } = this;
    if (!this.details.open || model === null) return;
    showNumbers(this.numbers, `${model.title}: ${model.subtitle}`, numbersTable(model), 'rows');
  }

  private async save(format: 'svg' | 'png' | 'csv'): Promise<void> {
    const { model } = this;
    if (model === null) return;
    if (format === 'csv')
      this.events.save({ name: fileName(`losscape ${model.title}`, 'csv'), content: chartCsv(model) });
    else this.events.save(await exportChart(model, this.chart.currentZoom, format));
  }
}
