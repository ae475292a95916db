import { element } from '../kit/dom';
import type { Theme } from '../kit/theme';
import { quietButton } from '../kit/widgets';
import type { ExportedFile } from '../protocol/run';
import type { PaneModel } from './paneModel';
import { export3d } from './saving3d';
import type { Place, Tile } from './state';
import { hasWebGl, load3d, type Surface3d } from './view3d';

interface Shown {
  readonly key: string;
  readonly model: PaneModel;
  readonly tile: Tile;
  readonly summary: string;
}

const noSvg = 'The graphics card draws pixels, which no SVG can hold: contours and points can be saved as SVG.';

/** So many surfaces at once: each has a drawing context of the graphics card, of which a page gets few. */
const most = 4;

/** The surfaces in three dimensions. */
export class Stage3d {
  private readonly message = element('p', { class: 'notice', role: 'status' });
  private readonly grid = element('div', { class: 'panes' });
  readonly root = element('div', { hidden: true }, this.message, this.grid);
  private readonly views = new Map<
    string,
    { root: HTMLElement; heading: HTMLElement; box: HTMLElement; view: Surface3d; shown: Shown }
  >();
  private make: ((root: HTMLElement) => Surface3d) | null = null;
  private latest: (() => void) | null = null;
  private readonly able = hasWebGl();

  /** @param save takes a picture that is to be saved. */
  constructor(private readonly save: (file: Promise<ExportedFile>) => void) {}

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
    for (const one of kept) {
      const { key, model, tile, summary } = one;
      let known = this.views.get(key);
      if (!known) {
        const box = element('div', { class: 'box3d', role: 'img' });
        const heading = element('h3');
        const tools = element(
          'div',
          { class: 'tools', role: 'toolbar', 'aria-label': 'Tools of this picture' },
          element('span', { class: 'muted', title: noSvg }, 'no SVG in 3D'),
          quietButton('PNG', `Save as PNG, as it is turned now. ${noSvg}`, () => this.savePicture(key)),
        );
        const root = element(
          'figure',
          { class: 'pane' },
          element('div', { class: 'figure-head' }, heading, tools),
          box,
        );
        this.grid.append(root);
        known = { root, heading, box, view: this.make(box), shown: one };
        this.views.set(key, known);
      }
      known.shown = one;
      known.heading.textContent = model.title;
      known.box.setAttribute('aria-label', summary);
      known.view.show(model, tile.quantity.key, cursor, theme);
      known.view.resize();
    }
  }

  private savePicture(key: string): void {
    const known = this.views.get(key);
    if (!known) return;
    const { model, tile } = known.shown;
    this.save(export3d(known.view, model, tile.quantity.key, tile.data.info.provenance));
  }
}
