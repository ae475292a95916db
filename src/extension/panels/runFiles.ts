import { readdir, readFile, stat } from 'node:fs/promises';
import { join, parse } from 'node:path';
import { checkpointPath, fileNames, predictionPath } from '../../runs/layout';

/** What `predictions/latest/index.json` says. */
interface PredictionIndex {
  readonly epoch: number;
  readonly images: readonly { readonly name: string }[];
}

/** Names and files of the predictions of an epoch that are on the disk. The newest evaluation keeps some; an older one may. */
export async function predictionsAt(
  folder: string,
  epoch: number,
  images: readonly string[],
): Promise<{ image: string; file: string }[]> {
  const latest = join(folder, fileNames.predictions, 'latest');
  const index = await readIndex(join(latest, 'index.json'));
  if (index?.epoch === epoch)
    return index.images.map(({ name }) => ({ image: name, file: join(latest, `${name}.png`) }));
  const kept = [];
  for (const image of images.slice(0, 64)) {
    const file = predictionPath(folder, epoch, image);
    if (await exists(file)) kept.push({ image, file });
  }
  return kept;
}

/** Whether the weights of an epoch are on the disk. */
export function hasCheckpoint(folder: string, epoch: number): Promise<boolean> {
  return exists(checkpointPath(folder, epoch));
}

/** The file of an image or of its mask, looked up by its stem in the folders that the experiment names; null when there is none. */
export async function sourceFile(experiment: unknown, image: string, what: 'image' | 'mask'): Promise<string | null> {
  const key = what === 'image' ? 'images' : 'masks';
  const dataset = (experiment as { dataset?: Record<string, unknown> } | null)?.dataset;
  const folders = [dataset?.[key], (dataset?.['test'] as Record<string, unknown> | undefined)?.[key]];
  for (const folder of folders) {
    if (typeof folder !== 'string') continue;
    const name = (await namesIn(folder)).find((one) => parse(one).name === image);
    if (name !== undefined) return join(folder, name);
  }
  return null;
}

/** The index of the newest predictions; null when there is none, or it is being written. */
async function readIndex(file: string): Promise<PredictionIndex | null> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  try {
    const { epoch, images } = JSON.parse(text) as { epoch?: unknown; images?: unknown };
    if (typeof epoch !== 'number' || !Array.isArray(images)) return null;
    return { epoch, images: images.filter(isNamed) };
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError) return null;
    throw error;
  }
}

function isNamed(value: unknown): value is { name: string } {
  return typeof (value as { name?: unknown } | null)?.name === 'string';
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    // The images of a run from another machine need not be here.
    if (['ENOENT', 'ENOTDIR', 'EACCES'].includes((error as NodeJS.ErrnoException).code ?? '')) return [];
    throw error;
  }
}

async function exists(file: string): Promise<boolean> {
  try {
    await stat(file);
    return true;
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return false;
    throw error;
  }
}
