import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { fileNames } from '../../runs/layout';
import { decodeNpy } from '../../runs/npy';
import { type Pixels, readPixels } from './pixels';

const indexSchema = z.object({
  epoch: z.number().optional(),
  images: z.array(z.object({ name: z.string(), iou: z.number().nullable().optional() })),
});

/** What a run predicts for one image, with what it was given. All three pictures have the same size. */
export interface Prediction {
  readonly name: string;
  readonly epoch: number | null;
  readonly iou: number | null;
  /** The image as it was evaluated, 3 channels. */
  readonly image: Pixels;
  /** Probability of foreground, 0 to 255. */
  readonly probability: Pixels;
  /** 255 where the pixel truly is foreground, else 0. */
  readonly mask: Pixels;
  /** [height, width]: logit of the foreground - logit of the background. Null where the run did not keep it. */
  readonly margin: Float32Array | null;
}

/**
 * The newest sample predictions of a run, as named by `predictions/latest/index.json`; none when there is no such file.
 * What is missing or cannot be read is left out, with the reason in `warnings`.
 */
export async function readPredictions(folder: string): Promise<{ predictions: Prediction[]; warnings: string[] }> {
  const latest = join(folder, fileNames.predictions, 'latest');
  const file = join(latest, 'index.json');
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { predictions: [], warnings: [] };
    throw error;
  }
  const index = parseIndex(text);
  if (!index) return { predictions: [], warnings: [`${file}: not a list of predictions`] };

  const predictions: Prediction[] = [];
  const warnings: string[] = [];
  for (const { name, iou } of index.images) {
    const picture = (ending: string): string => join(latest, `${name}${ending}.png`);
    try {
      const [image, probability, mask] = await Promise.all([
        readPixels(picture('.image'), 3),
        readPixels(picture(''), 1),
        readPixels(picture('.mask'), 1),
      ]);
      const sizes = new Set([image, probability, mask].map(({ width, height }) => `${width} × ${height}`));
      if (sizes.size > 1) {
        warnings.push(`${picture('')}: its pictures differ in size: ${[...sizes].join(', ')}`);
        continue;
      }
      const margin = await readMargin(join(latest, `${name}.margin.npy`), image);
      predictions.push({ name, epoch: index.epoch ?? null, iou: iou ?? null, image, probability, mask, margin });
    } catch (error) {
      // libvips only tells in words what is wrong with a picture: missing, cut off, no picture at all.
      warnings.push(`${picture('')}: left out, ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return { predictions, warnings };
}

/** Null when there is none: runs of older versions, and images too large for it. Throws when it is damaged. */
async function readMargin(file: string, { width, height }: Pixels): Promise<Float32Array | null> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  const { shape, data } = decodeNpy(bytes, file);
  if (shape.length !== 2 || shape[0] !== height || shape[1] !== width)
    throw new Error(`its margins are ${shape.join(' × ')}, its pictures ${height} × ${width}`);
  return data;
}

function parseIndex(text: string): z.infer<typeof indexSchema> | null {
  try {
    return indexSchema.safeParse(JSON.parse(text)).data ?? null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
