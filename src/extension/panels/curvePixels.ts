import { histogram, type MarginMap } from '../../engine/insight/maps';
import type { Answer } from '../../engine/insight/protocol';
import { type CurvePixels, pixelBins, type PixelCounts } from '../../webview/protocol/curve';
import { t } from '../text';

/**
 * Where the pixels of an image lie: pt = sigmoid(x), where x = the margin in the foreground and its negative in the
 * background. Throws an Error in words for an image without a target.
 */
export function curvePixels(image: Answer<'image'>, margin: Answer<'margin'>): CurvePixels {
  const { labels } = image.arrays;
  if (!labels) throw new Error(t('This image has no mask, and so no true class to measure by.'));
  const { top, left, height, width, note } = margin.result;
  const truth = cut(labels.values, image.result.width, { top, left, height, width });
  const { values } = margin.arrays.margin;
  const notes = [note, image.result.changed].filter((words) => words !== null);
  return { ...pixelCounts({ height, width, margin: values, labels: truth }), notes };
}

/** Numbers of the pixels of a map with a target, by pt and by logit. */
export function pixelCounts({ margin, labels }: MarginMap): Pick<CurvePixels, 'pt' | 'logit'> {
  const x = margin.map((z, index) => (labels![index] === 1 ? z : -z));
  // Beyond where the histogram ends pt is as good as 0 or 1.
  const pt = x.map((logit) => 1 / (1 + Math.exp(-Math.max(-80, logit))));
  const counts = (values: Float32Array, range: readonly [number, number]): PixelCounts => {
    const { background, foreground } = histogram(values, labels, range, pixelBins.count);
    return { background: background!, foreground: foreground! };
  };
  return { pt: counts(pt, pixelBins.pt), logit: counts(x, pixelBins.logit) };
}

interface Region {
  readonly top: number;
  readonly left: number;
  readonly height: number;
  readonly width: number;
}

/** The region of labels [H,stride] that a margin is of. */
function cut(labels: Uint8Array, stride: number, { top, left, height, width }: Region): Uint8Array {
  const part = new Uint8Array(height * width);
  for (let row = 0; row < height; row += 1) {
    const from = (top + row) * stride + left;
    part.set(labels.subarray(from, from + width), row * width);
  }
  return part;
}
