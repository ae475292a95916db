/*
 * Colour maps whose even steps look even, as tables of 65 evenly spaced colours (#rrggbb without the #) with straight
 * lines between them, which keeps within 3 of 255 of the published ones.
 */

export type ColourMapName = 'viridis' | 'cividis' | 'coolWarm' | 'grey';

const tables: Readonly<Record<ColourMapName, string>> = {
  // van der Walt and Smith, matplotlib 2.0, 2015: dark blue, green, yellow.
  viridis:
    '44015446075a470d6047136548186a481d6f482374482878472d7b46327e453781443b844240864045883e49893d4e8a' +
    '3b528b39568c375b8d355f8d33638d31678e2f6b8e2e6f8e2c728e2a768e297a8e277e8e26828e25858e23898e228d8d' +
    '21908c20938c1f978b1e9b8a1f9f881fa28721a68524aa8327ad812cb17e31b57b37b8783ebc7445bf704dc26c55c568' +
    '5cc86365cb5e6ece5878d15382d34d8cd64695d840a0da39aadc32b5de2bc0df25cae11fd5e21adfe318eae51af4e61e' +
    'fde725',
  // Nuñez, Anderton and Renslow, "Optimizing colormaps with consideration for color vision deficiency to enable accurate
  // interpretation of scientific data", 2018: blue, grey, yellow; looks the same to red-green-blind eyes.
  cividis:
    '00204d00235300265a002961002c68002e6f00306f00336f05366e15396d1e3c6d263f6c2c426c32456b37476b3c4a6b' +
    '414d6b45506b4a536b4e566c52596c555b6d595e6d5d616e61646f646770686a716b6d726f7073727374757676797877' +
    '7c7b78807e798482798885798c8879908b79948e789891789c9477a09777a49b76a89e75aca174b0a573b4a872b9ab70' +
    'bdaf6fc1b26dc5b66ccab96acebd68d2c065d7c463dbc761e0cb5ee4cf5be9d358edd654f2da50f7de4cfbe248ffe642' +
    'ffea46',
  // Moreland, "Diverging color maps for scientific visualization", 2009: blue, light grey in the middle, red.
  coolWarm:
    '3b4cc04053c6445acc4961d24e68d7536edc5875e15d7be66282ea6788ee6c8ef17294f4779af77da0f982a5fb88abfd' +
    '8db0fe93b4ff98b9ff9ebdffa3c2ffa8c6feaec9fdb3ccfbb8d0f9bdd2f7c2d5f4c7d7f1ccd9eed0daead5dbe6d9dce1' +
    'dddddde1dbd7e5d8d1e9d6cbecd3c6eed0bff1ccb9f3c8b3f5c4adf6c0a7f7bba0f7b69af7b194f7ac8df7a687f6a081' +
    'f49a7bf39375f18d6fee8669ec7f63e9785de57057e26852de614cd95847d55042d0473dcb3e38c63333c0282fba1a2a' +
    'b40426',
  grey: '000000ffffff',
};

export const colourMapNames = Object.keys(tables) as ColourMapName[];

/** The colour map for a quantity's scale, unless another one is chosen. */
export const defaultColourMap = { sequential: 'viridis', diverging: 'coolWarm', classes: 'grey' } as const;

export type Rgb = readonly [red: number, green: number, blue: number];

const parsed = new Map<ColourMapName, readonly Rgb[]>();

/** The colour at a share of the way through a map: 0 gives its first colour, 1 its last; parts from 0 to 255, not rounded. */
export function colourAt(name: ColourMapName, share: number): Rgb {
  const colours = stops(name);
  const at = Math.min(Math.max(share, 0), 1) * (colours.length - 1);
  const below = colours[Math.floor(at)]!;
  const above = colours[Math.ceil(at)]!;
  const part = at - Math.floor(at);
  return [0, 1, 2].map((c) => below[c]! + (above[c]! - below[c]!) * part) as unknown as Rgb;
}

/** A map in `size` steps, [size, 3]: entry i is the colour of i / (size - 1). */
export function colourTable(name: ColourMapName, size = 256): Uint8ClampedArray {
  const table = new Uint8ClampedArray(size * 3);
  for (let i = 0; i < size; i++) table.set(colourAt(name, i / (size - 1)), 3 * i);
  return table;
}

function stops(name: ColourMapName): readonly Rgb[] {
  const known = parsed.get(name);
  if (known) return known;
  const colours = (tables[name].match(/.{6}/g) ?? []).map(parseHex);
  parsed.set(name, colours);
  return colours;
}

function parseHex(text: string): Rgb {
  const number = Number.parseInt(text, 16);
  return [number >> 16, (number >> 8) & 255, number & 255];
}
