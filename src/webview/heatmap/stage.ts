import { element, oncePerFrame } from '../kit/dom';
import type { Rect } from '../kit/panes';
import type { Theme } from '../kit/theme';
import { margins } from './axes';
import { BarView } from './barView';
import { listenToMap } from './gestures';
import { listenToKeys } from './keys';
import type { Marks } from './paintTile';
import { type Bar, isWaiting, type TileContent, TileView } from './tileView';
import {
  gridOf,
  pannedBy,
  type Place,
  pixelAt,
  placeAt,
  placeOf,
  showing,
  type Size,
  type View,
  wholeView,
  zoomedAt,
} from './viewport';

/** What the stage tells its panel. */
export interface StageEvents {
  /** The view has been moved by the user. */
  viewed(view: View): void;
  /** The pointer is on a place of a tile; null: on none. @returns what to say beside the pointer. */
  hovered(place: Place | null, tile: number): string | null;
  /** A place was chosen to stay under the cursor. */
  pinned(place: Place, tile: number): void;
  region(region: readonly [Place, Place] | null): void;
  epoch(by: -1 | 1): void;
  play(): void;
}

const headHeight = 24;
const gap = 10;
const leastHeight = 240;
/** Room for the epochs below the maps; many maps leave it to the slider alone. */
const below = { few: 148, many: 64 };
/** The numbers stand under the maps rather than beside them; as in the style sheet. */
const stacked = window.matchMedia('(max-width: 1000px)');

/** All maps: one zoom, one cursor, one rectangle for all of them. */
export class Stage {
  readonly root: HTMLElement;
  private readonly grid = element('div', { class: 'tiles' });
  private readonly bar = new BarView();
  private readonly spoken = element('div', { class: 'visually-hidden', 'aria-live': 'polite' });
  private tiles: TileView[] = [];
  private contents: readonly TileContent[] = [];
  private sharedBar: Bar | null = null;
  private view: View = wholeView;
  private pinned: Place | null = null;
  private hover: Place | null = null;
  private region: readonly [Place, Place] | null = null;
  private draft = false;
  private laidOut = '';
  /** Of the map and of what stands beside it; they stay while something is on its way. */
  private size: Size = { width: 4, height: 3 };
  private bars = false;
  /** Whether a drag draws a rectangle. */
  drawing = false;
  columns = 1;
  private readonly paintSoon = oncePerFrame(() => this.paint());

  constructor(
    private theme: Theme,
    private readonly events: StageEvents,
  ) {
    this.root = element(
      'div',
      { class: 'stage', tabIndex: 0, role: 'application', 'aria-roledescription': 'maps' },
      this.grid,
      this.bar.root,
      this.spoken,
    );
    listenToKeys(this.root, {
      move: (columns, rows) => this.moveCursor(columns, rows),
      epoch: (by) => events.epoch(by),
      zoom: (factor) => this.zoom(factor),
      play: () => events.play(),
      forget: () => events.region(null),
    });
    window.addEventListener('resize', () => this.layOut());
  }

  setTheme(theme: Theme): void {
    this.theme = theme;
    for (const tile of this.tiles) tile.setTheme(theme);
    this.laidOut = '';
    this.layOut();
  }

  show(contents: readonly TileContent[], sharedBar: Bar | null): void {
    const waiting = contents.some(isWaiting);
    this.contents = contents;
    // Maps that change their size for a moment, and back, would be drawn three times instead of once.
    if (sharedBar || !waiting) this.sharedBar = sharedBar;
    this.bars = contents.some(({ bar }) => bar) || (this.bars && waiting);
    this.size = contents.find(({ drawing }) => drawing)?.drawing?.size ?? this.size;
    while (this.tiles.length > contents.length) this.tiles.pop()!.dispose();
    while (this.tiles.length < contents.length) this.addTile();
    contents.forEach((content, index) => this.tiles[index]!.show(content));
    const label = contents.map(({ summary }) => summary).join(' ');
    this.root.setAttribute(
      'aria-label',
      `${label} Arrow keys move the cursor by a pixel (with Shift by ten), brackets change the epoch, plus, minus and 0 zoom, Space plays.`,
    );
    this.layOut();
  }

  /** What lies over the maps, and which part of them is shown. */
  place(view: View, pinned: Place | null, region: readonly [Place, Place] | null): void {
    this.view = view;
    this.pinned = pinned;
    this.region = region;
    this.paintSoon();
  }

  /** Says something to those who cannot see the cursor. */
  say(text: string): void {
    this.spoken.textContent = text;
  }

  zoom(factor: number | null): void {
    const tile = this.tiles[0];
    if (factor === null) this.moved(wholeView);
    else if (tile?.size) this.moved(zoomedAt(this.view, tile.rect, tile.size, middle(tile.rect), factor));
  }

  /** Where a map lies in its tile. */
  get plot(): Rect {
    return this.tiles[0]?.rect ?? { left: 0, top: 0, width: 1, height: 1 };
  }

  private addTile(): void {
    const index = this.tiles.length;
    const tile = new TileView(this.theme);
    this.tiles.push(tile);
    this.grid.append(tile.root);
    const at = (point: { x: number; y: number }): Place | null =>
      tile.size && inside(point, tile.rect) ? placeAt(this.view, tile.rect, tile.size, point) : null;
    listenToMap(tile.surface, {
      hover: (point) => {
        this.hover = at(point);
        tile.tip(this.events.hovered(this.hover, index), point);
        this.paintSoon();
      },
      leave: () => {
        this.hover = null;
        tile.tip(this.events.hovered(null, index), { x: 0, y: 0 });
        this.paintSoon();
      },
      click: (point) => {
        const place = at(point);
        this.root.focus({ preventScroll: true });
        if (place) this.events.pinned(place, index);
      },
      pan: (by) => {
        if (!tile.size) return;
        this.draft = true;
        this.hover = null;
        tile.tip(null, by);
        this.moved(pannedBy(this.view, tile.rect, tile.size, by));
      },
      zoom: (point, factor) => {
        if (!tile.size) return;
        this.draft = true;
        this.moved(zoomedAt(this.view, tile.rect, tile.size, point, factor));
      },
      region: (from, to, done) => {
        const [a, b] = [clampTo(from, tile.rect), clampTo(to, tile.rect)];
        if (!tile.size) return;
        this.region = [placeAt(this.view, tile.rect, tile.size, a), placeAt(this.view, tile.rect, tile.size, b)];
        if (done) this.events.region(this.region);
        else this.paintSoon();
      },
      drawing: () => this.drawing,
      rest: () => {
        this.draft = false;
        this.paintSoon();
      },
    });
  }

  private moved(view: View): void {
    this.view = view;
    this.events.viewed(view);
    this.paintSoon();
  }

  /** Gives every tile the largest size that fits. */
  private layOut(): void {
    const { size, bars } = this;
    const count = Math.max(1, this.contents.length);
    const shared = this.sharedBar !== null;
    const room = {
      width: this.room() - (shared ? 112 : 0),
      height: Math.max(
        leastHeight * (count > 2 ? 1.6 : 1),
        window.innerHeight - this.top() - (count > 2 ? below.many : below.few),
      ),
    };
    const extra = {
      width: margins.left + (bars ? margins.bar : margins.right),
      height: margins.top + margins.bottom + headHeight,
    };
    const { columns, width, height } = gridOf(count, room, size.width / size.height, extra, gap);
    const key = JSON.stringify([columns, width, height, bars, count, shared]);
    if (key !== this.laidOut && width > 0) {
      this.laidOut = key;
      this.columns = columns;
      this.grid.style.gridTemplateColumns = `repeat(${columns}, max-content)`;
      for (const tile of this.tiles) tile.resize({ width, height }, bars);
    }
    if (width > 0) this.bar.show(this.sharedBar, Math.min(height, 320), this.theme);
    this.paintSoon();
  }

  /** Width that there is for the maps: all of the panel but what stands beside them. */
  private room(): number {
    const parent = this.root.parentElement;
    if (!parent) return 0;
    const beside = this.root.nextElementSibling as HTMLElement | null;
    return parent.clientWidth - (beside && !stacked.matches ? beside.offsetWidth + 20 : 0);
  }

  /** Where the maps begin when the page is not scrolled. */
  private top(): number {
    return this.root.getBoundingClientRect().top + window.scrollY;
  }

  private paint(): void {
    const marks: Marks = {
      cursor: this.hover ?? this.pinned,
      region: this.region,
      ink: '#ffffff',
      ground: '#000000',
    };
    for (const tile of this.tiles) tile.paint(this.view, marks, this.draft);
  }

  private moveCursor(columns: number, rows: number): void {
    const tile = this.tiles[0];
    const size: Size | null = tile?.size ?? null;
    if (!tile || !size) return;
    const from = pixelAt(this.pinned ?? { x: this.view.x, y: this.view.y }, size);
    const place = placeOf(pixelAt(placeOf({ row: from.row + rows, column: from.column + columns }, size), size), size);
    this.hover = null;
    this.moved(showing(this.view, tile.rect, size, place));
    this.events.pinned(place, 0);
  }
}

function middle(rect: Rect): { x: number; y: number } {
  return { x: rect.left + rect.width / 2, y: rect.top + rect.height / 2 };
}

function inside({ x, y }: { x: number; y: number }, rect: Rect): boolean {
  return x >= rect.left && x < rect.left + rect.width && y >= rect.top && y < rect.top + rect.height;
}

function clampTo({ x, y }: { x: number; y: number }, rect: Rect): { x: number; y: number } {
  return {
    x: Math.min(rect.left + rect.width, Math.max(rect.left, x)),
    y: Math.min(rect.top + rect.height, Math.max(rect.top, y)),
  };
}
