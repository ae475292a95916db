import { element, replaceChildren } from '../kit/dom';
import { button, quietButton } from '../kit/widgets';
import type { CurvatureInfo } from '../protocol/curvature';
import type { SurfaceInfo } from '../protocol/surface';
import { digits } from '../kit/digits';
import { bestAt, curvatureSeries, qualities } from '../curvature/series';
import { estimateWords } from '../curvature/words';

/** Beside the surface: the curvature at the network in its middle, in a few numbers. */
export class CentreCard {
  private readonly about = element('p', { class: 'muted' });
  private readonly body = element('div');
  private readonly measure: HTMLElement;
  private readonly more: HTMLElement;
  readonly root: HTMLElement;

  constructor(measure: () => void, more: () => void) {
    this.measure = button('Measure curvature…', measure, { title: 'Choose epochs, losses and how thoroughly' });
    this.more = quietButton('Over epochs, layers, density ↓', 'To the section about curvature below', more);
    this.root = element(
      'section',
      { class: 'centre-card', 'aria-label': 'Curvature at the centre', hidden: true },
      element('h2', {}, 'Curvature at the centre'),
      this.about,
      this.body,
      this.measure,
      this.more,
    );
  }

  show({ centre }: SurfaceInfo, measured: readonly CurvatureInfo[], trusted: boolean): void {
    this.root.hidden = centre === null;
    if (!centre) return;
    const here = measured.filter(({ run, epoch }) => run === centre.run && epoch === centre.epoch);
    const best = curvatureSeries(here, []).flatMap((series) => {
      const eigen = bestAt(series, centre.epoch, qualities.eigenvalues);
      const trace = bestAt(series, centre.epoch, qualities.trace);
      return eigen || trace ? [{ name: series.name, eigen, trace }] : [];
    });
    this.about.textContent =
      best.length > 0
        ? `At epoch ${centre.epoch} of ${centre.run}, in all directions.`
        : 'A surface shows two directions. How the loss bends in all of them at the network in its middle has not been measured yet.';
    this.measure.hidden = best.length > 0 || !trusted;
    this.more.hidden = measured.length === 0;
    replaceChildren(
      this.body,
      ...best.map(({ name, eigen, trace }) =>
        element(
          'dl',
          { class: 'centre-numbers', 'aria-label': name },
          element('dt', { class: 'loss' }, name),
          ...(eigen?.eigenvalues
            ? [
                ...pair('largest λ₁', digits(eigen.eigenvalues.largest[0]?.value)),
                ...pair('smallest', digits(eigen.eigenvalues.smallest.value)),
              ]
            : []),
          ...(trace?.trace ? pair('trace', estimateWords(trace.trace).replace(' (standard error)', '')) : []),
        ),
      ),
    );
  }
}

const pair = (name: string, value: string): HTMLElement[] => [element('dt', {}, name), element('dd', {}, value)];
