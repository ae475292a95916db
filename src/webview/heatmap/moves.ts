import { quantities } from '../../engine/insight/maps';
import type { HeatmapLoss, HeatmapRun, HeatmapTarget, SurfacePoint } from '../protocol/heatmap';
import { firstImage, listedImage, shownLosses } from './panelModel';
import { allLosses, type HeatmapState, type LayerId, mostTiles } from './state';

/** What changes when the page has learnt about its runs: what was shown before it was hidden, or a first view. */
export function arrival(state: HeatmapState, runs: readonly HeatmapRun[]): Partial<HeatmapState> {
  const folders = runs.map(({ info }) => info.folder);
  const shown = state.runs.filter((folder) => folders.includes(folder));
  const again = shown.length > 0;
  return {
    folders,
    points: pointsOf(runs),
    runs: again ? shown : folders.slice(0, mostTiles),
    // Of several runs, their confidence; of one, beside the photograph.
    layers: again || folders.length === 1 ? state.layers : ['pt'],
    image: state.image ?? firstImage(runs),
  };
}

/** Where the points are that are looked into. */
export function pointsOf(runs: readonly HeatmapRun[]): SurfacePoint[] {
  return runs.flatMap(({ point }) => point ?? []);
}

/** What changes when runs have: new ones are shown beside the others. */
export function addition(
  state: HeatmapState,
  before: readonly HeatmapRun[],
  now: readonly HeatmapRun[],
): Partial<HeatmapState> {
  const known = new Set(before.map(({ info }) => info.folder));
  const folders = now.map(({ info }) => info.folder);
  const added = folders.filter((folder) => !known.has(folder));
  return {
    folders,
    points: pointsOf(now),
    runs: [...new Set([...state.runs, ...added])].slice(0, mostTiles),
    ...(added.length > 0 ? { sideBySide: true } : {}),
  };
}

/** What changes when something else is to be looked at. */
export function journey(
  state: HeatmapState,
  runs: readonly HeatmapRun[],
  { run, epoch, image }: HeatmapTarget,
): Partial<HeatmapState> {
  const untargeted = image !== undefined && 'path' in image && image.mask === undefined;
  // Without a target there is no true class to be confident of.
  const shown = (layer: LayerId): LayerId =>
    untargeted && layer !== 'photo' && quantities[layer].needsTarget ? 'foreground' : layer;
  return {
    ...(run === undefined || state.runs.includes(run) ? {} : { runs: [...state.runs, run].slice(-mostTiles) }),
    ...(epoch === undefined ? {} : { epoch }),
    ...(image ? { image: listedImage(runs, image), cursor: null, region: null } : {}),
    layers: [...new Set(state.layers.map(shown))],
  };
}

/** What changes when a loss was typed in: it is drawn, beside the others or in their place. */
export function typing(state: HeatmapState, runs: readonly HeatmapRun[], loss: HeatmapLoss): Partial<HeatmapState> {
  const known = allLosses(runs, state.typed).some(({ key }) => key === loss.key);
  return {
    typed: known ? state.typed : [...state.typed, loss],
    losses: state.sideBySide ? [...new Set([...shownLosses(runs, state), loss.key])] : [loss.key],
  };
}
