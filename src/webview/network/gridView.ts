import type { ColourMapName } from '../../engine/insight/maps';
import { element, replaceChildren } from '../kit/dom';
import { tickText } from '../kit/format';
import { type FeatureMaps, type MapFacts, mapOf, paintValues, shrunkMap } from './features';

/** What the grid shows. */
export interface ShownGrid {
  readonly layer: string;
  readonly maps: FeatureMaps;
  /** In the order in which they are shown. */
  readonly facts: readonly MapFacts[];
  readonly rangeOf: (facts: MapFacts) => readonly [number, number];
  readonly colours: ColourMapName;
  /** Filters that are dead by the statistics of the weights. */
  readonly dead: ReadonlySet<number>;
  readonly chosen: number;
}

/** Pixels of a painted map, at most; the enlarged one has all of them. */
const longest = 192;

/** All feature maps of a layer as small pictures; one is chosen, by click or with the arrow keys. */
export class GridView {
  readonly root = element('div', { class: 'maps', role: 'listbox', 'aria-label': 'Feature maps', tabIndex: -1 });
  private cells: Cell[] = [];
  private shown: ShownGrid | null = null;

  constructor(private readonly choose: (channel: number) => void) {
    this.root.addEventListener('keydown', (event) => this.key(event));
  }

  show(shown: ShownGrid): void {
    const [channels, height, width] = shown.maps.shape;
    const { shown: before } = this;
    this.shown = shown;
    const count = shown.facts.length;
    const side = cellSide(count, Math.max(height, width));
    this.root.style.setProperty(
      '--cell-width',
      `${Math.max(40, Math.round((side * width) / Math.max(height, width)))}px`,
    );
    this.root.style.setProperty('--map-ratio', `${width} / ${height}`);
    while (this.cells.length < count) this.cells.push(new Cell((channel) => this.choose(channel)));
    if (this.root.childElementCount !== count) {
      this.cells.length = count;
      replaceChildren(this.root, ...this.cells.map(({ root }) => root));
    }
    shown.facts.forEach((facts, index) => this.cells[index]!.show(facts, shown));
    this.root.setAttribute('aria-label', `${channels} feature maps of ${shown.layer}`);
    if (before?.layer !== shown.layer) this.reveal();
  }

  /** Pictures of all maps in their order, as they are shown. */
  pictures(): HTMLCanvasElement[] {
    return this.cells.map(({ canvas }) => canvas);
  }

  /** Brings the chosen map into the grid's sight; the page stays where it is. */
  private reveal(): void {
    const cell = this.cells[this.shown?.facts.findIndex(({ channel }) => channel === this.shown?.chosen) ?? -1]?.root;
    if (!cell) return;
    const { offsetTop: top, offsetHeight: height } = cell;
    const below = top + height > this.root.clientHeight;
    this.root.scrollTop = below ? top - (this.root.clientHeight - height) / 2 : 0;
  }

  private key(event: KeyboardEvent): void {
    const { shown } = this;
    if (!shown || event.ctrlKey || event.metaKey || event.altKey) return;
    const at = shown.facts.findIndex(({ channel }) => channel === shown.chosen);
    const by: Record<string, number> = {
      ArrowRight: 1,
      ArrowLeft: -1,
      ArrowDown: this.columns(),
      ArrowUp: -this.columns(),
    };
    const step = by[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const next = shown.facts[at + step];
    if (!next) return;
    this.choose(next.channel);
    this.cells[at + step]!.root.focus();
  }

  private columns(): number {
    const top = this.cells[0]?.root.offsetTop;
    const second = this.cells.findIndex(({ root }) => root.offsetTop !== top);
    return second < 0 ? this.cells.length : second;
  }
}

/** One map of the grid. Painted anew only when its values or colours have changed. */
class Cell {
  readonly root: HTMLButtonElement;
  readonly canvas = element('canvas', {});
  private readonly name = element('span', { class: 'map-name' });
  private readonly note = element('span', { class: 'map-note' });
  private facts: MapFacts | null = null;
  private painted: { readonly features: Float32Array; readonly channel: number; readonly ends: string } | null = null;

  constructor(choose: (channel: number) => void) {
    this.root = element(
      'button',
      { class: 'map', type: 'button', role: 'option', onclick: () => this.facts && choose(this.facts.channel) },
      element('span', { class: 'map-picture' }, this.canvas),
      element('span', { class: 'map-label' }, this.name, this.note),
    );
  }

  show(facts: MapFacts, shown: ShownGrid): void {
    this.facts = facts;
    const { channel, silent, reach } = facts;
    const on = channel === shown.chosen;
    const dead = shown.dead.has(channel);
    this.name.textContent = String(channel);
    this.note.textContent = dead ? 'dead' : silent ? 'silent' : tickText(Number(reach.toPrecision(2)));
    this.root.classList.toggle('silent', silent || dead);
    this.root.tabIndex = on ? 0 : -1;
    this.root.setAttribute('aria-selected', String(on));
    const words = mapWords(facts, dead);
    this.root.setAttribute('aria-label', words);
    this.root.title = words;
    this.paint(shown, facts);
  }

  private paint({ maps, rangeOf, colours }: ShownGrid, facts: MapFacts): void {
    const range = rangeOf(facts);
    const ends = JSON.stringify([range, colours]);
    const { painted } = this;
    if (painted?.features === maps.features && painted.channel === facts.channel && painted.ends === ends) return;
    this.painted = { features: maps.features, channel: facts.channel, ends };
    const [, height, width] = maps.shape;
    const small = shrunkMap(mapOf(maps, facts.channel), height, width, longest);
    this.canvas.width = small.width;
    this.canvas.height = small.height;
    this.canvas.classList.toggle('coarse', Math.max(small.width, small.height) < 96);
    const context = this.canvas.getContext('2d')!;
    const image = context.createImageData(small.width, small.height);
    paintValues(small.values, range, colours, image.data);
    context.putImageData(image, 0, 0);
  }
}

/** What a map is, in a sentence. */
export function mapWords({ channel, mean, low, high, active, silent }: MapFacts, dead: boolean): string {
  if (dead && silent) return `Map ${channel}: dead, 0 everywhere on this image and on the measured training images`;
  if (silent) return `Map ${channel}: silent, 0 everywhere on this image`;
  const least = low < 0 ? `smallest ${tickText(Number(low.toPrecision(3)))}, ` : '';
  return `Map ${channel}: mean ${tickText(Number(mean.toPrecision(3)))}, ${least}largest ${tickText(Number(high.toPrecision(3)))}, not 0 at ${Math.round(100 * active)} % of its places`;
}

/** Few maps are shown large, many small. */
function cellSide(count: number, size: number): number {
  const side = count <= 4 ? 220 : count <= 9 ? 168 : count <= 20 ? 132 : count <= 40 ? 108 : count <= 80 ? 88 : 68;
  return Math.max(56, Math.min(side, size * 8));
}
