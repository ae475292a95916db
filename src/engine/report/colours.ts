import { colourAt, type Rgb } from '../insight/maps/colourMaps';

export type { Rgb };

/** A colour map: 0 gives its first colour, 1 its last. */
export type ColourMap = (share: number) => Rgb;

/** matplotlib's viridis: even steps look even, also in grey and to colour-blind eyes. */
export const viridis: ColourMap = (share) => colourAt('viridis', share);

/** ColorBrewer's RdBu: red below the middle, blue above, pale where it is undecided. */
export const redBlue = colourMap(
  '67001f b2182b d6604d f4a582 fddbc7 f7f7f7 d1e5f0 92c5de 4393c3 2166ac 053061'.split(' '),
);

/** Colours of the difference map that colour-blind eyes can tell apart (Okabe and Ito). */
export const difference = { truePositive: '#F0E442', falseNegative: '#D55E00', falsePositive: '#56B4E9' } as const;

/**
 * Colours that differ between a light and a dark page. Figures name them as CSS variables, so that one drawing serves
 * both; for a PNG they are replaced by the light values.
 */
const themed = {
  ink: ['#1c2733', '#e6ebf0'],
  muted: ['#5b6875', '#9aa7b4'],
  line: ['#d7dde3', '#3a4551'],
  card: ['#ffffff', '#161c23'],
  train: ['#1f6fb4', '#6bb3f0'],
  test: ['#c8322d', '#ff7f76'],
  run0: ['#0072b2', '#56a9e0'],
  run1: ['#d98200', '#f0b048'],
  run2: ['#00805f', '#33c79d'],
  run3: ['#b0457f', '#e58fbf'],
  run4: ['#c44e00', '#f5884a'],
  run5: ['#4b4fa6', '#9a9df0'],
} as const;

export type ThemeColour = keyof typeof themed;

/** A theme colour as figures and styles write it: `var(--ink)`. */
export function themeColour(name: ThemeColour): string {
  return `var(--${name})`;
}

/** Colour of the n-th run in overlays; six of them, then from the start again. */
export function runColour(index: number): string {
  return themeColour(`run${index % 6}` as ThemeColour);
}

/** The CSS declarations of all theme colours for one of the two kinds of page. */
export function themeDeclarations(kind: 'light' | 'dark'): string {
  const column = kind === 'light' ? 0 : 1;
  return Object.entries(themed)
    .map(([name, values]) => `--${name}: ${values[column]};`)
    .join(' ');
}

/** An SVG whose CSS variables are replaced by the light colours, for programs that know no CSS variables. */
export function withLightColours(svg: string): string {
  return svg.replace(/var\(--(\w+)\)/g, (whole, name: string) => themed[name as ThemeColour]?.[0] ?? whole);
}

export function hex([red, green, blue]: Rgb): string {
  return `#${[red, green, blue].map((part) => Math.round(part).toString(16).padStart(2, '0')).join('')}`;
}

/** Red, green and blue of `#rrggbb`. */
export function rgb(colour: string): Rgb {
  const number = Number.parseInt(colour.replace('#', ''), 16);
  return [number >> 16, (number >> 8) & 255, number & 255];
}

function colourMap(stops: string[]): ColourMap {
  const colours = stops.map(rgb);
  return (share) => {
    const at = Math.min(Math.max(share, 0), 1) * (colours.length - 1);
    const below = colours[Math.floor(at)]!;
    const above = colours[Math.ceil(at)]!;
    const part = at - Math.floor(at);
    return [0, 1, 2].map((index) => below[index]! + (above[index]! - below[index]!) * part) as unknown as Rgb;
  };
}
