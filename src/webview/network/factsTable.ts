import { element, replaceChildren } from '../kit/dom';
import type { MapFacts } from './features';
import { threeDigits } from './matrix';

/** The numbers of every map, for those who cannot see them. Filled when it is opened. */
export class FactsTable {
  readonly root: HTMLDetailsElement;
  private readonly body = element('div', { class: 'numbers' });
  private layer = '';
  private facts: readonly MapFacts[] = [];
  private dead: ReadonlySet<number> = new Set();

  constructor() {
    this.root = element(
      'details',
      { class: 'facts', ontoggle: () => this.fill() },
      element('summary', {}, 'Numbers'),
      this.body,
    );
  }

  show(layer: string, facts: readonly MapFacts[], dead: ReadonlySet<number>): void {
    const same = layer === this.layer && facts === this.facts && dead === this.dead;
    this.layer = layer;
    this.facts = facts;
    this.dead = dead;
    if (!same) this.fill();
  }

  private fill(): void {
    if (!this.root.open) return;
    const head = ['map', 'mean', 'smallest', 'largest', 'not 0 at', ''];
    replaceChildren(
      this.body,
      element(
        'table',
        {},
        element('caption', { class: 'visually-hidden' }, `Feature maps of ${this.layer}`),
        element('thead', {}, element('tr', {}, ...head.map((name) => element('th', { scope: 'col' }, name)))),
        element(
          'tbody',
          {},
          ...this.facts.map(({ channel, mean, low, high, active, silent }) =>
            element(
              'tr',
              {},
              element('th', { scope: 'row' }, String(channel)),
              ...[
                threeDigits(mean),
                threeDigits(low),
                threeDigits(high),
                `${(100 * active).toFixed(1)} %`,
                this.dead.has(channel) ? 'dead' : silent ? 'silent here' : '',
              ].map((text) => element('td', {}, text)),
            ),
          ),
        ),
      ),
    );
  }
}
