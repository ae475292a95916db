import { element, replaceChildren } from '../kit/dom';
import { Figure } from '../kit/figure';
import type { Theme } from '../kit/theme';
import { dropdown } from '../kit/widgets';
import type { CurvatureInfo } from '../protocol/curvature';
import type { ExportedFile } from '../protocol/run';
import { BarsView } from './barsView';
import { densityChart } from './charts';
import type { CurvatureSeries } from './series';
import { shownMeasurement } from './series';
import type { CurvatureState } from './state';
import { measurementFacts, measurementName } from './words';

export interface DetailEvents {
  change(patch: Partial<CurvatureState>): void;
  switchedY(id: string): void;
  save(file: ExportedFile): void;
}

/** One measurement: what it is, its spectral density, its layers. */
export class DetailView {
  private readonly choice;
  private readonly facts = element('dl', { class: 'facts' });
  private readonly density: Figure;
  private readonly bars: BarsView;
  private readonly missing = element('p', { class: 'muted' });
  readonly root: HTMLElement;

  constructor(events: DetailEvents, theme: Theme) {
    this.choice = dropdown('Measurement', [], '', (chosen) => events.change({ chosen }));
    this.density = new Figure(
      'density',
      theme,
      {
        zoomed: () => undefined,
        hovered: () => undefined,
        picked: () => undefined,
        switchedY: (id) => events.switchedY(id),
        save: (file) => events.save(file),
      },
      { paneHeight: 210, wide: true },
    );
    this.bars = new BarsView((file) => events.save(file));
    this.root = element(
      'div',
      { class: 'curvature-detail' },
      element('h3', {}, 'One measurement'),
      element('div', { class: 'controls' }, this.choice.root),
      this.facts,
      this.missing,
      element('div', { class: 'figures one-column' }, this.density.root, this.bars.root),
    );
  }

  setTheme(theme: Theme): void {
    this.density.setTheme(theme);
  }

  show(series: readonly CurvatureSeries[], state: CurvatureState, settled: readonly unknown[], theme: Theme): void {
    const info = shownMeasurement(series, state.chosen);
    this.root.hidden = info === null;
    if (!info) return;
    const all = series.flatMap(({ measured }) => measured).filter(({ gradientNorm }) => gradientNorm !== null);
    const many = new Set(all.map(({ run }) => run)).size > 1;
    this.choice.set(
      info.file,
      all.toReversed().map((one) => ({ value: one.file, text: measurementName(one, many) })),
    );
    replaceChildren(
      this.facts,
      ...measurementFacts(info).flatMap(([name, value]) => [element('dt', {}, name), element('dd', {}, value)]),
    );
    const switchedY = new Set(state.switchedY);
    this.density.update(
      [info, ...settled],
      () => densityChart(info, { hidden: new Set(), switchedY }),
      'How many of all eigenvalues lie where: the area is 1. Most stand in the bulk around 0; the few far to the right are the ' +
        'sharp directions. Level line: as high as a single eigenvalue stands; dots: those found one by one. Left of 0 the loss bends down.',
    );
    this.bars.show(info, theme);
    this.missing.textContent = missingWords(info);
    this.missing.hidden = this.missing.textContent === '';
  }
}

function missingWords({ spectrum, layers, status }: CurvatureInfo): string {
  if (status === 'measuring') return '';
  const parts = [
    ...(spectrum ? [] : ['the spectral density']),
    ...(layers.some(({ largest }) => largest) ? [] : ['the largest eigenvalue of every layer']),
  ];
  return parts.length === 0
    ? ''
    : `Not measured here: ${parts.join(' and ')}. “Thorough” in “Measure curvature…” adds them.`;
}
