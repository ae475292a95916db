import { describe, expect, it } from 'vitest';
import {
  budget,
  colourRange,
  edgeDistance,
  extent,
  gradientMap,
  histogram,
  isKnownLoss,
  lossMap,
  outcomes,
  pixelGroups,
  quantities,
  quantityMap,
  quantityNames,
  rectangleStatistics,
  reportedLoss,
  shares,
  splits,
  statistics,
  trueProbability,
  type LabelledMap,
  type LossSpec,
} from '../../../../src/engine/insight/maps';
import { confidenceMetrics } from '../../../../src/engine/metrics/confidence';
import { readPrediction } from '../../../../src/engine/metrics/prediction';
import { discImage, lossSpecs } from './cases';

const image = discImage(30, 41, 3, 2);
const noMap: unknown = expect.stringMatching(/no map: .*tversky.* no loss that this version knows/);

describe('quantities of an answer', () => {
  const tiny: LabelledMap = {
    height: 1,
    width: 4,
    margin: Float32Array.of(Math.log(3), Math.log(3), -Math.log(3), 0),
    labels: Uint8Array.of(1, 0, 1, 0),
  };
  const values = (name: Parameters<typeof quantityMap>[1]) =>
    [...quantityMap(tiny, name).values!].map((value) => Number(value.toFixed(6)));

  it('are what they say', () => {
    expect(values('foreground')).toEqual([0.75, 0.75, 0.25, 0.5]);
    expect(values('pt')).toEqual([0.75, 0.25, 0.25, 0.5]);
    // A tie is background, as in the metrics.
    expect(values('prediction')).toEqual([1, 1, 0, 0]);
    const { truePositive, falsePositive, falseNegative, trueNegative } = outcomes;
    expect(values('outcome')).toEqual([truePositive, falsePositive, falseNegative, trueNegative]);
    const h = -(0.75 * Math.log2(0.75) + 0.25 * Math.log2(0.25));
    expect(values('entropy')).toEqual([h, h, h, 1].map((value) => Number(value.toFixed(6))));
    expect(values('target')).toEqual([1, 0, 1, 0]);
    expect(values('edgeDistance')).toEqual([0.5, 0.5, 0.5, 0.5]);
  });

  it('without a target are there or say why not', () => {
    const unlabelled = { ...tiny, labels: null };
    for (const name of quantityNames) {
      const { values: found, reason } = quantityMap(unlabelled, name, { type: 'crossEntropy' });
      if (quantities[name].needsTarget) expect(reason).toContain('no mask');
      else expect(found).not.toBeNull();
    }
  });

  it('of a loss need one', () => {
    expect(quantityMap(tiny, 'loss').reason).toBe('Choose a loss.');
    expect(quantityMap(tiny, 'loss', { type: 'crossEntropy' }).values).toEqual(
      lossMap(tiny, { type: 'crossEntropy' }).values,
    );
  });

  it('of a loss that this version does not know have no map, and say so; the others are there', () => {
    const foreign = { type: 'tversky', alpha: 0.3 } as unknown as LossSpec;
    const unknown: LossSpec[] = [foreign, { type: 'sum', terms: [{ type: 'dice' }, foreign] }];
    for (const loss of unknown) {
      expect(isKnownLoss(loss)).toBe(false);
      for (const name of quantityNames) {
        const { values: found, reason } = quantityMap(tiny, name, loss);
        if (quantities[name].needsLoss) expect({ name, found, reason }).toMatchObject({ found: null, reason: noMap });
        else expect(found).not.toBeNull();
      }
    }
    for (const odd of [null, 'focal', { type: 'sum' }, {}]) expect(isKnownLoss(odd)).toBe(false);
    for (const spec of lossSpecs) expect(isKnownLoss(spec)).toBe(true);
  });

  it('stay within their natural range, whatever the margin', () => {
    const extreme: LabelledMap = { ...tiny, margin: Float32Array.of(100, -100, 1e-30, 0) };
    for (const name of quantityNames) {
      const { range } = quantities[name];
      if (range === null) continue;
      const [minimum, maximum] = extent(quantityMap(extreme, name).values!);
      expect(minimum).toBeGreaterThanOrEqual(range[0]);
      expect(maximum).toBeLessThanOrEqual(range[1]);
    }
  });

  it('give the confidence of the metrics', () => {
    const size = image.margin.length;
    const logits = new Float32Array(2 * size);
    logits.set(image.margin, size);
    const expected = confidenceMetrics(readPrediction(logits, image.height, image.width), image.labels);
    const pt = trueProbability(image);
    const { foreground, background } = rectangleStatistics(pt, image.labels, image.width, {
      top: 0,
      left: 0,
      height: image.height,
      width: image.width,
    });
    expect(foreground!.mean).toBeCloseTo(expected.confidenceForeground, 6);
    expect(background!.mean).toBeCloseTo(expected.confidenceBackground, 6);
  });
});

describe('the distance to the edge', () => {
  it('is the distance to the other class, less half a pixel', () => {
    const { labels, height, width } = image;
    const distances = edgeDistance(labels, height, width);
    for (let i = 0; i < labels.length; i += 17) {
      let least = Number.POSITIVE_INFINITY;
      for (let k = 0; k < labels.length; k++) {
        if (labels[k] === labels[i]) continue;
        least = Math.min(least, Math.hypot(Math.floor(k / width) - Math.floor(i / width), (k % width) - (i % width)));
      }
      expect(distances[i]).toBeCloseTo(least - 0.5, 5);
    }
  });

  it('is infinite without an edge', () => {
    expect([...edgeDistance(new Uint8Array(4), 2, 2)]).toEqual(new Array(4).fill(Infinity));
    expect([...edgeDistance(new Uint8Array(4).fill(1), 2, 2)]).toEqual(new Array(4).fill(Infinity));
  });
});

describe('budgets', () => {
  it.each(lossSpecs.map((spec) => [JSON.stringify(spec), spec] as const))('add up: %s', (_, spec) => {
    const found = budget(image, spec)!;
    const meanGradient =
      gradientMap(image, spec).values!.reduce((sum, value) => sum + Math.abs(value), 0) / image.margin.length;
    expect(found.gradient.total).toBeCloseTo(meanGradient, 5);
    for (const [first, second] of splits) {
      expect(found.pixels[first] + found.pixels[second]).toBe(image.margin.length);
      expect(found.gradient.parts[first] + found.gradient.parts[second]).toBeCloseTo(found.gradient.total, 9);
      if (found.loss) expect(found.loss.parts[first] + found.loss.parts[second]).toBeCloseTo(found.loss.total, 9);
    }
    if (found.loss) expect(found.loss.total).toBeCloseTo(reportedLoss(image, spec)!, 5);
    else expect(found.reason).toContain('ratio of sums');
  });

  it('count each group as it is defined', () => {
    const map: LabelledMap = {
      height: 1,
      width: 6,
      margin: Float32Array.of(3, 0.5, -3, -0.5, 3, -3),
      labels: Uint8Array.of(1, 1, 1, 0, 0, 0),
    };
    const groups = pixelGroups(map, { band: 0.5, confident: 0.9 });
    expect(groups.pixels).toEqual({
      foreground: 3,
      background: 3,
      band: 2,
      interior: 4,
      right: 4,
      wrong: 2,
      confident: 4,
      unsure: 2,
    });
    const { parts, total } = shares(Float32Array.of(1, -2, 4, -8, 16, 32), groups);
    expect(total).toBe(63 / 6);
    expect(parts).toEqual({
      foreground: 7 / 6,
      background: 56 / 6,
      band: 12 / 6,
      interior: 51 / 6,
      right: 43 / 6,
      wrong: 20 / 6,
      confident: 53 / 6,
      unsure: 10 / 6,
    });
  });

  it('are wider with a wider band', () => {
    const narrow = pixelGroups(image, { band: 1, confident: 0.9 }).pixels.band;
    const wide = pixelGroups(image, { band: 6, confident: 0.9 }).pixels.band;
    expect(wide).toBeGreaterThan(2 * narrow);
  });

  it('show that focal spends less on what is already right', () => {
    const crossEntropy = budget(image, { type: 'crossEntropy' })!.gradient;
    const focal = budget(image, { type: 'focal', gamma: 3 })!.gradient;
    expect(focal.parts.right / focal.total).toBeLessThan(0.5 * (crossEntropy.parts.right / crossEntropy.total));
  });

  it('need a target', () => {
    expect(budget({ ...image, labels: null }, { type: 'crossEntropy' })).toBeNull();
  });
});

describe('histograms and statistics', () => {
  it('count foreground and background, ends included', () => {
    const found = histogram([0, 0.49, 0.5, 1, 2, -1, NaN], Uint8Array.of(1, 1, 0, 1, 0, 0, 1), [0, 1], 2);
    expect([...found.all]).toEqual([3, 3]);
    expect([...found.foreground!]).toEqual([2, 1]);
    expect([...found.background!]).toEqual([1, 2]);
    expect(histogram([0.2], null, [0, 1], 2).foreground).toBeNull();
  });

  it('of a rectangle keep to the image', () => {
    const values = Float32Array.of(1, 2, 3, 4, 5, 6);
    const labels = Uint8Array.of(0, 0, 1, 0, 1, 1);
    const found = rectangleStatistics(values, labels, 3, { top: -1, left: 1, height: 9, width: 9 });
    expect(found.all).toEqual({
      pixels: 4,
      mean: 4,
      standardDeviation: Math.sqrt(2.5),
      minimum: 2,
      median: 4,
      maximum: 6,
    });
    expect(found.foreground).toMatchObject({ pixels: 3, minimum: 3, median: 5, maximum: 6 });
    expect(found.background).toMatchObject({ pixels: 1, mean: 2 });
    expect(statistics([]).mean).toBeNaN();
  });

  it('give ranges for colours', () => {
    expect(extent([NaN, Infinity])).toEqual([0, 0]);
    expect(colourRange([2, 3], 'sequential')).toEqual([0, 3]);
    expect(colourRange([0, 0], 'sequential')).toEqual([0, 1]);
    expect(colourRange([-1, 3], 'diverging')).toEqual([-3, 3]);
    expect(colourRange([0], 'diverging')).toEqual([-1, 1]);
  });
});
