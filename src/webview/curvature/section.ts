import { digits } from '../kit/digits';
import { element, replaceChildren } from '../kit/dom';
import { Figure } from '../kit/figure';
import { Legend, type LegendEntry } from '../kit/legend';
import { showFailure } from '../kit/panelApi';
import type { Theme } from '../kit/theme';
import { allBut, toggled } from '../kit/toggles';
import { button } from '../kit/widgets';
import type { CurvatureFound, CurvatureInfo, CurvatureToHost } from '../protocol/curvature';
import type { MessageHandler } from '../protocol/messageHandler';
import type { ExportedFile } from '../protocol/run';
import { largestChart, smallestChart, traceChart } from './charts';
import { DetailView } from './detail';
import { measurementsTable } from './measurements';
import { Notices } from './notices';
import { bestAt, type CurvatureSeries, curvatureSeries, epochsOf, qualities } from './series';
import { type CurvatureState, initialCurvature } from './state';
import './curvature.css';

/** What the section asks of the host of its panel. */
type Host = Pick<MessageHandler<CurvatureToHost & { save(body: ExportedFile): unknown }, never>, 'request' | 'send'>;

/** The runs that are shown. */
export interface CurvatureSubject {
  /** Absolute paths. */
  readonly folders: readonly string[];
  /** Names of runs in the order of their colours elsewhere in the panel. */
  readonly runs: readonly string[];
}

/** Where a section stands, and who hears of it. */
export interface CurvaturePlace {
  readonly heading: 'h1' | 'h2';
  /** What stands below the heading, and below everything. */
  readonly above?: HTMLElement;
  readonly below?: HTMLElement;
  /** Keeps what was chosen. */
  remember(state: CurvatureState): void;
  /** Something has been measured, or nothing yet. */
  found?(found: CurvatureFound): void;
}

const intro =
  'How strongly the loss bends around the networks of these runs, in all directions at once: a surface shows two of them. The ' +
  'eigenvalues of the Hessian are second derivatives along its own directions. Large ones mean a sharp minimum, small ones a flat one.';

const figureTexts = {
  largest:
    'Thick: λ₁, the sharpest direction of all; thin: the next ones. ±: residual, an eigenvalue lies at most so far away.',
  smallest: 'Below 0 there is a direction in which the loss still bends down: the network is at no minimum yet.',
  trace: 'All curvature together: the mean over random vectors (Hutchinson). Band or ±: its standard error.',
} as const;

/** What has been measured of the curvature of some runs, and the way to measure more. */
export class CurvatureSection {
  readonly root: HTMLElement;
  private readonly notices: Notices;
  private readonly empty = element('p', { class: 'empty', hidden: true });
  private readonly filled = element('div');
  private readonly legend: Legend;
  private readonly figures: Record<'largest' | 'smallest' | 'trace', Figure>;
  private readonly detail: DetailView;
  private readonly table = element('div', { class: 'numbers measurements' });
  private readonly measure: HTMLElement;
  private found: CurvatureFound | null = null;
  private shown: CurvatureSubject | null = null;
  private watched = '';
  private drawn: readonly unknown[] = [];

  constructor(
    private readonly host: Host,
    private theme: Theme,
    private readonly place: CurvaturePlace,
    private state: CurvatureState = initialCurvature,
  ) {
    const save = (file: ExportedFile): void => void host.request('save', file).catch(showFailure);
    const switchedY = (id: string): void => this.change({ switchedY: toggled(this.state.switchedY, id) });
    this.measure = button('Measure curvature…', () => this.ask(), {
      title: 'Choose epochs, losses and how thoroughly',
    });
    this.notices = new Notices({
      stop: (file) => void host.request('stopCurvature', { file }).catch(showFailure),
      resume: (file) => host.send('resumeCurvature', { file }),
    });
    this.legend = new Legend({
      toggled: (key) => this.change({ hidden: toggled(this.state.hidden, key) }),
      alone: (key) => this.change({ hidden: allBut(this.keys(), this.state.hidden, key) }),
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
      element('div', { class: 'section-head' }, element(place.heading, {}, 'Curvature'), this.measure),
      element('p', { class: 'muted' }, intro),
      place.above ?? false,
      this.notices.root,
      this.empty,
      this.filled,
      place.below ?? false,
    );
  }

  /** Lets the user choose what to measure of the runs that are shown. */
  ask(): void {
    if (this.shown) this.host.send('measureCurvature', { folders: this.shown.folders });
  }

  /** @param trusted whether anything can be measured. */
  show(subject: CurvatureSubject, trusted: boolean): void {
    const before = this.shown;
    // The same list is kept: charts are drawn again when it is another.
    this.shown = before && same(before.runs, subject.runs) ? { ...subject, runs: before.runs } : subject;
    this.root.hidden = false;
    this.measure.hidden = !trusted;
    const wanted = JSON.stringify(subject.folders);
    if (wanted !== this.watched) {
      this.watched = wanted;
      this.host
        .request('watchCurvature', { folders: subject.folders })
        .then((found) => wanted === this.watched && this.receive(found))
        .catch(showFailure);
    }
    this.draw(trusted);
  }

  receive(found: CurvatureFound): void {
    this.found = found;
    this.place.found?.(found);
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
    if (!shown || !found) return;
    const { runs } = shown;
    // The panel around it may be drawn five times a second.
    const inputs = [found, state, runs, theme, trusted];
    if (inputs.every((input, at) => input === this.drawn[at])) return;
    this.drawn = inputs;
    const series = curvatureSeries(found.measured, runs);
    const hidden = new Set(state.hidden.filter((key) => series.some((one) => one.key === key)));
    const settings = { hidden, switchedY: new Set(state.switchedY) };
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
    this.place.remember(this.state);
    this.draw();
  }

  private keys(): string[] {
    return this.found && this.shown ? curvatureSeries(this.found.measured, this.shown.runs).map(({ key }) => key) : [];
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

const same = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((one, at) => one === b[at]);
