import { quantities, type QuantityName } from '../../engine/insight/maps';
import type { HeatmapLoss, HeatmapNetwork, HeatmapRun, ImageReference, SurfacePoint } from '../protocol/heatmap';
import type { Place, View } from './viewport';
import { wholeView } from './viewport';

/** What can be shown of an image and a run. */
export type LayerId = 'photo' | QuantityName;

export type RangeMode = 'fixed' | 'shared' | 'automatic';
export type BudgetBy = 'class' | 'boundary' | 'outcome' | 'confidence';

/** What the heatmap panel remembers while it is hidden and over reloads. `folders` is what the host brings it back by. */
export interface HeatmapState {
  readonly folders: readonly string[];
  /** Where the points are, of those of `folders` that are surfaces. */
  readonly points: readonly SurfacePoint[];
  readonly image: ImageReference | null;
  /** Null: the newest, whichever that is by now. */
  readonly epoch: number | null;
  /** Shown runs, layers and losses (by key): every combination is a tile, up to `mostTiles`. */
  readonly runs: readonly string[];
  readonly layers: readonly LayerId[];
  readonly losses: readonly string[];
  /** Losses that were typed in. */
  readonly typed: readonly HeatmapLoss[];
  /** Whether choosing one more adds it beside the others, or replaces them. */
  readonly sideBySide: boolean;
  readonly range: RangeMode;
  /** Ends of the fixed ranges, by layer; those of layers without an entry are natural. */
  readonly fixed: Readonly<Partial<Record<LayerId, readonly [number, number]>>>;
  /** Name of the sequential colour map. */
  readonly colours: string;
  readonly studyColours: boolean;
  readonly opacity: number;
  readonly contours: { readonly target: boolean; readonly prediction: boolean };
  readonly view: View;
  readonly cursor: Place | null;
  readonly region: readonly [Place, Place] | null;
  readonly budget: { readonly open: boolean; readonly by: BudgetBy; readonly band: number };
}

export const mostTiles = 6;

export const initialState: HeatmapState = Object.freeze({
  folders: [],
  points: [],
  image: null,
  epoch: null,
  runs: [],
  layers: ['photo', 'pt'],
  losses: [],
  typed: [],
  sideBySide: true,
  range: 'fixed',
  fixed: {},
  colours: 'viridis',
  studyColours: false,
  opacity: 1,
  contours: { target: true, prediction: false },
  view: wholeView,
  cursor: null,
  region: null,
  budget: { open: false, by: 'class', band: 3 },
} as const);

/** Whether a layer is drawn under a loss. */
export function needsLoss(layer: LayerId): boolean {
  return layer !== 'photo' && quantities[layer].needsLoss;
}

/** Layers that are the same for every run of the same data. */
export const ofImage: ReadonlySet<LayerId> = new Set(['photo', 'target', 'edgeDistance']);

/** One map: a layer of a run, under a loss where the layer needs one. */
export interface Tile {
  readonly key: string;
  readonly run: HeatmapRun;
  readonly layer: LayerId;
  readonly loss: HeatmapLoss | null;
}

/** All losses that can be looked at: those of the runs' experiments and those typed in, each once. */
export function allLosses(runs: readonly HeatmapRun[], typed: readonly HeatmapLoss[]): HeatmapLoss[] {
  const found = new Map<string, HeatmapLoss>();
  for (const loss of [...runs.flatMap((run) => run.losses), ...typed]) {
    if (!found.has(loss.key)) found.set(loss.key, loss);
  }
  return [...found.values()];
}

/**
 * The tiles of a state: every layer of every run under every loss, in the order in which they were chosen. A photograph is
 * shown once however many runs there are.
 *
 * @returns the first `mostTiles`, and how many were left out.
 */
export function tilesOf(state: HeatmapState, runs: readonly HeatmapRun[]): { tiles: Tile[]; leftOut: number } {
  const shown = state.runs.flatMap((folder) => runs.find(({ info }) => info.folder === folder) ?? []);
  const known = allLosses(runs, state.typed);
  const losses = state.losses.flatMap((key) => known.find((loss) => loss.key === key) ?? []);
  const tiles: Tile[] = [];
  for (const layer of state.layers) {
    for (const run of ofImage.has(layer) ? shown.slice(0, 1) : shown) {
      const under = needsLoss(layer) ? lossesFor(run, losses, known) : [null];
      for (const loss of under) {
        tiles.push({ key: JSON.stringify([run.info.folder, layer, loss?.key ?? null]), run, layer, loss });
      }
    }
  }
  return { tiles: tiles.slice(0, mostTiles), leftOut: Math.max(0, tiles.length - mostTiles) };
}

/** The chosen losses; without any, the one that the run was trained with. */
function lossesFor(run: HeatmapRun, chosen: readonly HeatmapLoss[], known: readonly HeatmapLoss[]): HeatmapLoss[] {
  if (chosen.length > 0) return [...chosen];
  const own = known.find(({ key }) => key === run.trainedWith);
  return own ? [own] : [];
}

/** The choice after one more was picked: beside the others (or taken away again), or in their place. Never empty. */
export function chosen<Item>(now: readonly Item[], item: Item, beside: boolean): Item[] {
  if (!beside) return [item];
  if (!now.includes(item)) return [...now, item];
  return now.length > 1 ? now.filter((other) => other !== item) : [...now];
}

/** All epochs that the shown runs have weights of, ascending. */
export function epochsOf(runs: readonly HeatmapRun[]): number[] {
  return [...new Set(runs.flatMap((run) => run.epochs))].sort((a, b) => a - b);
}

/** The epoch of a list that is nearest to one, the earlier of two; null when there is none. */
export function nearestEpoch(epochs: readonly number[], epoch: number): number | null {
  let best: number | null = null;
  for (const one of epochs) if (best === null || Math.abs(one - epoch) < Math.abs(best - epoch)) best = one;
  return best;
}

/** Which network of a run is shown at an epoch: that of the nearest epoch that it has weights of, or that at its point. */
export function networkAt(run: HeatmapRun, epoch: number | null): HeatmapNetwork | null {
  if (run.point) return { a: run.point.a, b: run.point.b };
  const near = epoch === null ? null : nearestEpoch(run.epochs, epoch);
  return near === null ? null : { epoch: near };
}

/** At most `most` epochs out of a list, evenly spread, first and last among them. */
export function spreadOut(epochs: readonly number[], most: number): number[] {
  if (epochs.length <= most) return [...epochs];
  return Array.from({ length: most }, (_, index) => epochs[Math.round((index * (epochs.length - 1)) / (most - 1))]!);
}

/** The name of an image as it is shown. */
export function imageName(image: ImageReference): string {
  return 'name' in image ? image.name : (image.path.split(/[\\/]/).at(-1) ?? image.path);
}
