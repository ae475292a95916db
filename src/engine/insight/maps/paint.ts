import { colourTable, defaultColourMap, type ColourMapName } from './colourMaps';
import { quantities, type QuantityName } from './quantity';

/** How a quantity is turned into colours. */
export interface Paint {
  /** Ignored for classes. Without it: the usual one of the quantity's scale. */
  readonly colours?: ColourMapName;
  /** Values of the first and of the last colour; what lies beyond takes the outer ones. Ignored for classes. */
  readonly range?: readonly [number, number];
  /** Colours of the difference map: ones that colour-blind eyes can tell apart, or those of the study. Default `safe`. */
  readonly outcomes?: 'safe' | 'study';
}

type Rgba = readonly [red: number, green: number, blue: number, alpha: number];

/** Colours of the codes of `outcome`: true negative, true positive, false negative, false positive. */
export const outcomeColours: Readonly<Record<'safe' | 'study', readonly Rgba[]>> = {
  // Okabe and Ito: yellow, vermilion, sky blue.
  safe: [
    [0, 0, 0, 255],
    [240, 228, 66, 255],
    [213, 94, 0, 255],
    [86, 180, 233, 255],
  ],
  // Yellow, red, green.
  study: [
    [0, 0, 0, 255],
    [255, 255, 0, 255],
    [255, 0, 0, 255],
    [0, 255, 0, 255],
  ],
};

const maskColours: readonly Rgba[] = [
  [0, 0, 0, 255],
  [255, 255, 255, 255],
];

/**
 * A quantity in colours, one pixel per pixel.
 *
 * @param values [H,W]; values that are not a number stay transparent.
 * @returns RGBA, [H,W,4], as image data of a canvas.
 */
export function paint(
  name: QuantityName,
  values: ArrayLike<number>,
  options: Paint = {},
  out: Uint8ClampedArray = new Uint8ClampedArray(values.length * 4),
): Uint8ClampedArray {
  const { scale, range } = quantities[name];
  if (scale === 'classes') {
    const colours = name === 'outcome' ? outcomeColours[options.outcomes ?? 'safe'] : maskColours;
    for (let i = 0; i < values.length; i++) out.set(colours[values[i]!]!, 4 * i);
    return out;
  }
  const [minimum, maximum] = options.range ?? range ?? [0, 1];
  const steps = 1024;
  const table = colourTable(options.colours ?? defaultColourMap[scale], steps);
  const factor = (steps - 1) / (maximum - minimum);
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (Number.isNaN(value)) {
      out.fill(0, 4 * i, 4 * i + 4);
      continue;
    }
    const step = 3 * Math.min(steps - 1, Math.max(0, Math.round((value - minimum) * factor)));
    out[4 * i] = table[step]!;
    out[4 * i + 1] = table[step + 1]!;
    out[4 * i + 2] = table[step + 2]!;
    out[4 * i + 3] = 255;
  }
  return out;
}
