import { Problem } from '../../../runs/problem';
import { collect } from '../../data/collect';
import { decodePixels, readHeader, sizesDiffer } from '../../data/decode';
import { listed } from '../../data/listing';
import type { ImagePair } from '../../data/pairs';

/** What a data set's files say, before anybody has said how they are to be read. */
export interface Survey {
  /** [height, width] of the least and of the largest side, over all images. */
  readonly least: readonly [number, number];
  readonly most: readonly [number, number];
  readonly bits: 8 | 16;
  /** Grey also when stored in colour with three equal channels. */
  readonly colour: boolean;
  readonly storedInColour: boolean;
  /** See `DatasetConfig`. */
  readonly maskThreshold: number;
  /** Values found in the masks on the scale 0..255, ascending, each with its share of all pixels. */
  readonly values: readonly { value: number; share: number }[];
  /** Whether the masks' edges are grey rather than black and white. */
  readonly greyEdges: boolean;
  /** Foreground of each pair, above the threshold. */
  readonly foreground: readonly { name: string; pixels: number; share: number }[];
}

interface MaskValues {
  /** Number of pixels by value, 0..255; values of 16-bit masks are rounded up to that scale. */
  readonly counts: Float64Array;
  readonly pixels: number;
  readonly largest: number;
}

/** More values than these are no classes. */
const mostClasses = 16;

/** Masks with no value above this hold the numbers of classes. */
const largestClass = 20;

/**
 * Looks at every header and every mask, and at the colours of some images.
 * @throws Problem for files that cannot be read, sizes that differ within a pair, and masks that mean nothing.
 */
export async function survey(pairs: readonly ImagePair[]): Promise<Survey> {
  const headers = await collect(pairs, async (pair) => {
    const [image, mask] = await Promise.all([readHeader(pair.image), readHeader(pair.mask)]);
    if (image.height !== mask.height || image.width !== mask.width)
      throw sizesDiffer(pair, [image.height, image.width], mask);
    return image;
  });
  const masks = await collect(pairs, ({ mask }) => maskValues(mask));
  const total = new Float64Array(256);
  let pixels = 0;
  for (const mask of masks) {
    mask.counts.forEach((count, value) => (total[value]! += count));
    pixels += mask.pixels;
  }
  const values = [...total].flatMap((count, value) => (count > 0 ? [{ value, share: count / pixels }] : []));
  const greyEdges = values.length > mostClasses;
  const maskThreshold = thresholdFor(pairs, masks, greyEdges);
  const storedInColour = headers.some(({ channels }) => channels !== 1);
  const [heights, widths] = [headers.map(({ height }) => height), headers.map(({ width }) => width)];
  return {
    least: [Math.min(...heights), Math.min(...widths)],
    most: [Math.max(...heights), Math.max(...widths)],
    bits: headers.some(({ bits }) => bits === 16) ? 16 : 8,
    colour: storedInColour && (await anyColourful(pairs)),
    storedInColour,
    maskThreshold,
    values,
    greyEdges,
    foreground: masks.map(({ counts, pixels }, i) => {
      const above = counts.reduce((sum, count, value) => (value > maskThreshold ? sum + count : sum), 0);
      return { name: pairs[i]!.name, pixels: above, share: above / pixels };
    }),
  };
}

/** As `decodeMask` sees a mask: a pixel's value is that of its largest channel. */
async function maskValues(file: string): Promise<MaskValues> {
  const { height, width, channels, pixels, maximum } = await decodePixels(file, 1);
  const counts = new Float64Array(256);
  const unit = maximum / 255;
  let largest = 0;
  for (let at = 0; at < pixels.length; at += channels) {
    let value = 0;
    for (let c = 0; c < channels; c++) value = Math.max(value, pixels[at + c]!);
    const scaled = Math.ceil(value / unit);
    counts[scaled]!++;
    if (scaled > largest) largest = scaled;
  }
  return { counts, pixels: height * width, largest };
}

/** Where to draw the line between background and foreground. */
function thresholdFor(pairs: readonly ImagePair[], masks: readonly MaskValues[], greyEdges: boolean): number {
  const names = (of: (mask: MaskValues) => boolean): string[] =>
    pairs.filter((_, i) => of(masks[i]!)).map(({ name }) => name);
  const black = names(({ largest }) => largest === 0);
  if (black.length > 0) {
    throw new Problem(
      `${black.length === 1 ? 'a mask is' : `${black.length} masks are`} black all over: ${listed(black)}`,
      {
        hint: 'Remove these pairs, or put the right masks in their place: there is no foreground to learn from.',
      },
    );
  }
  const small = names(({ largest }) => largest <= largestClass);
  if (small.length === masks.length) return 0;
  if (small.length > 0) {
    throw new Problem(
      `the masks do not agree: ${small.length} of ${masks.length} hold class numbers up to ${largestClass} only ` +
        `(${listed(small, 3)}), the others values up to 255`,
      { hint: 'Save all of them in the same way, as 0 and 255 for example.' },
    );
  }
  if (!greyEdges) return largestClass;
  // Edges that were smoothed or saved as JPEG: half-way, unless some masks do not reach that far.
  return masks.every(({ largest }) => largest > 127) ? 127 : largestClass;
}

/** Whether some of the images have pixels whose channels differ. Looks at up to eight, evenly spread, made small. */
async function anyColourful(pairs: readonly ImagePair[]): Promise<boolean> {
  const step = Math.max(1, Math.floor(pairs.length / 8));
  for (let i = 0; i < pairs.length; i += step) {
    const file = pairs[i]!.image;
    const { height, width } = await readHeader(file);
    const { pixels, channels, maximum } = await decodePixels(file, Math.min(1, 256 / Math.max(height, width)));
    if (channels < 3) continue;
    const slight = maximum / 64; // JPEG blurs colours: what is grey to the eye differs by a few steps
    for (let at = 0; at < pixels.length; at += channels) {
      const [r, g, b] = [pixels[at]!, pixels[at + 1]!, pixels[at + 2]!];
      if (Math.abs(r - g) > slight || Math.abs(g - b) > slight) return true;
    }
  }
  return false;
}
