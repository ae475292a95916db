import { curveControls } from '../kit/curveControls';
import { runLook, usualBand } from '../kit/curves';
import { element, replaceChildren } from '../kit/dom';
import { counted } from '../kit/format';
import { Legend, statusText } from '../kit/legend';
import { measures } from '../kit/measures';
import { commonLoss } from '../kit/naming';
import { smoothingNote } from '../kit/smoothing';
import type { Theme } from '../kit/theme';
import { button, type Checkbox, checkbox, dropdown } from '../kit/widgets';
import type { Split } from '../protocol/run';
import type { At, ComparedNamedRun } from './resultsTable';
import type { ComparisonState } from './state';

/** What the controls ask of their panel. */
export interface ControlEvents {
  change(patch: Partial<ComparisonState>): void;
  toggled(key: string): void;
  alone(key: string): void;
  hovered(key: string | null): void;
  saveTable(): void;
  openMetrics(): void;
}

export interface Shown {
  readonly state: ComparisonState;
  readonly runs: readonly ComparedNamedRun[];
  readonly baseline: string;
  readonly split: Split;
  readonly tested: boolean;
  readonly liveness: { readonly text: string; readonly kind: 'on' | 'warn' | 'off' };
  readonly parameters: readonly { readonly path: string; readonly name: string }[];
  readonly parameter: string | null;
  readonly theme: Theme;
}

/** The page's frame: headings, legend, controls, and the places where results, curves and settings go. */
export class Controls {
  readonly root: HTMLElement;
  readonly results = element('div');
  readonly curves = element('div', { class: 'figures' });
  readonly parameterFigures = element('div', { class: 'figures' });
  readonly settings = element('div');
  private readonly title = element('h1');
  private readonly badge = element(
    'span',
    { class: 'badge', title: 'The images are generated, not photographs.' },
    'synthetic data',
  );
  private readonly about = element('span', { class: 'muted' });
  private readonly live = element('span', { class: 'live', role: 'status' });
  private readonly notices = element('div');
  private readonly body: HTMLElement;
  private readonly empty = element('p', { class: 'empty' });
  private readonly smoothed = element('p', { class: 'muted smoothed', 'aria-live': 'polite' });
  private readonly legend: Legend;
  private readonly parameterSection: HTMLElement;
  private readonly parameterNote = element('p', { class: 'muted' });
  private readonly at;
  private readonly split;
  private readonly baseline;
  private readonly layout;
  private readonly x;
  private readonly band;
  private readonly smoothing;
  private readonly parameter;
  private readonly metrics: ReadonlyMap<string, Checkbox>;
  private now: Shown | null = null;

  constructor(events: ControlEvents) {
    this.legend = new Legend(events);
    this.at = dropdown(
      'Evaluation',
      [
        { value: 'last', text: 'last' },
        { value: 'best', text: 'best by IoU' },
      ],
      'last',
      (value) => events.change({ at: value as At }),
    );
    this.split = dropdown(
      'Images',
      [
        { value: 'test', text: 'test' },
        { value: 'train', text: 'train' },
      ],
      'test',
      (value) => events.change({ split: value as Split }),
    );
    this.baseline = dropdown('Baseline', [], '', (baseline) => events.change({ baseline }));
    this.layout = dropdown(
      'Layout',
      [
        { value: 'panes', text: 'side by side' },
        { value: 'overlay', text: 'overlaid' },
      ],
      'panes',
      (value) => events.change({ layout: value as 'overlay' | 'panes' }),
    );
    const { x, band, smoothing } = curveControls((patch) => events.change(patch));
    this.x = x;
    this.band = band;
    this.smoothing = smoothing;
    this.parameter = dropdown('Setting', [], '', (parameter) => events.change({ parameter }));
    this.metrics = new Map(
      measures.map(({ key, title, meaning }) => [
        key,
        checkbox(title, false, (on) => this.pick(events, key, on), meaning),
      ]),
    );
    this.parameterSection = element(
      'section',
      {},
      element(
        'div',
        { class: 'section-head' },
        element('h2', {}, 'One setting, and what comes of it'),
        this.parameter.root,
      ),
      this.parameterFigures,
      this.parameterNote,
    );
    this.body = element(
      'main',
      {},
      element(
        'section',
        {},
        element(
          'div',
          { class: 'section-head' },
          element('h2', {}, 'Results'),
          button('Save as CSV', () => events.saveTable(), { title: 'Save this table, unrounded' }),
        ),
        this.results,
        element(
          'details',
          {},
          element('summary', {}, 'Columns'),
          element('div', { class: 'more-metrics' }, ...[...this.metrics.values()].map((box) => box.root)),
        ),
      ),
      element(
        'section',
        {},
        element(
          'div',
          { class: 'section-head' },
          element('h2', {}, 'Curves'),
          this.layout.root,
          this.x.root,
          this.band.root,
          this.smoothing.root,
        ),
        this.smoothed,
        this.curves,
      ),
      this.parameterSection,
      element('section', {}, element('h2', {}, 'What differs in the configuration'), this.settings),
    );
    this.root = element(
      'div',
      {},
      element('header', { class: 'head' }, this.title, this.badge, this.about, this.live),
      this.notices,
      element(
        'div',
        { class: 'sticky' },
        this.legend.root,
        element(
          'div',
          { class: 'controls' },
          this.split.root,
          this.at.root,
          this.baseline.root,
          button('Open as metrics', () => events.openMetrics(), { title: 'Open these runs in the metrics panel' }),
        ),
      ),
      this.empty,
      this.body,
    );
  }

  show(shown: Shown): void {
    this.now = shown;
    const { state, runs, liveness, theme, tested } = shown;
    const loss = commonLoss(runs.map((run) => run.info));
    this.title.textContent = `${loss === null ? 'Comparison' : `${loss}: comparison`} of ${counted(runs.length, 'run')}`;
    this.badge.hidden = !runs.some((run) => run.info.synthetic);
    const experiments = [...new Set(runs.map((run) => run.info.experiment))].filter(Boolean);
    this.about.textContent =
      experiments.length === 1 ? `experiment ${experiments[0]}` : counted(experiments.length, 'experiment');
    this.live.textContent = liveness.text;
    this.live.className = `live ${liveness.kind}`;
    replaceChildren(this.notices, ...notices(runs).map((text) => element('p', { class: 'notice' }, text)));
    this.legend.show(
      runs.map((run) => ({
        key: run.info.folder,
        name: run.name,
        look: runLook(run.place, false),
        note: statusText(run.info),
        title: run.info.id,
        problem: ['failed', 'interrupted', 'unreadable', 'removed'].includes(run.info.status),
      })),
      new Set(state.hidden),
      theme,
    );
    this.at.set(state.at);
    this.split.set(shown.split);
    this.split.root.hidden = !tested;
    this.baseline.set(
      shown.baseline,
      runs.map((run) => ({ value: run.info.folder, text: run.name })),
    );
    this.layout.set(state.layout);
    this.x.set(state.xBy);
    this.band.set(state.band ?? usualBand(state.layout, runs.length));
    this.smoothing.set(state.smoothing);
    this.smoothed.textContent = smoothingNote(state.smoothing);
    this.curves.classList.toggle('one-column', state.layout === 'panes');
    for (const [key, box] of this.metrics) box.set(state.metrics.includes(key));
    this.parameterSection.hidden = shown.parameter === null;
    if (shown.parameter !== null) {
      this.parameter.set(
        shown.parameter,
        shown.parameters.map(({ path, name }) => ({ value: path, text: name })),
      );
    }
    const measured = runs.some((run) => run.series.train.rows + run.series.test.rows > 0);
    this.empty.hidden = measured;
    this.empty.textContent = runs.length === 0 ? 'Reading the runs …' : 'None of these runs has been evaluated yet.';
    this.body.hidden = !measured;
  }

  /** Says which runs the plot over a setting leaves out. */
  noteParameter(text: string): void {
    this.parameterNote.textContent = text;
  }

  private pick(events: ControlEvents, key: string, on: boolean): void {
    if (!this.now) return;
    const chosen = new Set(this.now.state.metrics);
    if (on) chosen.add(key);
    else chosen.delete(key);
    events.change({ metrics: measures.map((measure) => measure.key).filter((one) => chosen.has(one)) });
  }
}

/** What a reader has to know before trusting the comparison. */
function notices(runs: readonly ComparedNamedRun[]): string[] {
  const prints = new Set(runs.map((run) => fingerprint(run.info.configuration)).filter(Boolean));
  return [
    ...runs.flatMap((run) => (run.info.problem === null ? [] : [`${run.name}: ${run.info.problem}`])),
    ...(prints.size > 1
      ? [
          'These runs were not trained on the same data: differences may come from the data rather than from the settings.',
        ]
      : []),
  ];
}

function fingerprint(configuration: unknown): string {
  const dataset = (configuration as { dataset?: { fingerprint?: unknown } } | null)?.dataset;
  return typeof dataset?.fingerprint === 'string' ? dataset.fingerprint : '';
}
