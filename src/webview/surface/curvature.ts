import { CurvatureSection } from '../curvature/section';
import type { CurvatureState } from '../curvature/state';
import { axesWords } from '../curvature/words';
import { element, replaceChildren } from '../kit/dom';
import type { Theme } from '../kit/theme';
import type { CurvatureFound } from '../protocol/curvature';
import type { MessageHandler } from '../protocol/messageHandler';
import type { SurfaceInfo, SurfaceToHost, SurfaceToPanel } from '../protocol/surface';
import { CentreCard } from './centreCard';
import { ReadOff } from './readOff';
import type { ReadTile } from './reading';
import './curvature.css';

/** Curvature beside and below a surface: of its runs, of the network in its middle, and as it is read off the surface itself. */
export class SurfaceCurvature {
  /** The numbers of the network in the middle of the surface, to stand beside it. */
  readonly card: CentreCard;
  private readonly section: CurvatureSection;
  private readonly axes = element('div');
  private readonly readOff = new ReadOff();
  private shown: { readonly info: SurfaceInfo; readonly trusted: boolean } | null = null;
  private found: CurvatureFound | null = null;
  private drawn = '';

  /** @param remember keeps what was chosen. */
  constructor(
    host: MessageHandler<SurfaceToHost, SurfaceToPanel>,
    theme: Theme,
    state: CurvatureState,
    remember: (state: CurvatureState) => void,
  ) {
    this.section = new CurvatureSection(
      host,
      theme,
      {
        heading: 'h2',
        above: this.axes,
        below: this.readOff.root,
        remember,
        found: (found) => {
          this.found = found;
          this.drawCard();
        },
      },
      state,
    );
    this.card = new CentreCard(
      () => this.section.ask(),
      () => this.section.root.scrollIntoView({ behavior: 'smooth' }),
    );
  }

  get root(): HTMLElement {
    return this.section.root;
  }

  /** @param runs names of runs in the order of their colours on the surface. @param trusted whether anything can be measured. */
  show(info: SurfaceInfo, tiles: readonly ReadTile[], runs: readonly string[], trusted: boolean): void {
    this.shown = { info, trusted };
    const words = info.curvatureAxes === null ? [] : axesWords(info.curvatureAxes);
    replaceChildren(this.axes, words.length > 0 && element('p', { class: 'axes-words' }, words.join(' ')));
    this.readOff.show(info, tiles);
    this.section.show({ folders: info.runFolders, runs }, trusted);
    // The surface itself is drawn five times a second while it grows.
    if (JSON.stringify([info.centre, trusted]) !== this.drawn) this.drawCard();
  }

  receive(found: CurvatureFound): void {
    this.section.receive(found);
  }

  setTheme(theme: Theme): void {
    this.section.setTheme(theme);
  }

  private drawCard(): void {
    if (!this.shown || !this.found) return;
    const { info, trusted } = this.shown;
    this.drawn = JSON.stringify([info.centre, trusted]);
    this.card.show(info, this.found.measured, trusted);
  }
}
