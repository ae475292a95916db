import { lossSchema } from '../experiment/lossSchema';
import { colourAt, lossMap } from '../insight/maps';
import { pixelsPng, pngUri } from './pixels';
import type { Prediction } from './predictions';
import type { ReportRun } from './reportRun';

/** The losses per pixel of some predictions, each under its run's own loss, all on one scale. */
export interface LossRow {
  /** A picture, or why there is none, in words; in the order of the predictions. */
  readonly cells: readonly ({ readonly picture: string } | { readonly reason: string })[];
  /** The loss that gets the last colour: 995 of 1000 pixels have at most this. */
  readonly top: number;
}

/** Null when none of the predictions has a loss per pixel. */
export async function lossRow(
  samples: readonly { readonly run: ReportRun; readonly prediction: Prediction }[],
  maxWidth: number,
): Promise<LossRow | null> {
  const maps = samples.map(({ run, prediction }) => ownLoss(run, prediction));
  const sorted = Float32Array.from(maps.flatMap(({ values }) => (values === null ? [] : [...values]))).sort();
  if (sorted.length === 0) return null;
  const top = sorted[Math.floor(0.995 * (sorted.length - 1))]! || 1;
  const cells = maps.map(async ({ values, reason }, i) => {
    if (values === null) return { reason };
    const { width, height } = samples[i]!.prediction.image;
    const png = await pixelsPng(width, height, maxWidth, (index) => colourAt('viridis', values[index]! / top));
    return { picture: pngUri(png) };
  });
  return { cells: await Promise.all(cells), top };
}

function ownLoss({ document }: ReportRun, { margin, mask, image }: Prediction) {
  const spec = lossSchema.safeParse(document.loss.spec);
  if (!spec.success) return { values: null, reason: 'This version does not know the loss.' };
  if (margin === null) return { values: null, reason: 'The run kept no margins.' };
  const labels = mask.data.map((value) => (value > 127 ? 1 : 0));
  const map = lossMap({ height: image.height, width: image.width, margin, labels }, spec.data);
  return map.values === null ? { values: null, reason: 'A region loss: no pixel has a loss of its own.' } : map;
}
