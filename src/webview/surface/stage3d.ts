import { element } from '../kit/dom';
import type { Theme } from '../kit/theme';
import type { PaneModel } from './paneModel';
import type { Place, Tile } from './state';
import { hasWebGl, load3d, type Surface3d } from './view3d';

interface Shown {
  readonly key: string;
  readonly model: PaneModel;
  readonly tile: Tile;
  readonly summary: string;
}

/** So many surfaces at once: each has a drawing context of the graphics card, of which a page gets few. */
const most = 4;

/** The surfaces in three dimensions. */
export class Stage3d {
  private readonly message = element('p', { class: 'notice', role: 'status' });
  private readonly grid = element('div', { class: 'panes' });
  readonly root = element('div', { hidden: true }, this.message, this.grid);
  private readonly views = new Map<
    string,
    { root: HTMLElement; heading: HTMLElement; box: HTMLElement; view: Surface3d }
  >();
  private make: ((root: HTMLElement) => Surface3d) | null = null;
  private latest: (() => void) | null = null;
  private readonly able = hasWebGl();

  show(shown: readonly Shown[], cursor: Place | null, theme: Theme): void {
    if (!this.able) {
      this.message.textContent =
        'This page has no WebGL, so surfaces cannot be drawn in three dimensions. Contours and points show the same values; ' +
        'losscape surface export --format vtk writes them for ParaView.';
      return;
    }
    if (!this.make) {
      this.message.textContent = 'Loading the view in three dimensions …';
      const first = this.latest === null;
      this.latest = () => this.show(shown, cursor, theme);
      if (first)
        load3d().then(
          (make) => {
            this.make = make;
            this.latest?.();
          },
          (error: unknown) => {
            this.latest = null;
            this.message.hidden = false;
            this.message.textContent = error instanceof Error ? error.message : String(error);
          },
        );
      return;
    }
    const left = shown.length - most;
    this.message.hidden = left <= 0;
    this.message.textContent = `Four surfaces are drawn in three dimensions; ${left} more are left out.`;
    const kept = shown.slice(0, most);
    for (const [key, { view, root }] of this.views) {
      if (kept.some((one) => one.key === key)) continue;
      view.dispose();
      root.remove();
      this.views.delete(key);
    }
    for (const { key, model, tile, summary } of kept) {
      let known = this.views.get(key);
      if (!known) {
        const box = element('div', { class: 'box3d', role: 'img' });
        const heading = element('h3');
        const root = element('figure', { class: 'pane' }, heading, box);
        this.grid.append(root);
        known = { root, heading, box, view: this.make(box) };
        this.views.set(key, known);
      }
      known.heading.textContent = model.title;
      known.box.setAttribute('aria-label', summary);
      known.view.show(model, tile.quantity.key, cursor, theme);
      known.view.resize();
    }
  }
}
