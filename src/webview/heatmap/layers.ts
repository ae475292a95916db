import {
  colourRange,
  type LossSpec,
  type MarginMap,
  outcomeColours,
  outcomes,
  type PixelValues,
  quantities,
  quantityMap,
} from '../../engine/insight/maps';
import { ByteCache } from '../protocol/byteCache';
import type { HeatmapImage, HeatmapLoss, HeatmapMargin } from '../protocol/heatmap';
import type { LayerId, RangeMode } from './state';

/** The layers in the order in which they are offered, with names short enough for a row of buttons. */
export const layerNames: Readonly<Partial<Record<LayerId, string>>> = {
  photo: 'Photograph',
  target: 'Target',
  prediction: 'Prediction',
  outcome: 'Difference',
  pt: 'Confidence pt',
  foreground: 'P(foreground)',
  loss: 'Loss',
  effective: 'Effective loss',
  gradient: 'Gradient',
  entropy: 'Entropy',
  margin: 'Logit margin',
};

export const layerIds = Object.keys(layerNames) as LayerId[];

/** What a layer shows, in a sentence. */
export function layerMeaning(layer: LayerId): string {
  return layer === 'photo' ? 'The photograph, as the network sees it.' : quantities[layer].meaning;
}

/** What the codes of a layer of classes mean, and in few letters. */
export const classNames: Readonly<
  Partial<Record<LayerId, readonly (readonly [name: string, short: string] | null)[]>>
> = {
  target: [null, ['foreground', 'foreground']],
  prediction: [null, ['foreground', 'foreground']],
  outcome: [null, ['true positive', 'TP'], ['false negative', 'FN'], ['false positive', 'FP']],
};

/** A colour of a class; null is transparent, so that the photograph is seen. */
export type ClassColour = readonly [red: number, green: number, blue: number] | null;

export const targetColour = 'rgb(255 255 255)';
export const predictionColour = 'rgb(86 180 233)';

/** The colours of a layer of classes by code; null is transparent, so that the photograph is seen. */
export function classColours(layer: LayerId, study: boolean): ClassColour[] {
  if (layer === 'target') return [null, [255, 255, 255]];
  if (layer === 'prediction') return [null, [86, 180, 233]];
  return outcomeColours[study ? 'study' : 'safe'].map(([red, green, blue], code) =>
    code === outcomes.trueNegative ? null : [red, green, blue],
  );
}

/** The answer for an image with its target cut to the same region: what every map is made from. */
export function marginMap(image: HeatmapImage, margin: HeatmapMargin): MarginMap {
  const { height, width, top, left } = margin;
  return { height, width, margin: margin.margin, labels: image.labels && cut(image.labels, image.width) };

  function cut(labels: Uint8Array, stride: number): Uint8Array {
    if (top === 0 && left === 0 && width === stride && height * width === labels.length) return labels;
    const part = new Uint8Array(height * width);
    for (let row = 0; row < height; row += 1) {
      const from = (top + row) * stride + left;
      part.set(labels.subarray(from, from + width), row * width);
    }
    return part;
  }
}

/** Makes the values of layers, and keeps those that were used last. */
export class LayerValues {
  private readonly kept = new ByteCache<PixelValues<Float32Array | Uint8Array>>(192 * 2 ** 20);
  private readonly numbers = new WeakMap<HeatmapMargin, number>();
  private readonly maps = new WeakMap<HeatmapMargin, MarginMap>();
  private last = 0;

  /** Names the values of a layer: the same name, the same values. */
  keyOf(margin: HeatmapMargin, layer: LayerId, loss: HeatmapLoss | null): string {
    let number = this.numbers.get(margin);
    if (number === undefined) this.numbers.set(margin, (number = ++this.last));
    return JSON.stringify([number, layer, loss?.key ?? null]);
  }

  mapOf(image: HeatmapImage, margin: HeatmapMargin): MarginMap {
    let map = this.maps.get(margin);
    if (!map) this.maps.set(margin, (map = marginMap(image, margin)));
    return map;
  }

  /** The values of a layer, [h,w] of the margin's region, or why there are none. */
  of(
    image: HeatmapImage,
    margin: HeatmapMargin,
    layer: Exclude<LayerId, 'photo'>,
    loss: HeatmapLoss | null,
  ): PixelValues<Float32Array | Uint8Array> {
    const key = this.keyOf(margin, layer, loss);
    const known = this.kept.get(key);
    if (known) return known;
    const made = quantityMap(this.mapOf(image, margin), layer, loss ? (loss.spec as LossSpec) : undefined);
    this.kept.set(key, made, made.values?.byteLength ?? 0);
    return made;
  }
}

/**
 * Ends of the colours for a layer.
 *
 * @param own values of this map.
 * @param all values of the maps of this layer that are shown together.
 * @param fixed the ends that were set for this layer, if any.
 */
export function rangeOf(
  layer: Exclude<LayerId, 'photo'>,
  mode: RangeMode,
  own: ArrayLike<number>,
  all: readonly ArrayLike<number>[],
  fixed: readonly [number, number] | undefined,
): readonly [number, number] {
  const { range, scale } = quantities[layer];
  const kind = scale === 'diverging' ? 'diverging' : 'sequential';
  if (mode === 'automatic') return endsOf(own, kind);
  if (mode === 'shared') {
    const each = all.map((values) => endsOf(values, kind));
    return [Math.min(...each.map(([low]) => low)), Math.max(...each.map(([, high]) => high))];
  }
  return fixed ?? range ?? fittedRange(all, kind);
}

const known = new WeakMap<object, readonly [number, number]>();

/** As `colourRange`, looked for once: every drawing asks for it. A layer's values are always of one kind. */
function endsOf(values: ArrayLike<number>, kind: 'sequential' | 'diverging'): readonly [number, number] {
  let ends = known.get(values);
  if (!ends) known.set(values, (ends = colourRange(values, kind)));
  return ends;
}

/**
 * Round ends that hold all but the most extreme two thousandths of the values, so that a few pixels do not leave the rest without
 * colours; from 0 on, or as far to either side of 0.
 */
export function fittedRange(
  all: readonly ArrayLike<number>[],
  kind: 'sequential' | 'diverging',
): readonly [number, number] {
  const sizes: number[] = [];
  for (const values of all) {
    // A sample is enough for a colour scale.
    const stride = Math.max(1, Math.floor(values.length / 20_000));
    for (let index = 0; index < values.length; index += stride) {
      const size = Math.abs(values[index]!);
      if (Number.isFinite(size)) sizes.push(size);
    }
  }
  const sorted = Float64Array.from(sizes).sort();
  const high = roundUp(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * 0.998))] ?? 1);
  return kind === 'diverging' ? [-high, high] : [0, high];
}

function roundUp(value: number): number {
  if (!(value > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return Number(([1, 1.5, 2, 3, 4, 5, 7.5, 10].find((factor) => factor * power >= value * (1 - 1e-9)) ?? 10) * power);
}
