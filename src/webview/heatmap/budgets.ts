import { element, replaceChildren } from '../kit/dom';
import { type ECharts, init } from '../kit/echarts';
import { valueText } from '../kit/format';
import { showNumbers } from '../kit/numbers';
import type { Theme } from '../kit/theme';
import { type Dropdown, dropdown, slider } from '../kit/widgets';
import { budgetHeight, budgetOption, groupColours } from './budgetChart';
import type { BudgetsShown } from './budgetsModel';
import { byNames, groupsOf, groupText, shareOf } from './budgetText';
import type { BudgetBy, HeatmapState } from './state';

/** The section that shows how loss and gradient are shared out over the pixels, epoch by epoch. */
export class Budgets {
  readonly root: HTMLDetailsElement;
  private readonly by: Dropdown;
  private readonly amounts: Dropdown;
  private readonly band;
  private readonly sentence = element('p', { class: 'sentence', role: 'status' });
  private readonly key = element('p', { class: 'budget-key' });
  private readonly progress = element('span', { class: 'muted' });
  private readonly canvas = element('div', { class: 'budget-chart' });
  private readonly numbers = element('div', { class: 'numbers' });
  private readonly details: HTMLDetailsElement;
  private chart: ECharts | null = null;
  private shown: BudgetsShown | null = null;
  /** Parts of the whole rather than amounts. */
  shares = true;

  constructor(
    private theme: Theme,
    private readonly change: (budget: Partial<HeatmapState['budget']>) => void,
    private readonly go: (epoch: number) => void,
  ) {
    this.by = dropdown(
      'Shared out by',
      (Object.keys(byNames) as BudgetBy[]).map((value) => ({ value, text: byNames[value] })),
      'class',
      (by) => change({ by: by as BudgetBy }),
    );
    this.amounts = dropdown(
      'As',
      [
        { value: 'shares', text: 'parts of the whole' },
        { value: 'amounts', text: 'amounts' },
      ],
      'shares',
      (value) => {
        this.shares = value === 'shares';
        change({});
      },
    );
    this.band = slider(
      'Band',
      { max: 20, step: 1, value: 5 },
      (value) => `${value} px`,
      (band) => change({ band: Math.max(1, band) }),
    );
    this.details = element(
      'details',
      { ontoggle: () => this.fillNumbers() },
      element('summary', {}, 'Numbers'),
      this.numbers,
    );
    this.root = element(
      'details',
      { class: 'budgets', ontoggle: () => change({ open: this.root.open }) },
      element(
        'summary',
        {},
        element('h2', {}, 'Budgets'),
        element('span', { class: 'muted' }, 'where the loss and its gradient come from, epoch by epoch'),
      ),
      element('div', { class: 'controls' }, this.by.root, this.amounts.root, this.band.root, this.progress),
      this.sentence,
      this.key,
      this.canvas,
      this.details,
    );
    this.canvas.addEventListener('click', (event) => this.pick(event));
    new ResizeObserver(() => this.draw()).observe(this.canvas);
  }

  setTheme(theme: Theme): void {
    this.theme = theme;
    this.draw();
  }

  show(shown: BudgetsShown | null, { open, by, band }: HeatmapState['budget']): void {
    if (this.root.open !== open) this.root.open = open;
    this.shown = shown;
    this.by.set(by);
    this.band.set(band);
    this.band.root.hidden = by !== 'boundary';
    if (!open || shown === null) return;
    this.sentence.textContent = shown.problem ?? shown.sentence;
    this.progress.textContent = shown.progress;
    const colours = groupColours(this.theme);
    replaceChildren(
      this.key,
      ...groupsOf[by].map((group, place) => {
        const patch = element('span', { class: 'patch' });
        if (this.theme.highContrast && place === 1) patch.style.border = `1px solid ${colours[place]}`;
        else patch.style.background = colours[place]!;
        return element('span', { class: 'legend-item' }, patch, groupText(group, band));
      }),
    );
    if (this.shares)
      this.key.append(
        element('span', { class: 'muted' }, `dashed line: part of the pixels that are ${groupsOf[by][0]}`),
      );
    this.draw();
    this.fillNumbers();
  }

  private draw(): void {
    const model = this.shown?.model;
    if (!model || !this.root.open) return;
    const width = this.canvas.clientWidth;
    const height = budgetHeight(model.rows.length);
    if (width === 0) return;
    this.canvas.style.height = `${height}px`;
    this.chart ??= init(this.canvas, null, { renderer: 'canvas', width, height });
    if (this.chart.getWidth() !== width || this.chart.getHeight() !== height) this.chart.resize({ width, height });
    this.chart.setOption(budgetOption(model, this.theme, width), { notMerge: true });
  }

  private pick(event: MouseEvent): void {
    const model = this.shown?.model;
    if (!model || !this.chart) return;
    const { left, top } = this.canvas.getBoundingClientRect();
    const point = [event.clientX - left, event.clientY - top];
    for (let gridIndex = 0; gridIndex < model.rows.length * 2; gridIndex += 1) {
      if (!this.chart.containPixel({ gridIndex }, point)) continue;
      const [at] = this.chart.convertFromPixel({ gridIndex }, point) as unknown as [number];
      const epoch = model.epochs[at];
      if (typeof epoch === 'number') this.go(epoch);
    }
  }

  private fillNumbers(): void {
    const model = this.shown?.model;
    if (!model || !this.details.open) return;
    const { epochs, rows, groups } = model;
    const cells = rows.flatMap((row) =>
      (['loss', 'gradient'] as const).map((what) => ({
        name: `${row.name}: ${what === 'loss' ? what : '|gradient|'}`,
        text: (index: number): string => {
          const shares = row.budgets[index]?.[what];
          if (!shares) return '–';
          const share = shareOf(shares, groups[0]);
          const part = Number.isNaN(share) ? '' : `, ${groups[0]} ${Math.round(share * 1000) / 10} %`;
          return `${valueText(shares.total, 4)}${part}`;
        },
      })),
    );
    const table = {
      columns: ['epoch', ...cells.map(({ name }) => name)],
      rows: epochs.map((epoch, index) => [
        epoch === null ? 'at the point' : String(epoch),
        ...cells.map(({ text }) => text(index)),
      ]),
      leftOut: 0,
    };
    showNumbers(this.numbers, `Mean over the image, and the part of it that falls on ${groups[0]}`, table, 'epochs');
  }
}
