import { element, replaceChildren } from '../kit/dom';
import type { Theme } from '../kit/theme';
import type { SurfaceInfo } from '../protocol/surface';
import { digits } from './reading';
import type { ShownPath } from './paneModel';
import type { SurfaceState } from './state';

const found =
  'fitted to nine sampled points, so it may lie between them. None are looked for at the edge of the plane.';

/** Signs from above and in three dimensions, what they are called, and when a place gets one. */
const marksMeaning = [
  [
    ['◉', 'white point:'],
    'minimum',
    `The bottom of a valley that is deeper than a fortieth of the range that is shown; ${found}`,
  ],
  [
    ['✕', 'red point:'],
    'saddle point',
    `The pass between two valleys or hills, each deeper than a fortieth of the range; ${found}`,
  ],
] as const;

/** What the marks on the surfaces mean, and which run is which. */
export class Legend {
  readonly root = element('div', { class: 'legend surface-legend' });

  /** @param overlay the quantity whose lines lie over the pictures of others, or null. */
  show(
    paths: readonly ShownPath[],
    overlay: string | null,
    state: SurfaceState,
    { kind }: SurfaceInfo,
    theme: Theme,
  ): void {
    this.root.hidden = kind === 'line';
    const three = state.view === '3d';
    const marks = state.critical ? marksMeaning : [];
    replaceChildren(
      this.root,
      ...paths.map(({ loss, run, place, points }) => {
        const swatch = element('span', { class: 'swatch-dot' });
        swatch.style.background = theme.runs[place % theme.runs.length]!;
        const distances = points.map(({ distance }) => distance);
        return element(
          'span',
          { class: 'legend-item', title: run },
          swatch,
          `${loss}: ${digits(Math.min(...distances))} to ${digits(Math.max(...distances))} off the plane`,
        );
      }),
      ...marks.map(([sign, name, title]) =>
        element('span', { class: 'legend-item', title }, `${three ? sign[1] : sign[0]} ${name}`),
      ),
      overlay !== null &&
        !three &&
        element('span', { class: 'legend-item' }, element('span', { class: 'dashes' }), `lines of equal ${overlay}`),
      paths.length > 0 && !three && element('span', { class: 'legend-item' }, '■ last checkpoint'),
    );
  }
}
