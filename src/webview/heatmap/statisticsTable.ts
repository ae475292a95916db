import type { RectangleStatistics, Statistics } from '../../engine/insight/maps';
import { element } from '../kit/dom';
import { valueText } from '../kit/format';

/** Statistics of the shown tiles, over a rectangle or the whole image: a row per tile and class. */
export function statisticsTable(
  tiles: readonly { readonly title: string; readonly digits: number; readonly statistics: RectangleStatistics }[],
): HTMLElement {
  const columns = ['pixels', 'mean', 'SD', 'least', 'median', 'most'];
  const row = (name: string, of: Statistics | null, digits: number) =>
    of &&
    element(
      'tr',
      {},
      element('th', { scope: 'row' }, name),
      element('td', { class: 'number' }, String(of.pixels)),
      ...[of.mean, of.standardDeviation, of.minimum, of.median, of.maximum].map((value) =>
        element('td', { class: 'number' }, valueText(value, digits)),
      ),
    );
  return element(
    'table',
    { class: 'statistics' },
    element(
      'thead',
      {},
      element(
        'tr',
        {},
        element('th', { scope: 'col' }, ''),
        ...columns.map((name) => element('th', { scope: 'col' }, name)),
      ),
    ),
    ...tiles.map(({ title, digits, statistics }) =>
      element(
        'tbody',
        {},
        tiles.length > 1 &&
          element('tr', {}, element('th', { class: 'tile-name', scope: 'rowgroup', colSpan: 7 }, title)),
        row('all', statistics.all, digits),
        row('foreground', statistics.foreground, digits),
        row('background', statistics.background, digits),
      ),
    ),
  );
}
