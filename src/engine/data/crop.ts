import { Problem } from '../../runs/problem';
import type { InputConfig, ModelConfig } from '../experiment/schema';
import type { Size } from './geometry';
import { counted } from './listing';

/** Crops are chosen no larger than this unless the experiment file says so. */
const largestAutomatic = 256;

/**
 * The crop of an experiment: as given, or for `auto`, along each side, the largest that wastes no computation, is at
 * most 256 and fits into the smallest image: a multiple of 2^depth, or for a `valid` network a size it answers exactly
 * (4 more than a multiple). An image smaller than that is taken whole.
 * @param least height and width of the smallest image after `dataset.scale`.
 */
export function resolveCrop(
  crop: InputConfig['crop'],
  model: Pick<ModelConfig, 'depth' | 'padding'>,
  least: Size,
): [number, number] {
  if (crop !== 'auto') return [crop[0], crop[1]];
  return [automatic(least[0], model), automatic(least[1], model)];
}

function automatic(side: number, model: Pick<ModelConfig, 'depth' | 'padding'>): number {
  return largestCrop(Math.min(side, largestAutomatic), model);
}

/** The largest crop up to `side` that a network answers exactly; `side` itself where there is none. */
export function largestCrop(side: number, { depth, padding }: Pick<ModelConfig, 'depth' | 'padding'>): number {
  const step = 2 ** depth;
  const surplus = padding === 'valid' ? 4 : 0;
  const crop = step * Math.floor((side - surplus) / step) + surplus;
  return crop >= step ? crop : side;
}

/**
 * Throws a Problem that names the images which the crop does not fit into. Sizes are those after `dataset.scale`.
 * @param model if given, the crop that is suggested instead is one it answers exactly.
 */
export function refuseLargeCrop(
  images: readonly { name: string; height: number; width: number }[],
  [height, width]: Size,
  model?: Pick<ModelConfig, 'depth' | 'padding'>,
): void {
  const small = images.filter((image) => image.height < height || image.width < width);
  if (small.length === 0) return;
  const first = small.slice(0, 10).map((image) => `${image.name} (${image.height} × ${image.width})`);
  const more = small.length > 10 ? ` and ${small.length - 10} more` : '';
  const least = [Math.min(...images.map((image) => image.height)), Math.min(...images.map((image) => image.width))];
  const largest = model ? least.map((side) => largestCrop(side, model)) : least;
  throw new Problem(
    `the crop of ${height} × ${width} pixels (height × width) is larger than ${counted(small.length, 'image')}: ${first.join(', ')}${more}`,
    {
      hint:
        `Set "crop" under "input" to at most [${least.join(', ')}], or leave it out to have one chosen; ` +
        'sizes are those after "scale" under "dataset".',
      subject: { path: ['input', 'crop'], kind: 'value', suggestions: [largest, 'auto'] },
    },
  );
}
