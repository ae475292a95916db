import { runLook } from '../kit/curves';
import { element, replaceChildren } from '../kit/dom';
import { halfText, signedText, valueText } from '../kit/format';
import { statusText } from '../kit/legend';
import type { Measure } from '../kit/measures';
import { swatch } from '../kit/swatch';
import type { Theme } from '../kit/theme';
import { quietButton } from '../kit/widgets';
import { findings, type MetricCell, type ResultsRow, type ResultsTable, type TableSettings } from './resultsTable';

export interface ResultsEvents {
  sort(column: string): void;
  baseline(folder: string): void;
  hovered(key: string | null): void;
  open(folder: string): void;
}

/** The table of results, and what it says. */
export class ResultsView {
  readonly root = element('div');
  private drawn = '';

  constructor(private readonly events: ResultsEvents) {}

  show(table: ResultsTable, settings: TableSettings, theme: Theme): void {
    const key = JSON.stringify([
      table.rows.map((row) => ({ ...row, run: [row.run.name, row.run.info, row.run.place] })),
      table.measures,
      settings,
      theme,
    ]);
    if (key === this.drawn) return;
    this.drawn = key;
    const focused = (document.activeElement as HTMLElement | null)?.dataset['focus'];
    replaceChildren(
      this.root,
      ...findings(table, settings).map((sentence) => element('p', { class: 'finding' }, sentence)),
      element('div', { class: 'scroll' }, this.table(table, settings, theme)),
      element('p', { class: 'muted' }, caption(table, settings)),
    );
    if (focused !== undefined) this.root.querySelector<HTMLElement>(`[data-focus="${CSS.escape(focused)}"]`)?.focus();
  }

  private table(table: ResultsTable, settings: TableSettings, theme: Theme): HTMLElement {
    const best = table.measures.map((measure, index) => bestRow(table.rows, measure, index));
    return element(
      'table',
      { class: 'data results' },
      element('caption', { class: 'visually-hidden' }, 'Results of the runs'),
      element(
        'thead',
        {},
        element(
          'tr',
          {},
          this.head('name', 'run', 'Name of the run: what differs from the others', settings),
          element('th', { scope: 'col', title: 'The run that the others are compared with' }, 'baseline'),
          this.head('epoch', 'epoch', 'The evaluation that is shown', settings),
          this.head('half', 'IoU ≥ 0.5 from', 'First evaluated epoch with a mean IoU of at least one half', settings),
          ...table.measures.map((measure) =>
            this.head(measure.key, `${measure.short}${arrow(measure)}`, measure.meaning, settings),
          ),
        ),
      ),
      element(
        'tbody',
        {},
        ...table.rows.map((row) =>
          element(
            'tr',
            {
              class: row.isBaseline ? 'baseline' : '',
              onpointerenter: () => this.events.hovered(row.run.info.folder),
              onpointerleave: () => this.events.hovered(null),
            },
            this.name(row, theme),
            element('td', { class: 'middle' }, this.baselineButton(row)),
            element('td', {}, row.epoch === null ? '–' : String(row.epoch)),
            element('td', {}, row.half === null ? 'not yet' : `epoch ${row.half}`),
            ...row.cells.map((cell, index) => metricCell(cell, table.measures[index]!, best[index] === row)),
          ),
        ),
      ),
    );
  }

  private head(key: string, text: string, title: string, { sort }: TableSettings): HTMLElement {
    const now = sort.column === key;
    const made = quietButton(`${text}${now ? (sort.descending ? ' ▾' : ' ▴') : ''}`, `${title}\nClick to sort.`, () =>
      this.events.sort(key),
    );
    made.dataset['focus'] = `sort ${key}`;
    return element(
      'th',
      { scope: 'col', 'aria-sort': now ? (sort.descending ? 'descending' : 'ascending') : 'none' },
      made,
    );
  }

  private name({ run }: ResultsRow, theme: Theme): HTMLElement {
    const open = quietButton(run.name, `Open the metrics of ${run.info.id}`, () => this.events.open(run.info.folder));
    open.classList.add('run-name');
    open.dataset['focus'] = `name ${run.info.folder}`;
    return element(
      'th',
      { scope: 'row' },
      swatch(theme, runLook(run.place, false)),
      open,
      element('span', { class: 'status muted' }, statusText(run.info)),
    );
  }

  private baselineButton({ run, isBaseline }: ResultsRow): HTMLElement {
    const made = element('input', {
      type: 'radio',
      name: 'baseline',
      checked: isBaseline,
      'aria-label': `Compare the others with ${run.name}`,
      onchange: () => this.events.baseline(run.info.folder),
    });
    made.dataset['focus'] = `baseline ${run.info.folder}`;
    return made;
  }
}

/** Whether more or less of a metric is better. */
function arrow({ better }: Measure): string {
  return better === null ? '' : better === 'higher' ? ' ↑' : ' ↓';
}

function bestRow(rows: readonly ResultsRow[], { better }: Measure, index: number): ResultsRow | null {
  if (better === null) return null;
  const sign = better === 'higher' ? 1 : -1;
  return rows.reduce<ResultsRow | null>((best, row) => {
    const value = sign * row.cells[index]!.mean;
    return Number.isFinite(value) && (best === null || value > sign * best.cells[index]!.mean) ? row : best;
  }, null);
}

function metricCell(
  { mean, half, n, difference, verdict }: MetricCell,
  { digits, title }: Measure,
  best: boolean,
): HTMLElement {
  const interval = halfText(half, digits);
  const details = [
    `${title}: mean ${valueText(mean, digits + 1)} over ${n} images`,
    Number.isFinite(half)
      ? `95 % interval ${valueText(mean - half, digits + 1)} to ${valueText(mean + half, digits + 1)}`
      : '',
    difference
      ? `${verdict ? `${verdict}: ` : ''}difference to the baseline ${signedText(difference.mean, digits + 1)}, 95 % interval ` +
        `${signedText(difference.mean - difference.half, digits + 1)} to ${signedText(difference.mean + difference.half, digits + 1)}, ` +
        (difference.paired ? `paired over ${difference.n} images` : 'different images, not paired')
      : '',
  ];
  return element(
    'td',
    { title: details.filter(Boolean).join('\n') },
    element('span', { class: best ? 'best' : '' }, valueText(mean, digits)),
    interval !== '' && element('span', { class: 'muted' }, ` ± ${interval}`),
    difference &&
      element(
        'span',
        { class: `difference ${verdict ?? 'unclear'}` },
        `${signedText(difference.mean, digits)} ± ${halfText(difference.half, digits)}`,
        verdict && element('span', { 'aria-hidden': 'true' }, difference.mean > 0 ? ' ▲' : ' ▼'),
        verdict && element('span', { class: 'visually-hidden' }, ` (${verdict})`),
      ),
  );
}

function caption({ pairing, rows }: ResultsTable, { at, split }: TableSettings): string {
  const counts = [...new Set(rows.map((row) => row.run.info.images[split]))].join(' or ');
  const how = {
    paired: 'image by image, because all runs measured the same images',
    unpaired: 'from the means (Welch), because the runs measured different images',
    mixed: 'image by image where the runs measured the same images, else from the means (Welch)',
  };
  return (
    `Means over the ${counts} ${split} images ± half of their 95 % interval (Student’s t). Second line: difference to the baseline` +
    `${pairing ? `, taken ${how[pairing]}` : ''}; it is marked ▲ or ▼ where its 95 % interval leaves out 0, without a correction for the ` +
    `number of comparisons. The intervals say how far other images may differ, not how far another training would.` +
    `${at === 'best' ? ` “Best” is picked by ${split === 'test' ? 'test ' : ''}IoU among the evaluated epochs, so its numbers are a little optimistic.` : ''} ` +
    `Confidence is neither good nor bad by itself: it is marked as higher or lower.`
  );
}
