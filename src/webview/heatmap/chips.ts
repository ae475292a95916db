import { element, replaceChildren } from '../kit/dom';

/** One of the things that can be shown. */
export interface Chip {
  readonly key: string;
  readonly name: string;
  readonly title: string;
}

/** A row of switches: one is on, or several side by side. */
export class Chips {
  readonly root: HTMLElement;
  private readonly row = element('span', { class: 'chip-row' });
  private drawn = '';

  /** @param pick a switch was used; `add` when it is meant beside the others whatever the panel's way is. */
  constructor(
    label: string,
    private readonly pick: (key: string, add: boolean) => void,
    ...more: readonly Node[]
  ) {
    this.root = element(
      'div',
      { class: 'chips', role: 'group', 'aria-label': label },
      element('span', { class: 'chips-label' }, label),
      this.row,
      ...more,
    );
  }

  show(chips: readonly Chip[], on: readonly string[]): void {
    const text = JSON.stringify([chips, on]);
    if (text === this.drawn) return;
    this.drawn = text;
    const focused = (document.activeElement as HTMLElement | null)?.dataset['chip'];
    replaceChildren(
      this.row,
      ...chips.map(({ key, name, title }) =>
        element(
          'button',
          {
            class: 'chip',
            type: 'button',
            title: `${title}\nCtrl+click: side by side with the others.`,
            'aria-pressed': on.includes(key),
            'data-chip': key,
            onclick: (event: MouseEvent) => this.pick(key, event.ctrlKey || event.metaKey || event.shiftKey),
          },
          name,
        ),
      ),
    );
    if (focused !== undefined) this.row.querySelector<HTMLElement>(`[data-chip="${CSS.escape(focused)}"]`)?.focus();
  }
}
