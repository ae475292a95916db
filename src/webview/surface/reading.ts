import { element, replaceChildren } from '../kit/dom';
import type { CriticalPoint } from './critical';
import { digits } from '../kit/digits';
import { type Field, nearestPoint, pointKinds, valueAt } from './field';
import type { ShownPath } from './paneModel';
import type { Place, Tile } from './state';

export { digits };

const kindWords = ['not sampled yet', 'measured', 'interpolated', 'not sampled yet: estimated', 'no finite value'];

/** A tile with its field. */
export interface ReadTile {
  readonly tile: Tile;
  readonly title: string;
  readonly field: Field;
  readonly critical: readonly CriticalPoint[];
}

/** What is known at a place, in a few lines: for the tip beside the pointer. */
export function tipLines({ tile, title, field }: ReadTile, place: Place, path: NearCheckpoint | null): string[] {
  const { column, row } = nearestPoint(field, place.a, place.b);
  const index = row * field.a.length + column;
  const here = valueAt(field, place.a, place.b);
  const lines = [
    `${title} ${digits(here)}`,
    `a = ${digits(place.a)}, b = ${digits(place.b)}`,
    `nearest point: ${digits(tile.data.values[tile.quantity.key]?.[index])} (${kindWords[field.kinds[index]!]})`,
  ];
  if (path) lines.push(...checkpointLines(path, tile.quantity.key));
  return lines;
}

/** A checkpoint under the pointer. */
export interface NearCheckpoint {
  readonly path: ShownPath;
  readonly point: ShownPath['points'][number];
}

/** The network's own loss beside that of the plane: the two are not the same, as the network lies off the plane. */
export function checkpointLines({ path, point }: NearCheckpoint, key: string): string[] {
  return [
    `${path.loss}, epoch ${point.epoch}: ${digits(point.distance)} off the plane`,
    `its own value ${digits(point.own?.[key])}, the plane’s below it ${digits(point.plane?.[key])}`,
  ];
}

/** The checkpoint nearest to a place within a reach of the plane's extent; null when there is none. */
export function checkpointAt(
  paths: readonly ShownPath[],
  field: Field,
  place: Place,
  reach: number,
): NearCheckpoint | null {
  const width = field.a.at(-1)! - field.a[0]!;
  const height = field.b.at(-1)! - field.b[0]! || 1;
  let best: NearCheckpoint | null = null;
  let least = reach;
  for (const path of paths) {
    for (const point of path.points) {
      const off = Math.hypot((point.a - place.a) / width, (point.b - place.b) / height);
      if (off >= least) continue;
      least = off;
      best = { path, point };
    }
  }
  return best;
}

/** The table beside the pictures: each at the cursor, and where it is lowest. It is also what a screen reader reads. */
export class Reading {
  readonly root = element('section', { class: 'reading', 'aria-label': 'Values' });

  show(tiles: readonly ReadTile[], cursor: Place | null): void {
    const at = cursor ? `a = ${digits(cursor.a)}, b = ${digits(cursor.b)}` : 'no cursor';
    const heads = ['', `at the cursor (${at})`, '± standard error', 'nearest point', 'minimum', 'where', 'saddles'];
    replaceChildren(
      this.root,
      element('h2', {}, 'Values'),
      element(
        'div',
        { class: 'scroll' },
        element(
          'table',
          { class: 'numbers data' },
          element('thead', {}, element('tr', {}, ...heads.map((head) => element('th', { scope: 'col' }, head)))),
          element('tbody', {}, ...tiles.map((tile) => this.row(tile, cursor))),
        ),
      ),
    );
  }

  private row({ tile, title, field, critical }: ReadTile, cursor: Place | null): HTMLElement {
    const { data, quantity } = tile;
    const known = data.info.minima[quantity.key];
    const lowest = lowestOf(field);
    const near = cursor ? nearestPoint(field, cursor.a, cursor.b) : null;
    const index = near ? near.row * field.a.length + near.column : -1;
    const error = quantity.error === null || index < 0 ? undefined : data.values[quantity.error]?.[index];
    const place = known ?? lowest;
    const cells = [
      // Where nothing is sampled nearby, the value is read off lines between far points.
      cursor
        ? `${field.kinds[index] === pointKinds.estimated ? '≈ ' : ''}${digits(valueAt(field, cursor.a, cursor.b))}`
        : '–',
      digits(error),
      index < 0 ? '–' : `${digits(data.values[quantity.key]?.[index])} (${kindWords[field.kinds[index]!]})`,
      digits(place?.value),
      place ? `a = ${digits(place.a)}, b = ${digits(place.b)}${place.onEdge ? ', on the edge' : ''}` : '–',
      String(critical.filter(({ kind }) => kind === 'saddle').length),
    ];
    return element('tr', {}, element('th', { scope: 'row' }, title), ...cells.map((cell) => element('td', {}, cell)));
  }
}

/** The lowest sampled point. */
export function lowestOf(field: Field): { value: number; a: number; b: number; onEdge: boolean } | null {
  let best = -1;
  field.values.forEach((value, index) => {
    const kind = field.kinds[index];
    if (kind !== pointKinds.measured && kind !== pointKinds.interpolated) return;
    if (best < 0 || value < field.values[best]!) best = index;
  });
  if (best < 0) return null;
  const [column, row] = [best % field.a.length, Math.floor(best / field.a.length)];
  const onEdge =
    column === 0 || column === field.a.length - 1 || (field.b.length > 1 && (row === 0 || row === field.b.length - 1));
  return { value: field.values[best]!, a: field.a[column]!, b: field.b[row]!, onEdge };
}
