import type { ImageReference, SurfaceData, SurfaceInfo, SurfaceQuantityInfo } from '../protocol/surface';
import { type CurvatureState, initialCurvature } from '../curvature/state';
import type { ScaleName } from './scales';

export interface Place {
  readonly a: number;
  readonly b: number;
}

/** What the panel remembers. */
export interface SurfaceState {
  /** The surface that is shown; also what brings the panel back after a reload. */
  readonly folder: string;
  /** What is shown, by `measure`; empty until something was chosen. */
  readonly measures: readonly string[];
  readonly split: 'train' | 'test';
  readonly view: 'contour' | 'heatmap' | '3d';
  /** `auto`: the one that shows most. */
  readonly scale: ScaleName | 'auto';
  /** The share of the values, from the lowest, that the colours cover. */
  readonly keep: number;
  /** Whose values the colours are fitted to: each picture's, those of one loss over all epochs, those of all pictures. */
  readonly levels: 'own' | 'loss' | 'all';
  readonly lines: boolean;
  readonly critical: boolean;
  readonly dots: boolean;
  readonly paths: boolean;
  /** Measure whose lines lie over the others, or null. */
  readonly overlay: string | null;
  /** Every epoch of a series beside the others. */
  readonly multiples: boolean;
  readonly cursor: Place | null;
  readonly image: ImageReference | null;
  readonly curvature: CurvatureState;
}

export const initialState: SurfaceState = Object.freeze({
  folder: '',
  measures: [],
  split: 'train',
  view: 'contour',
  scale: 'auto',
  keep: 1,
  levels: 'own',
  lines: true,
  critical: true,
  dots: false,
  paths: true,
  overlay: null,
  multiples: false,
  cursor: null,
  image: null,
  curvature: initialCurvature,
});

/** So many pictures at most. */
export const mostTiles = 30;

/** One picture: a quantity of a surface. */
export interface Tile {
  readonly key: string;
  readonly data: SurfaceData;
  readonly quantity: SurfaceQuantityInfo;
}

/** A quantity of one split; of the other where this one was not measured. */
export function quantityOf(
  info: SurfaceInfo,
  measure: string,
  split: 'train' | 'test',
): SurfaceQuantityInfo | undefined {
  const found = info.quantities.filter((quantity) => quantity.measure === measure);
  return found.find((quantity) => quantity.split === split) ?? found[0];
}

/** What can be chosen, each measure once: losses first. */
export function measuresOf(info: SurfaceInfo): SurfaceQuantityInfo[] {
  const found = new Map<string, SurfaceQuantityInfo>();
  for (const quantity of info.quantities) if (!found.has(quantity.measure)) found.set(quantity.measure, quantity);
  const all = [...found.values()];
  return [...all.filter(({ kind }) => kind === 'loss'), ...all.filter(({ kind }) => kind !== 'loss')];
}

/** The measures that are shown: the chosen ones that this surface has, else its reported losses. */
export function shownMeasures(info: SurfaceInfo, { measures }: SurfaceState): string[] {
  const known = measuresOf(info);
  const chosen = measures.filter((measure) => known.some((one) => one.measure === measure));
  if (chosen.length > 0) return chosen;
  const losses = known.filter(({ kind, variant }) => kind === 'loss' && variant !== 'effective');
  return losses.slice(0, 4).map(({ measure }) => measure);
}

/** Keys of all values that a state needs of a surface: what is shown, its standard errors and the overlay. */
export function neededKeys(info: SurfaceInfo, state: SurfaceState): string[] {
  const measures = [...shownMeasures(info, state), ...(state.overlay === null ? [] : [state.overlay])];
  const quantities = measures.flatMap((measure) => quantityOf(info, measure, state.split) ?? []);
  return [...new Set(quantities.flatMap(({ key, error }) => (error === null ? [key] : [key, error])))];
}

/** The surfaces along the same directions around other epochs, by epoch; this one alone where there are none. */
export function seriesOf(surfaces: readonly SurfaceInfo[], info: SurfaceInfo): SurfaceInfo[] {
  const { series } = info;
  if (series === null) return [info];
  const others = surfaces.filter(({ folder, series: own }) => own?.id === series.id && folder !== info.folder);
  return [...others, info].sort((first, second) => first.series!.epoch - second.series!.epoch);
}

/** The pictures of a state: every measure of every surface, epochs side by side below each other. */
export function tilesOf(shown: readonly SurfaceData[], state: SurfaceState): { tiles: Tile[]; leftOut: number } {
  const [first] = shown;
  if (!first) return { tiles: [], leftOut: 0 };
  const tiles = shownMeasures(first.info, state).flatMap((measure) =>
    shown.flatMap((data): Tile[] => {
      const quantity = quantityOf(data.info, measure, state.split);
      if (!quantity || !data.values[quantity.key]) return [];
      return [{ key: JSON.stringify([data.info.folder, quantity.key]), data, quantity }];
    }),
  );
  return { tiles: tiles.slice(0, mostTiles), leftOut: Math.max(0, tiles.length - mostTiles) };
}
