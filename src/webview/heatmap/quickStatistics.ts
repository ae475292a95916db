import {
  type Rectangle,
  type RectangleStatistics,
  rectangleStatistics,
  type Statistics,
} from '../../engine/insight/maps';

/** From here on sorting every value would make the page stand still. */
const many = 200_000;
const bins = 65_536;

/**
 * Statistics of a rectangle as `rectangleStatistics` gives them. Of many pixels the median is that of 65,536 bins between the least
 * and the largest value, so it is off by less than a 65,536th of their distance; everything else is exact.
 */
export function quickStatistics(
  values: Float32Array | Uint8Array,
  labels: Uint8Array | null,
  width: number,
  rectangle: Rectangle,
): RectangleStatistics {
  const height = values.length / width;
  const left = Math.max(0, rectangle.left);
  const right = Math.min(width, rectangle.left + rectangle.width);
  const top = Math.max(0, rectangle.top);
  const bottom = Math.min(height, rectangle.top + rectangle.height);
  if ((right - left) * (bottom - top) <= many) return rectangleStatistics(values, labels, width, rectangle);
  const visit = (take: (value: number, foreground: boolean) => void): void => {
    for (let y = top; y < bottom; y += 1) {
      for (let i = y * width + left; i < y * width + right; i += 1) {
        const value = values[i]!;
        if (Number.isFinite(value)) take(value, labels?.[i] === 1);
      }
    }
  };
  const sides = [new Sums(), new Sums()] as const;
  visit((value, foreground) => sides[foreground ? 1 : 0].add(value));
  const [background, foreground] = sides;
  const least = Math.min(background.least, foreground.least);
  const most = Math.max(background.most, foreground.most);
  const scale = most > least ? (bins - 1) / (most - least) : 0;
  const counts = [new Uint32Array(bins), new Uint32Array(bins)] as const;
  visit((value, inside) => (counts[inside ? 1 : 0][Math.round((value - least) * scale)]! += 1));
  const both = counts[0].map((count, bin) => count + counts[1][bin]!);
  const median = (of: Uint32Array, pixels: number): number => {
    let seen = 0;
    const bin = of.findIndex((count) => (seen += count) * 2 >= pixels);
    return scale === 0 ? least : least + bin / scale;
  };
  return {
    all: background.with(foreground).statistics((pixels) => median(both, pixels)),
    foreground: labels && foreground.statistics((pixels) => median(counts[1], pixels)),
    background: labels && background.statistics((pixels) => median(counts[0], pixels)),
  };
}

/** Count, sum, sum of squares and extremes. */
class Sums {
  pixels = 0;
  sum = 0;
  squares = 0;
  least = Number.POSITIVE_INFINITY;
  most = Number.NEGATIVE_INFINITY;

  add(value: number): void {
    this.pixels += 1;
    this.sum += value;
    this.squares += value * value;
    if (value < this.least) this.least = value;
    if (value > this.most) this.most = value;
  }

  with(other: Sums): Sums {
    const sums = new Sums();
    sums.pixels = this.pixels + other.pixels;
    sums.sum = this.sum + other.sum;
    sums.squares = this.squares + other.squares;
    sums.least = Math.min(this.least, other.least);
    sums.most = Math.max(this.most, other.most);
    return sums;
  }

  statistics(median: (pixels: number) => number): Statistics {
    const { pixels, sum, squares, least, most } = this;
    if (pixels === 0) return { pixels, mean: NaN, standardDeviation: NaN, minimum: NaN, median: NaN, maximum: NaN };
    const mean = sum / pixels;
    const variance = Math.max(0, squares / pixels - mean * mean);
    return {
      pixels,
      mean,
      standardDeviation: Math.sqrt(variance),
      minimum: least,
      median: median(pixels),
      maximum: most,
    };
  }
}
