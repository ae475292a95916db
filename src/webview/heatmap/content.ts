import { prediction, quantities } from '../../engine/insight/maps';
import { ByteCache } from '../protocol/byteCache';
import type { HeatmapImage, HeatmapMargin, ImageReference } from '../protocol/heatmap';
import { barColours, colourMapOf } from './colours';
import { contourLines } from './contour';
import {
  classColours,
  classNames,
  fittedRange,
  layerMeaning,
  LayerValues,
  predictionColour,
  rangeOf,
  targetColour,
} from './layers';
import type { Loader } from './loader';
import { paintClasses, paintPhoto, paintValues } from './paint';
import type { Contour, Layered } from './paintTile';
import { type HeatmapState, type LayerId, networkAt, ofImage, type Tile } from './state';
import type { Named } from './panelModel';
import { tileTitles } from './titles';
import type { TileData } from './tileData';
import type { Bar, TileContent } from './tileView';

/** Gathers what the tiles show, from what has been loaded. */
export class Contents {
  readonly values = new LayerValues();
  private readonly pictures = new ByteCache<HTMLCanvasElement>(256 * 2 ** 20);
  private readonly contours = new ByteCache<Path2D>(32 * 2 ** 20);
  private readonly photos = new WeakMap<HeatmapImage, HTMLCanvasElement>();
  private readonly fitted = new Map<LayerId, { readonly tiles: string; readonly ends: readonly [number, number] }>();

  constructor(private readonly loader: Loader) {}

  /** What is known of a tile at an epoch. */
  data(tile: Tile, image: ImageReference, epoch: number | null): TileData {
    const { run, layer, loss } = tile;
    const loaded = this.loader.image(run, image);
    const network = networkAt(run, epoch);
    const margin = ofImage.has(layer) || network === null ? null : this.loader.margin(run, network, image);
    const known = { tile, image: loaded, network, margin };
    if (layer === 'photo' || loaded.state !== 'ready') return { ...known, values: null, reason: null };
    const answer = ofImage.has(layer) ? wholeTarget(loaded.value) : margin?.state === 'ready' ? margin.value : null;
    if (answer === null) return { ...known, values: null, reason: null };
    const { values, reason } = this.values.of(loaded.value, answer, layer, loss);
    return { ...known, values, reason };
  }

  /** The ends of a tile's colours; null where colours are classes or there are no values yet. */
  rangeFor(data: TileData, all: readonly TileData[], state: HeatmapState): readonly [number, number] | null {
    const { layer } = data.tile;
    if (layer === 'photo' || quantities[layer].scale === 'classes' || data.values === null) return null;
    const alike = all.flatMap((other) => (other.tile.layer === layer && other.values ? [other.values] : []));
    return rangeOf(layer, state.range, data.values, alike, state.fixed[layer] ?? this.fitted.get(layer)?.ends);
  }

  /**
   * Chooses the ends of layers that have no natural ones by what is seen first; they then stay while epochs and images change, until
   * other maps are shown.
   */
  fit(all: readonly TileData[]): void {
    for (const layer of new Set(all.map(({ tile }) => tile.layer))) {
      if (layer === 'photo' || quantities[layer].range !== null) continue;
      const alike = all.filter(({ tile }) => tile.layer === layer);
      const tiles = alike.map(({ tile }) => tile.key).join();
      const values = alike.flatMap((data) => data.values ?? []);
      if (this.fitted.get(layer)?.tiles === tiles || values.length === 0) continue;
      if (alike.some(({ margin }) => margin?.state === 'loading')) continue;
      const kind = quantities[layer].scale === 'diverging' ? 'diverging' : 'sequential';
      this.fitted.set(layer, { tiles, ends: fittedRange(values, kind) });
    }
  }

  /** Chooses them anew the next time. */
  unfit(): void {
    this.fitted.clear();
  }

  /** The map of a layer in colours. */
  picture(data: TileData, range: readonly [number, number] | null, state: HeatmapState): Layered | null {
    const { tile, values } = data;
    const { layer } = tile;
    const margin = this.answerOf(data);
    if (layer === 'photo' || values === null || margin === null) return null;
    const { height, width, top, left } = margin;
    const colours = quantities[layer].scale === 'classes' ? state.studyColours : colourMapOf(layer, state.colours);
    const key = JSON.stringify([this.values.keyOf(margin, layer, tile.loss), range, colours]);
    let source = this.pictures.get(key);
    if (!source) {
      source =
        values instanceof Float32Array
          ? paintValues(layer, values, height, width, {
              range: range ?? [0, 1],
              colours: colourMapOf(layer, state.colours),
            })
          : paintClasses(values, height, width, classColours(layer, state.studyColours));
      source.dataset['key'] = key;
      this.pictures.set(key, source, height * width * 4);
    }
    return { source, region: { left, top, width, height } };
  }

  /** Ends of the first scale that is shown, and the layer that it belongs to. */
  firstRange(
    data: readonly TileData[],
    state: HeatmapState,
  ): { layer: LayerId; ends: readonly [number, number] } | null {
    for (const one of data) {
      const ends = this.rangeFor(one, data, state);
      if (ends) return { layer: one.tile.layer, ends };
    }
    return null;
  }

  /** What all tiles show; with one scale for all of them, one bar. */
  all(
    data: readonly TileData[],
    names: readonly Named[],
    state: HeatmapState,
  ): { content: TileContent[]; bar: Bar | null } {
    const ranges = data.map((one) => this.rangeFor(one, data, state));
    const scaled = data.filter((_, index) => ranges[index] !== null);
    const one =
      data.length > 1 &&
      scaled.length > 0 &&
      state.range !== 'automatic' &&
      new Set(scaled.map(({ tile }) => tile.layer)).size === 1;
    const titles = tileTitles(
      data.map(({ tile }) => tile),
      new Map(names.map(({ run, name }) => [run.info.folder, name])),
    );
    const alone = data.length < 3;
    const content = data.map((each, index) => this.content(each, titles[index]!, ranges[index]!, alone, state));
    const bar = one ? (content.find((each) => each.bar)?.bar ?? null) : null;
    return { content: bar ? content.map((each) => ({ ...each, bar: null })) : content, bar };
  }

  private content(
    data: TileData,
    title: string,
    range: readonly [number, number] | null,
    alone: boolean,
    state: HeatmapState,
  ): TileContent {
    const { tile, image } = data;
    const { layer } = tile;
    const { message, failed } = messageOf(data);
    const legend = (classNames[layer] ?? []).flatMap((name, code) => {
      const colour = classColours(layer, state.studyColours)[code];
      return name !== null && colour ? [{ colour: `rgb(${colour.join(' ')})`, name: name[alone ? 0 : 1] }] : [];
    });
    const bar: Bar | null =
      range && layer !== 'photo'
        ? { range, colours: barColours(colourMapOf(layer, state.colours)), name: quantities[layer].title }
        : null;
    const summary = `${title}. ${layerMeaning(layer)} ${message ?? ''} The numbers are in the table below.`;
    // Beside the titles of many maps there is no room.
    const meaning = alone && legend.length === 0 ? layerMeaning(layer) : '';
    const base = { title, meaning, legend, bar, message, failed, summary };
    if (image.state !== 'ready') return { ...base, drawing: null };
    const { value } = image;
    const size = { width: value.width, height: value.height };
    const photo = { source: this.photo(value), region: { left: 0, top: 0, ...size } };
    const map = this.picture(data, range, state);
    const contours = this.contoursOf(data, state);
    return { ...base, drawing: { size, photo, map, opacity: state.opacity, contours } };
  }

  private photo(image: HeatmapImage): HTMLCanvasElement {
    let picture = this.photos.get(image);
    if (!picture) this.photos.set(image, (picture = paintPhoto(image.photo, image.height, image.width)));
    return picture;
  }

  private answerOf({ tile, image, margin }: TileData): HeatmapMargin | null {
    if (image.state !== 'ready') return null;
    if (ofImage.has(tile.layer)) return wholeTarget(image.value);
    return margin?.state === 'ready' ? margin.value : null;
  }

  private contoursOf(data: TileData, { contours }: HeatmapState): Contour[] {
    const { tile, image, margin } = data;
    if (image.state !== 'ready') return [];
    const lines: Contour[] = [];
    const { labels, height, width } = image.value;
    if (contours.target && labels && tile.layer !== 'target') {
      const key = this.values.keyOf(wholeTarget(image.value), 'target', null);
      lines.push({
        path: this.contour(key, () => labels, { height, width, left: 0, top: 0 }),
        colour: targetColour,
        dashed: false,
      });
    }
    if (contours.prediction && margin?.state === 'ready' && tile.layer !== 'prediction') {
      const answer = margin.value;
      const key = this.values.keyOf(answer, 'prediction', null);
      const path = this.contour(key, () => prediction(this.values.mapOf(image.value, answer)), answer);
      lines.push({ path, colour: predictionColour, dashed: true });
    }
    return lines;
  }

  /** @param inside makes the classes, where the line is not known already. */
  private contour(
    key: string,
    inside: () => Uint8Array,
    { height, width, left, top }: { height: number; width: number; left: number; top: number },
  ): Path2D {
    const known = this.contours.get(key);
    if (known) return known;
    const path = new Path2D();
    const lines = contourLines(inside(), height, width);
    for (let index = 0; index < lines.length; index += 4) {
      path.moveTo(left + lines[index]!, top + lines[index + 1]!);
      path.lineTo(left + lines[index + 2]!, top + lines[index + 3]!);
    }
    this.contours.set(key, path, lines.length * 16);
    return path;
  }
}

const wholeTargets = new WeakMap<HeatmapImage, HeatmapMargin>();

/** An answer that knows nothing but where it lies: for what depends on the target only. */
function wholeTarget(image: HeatmapImage): HeatmapMargin {
  let answer = wholeTargets.get(image);
  if (!answer) {
    const { height, width } = image;
    answer = { note: null, height, width, top: 0, left: 0, margin: new Float32Array(0) };
    wholeTargets.set(image, answer);
  }
  return answer;
}

/** What stands in place of a map, or over it. */
function messageOf({ tile, image, network, margin, reason }: TileData): { message: string | null; failed: boolean } {
  if (image.state === 'failed') return { message: image.message, failed: true };
  if (margin?.state === 'failed') return { message: margin.message, failed: true };
  if (network === null && !ofImage.has(tile.layer)) {
    const waiting = tile.run.info.status === 'running' || tile.run.info.status === 'queued';
    const message = waiting
      ? 'No epoch of this run has been kept yet: the first map appears with its first checkpoint.'
      : 'This run keeps no weights: its checkpoints are gone, or it ended before the first one. Train it again to look inside.';
    return { message, failed: !waiting };
  }
  if (reason !== null) return { message: reason, failed: true };
  if (image.state === 'loading' || margin?.state === 'loading') return { message: 'Computing …', failed: false };
  return { message: null, failed: false };
}
