import { legible, mix, over, parseColour } from './colour';

/** Everything that drawings take from the editor's colour theme, as opaque colours. */
export interface Theme {
  readonly highContrast: boolean;
  readonly background: string;
  readonly ink: string;
  readonly muted: string;
  readonly hairline: string;
  readonly font: string;
  readonly train: string;
  readonly test: string;
  /** Colours of runs; when they are used up, dashes tell runs apart. */
  readonly runs: readonly string[];
  /** Ends of the scale from the first layer of a network to its last. */
  readonly layers: readonly [first: string, last: string];
}

/** How a line looks, whatever the theme. */
export interface Look {
  /** A split, the place of a run, or the place of a layer between first (0) and last (1). */
  readonly colour: 'train' | 'test' | { readonly run: number } | { readonly layer: number };
  /** Thin lines are secondary: train beside test. */
  readonly thin?: boolean;
  /** Which dash and marker it takes where colours are not enough. */
  readonly variant: number;
}

export type Dash = 'solid' | number[];

const dashes: readonly Dash[] = ['solid', [7, 4], [2, 3], [10, 3, 2, 3], [14, 4], [5, 2, 2, 2, 2, 2]];
const markers = ['circle', 'rect', 'triangle', 'diamond', 'emptyCircle', 'emptyRect'] as const;

/** The theme in CSS variables. Missing ones are made from those that every theme has. */
export function themeFrom(variable: (name: string) => string, highContrast: boolean): Theme {
  const first = (...names: string[]): string | undefined =>
    names.map((name) => variable(`--vscode-${name}`).trim()).find((value) => parseColour(value) !== null);
  const background = over(first('editor-background') ?? '#ffffff', '#ffffff');
  const ink = over(first('editor-foreground', 'foreground') ?? '#1f1f1f', background);
  const muted = over(first('descriptionForeground') ?? mix(ink, background, 0.35), background);
  const border = first('charts-lines', 'widget-border', 'panel-border');
  const hairline = highContrast ? mix(ink, background, 0.45) : mix(ink, background, 0.84);
  const drawn = (...names: string[]): string => legible(over(first(...names) ?? ink, background), background, ink, 3);
  const colours = {
    blue: drawn('charts-blue', 'terminal-ansiBlue'),
    orange: drawn('charts-orange', 'terminal-ansiYellow'),
    green: drawn('charts-green', 'terminal-ansiGreen'),
    red: drawn('charts-red', 'terminal-ansiRed'),
    purple: drawn('charts-purple', 'terminal-ansiMagenta'),
    cyan: drawn('terminal-ansiCyan', 'charts-blue'),
  };
  return {
    highContrast,
    background,
    ink,
    muted: highContrast ? ink : legible(muted, background, ink, 4.5),
    hairline: border === undefined ? hairline : mix(hairline, over(border, background), 0.15),
    font: variable('--vscode-font-family').trim() || 'sans-serif',
    train: colours.blue,
    test: colours.red,
    runs: [colours.blue, colours.orange, colours.green, colours.red, colours.purple, colours.cyan],
    layers: [colours.purple, legible(mix(colours.orange, background, 0.15), background, ink, 2)],
  };
}

/** What files are drawn in: dark on white, for paper, whatever the editor looks like. */
export const paperTheme: Theme = {
  highContrast: false,
  background: '#ffffff',
  ink: '#1c2733',
  muted: '#5b6875',
  hairline: '#d7dde3',
  font: "Arial, Helvetica, 'Liberation Sans', sans-serif",
  train: '#1f6fb4',
  test: '#c8322d',
  runs: ['#0072b2', '#d98200', '#00805f', '#c8322d', '#7b4fa6', '#0e8a99'],
  layers: ['#482475', '#d8a200'],
};

export function lookColour(theme: Theme, { colour }: Look): string {
  if (colour === 'train' || colour === 'test') return theme[colour];
  if ('run' in colour) return theme.runs[colour.run % theme.runs.length]!;
  return mix(theme.layers[0], theme.layers[1], colour.layer);
}

/** Solid as long as colours suffice; in high contrast every line has a dash of its own. */
export function lookDash(theme: Theme, { colour, variant }: Look): Dash {
  if (theme.highContrast) return dashes[variant % dashes.length]!;
  const round = typeof colour === 'object' && 'run' in colour ? Math.floor(colour.run / theme.runs.length) : 0;
  return dashes[round % dashes.length]!;
}

/** Markers stand on lines only where colour must not be the only difference. */
export function lookMarker(theme: Theme, { variant }: Look): string | null {
  return theme.highContrast ? markers[variant % markers.length]! : null;
}
