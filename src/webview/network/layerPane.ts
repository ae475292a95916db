import { element } from '../kit/dom';
import type { AscentView } from './ascentView';
import type { CloseView } from './closeView';
import { sentence } from './words';

/** What lies in the pane. */
interface Parts {
  readonly tools: HTMLElement;
  readonly scrubber: HTMLElement;
  /** All maps of the layer, the bar of their colours, and their numbers. */
  readonly grid: HTMLElement;
  readonly bar: HTMLElement;
  readonly facts: HTMLElement;
  /** One of them, and the picture that it answers to. */
  readonly close: CloseView;
  readonly ascent: AscentView;
}

/** The part of the page about one layer: its name, its maps, and what is waited for or wrong. */
export class LayerPane {
  readonly root: HTMLElement;
  private readonly title = element('h2');
  private readonly caption = element('p', { class: 'meaning' });
  private readonly message = element('p', { class: 'empty', role: 'status' });
  private readonly retry: HTMLElement;
  private readonly maps: HTMLElement;

  constructor({ tools, scrubber, grid, bar, facts, close, ascent }: Parts, tryAgain: () => void) {
    this.retry = element(
      'button',
      { class: 'quiet retry', type: 'button', hidden: true, onclick: tryAgain },
      'Try again',
    );
    this.maps = element(
      'div',
      { class: 'look-inside' },
      element('div', { class: 'grid-side' }, element('div', { class: 'grid-row' }, grid, bar), facts),
      element(
        'div',
        { class: 'close-side' },
        element('div', { class: 'three' }, close.root, ascent.pane),
        close.line,
        element('div', { class: 'ascent' }, ascent.controls, ascent.figure.root),
      ),
    );
    this.root = element(
      'section',
      { class: 'activations' },
      this.title,
      this.caption,
      tools,
      scrubber,
      this.message,
      this.retry,
      this.maps,
    );
  }

  /** Names what is shown; null when nothing is. */
  name(words: { readonly title: string; readonly caption: string } | null): void {
    this.maps.hidden = this.caption.hidden = words === null;
    this.title.textContent = words?.title ?? '';
    if (words) this.caption.textContent = words.caption;
  }

  /** Says what is wrong, or what is waited for as long as nothing is shown. */
  say(failure: string | null, waiting: string): void {
    const { message } = this;
    message.textContent = failure === null ? waiting : sentence(failure);
    message.hidden = message.textContent === '';
    message.classList.toggle('notice', failure !== null);
    message.classList.toggle('empty', failure === null);
    this.retry.hidden = failure === null;
  }
}
