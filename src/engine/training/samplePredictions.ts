import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileNames } from '../../runs/layout';
import { writeFileAtomic } from '../../runs/files';
import { encodeNpy } from '../../runs/npy';
import { encodePng } from '../data/png';
import { readPrediction } from '../metrics/prediction';
import { foregroundProbability } from './foregroundProbability';
import type { Prediction } from './evaluate';

/** Pictures for so many images are kept. */
export const sampleCount = 4;

/** Margins of larger images are not kept: 16 MiB each. */
const mostMargins = 2 ** 22;

/**
 * Keeps what the network says of a few images, as pictures that people and the report look at, in `predictions/latest`:
 * `NAME.png` P(foreground) as 0 to 255, `NAME.image.png` the image, `NAME.mask.png` the target, and `index.json`; and as
 * numbers, for the report's maps of the loss: `NAME.margin.npy`, float32 [height, width], logit of the foreground - logit
 * of the background.
 */
export async function writeSamplePredictions(
  runFolder: string,
  epoch: number,
  predictions: readonly Prediction[],
): Promise<void> {
  const folder = join(runFolder, fileNames.predictions, 'latest');
  await mkdir(folder, { recursive: true });
  for (const { pair, plan, logits, labels } of predictions) {
    const { top, left, height, width } = plan.region;
    const image = new Uint8Array(height * width * 3);
    for (let y = 0, to = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const from = ((top + y) * pair.width + left + x) * pair.channels;
        for (let c = 0; c < 3; c++) {
          image[to++] = Math.round((pair.pixels[from + (pair.channels === 3 ? c : 0)]! * 255) / pair.maximum);
        }
      }
    }
    const probability = Uint8Array.from(foregroundProbability(logits), (p) => Math.round(255 * p));
    const mask = labels.map((label) => (label === 0 ? 0 : 255));
    const margin = join(folder, `${pair.name}.margin.npy`);
    // One of an earlier epoch must not stay beside pictures of this one.
    if (height * width > mostMargins) await rm(margin, { force: true });
    else await writeFileAtomic(margin, encodeNpy([height, width], readPrediction(logits, height, width).margin));
    await writeFileAtomic(join(folder, `${pair.name}.png`), await encodePng(probability, width, height, 1));
    await writeFileAtomic(join(folder, `${pair.name}.image.png`), await encodePng(image, width, height, 3));
    await writeFileAtomic(join(folder, `${pair.name}.mask.png`), await encodePng(mask, width, height, 1));
  }
  const index = { epoch, images: predictions.map(({ pair, row }) => ({ name: pair.name, iou: row.iou })) };
  await writeFileAtomic(join(folder, 'index.json'), `${JSON.stringify(index, null, 2)}\n`);
}
