import { drawnFile } from '../kit/drawnFile';
import { fileName } from '../kit/csv';
import { element, replaceChildren } from '../kit/dom';
import { type ECharts, init } from '../kit/echarts';
import { showFailure } from '../kit/panelApi';
import { paperTheme, type Theme } from '../kit/theme';
import { quietButton } from '../kit/widgets';
import type { CurvatureInfo } from '../protocol/curvature';
import type { ExportedFile } from '../protocol/run';
import { barsCsv, barsHeight, barsOption, type BarModel, layerAt, layerBars, withHalf } from './layerBars';
import { imagesWords, lossWords } from './series';

const title = 'Curvature of single layers';

/** Bars for the layers of a measurement, with their numbers. Hidden when nothing is known of single layers. */
export class BarsView {
  private readonly canvas = element('div', { class: 'canvas' });
  private readonly chart = element('div', { class: 'bars', role: 'img' }, this.canvas);
  private readonly tip = element('div', { class: 'tooltip', hidden: true, 'aria-hidden': 'true' });
  private readonly numbers = element('div', { class: 'numbers' });
  readonly root: HTMLElement;
  private echarts: ECharts | null = null;
  private shown: { info: CurvatureInfo; model: BarModel } | null = null;
  private theme: Theme | null = null;

  constructor(save: (file: ExportedFile) => void) {
    const picture = (format: 'svg' | 'png') => () =>
      void this.picture(format)
        .then((file) => file && save(file))
        .catch(showFailure);
    this.chart.append(this.tip);
    this.root = element(
      'figure',
      { class: 'wide layer-bars' },
      element(
        'div',
        { class: 'figure-head' },
        element('h3', {}, title),
        element(
          'div',
          { class: 'tools', role: 'toolbar', 'aria-label': 'Tools of this chart' },
          quietButton('SVG', 'Save as SVG', picture('svg')),
          quietButton('PNG', 'Save as PNG', picture('png')),
          quietButton('CSV', 'Save the numbers as CSV', () => {
            if (this.shown) save({ name: fileName(`losscape ${title}`, 'csv'), content: barsCsv(this.shown.info) });
          }),
        ),
      ),
      this.chart,
      element(
        'figcaption',
        {},
        'Each layer’s own block of the Hessian: where in the network curvature sits. From the first layer, at the top, to the ' +
          'last. Whiskers: standard error of the trace, residual of the eigenvalue. The traces add up to the whole trace.',
        element('details', {}, element('summary', {}, 'Numbers'), this.numbers),
      ),
    );
    this.chart.addEventListener('pointermove', (event) => this.hover(event));
    this.chart.addEventListener('pointerleave', () => (this.tip.hidden = true));
    new ResizeObserver(() => this.draw()).observe(this.chart);
  }

  show(info: CurvatureInfo | null, theme: Theme): void {
    const model = info && layerBars(info);
    this.root.hidden = model === null;
    const same = this.shown?.info === info && this.theme === theme;
    this.shown = info && model ? { info, model } : null;
    this.theme = theme;
    if (!model || same) return;
    const totals = model.columns.map(({ title: name, values }) => {
      const most = values.reduce(
        (best, one, at) => ((one?.value ?? -Infinity) > (values[best]?.value ?? -Infinity) ? at : best),
        0,
      );
      return `${name}: most in ${model.layers[most]!}, ${withHalf(values[most] ?? null)}.`;
    });
    this.chart.setAttribute('aria-label', `${title}. ${totals.join(' ')} The numbers are in the table below.`);
    replaceChildren(
      this.numbers,
      element(
        'table',
        {},
        element('caption', { class: 'visually-hidden' }, title),
        element(
          'thead',
          {},
          element(
            'tr',
            {},
            ...['layer', ...model.columns.map((column) => column.title)].map((name) =>
              element('th', { scope: 'col' }, name),
            ),
          ),
        ),
        element(
          'tbody',
          {},
          ...model.layers.map((layer, at) =>
            element(
              'tr',
              {},
              element('th', { scope: 'row' }, layer),
              ...model.columns.map(({ values }) => element('td', {}, withHalf(values[at] ?? null))),
            ),
          ),
        ),
      ),
    );
    this.draw();
  }

  private draw(): void {
    const width = this.chart.clientWidth;
    if (!this.shown || !this.theme || width === 0) return;
    const size = { width, height: barsHeight(this.shown.model) };
    this.chart.style.height = `${size.height}px`;
    this.echarts ??= init(this.canvas, null, { renderer: 'canvas', ...size });
    this.echarts.resize(size);
    this.echarts.setOption(barsOption(this.shown.model, width, this.theme), { notMerge: true, silent: true });
  }

  private hover(event: PointerEvent): void {
    const box = this.chart.getBoundingClientRect();
    const index = this.shown && layerAt(this.shown.model, event.clientY - box.top);
    this.tip.hidden = index === null;
    if (index === null || !this.shown) return;
    const { layers, columns } = this.shown.model;
    replaceChildren(
      this.tip,
      element('div', { class: 'tooltip-title' }, layers[index]),
      ...columns.map(({ title: name, values }) => element('div', {}, `${name} ${withHalf(values[index] ?? null)}`)),
    );
    const left = Math.min(event.clientX - box.left + 16, box.width - this.tip.offsetWidth);
    Object.assign(this.tip.style, { left: `${left}px`, top: `${event.clientY - box.top + 12}px` });
  }

  private async picture(format: 'svg' | 'png'): Promise<ExportedFile | null> {
    if (!this.shown) return null;
    const { info, model } = this.shown;
    const size = { width: 760, height: barsHeight(model) + 46 };
    const subtitle = `${lossWords(info)}, epoch ${info.epoch} of ${info.run}; ${imagesWords(info)}`;
    return drawnFile(barsOption(model, size.width, paperTheme, { title, subtitle }), title, size, format);
  }
}
