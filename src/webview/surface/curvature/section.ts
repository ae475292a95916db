import { element, replaceChildren } from '../../kit/dom';
import { Figure } from '../../kit/figure';
import { Legend, type LegendEntry } from '../../kit/legend';
import { showFailure } from '../../kit/panelApi';
import type { Theme } from '../../kit/theme';
import { button } from '../../kit/widgets';
import type { CurvatureFound, CurvatureInfo } from '../../protocol/curvature';
import type { MessageHandler } from '../../protocol/messageHandler';
import type { SurfaceInfo, SurfaceToHost, SurfaceToPanel } from '../../protocol/surface';
import { digits } from '../digits';
import type { ReadTile } from '../reading';
import { CentreCard } from './centreCard';
import { largestChart, smallestChart, traceChart } from './charts';
import { DetailView } from './detail';
import { measurementsTable } from './measurements';
import { Notices } from './notices';
import { ReadOff } from './readOff';
import { bestAt, type CurvatureSeries, curvatureSeries, epochsOf, qualities } from './series';
import { type CurvatureState, initialCurvature } from './state';
import { axesWords } from './words';
import './curvature.css';

type Host = Pick<MessageHandler<SurfaceToHost, SurfaceToPanel>, 'request' | 'send'>;

const intro =
  'How strongly the loss bends around the networks of these runs, in all directions at once: a surface shows two of them. The ' +
  'eigenvalues of the Hessian are second derivatives along its own directions. Large ones mean a sharp minimum, small ones a flat one.';

const figureTexts = {
  largest:
    'Thick: λ₁, the sharpest direction of all; thin: the next ones. ±: residual, an eigenvalue lies at most so far away.',
  smallest: 'Below 0 there is a direction in which the loss still bends down: the network is at no minimum yet.',
  trace: 'All curvature together: the mean over random vectors (Hutchinson). Band or ±: its standard error.',
} as const;

/** What has been measured of the curvature of a surface's runs, and the way to measure more. */
export class CurvatureSection {
  readonly root: HTMLElement;
  /** The numbers of the network in the middle of the surface, to stand beside it. */
  readonly card: CentreCard;
  private readonly axes = element('div');
  private readonly notices: Notices;
  private readonly empty = element('p', { class: 'empty', hidden: true });
  private readonly filled = element('div');
  private readonly legend: Legend;
  private readonly figures: Record<'largest' | 'smallest' | 'trace', Figure>;
  private readonly detail: DetailView;
  private readonly table = element('div', { class: 'numbers measurements' });
  private readonly measure: HTMLElement;
  private readonly readOff = new ReadOff();
  private found: CurvatureFound | null = null;
  private shown: { info: SurfaceInfo; tiles: readonly ReadTile[]; runs: readonly string[] } | null = null;
  private watched = '';
  private drawn: readonly unknown[] = [];

  /** @param remember keeps what was chosen. */
  constructor(
    private readonly host: Host,
    private theme: Theme,
    private state: CurvatureState = initialCurvature,
    private readonly remember: (state: CurvatureState) => void = () => undefined,
  ) {
    const ask = (): void => {
      if (this.shown) host.send('measureCurvature', { folder: this.shown.info.folder, runs: this.shown.info.runs });
    };
    const save = (file: Parameters<SurfaceToHost['save']>[0]): void =>
      void host.request('save', file).catch(showFailure);
    const switchedY = (id: string): void => this.change({ switchedY: toggled(this.state.switchedY, id) });
    this.card = new CentreCard(ask, () => this.root.scrollIntoView({ behavior: 'smooth' }));
    this.measure = button('Measure curvature…', ask, { title: 'Choose epochs, losses and how thoroughly' });
    this.notices = new Notices({
      stop: (file) => void host.request('stopCurvature', { file }).catch(showFailure),
      resume: (file) => host.send('resumeCurvature', { file }),
    });
    this.legend = new Legend({
      toggled: (key) => this.change({ hidden: toggled(this.state.hidden, key) }),
      alone: (key) => this.change({ hidden: this.alone(key) }),
      hovered: (key) => this.highlight(key),
    });
    const figure = (id: string): Figure =>
      new Figure(id, theme, {
        zoomed: () => undefined,
        hovered: (key) => this.highlight(key),
        picked: ({ line, x }) => this.pick(line.key, x),
        switchedY,
        save,
      });
    this.figures = { largest: figure('largest'), smallest: figure('smallest'), trace: figure('trace') };
    this.detail = new DetailView({ change: (patch) => this.change(patch), switchedY, save }, theme);
    this.filled.append(
      this.legend.root,
      element('div', { class: 'figures' }, ...Object.values(this.figures).map(({ root }) => root)),
      this.detail.root,
      element('details', {}, element('summary', {}, 'All measurements as a table'), this.table),
    );
    this.root = element(
      'section',
      { class: 'curvature', 'aria-label': 'Curvature', hidden: true },
      element('div', { class: 'section-head' }, element('h2', {}, 'Curvature'), this.measure),
      element('p', { class: 'muted' }, intro),
      this.axes,
      this.notices.root,
      this.empty,
      this.filled,
      this.readOff.root,
    );
  }

  /** @param runs names of runs in the order of their colours on the surface. @param trusted whether anything can be measured. */
  show(info: SurfaceInfo, tiles: readonly ReadTile[], runs: readonly string[], trusted: boolean): void {
    const before = this.shown;
    this.shown = { info, tiles, runs: before && same(before.runs, runs) ? before.runs : runs };
    this.root.hidden = false;
    this.measure.hidden = !trusted;
    const wanted = JSON.stringify([info.folder, info.runs]);
    if (wanted !== this.watched) {
      this.watched = wanted;
      this.host
        .request('watchCurvature', { folder: info.folder, runs: info.runs })
        .then((found) => wanted === this.watched && this.receive(found))
        .catch(showFailure);
    }
    this.draw(trusted);
  }

  receive(found: CurvatureFound): void {
    this.found = found;
    this.draw();
  }

  setTheme(theme: Theme): void {
    this.theme = theme;
    for (const figure of Object.values(this.figures)) figure.setTheme(theme);
    this.detail.setTheme(theme);
    this.draw();
  }

  private draw(trusted = !this.measure.hidden): void {
    const { found, shown, state, theme } = this;
    if (!shown) return;
    const { info, tiles, runs } = shown;
    const words = info.curvatureAxes === null ? [] : axesWords(info.curvatureAxes);
    replaceChildren(this.axes, words.length > 0 && element('p', { class: 'axes-words' }, words.join(' ')));
    this.readOff.show(info, tiles);
    if (!found) return;
    // The surface itself is drawn five times a second while it grows.
    const inputs = [found, state, runs, theme, trusted, JSON.stringify(info.centre)];
    if (inputs.every((input, at) => input === this.drawn[at])) return;
    this.drawn = inputs;
    const series = curvatureSeries(found.measured, runs);
    const hidden = new Set(state.hidden.filter((key) => series.some((one) => one.key === key)));
    const settings = { hidden, switchedY: new Set(state.switchedY) };
    this.card.show(info, found.measured, trusted);
    this.notices.show(found, trusted);
    const known = found.measured.some(({ gradientNorm }) => gradientNorm !== null);
    this.filled.hidden = !known;
    this.empty.hidden = known || found.measured.length > 0;
    this.empty.textContent = trusted
      ? 'Nothing has been measured yet. Measuring takes products with the Hessian, tens to hundreds for each network: seconds for a ' +
        'small network, minutes for a large one. It goes on behind what is on the screen.'
      : 'Nothing has been measured yet, and this workspace is not trusted, so nothing can be. Trust it (Manage Workspace Trust) first.';
    this.legend.show(series.map(entryOf), hidden, theme);
    const settled = [found, state.hidden, state.switchedY, runs] as const;
    const { largest, smallest, trace } = this.figures;
    largest.update(settled, () => largestChart(series, settings), figureTexts.largest);
    smallest.update(settled, () => smallestChart(series, settings), figureTexts.smallest);
    trace.update(settled, () => traceChart(series, settings), figureTexts.trace);
    this.detail.show(series, state, [state.switchedY], theme);
    replaceChildren(this.table, measurementsTable(found.measured));
  }

  private change(patch: Partial<CurvatureState>): void {
    this.state = { ...this.state, ...patch };
    this.remember(this.state);
    this.draw();
  }

  private alone(key: string): string[] {
    const keys =
      this.found && this.shown ? curvatureSeries(this.found.measured, this.shown.runs).map((one) => one.key) : [];
    const others = keys.filter((other) => other !== key);
    return others.every((other) => this.state.hidden.includes(other)) ? [] : others;
  }

  private highlight(key: string | null): void {
    for (const { chart } of Object.values(this.figures)) chart.highlight(key);
  }

  /** A point of a chart was chosen: its measurement is the one that is shown in detail. */
  private pick(key: string, epoch: number): void {
    if (!this.found || !this.shown) return;
    const series = curvatureSeries(this.found.measured, this.shown.runs).find((one) => one.key === key);
    const info: CurvatureInfo | null = series ? bestAt(series, epoch, qualities.any) : null;
    if (info) this.change({ chosen: info.file });
  }
}

function entryOf(series: CurvatureSeries): LegendEntry {
  const { key, name, place, run } = series;
  const last = epochsOf(series, qualities.eigenvalues).at(-1);
  const best = last === undefined ? null : bestAt(series, last, qualities.eigenvalues);
  return {
    key,
    name,
    look: { colour: { run: place }, variant: place },
    note: best ? `epoch ${best.epoch}: λ₁ ${digits(best.eigenvalues!.largest[0]?.value)}` : '',
    title: run,
    problem: false,
  };
}

const toggled = (list: readonly string[], one: string): string[] =>
  list.includes(one) ? list.filter((other) => other !== one) : [...list, one];

const same = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((one, at) => one === b[at]);
