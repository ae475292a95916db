import type { RunInfo } from '../protocol/run';
import { element, replaceChildren } from './dom';
import { swatch } from './swatch';
import type { Look, Theme } from './theme';

/** One switch of a legend. */
export interface LegendEntry {
  readonly key: string;
  readonly name: string;
  readonly look: Look;
  /** What stands behind the name: "epoch 12 of 50, IoU 0.781". */
  readonly note: string;
  readonly title: string;
  readonly problem: boolean;
}

/** What a legend does when it is used. */
export interface LegendEvents {
  toggled(key: string): void;
  /** Only this one, or all again when it is the only one already. */
  alone(key: string): void;
  hovered(key: string | null): void;
}

/** The lines of all charts, as switches: click to hide or show, Alt+click or double click for this one only. */
export class Legend {
  readonly root = element('div', { class: 'legend', role: 'group', 'aria-label': 'Lines' });
  private drawn = '';

  constructor(private readonly events: LegendEvents) {}

  show(entries: readonly LegendEntry[], hidden: ReadonlySet<string>, theme: Theme): void {
    const text = JSON.stringify([entries, [...hidden], theme]);
    if (text === this.drawn) return;
    this.drawn = text;
    const focused = (document.activeElement as HTMLElement | null)?.dataset['key'];
    replaceChildren(this.root, ...entries.map((entry) => this.entry(entry, hidden.has(entry.key), theme)));
    if (focused !== undefined) this.root.querySelector<HTMLElement>(`[data-key="${CSS.escape(focused)}"]`)?.focus();
  }

  private entry({ key, name, look, note, title, problem }: LegendEntry, hidden: boolean, theme: Theme): HTMLElement {
    return element(
      'button',
      {
        class: `legend-entry${problem ? ' problem' : ''}`,
        type: 'button',
        title: `${title}\nClick: hide or show. Alt+click or double click: this one only.`,
        'aria-pressed': !hidden,
        'data-key': key,
        onclick: (event: MouseEvent) => (event.altKey ? this.events.alone(key) : this.events.toggled(key)),
        ondblclick: () => this.events.alone(key),
        onpointerenter: () => this.events.hovered(hidden ? null : key),
        onpointerleave: () => this.events.hovered(null),
        onfocus: () => this.events.hovered(hidden ? null : key),
        onblur: () => this.events.hovered(null),
      },
      swatch(theme, look),
      element('span', { class: 'legend-name' }, name),
      note !== '' && element('span', { class: 'muted' }, note),
    );
  }
}

/** The state of a run in a few words. */
export function statusText(info: RunInfo): string {
  const { status, epochsDone, epochsTotal } = info;
  const epochs = epochsTotal === 0 ? '' : `epoch ${epochsDone} of ${epochsTotal}`;
  switch (status) {
    case 'running':
      return epochs;
    case 'finished':
      return epochsDone === epochsTotal ? `${epochsDone} epochs` : epochs;
    case 'unreadable':
      return 'cannot be read';
    case 'removed':
      return 'deleted; shown as last read';
    default:
      return epochs === '' || epochsDone === 0 ? status : `${status} at ${epochs}`;
  }
}
