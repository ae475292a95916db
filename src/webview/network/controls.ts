import type { ImageReference, NetworkRun } from '../protocol/network';
import { RangeFields } from '../heatmap/rangeFields';
import { element, replaceChildren } from '../kit/dom';
import { button, dropdown, quietButton } from '../kit/widgets';
import type { Order } from './features';
import { imageChoices } from './images';
import type { NetworkState, RangeMode } from './state';

/** What the controls show. */
export interface ShownControls {
  readonly run: NetworkRun | null;
  readonly state: NetworkState;
  readonly title: string;
  readonly about: string;
  readonly badges: readonly string[];
  readonly notices: readonly string[];
  readonly inspector: string | null;
  /** Ends of the colours that all maps have; null where each has its own. */
  readonly ends: readonly [number, number] | null;
}

export interface ControlEvents {
  change(patch: Partial<NetworkState>): void;
  image(image: ImageReference): void;
  stepImage(by: 1 | -1): void;
  chooseImage(): void;
  fixed(ends: readonly [number, number]): void;
  fit(): void;
  saveGrid(): void;
  saveNumbers(): void;
}

/** Head of the page, and what is above the maps. */
export class Controls {
  readonly head: HTMLElement;
  readonly tools: HTMLElement;
  private readonly title = element('h1');
  private readonly about = element('span', { class: 'muted' });
  private readonly badges = element('span', { class: 'badges' });
  private readonly live = element('span', { class: 'live warn', role: 'status', hidden: true });
  private readonly notices = element('div', { class: 'notices', role: 'status' });
  private readonly image;
  private readonly range;
  private readonly order;
  private readonly fields: RangeFields;
  private readonly saving: HTMLElement;
  private drawn = '';

  constructor(events: ControlEvents) {
    this.image = dropdown('Image', [], '', (value) => events.image(JSON.parse(value) as ImageReference));
    this.range = dropdown(
      'Range',
      [
        { value: 'shared', text: 'one for all maps' },
        { value: 'own', text: 'each map by itself' },
        { value: 'fixed', text: 'held while epochs change' },
      ],
      'shared',
      (range) => events.change({ range: range as RangeMode }),
    );
    this.fields = new RangeFields(
      (ends) => events.fixed(ends),
      () => events.fit(),
    );
    this.order = dropdown(
      'Order',
      [
        { value: 'number', text: 'by number' },
        { value: 'strength', text: 'strongest first' },
      ],
      'number',
      (order) => events.change({ order: order as Order }),
    );
    this.saving = element(
      'span',
      { class: 'field push' },
      button('Save maps', () => events.saveGrid(), { title: 'All maps of the layer as PNG, with colour bar' }),
      button('CSV', () => events.saveNumbers(), { title: 'Mean, largest value and share of places of every map' }),
    );
    this.head = element(
      'div',
      { 'data-panel': 'network' },
      element('header', { class: 'head' }, this.title, this.badges, this.about, this.live),
      this.notices,
    );
    this.tools = element(
      'div',
      { class: 'controls map-tools' },
      this.image.root,
      element(
        'span',
        { class: 'field' },
        quietButton('◀', 'Image before', () => events.stepImage(-1)),
        quietButton('▶', 'Next image', () => events.stepImage(1)),
        quietButton('file…', 'Look at any image file through this network', () => events.chooseImage()),
      ),
      this.range.root,
      this.fields.root,
      this.order.root,
      this.saving,
    );
  }

  show({ run, state, title, about, badges, notices, inspector, ends }: ShownControls): void {
    this.title.textContent = title;
    this.about.textContent = about;
    replaceChildren(this.badges, ...badges.map((text) => element('span', { class: 'badge' }, text)));
    this.live.textContent = inspector ?? '';
    this.live.hidden = inspector === null;
    const text = JSON.stringify(notices);
    // Said once, not with every drawing.
    if (text !== this.drawn)
      replaceChildren(this.notices, ...notices.map((one) => element('p', { class: 'notice' }, one)));
    this.drawn = text;
    if (run) this.image.set(JSON.stringify(state.image), imageChoices(run, state.image));
    this.saving.hidden = ends === null;
    this.range.set(state.range);
    this.order.set(state.order);
    this.fields.show(state.range === 'fixed' ? ends : null);
  }
}
