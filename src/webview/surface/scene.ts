import { counted } from '../kit/format';
import type { SurfaceData, SurfaceInfo } from '../protocol/surface';
import { criticalPoints } from './critical';
import { type Field, fieldOf, pointKinds } from './field';
import type { PaneModel, ShownPath } from './paneModel';
import type { ProfileLine } from './profile';
import { digits, lowestOf, type ReadTile } from './reading';
import { bestScale, fitScale, levelsOf, type Scale } from './scales';
import { quantityOf, type SurfaceState, type Tile, tilesOf } from './state';

/** Colours of a contour map, and lines between them. */
const bandCount = 14;
const overlayCount = 9;

/** Everything that is drawn, made of the state and of what has been read. */
export interface Scene {
  readonly panes: readonly {
    readonly key: string;
    readonly model: PaneModel;
    readonly summary: string;
    readonly tile: Tile;
  }[];
  readonly read: readonly ReadTile[];
  readonly profiles: readonly ProfileLine[];
  readonly paths: readonly ShownPath[];
  readonly leftOut: number;
}

const fields = new WeakMap<Float32Array, Field>();

/** The field of a quantity; once for each array that has come. */
function fieldFor({ info, values, states }: SurfaceData, key: string): Field {
  const raw = values[key]!;
  const known = fields.get(raw);
  if (known) return known;
  const field = fieldOf(info.a.values, info.b.values, raw, states);
  fields.set(raw, field);
  return field;
}

/** @param shown the surfaces side by side, in the order of their epochs. @param others further ones that levels are shared with. */
export function sceneOf(shown: readonly SurfaceData[], others: readonly SurfaceData[], state: SurfaceState): Scene {
  const { tiles, leftOut } = tilesOf(shown, state);
  const many = shown.length > 1;
  const name = ({ quantity, data }: Tile): string =>
    many && data.info.series ? `${quantity.label}, epoch ${data.info.series.epoch}` : quantity.label;
  const found = tiles.map((tile) => ({ tile, title: name(tile), field: fieldFor(tile.data, tile.quantity.key) }));
  const pool = [...shown, ...others];
  const every = found.flatMap(({ field }) => [...field.values]);
  const scales = new Map<string, Scale | null>();
  const scaleFor = (tile: Tile, field: Field): Scale => {
    const { measure } = tile.quantity;
    const key = state.levels === 'own' ? tile.key : state.levels === 'loss' ? measure : '';
    if (!scales.has(key)) {
      const values =
        state.levels === 'own'
          ? field.values
          : state.levels === 'all'
            ? every
            : pool.flatMap((data) => {
                const quantity = quantityOf(data.info, measure, state.split);
                return quantity && data.values[quantity.key] ? [...fieldFor(data, quantity.key).values] : [];
              });
      scales.set(key, chosenScale(values, state));
    }
    return scales.get(key) ?? fitScale('linear', [0, 1])!;
  };
  const paths = shown[0] ? placedPaths(shown[0]) : [];
  const read = found.map((one): ReadTile => ({
    ...one,
    critical: criticalPoints(one.field, scaleFor(one.tile, one.field).place),
  }));
  const panes = read.map(({ tile, title, field, critical }) => {
    const scale = scaleFor(tile, field);
    const model: PaneModel = {
      title,
      field,
      scale,
      levels: levelsOf(scale, bandCount),
      view: state.view === 'heatmap' ? 'heatmap' : 'contour',
      lines: state.lines,
      overlay: overlayOf(tile, state),
      critical: state.critical ? critical.filter(({ kind }) => kind !== 'maximum') : [],
      dots: state.dots,
      paths: state.paths ? placedPaths(tile.data) : [],
      a: tile.data.info.a.name,
      b: tile.data.info.b.name,
    };
    return { key: tile.key, model, tile, summary: summaryOf(model) };
  });
  const profiles = read.map(({ tile, title, field }, index): ProfileLine => {
    const { error } = tile.quantity;
    const errors = error === null ? null : (tile.data.values[error] ?? null);
    return { name: title, field, scale: panes[index]!.model.scale, errors };
  });
  return { panes, read, profiles, paths, leftOut };
}

const chosenScale = (values: ArrayLike<number> & Iterable<number>, { scale, keep }: SurfaceState): Scale | null =>
  fitScale(scale === 'auto' ? bestScale(values) : scale, values, keep);

const placedPaths = ({ paths }: SurfaceData): ShownPath[] => paths.map((path, place) => ({ ...path, place }));

function overlayOf(tile: Tile, state: SurfaceState): PaneModel['overlay'] {
  if (state.overlay === null) return null;
  const quantity = quantityOf(tile.data.info, state.overlay, state.split);
  if (!quantity || quantity.key === tile.quantity.key || !tile.data.values[quantity.key]) return null;
  const field = fieldFor(tile.data, quantity.key);
  const scale = chosenScale(field.values, state);
  return scale && { name: quantity.label, field, levels: levelsOf(scale, overlayCount) };
}

/** A picture in a sentence, for those who cannot see it. */
function summaryOf({ title, field, critical, scale }: PaneModel): string {
  const lowest = lowestOf(field);
  const infinite = field.kinds.filter((kind) => kind === pointKinds.infinite).length;
  const minima = critical.filter(({ kind }) => kind === 'minimum').length;
  const parts = [
    `${title}: from ${digits(scale.range[0])} to ${digits(scale.range[1])}.`,
    lowest ? `Lowest at a = ${digits(lowest.a)}, b = ${digits(lowest.b)}.` : 'Nothing has been sampled yet.',
    `${minima === 1 ? '1 minimum' : `${minima} minima`} and ${counted(critical.filter(({ kind }) => kind === 'saddle').length, 'saddle')} inside.`,
  ];
  if (infinite > 0) parts.push(`${counted(infinite, 'point')} without a finite value.`);
  return `${parts.join(' ')} The values are in the table below.`;
}

/** What must be said about what is shown. */
export function noticesOf({ panes, leftOut, paths }: Scene, info: SurfaceInfo, state: SurfaceState): string[] {
  const notices: string[] = [];
  const infinite = Math.max(0, ...panes.map(({ model }) => model.field.kinds.filter((kind) => kind === 4).length));
  const estimated = panes.some(({ model }) => model.field.kinds.some((kind) => kind === 3));
  if (info.done === 0) notices.push('No point has been sampled yet: the picture appears with the first ones.');
  else if (estimated)
    notices.push('Struck through: not sampled yet, estimated on lines between the nearest points that are.');
  if (infinite > 0)
    notices.push(`Crossed out: ${counted(infinite, 'point')} where a value is infinite or not a number.`);
  if (info.bound !== null) notices.push(`Interpolated where smooth: ${info.bound}`);
  if (leftOut > 0) notices.push(`${leftOut} more pictures would follow. Take away a loss to see them.`);
  if (state.paths && info.kind === 'plane') {
    const distances = paths.flatMap(({ points }) => points.map(({ distance }) => distance));
    if (distances.length > 0)
      notices.push(
        `${state.view === '3d' ? 'Networks of trajectories stand at their own loss, with a stem to that of the plane' : 'Trajectories are seen from above'}: ` +
          `they lie ${digits(Math.min(...distances))} to ${digits(Math.max(...distances))} off the plane (in the length of weights). ` +
          `The farther, the smaller and fainter${state.view === '3d' ? '.' : '; what they lose themselves is in the tip.'}`,
      );
  }
  return notices;
}
