import { isLabelled, quantities } from '../../engine/insight/maps';
import { element, replaceChildren } from '../kit/dom';
import type { Theme } from '../kit/theme';
import type { HeatmapLoss } from '../protocol/heatmap';
import type { Contents } from './content';
import type { TileData } from './tileData';
import { histogramChart } from './histogramChart';
import { layerMeaning } from './layers';
import { type Named, statisticsOf } from './panelModel';
import { LossReader, type PixelReading, readingTable, spoken } from './reading';
import type { HeatmapState } from './state';
import { statisticsTable } from './statisticsTable';
import { pixelAt, type Place } from './viewport';

/** What stands beside the maps: the pixel under the cursor, how the values are spread, and their statistics. */
export class Side {
  readonly root = element('aside', { class: 'side', 'aria-label': 'Numbers of the maps' });
  /** The statistics of every map: below, and for screen readers. */
  readonly numbers: HTMLDetailsElement;
  private readonly pixel = element('section', { class: 'side-section' });
  private readonly spread = element('section', { class: 'side-section' });
  private readonly meaning = element('p', { class: 'muted meaning' });
  private readonly table = element('div', { class: 'numbers' });
  private readonly reader = new LossReader();
  private now: {
    data: readonly TileData[];
    titles: readonly string[];
    names: readonly Named[];
    losses: readonly HeatmapLoss[];
    contents: Contents;
    state: HeatmapState;
  } | null = null;
  /** The tile that is pointed at; null: the first that has values. */
  private chosen: number | null = null;
  /** The place that is pointed at, or pinned. */
  private place: Place | null = null;
  private pinned: Place | null = null;
  private drawn = '';
  private late: ReturnType<typeof setTimeout> | undefined;

  constructor(private theme: Theme) {
    this.root.append(this.meaning, this.pixel, this.spread);
    this.numbers = element(
      'details',
      { class: 'all-numbers', ontoggle: () => this.fillNumbers() },
      element('summary', {}, 'Numbers of all maps'),
      this.table,
    );
  }

  setTheme(theme: Theme): void {
    this.theme = theme;
    this.drawn = '';
  }

  show(
    data: readonly TileData[],
    titles: readonly string[],
    names: readonly Named[],
    losses: readonly HeatmapLoss[],
    contents: Contents,
    state: HeatmapState,
  ): void {
    this.now = { data, titles, names, losses, contents, state };
    this.meaning.textContent = data[this.active] ? layerMeaning(data[this.active]!.tile.layer) : '';
    // A drawing must not take the pixel away that is pointed at.
    this.point(state.cursor === this.pinned ? this.place : state.cursor, undefined);
    this.pinned = state.cursor;
    this.fillLater();
  }

  /**
   * Shows the pixel at a place.
   * @param tile under the pointer, whose values are then described.
   * @returns the same in words.
   */
  point(place: Place | null, tile: number | undefined): string {
    if (tile !== undefined && tile !== this.active) {
      this.chosen = tile;
      this.meaning.textContent = this.now?.data[tile] ? layerMeaning(this.now.data[tile].tile.layer) : '';
      this.fillLater();
    }
    this.place = place;
    const reading = place && this.read(place);
    replaceChildren(
      this.pixel,
      element('h3', {}, 'Pixel'),
      reading
        ? readingTable(reading)
        : element(
            'p',
            { class: 'muted' },
            'Point at a map, or move with the arrow keys. A click keeps the cursor there.',
          ),
    );
    return reading ? spoken(reading) : '';
  }

  /** Counting a large map takes a while: only once it stays. */
  private fillLater(): void {
    clearTimeout(this.late);
    this.late = setTimeout(() => this.fill(), 120);
  }

  private get active(): number {
    const data = this.now?.data ?? [];
    if (this.chosen !== null && this.chosen < data.length) return this.chosen;
    return Math.max(
      0,
      data.findIndex(({ tile }) => tile.layer !== 'photo' && quantities[tile.layer].scale !== 'classes'),
    );
  }

  private read(place: Place): PixelReading | null {
    if (!this.now) return null;
    const { data, names, losses, contents } = this.now;
    const image = data.find((one) => one.image.state === 'ready')?.image;
    if (image?.state !== 'ready') return null;
    const at = pixelAt(place, image.value);
    const target = image.value.labels
      ? image.value.labels[at.row * image.value.width + at.column] === 1
        ? 1
        : 0
      : null;
    const order = [...data.slice(this.active), ...data.slice(0, this.active)];
    const seen = new Set<string>();
    const runs: { name: string; margin: number }[] = [];
    let under: PixelReading['losses'] = [];
    for (const { tile, margin, image: own } of order) {
      if (margin?.state !== 'ready' || own.state !== 'ready' || seen.has(tile.run.info.folder)) continue;
      seen.add(tile.run.info.folder);
      const pixel = pixelAt(place, own.value);
      const { top, left, width, height } = margin.value;
      const [row, column] = [pixel.row - top, pixel.column - left];
      if (row < 0 || column < 0 || row >= height || column >= width) continue;
      const index = row * width + column;
      runs.push({
        name: names.find(({ run }) => run === tile.run)?.name ?? tile.run.info.id,
        margin: margin.value.margin[index]!,
      });
      const map = contents.values.mapOf(own.value, margin.value);
      if (runs.length === 1 && isLabelled(map)) under = this.reader.read(map, index, losses);
    }
    return { ...at, target, runs, losses: under };
  }

  private fill(): void {
    if (!this.now) return;
    const { data, titles, contents, state } = this.now;
    const shown = data[this.active];
    const range = shown ? contents.rangeFor(shown, data, state) : null;
    const key = JSON.stringify([
      this.active,
      range,
      state.region,
      ...data.map(({ tile, margin, image }) => [
        tile.key,
        margin?.state === 'ready' ? contents.values.keyOf(margin.value, tile.layer, tile.loss) : '',
        image.state,
      ]),
    ]);
    if (key === this.drawn) return;
    this.drawn = key;
    this.fillNumbers();
    if (
      !shown ||
      shown.image.state !== 'ready' ||
      !(shown.values instanceof Float32Array) ||
      range === null ||
      shown.tile.layer === 'photo'
    ) {
      replaceChildren(this.spread);
      return;
    }
    const labels = labelsOf(shown, contents);
    const statistics = statisticsOf(shown, labels, state.region);
    replaceChildren(
      this.spread,
      element('h3', {}, data.length > 1 ? titles[this.active]! : 'Spread'),
      element(
        'p',
        { class: 'muted' },
        `${quantities[shown.tile.layer].title} of the pixels${labels ? ', each class by itself' : ''}`,
      ),
      histogramChart(shown.values, labels, range, this.theme),
      statistics && element('h3', {}, state.region ? 'In the rectangle' : 'In the whole image'),
      statistics && statisticsTable([{ title: '', digits: 3, statistics }]),
    );
  }

  private fillNumbers(): void {
    if (!this.now || !this.numbers.open) return;
    const { data, titles, contents, state } = this.now;
    const tiles = data.flatMap((one, index) => {
      const statistics = statisticsOf(one, labelsOf(one, contents), state.region);
      return statistics ? [{ title: titles[index]!, digits: 4, statistics }] : [];
    });
    replaceChildren(
      this.table,
      element(
        'p',
        { class: 'muted' },
        state.region ? 'In the rectangle that is drawn.' : 'In the whole image; draw a rectangle to look at a part.',
      ),
      statisticsTable(tiles),
    );
  }
}

function labelsOf({ image, margin }: TileData, contents: Contents): Uint8Array | null {
  if (image.state !== 'ready') return null;
  return margin?.state === 'ready' ? contents.values.mapOf(image.value, margin.value).labels : image.value.labels;
}
