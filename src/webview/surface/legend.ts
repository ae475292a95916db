import { element, replaceChildren } from '../kit/dom';
import type { Theme } from '../kit/theme';
import type { SurfaceInfo } from '../protocol/surface';
import { digits } from './reading';
import type { ShownPath } from './paneModel';
import type { SurfaceState } from './state';

/** What the marks on the surfaces mean, and which run is which. */
export class Legend {
  readonly root = element('div', { class: 'legend surface-legend' });

  show(paths: readonly ShownPath[], state: SurfaceState, { kind }: SurfaceInfo, theme: Theme): void {
    this.root.hidden = kind === 'line';
    const marks = state.critical ? [['◉', 'minimum'] as const, ['✕', 'saddle point'] as const] : [];
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
      ...marks.map(([sign, name]) => element('span', { class: 'legend-item' }, `${sign} ${name}`)),
      paths.length > 0 && element('span', { class: 'legend-item' }, '■ last checkpoint'),
    );
  }
}
