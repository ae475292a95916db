import {
  colourRange,
  type LossSpec,
  type MarginMap,
  type PixelValues,
  quantities,
  quantityMap,
} from '../../engine/insight/maps';
import { barColours, colourMapOf } from '../heatmap/colours';
import { contourLines } from '../heatmap/contour';
import { classColours, classNames, fittedRange, targetColour } from '../heatmap/layers';
import { paintClasses, paintValues } from '../heatmap/paint';
import type { Bar, TileContent } from '../heatmap/tileView';
import { pixelAt, type Place } from '../heatmap/viewport';
import { valueText } from '../kit/format';
import type { DescentInfo, DescentLoss } from '../protocol/descent';
import type { LoadedMap } from './mapLoader';
import type { DescentLayer, DescentState } from './state';

/** The photograph and the target of the region. */
export interface Pictures {
  readonly photo: HTMLCanvasElement;
  /** [height,width]: 1 foreground, 0 background. */
  readonly labels: Uint8Array;
}

/** One map: of a loss at the step that is shown. */
export interface DescentTile {
  readonly loss: DescentLoss;
  /** The map itself; null when this loss has not come so far. */
  readonly map: LoadedMap | null;
  /** The loss that loss and gradient are measured by. */
  readonly ruler: LossSpec;
  readonly values: PixelValues<Float32Array | Uint8Array> | null;
}

type Ends = readonly [number, number];

/** Makes what the tiles show. What was made for a map is kept for as long as the map is. */
export class TileMaker {
  private readonly made = new WeakMap<Float32Array, Map<string, PixelValues<Float32Array | Uint8Array>>>();
  private readonly painted = new WeakMap<object, { readonly key: string; readonly canvas: HTMLCanvasElement }>();
  private readonly ends = new Map<string, Ends>();
  private contour: Path2D | null = null;

  constructor(private readonly pictures: Pictures) {}

  tile(info: DescentInfo, loss: DescentLoss, map: LoadedMap | null, { layer, ruler }: DescentState): DescentTile {
    const spec = (info.losses.find(({ name }) => name === ruler) ?? loss).spec;
    const values =
      map?.state === 'ready' ? this.values({ ...map.value, labels: this.pictures.labels }, layer, spec) : null;
    return { loss, map, ruler: spec, values };
  }

  /**
   * Ends of the colours that hold for the whole descent: chosen by what is seen of its beginning, where the losses are
   * largest. @param first the maps that all losses begin with, or as near to them as there is.
   */
  range(
    tiles: readonly DescentTile[],
    first: readonly DescentTile[],
    state: DescentState,
    of: DescentTile,
  ): Ends | null {
    const { scale, range } = quantities[state.layer];
    if (scale === 'classes') return null;
    if (range) return range;
    const kind = scale === 'diverging' ? 'diverging' : 'sequential';
    const names = state.oneScale ? tiles.map(({ loss }) => loss.name) : [of.loss.name];
    const key = JSON.stringify([state.layer, state.ruler, names]);
    const known = this.ends.get(key);
    if (known) return known;
    const alike = first.filter(({ loss }) => names.includes(loss.name));
    const values = alike.flatMap((tile) => tile.values?.values ?? []);
    if (values.length === 0) return null;
    const ends = values.length === names.length ? fittedRange(values, kind) : colourRange(values[0]!, kind);
    if (values.length === names.length) this.ends.set(key, ends);
    return ends;
  }

  content(
    info: DescentInfo,
    tile: DescentTile,
    range: Ends | null,
    state: DescentState,
    step: number | null,
  ): TileContent {
    const { layer } = state;
    const { height, width } = info.image;
    const size = { height, width };
    const region = { left: 0, top: 0, ...size };
    const source = this.picture(tile, range, state, size);
    const { message, failed } = messageOf(tile, step);
    const names = classNames[layer];
    return {
      title: tile.loss.label,
      meaning: '',
      legend: names
        ? names.flatMap((name, code) => {
            const colour = classColours(layer, false)[code];
            return name && colour ? [{ colour: `rgb(${colour.join(' ')})`, name: name[1] }] : [];
          })
        : [],
      drawing: {
        size,
        photo: { source: this.pictures.photo, region },
        map: source && { source, region },
        opacity: 1,
        contours: [{ path: this.target(size), colour: targetColour, dashed: false }],
      },
      bar: state.oneScale || range === null ? null : barOf(layer, range),
      message,
      failed,
      summary: `${quantities[layer].title} after ${step ?? 0} steps under ${tile.loss.label}.${message ? ` ${message}` : ''}`,
    };
  }

  private values(map: MarginMap, layer: DescentLayer, spec: LossSpec): PixelValues<Float32Array | Uint8Array> {
    let made = this.made.get(map.margin);
    if (!made) {
      made = new Map<string, PixelValues<Float32Array | Uint8Array>>();
      this.made.set(map.margin, made);
    }
    const key = JSON.stringify([layer, quantities[layer].needsLoss ? spec : null]);
    let values = made.get(key);
    if (!values) made.set(key, (values = quantityMap(map, layer, spec)));
    return values;
  }

  private picture(
    { values }: DescentTile,
    range: Ends | null,
    { layer }: DescentState,
    { height, width }: { height: number; width: number },
  ): HTMLCanvasElement | null {
    if (!values?.values || values.values.length !== height * width) return null;
    const key = JSON.stringify([layer, range]);
    const known = this.painted.get(values);
    if (known?.key === key) return known.canvas;
    const canvas =
      values.values instanceof Float32Array
        ? paintValues(layer, values.values, height, width, { range: range ?? [0, 1], colours: colourMapOf(layer, '') })
        : paintClasses(values.values, height, width, classColours(layer, false));
    this.painted.set(values, { key, canvas });
    return canvas;
  }

  private target({ height, width }: { height: number; width: number }): Path2D {
    if (this.contour) return this.contour;
    const path = new Path2D();
    const lines = contourLines(this.pictures.labels, height, width);
    for (let at = 0; at < lines.length; at += 4) {
      path.moveTo(lines[at]!, lines[at + 1]!);
      path.lineTo(lines[at + 2]!, lines[at + 3]!);
    }
    return (this.contour = path);
  }
}

/** The scale beside the maps. */
export function barOf(layer: DescentLayer, range: Ends): Bar {
  return { range, colours: barColours(colourMapOf(layer, '')), name: quantities[layer].title };
}

function messageOf({ map, values }: DescentTile, step: number | null): { message: string | null; failed: boolean } {
  if (map === null) return { message: step === null ? 'Not begun yet.' : `Not ${step} steps yet.`, failed: false };
  if (map.state === 'loading') return { message: '…', failed: false };
  if (map.state === 'failed') return { message: map.problem, failed: true };
  const reason = values?.reason ?? null;
  return { message: reason, failed: reason !== null };
}

/** What is under the pointer, in words. */
export function readingOf(
  { loss, values }: DescentTile,
  place: Place,
  { image }: DescentInfo,
  labels: Uint8Array,
  layer: DescentLayer,
): string {
  const { row, column } = pixelAt(place, image);
  const index = row * image.width + column;
  const target = labels[index] === 1 ? 'foreground' : 'background';
  const value = values?.values?.[index];
  const names = classNames[layer];
  const words =
    value === undefined
      ? ''
      : names
        ? (names[value]?.[0] ?? 'true negative')
        : `${quantities[layer].title} ${valueText(value, 3)}`;
  return [loss.label, words, `target ${target}`, `row ${row}, column ${column}`].filter(Boolean).join(' · ');
}
