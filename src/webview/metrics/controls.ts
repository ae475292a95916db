import { column } from '../protocol/frame';
import { curveControls } from '../kit/curveControls';
import { type CurveSettings, type NamedRun, runLook } from '../kit/curves';
import { element, replaceChildren } from '../kit/dom';
import { counted, valueText } from '../kit/format';
import { Legend, type LegendEntry, statusText } from '../kit/legend';
import { otherMeasures } from '../kit/measures';
import { commonLoss } from '../kit/naming';
import { smoothingNote } from '../kit/smoothing';
import type { Theme } from '../kit/theme';
import { toggled } from '../kit/toggles';
import { button, type Checkbox, checkbox, type Dropdown, dropdown } from '../kit/widgets';
import type { MetricsState } from './state';

/** What the controls ask of their panel. */
export interface ControlEvents {
  change(patch: Partial<MetricsState>): void;
  toggled(key: string): void;
  alone(key: string): void;
  hovered(key: string | null): void;
  compare(): void;
}

/** What the controls show. */
export interface Shown {
  readonly state: MetricsState;
  readonly runs: readonly NamedRun[];
  readonly settings: CurveSettings;
  readonly tested: boolean;
  readonly liveness: { readonly text: string; readonly kind: 'on' | 'warn' | 'off' };
  readonly theme: Theme;
}

/** Everything above the charts: what is shown, how, and the legend. */
export class Controls {
  readonly figures = element('main', { class: 'figures' });
  readonly root: HTMLElement;
  /** Keys of the legend's entries. */
  keys: readonly string[] = [];
  private readonly title = element('h1');
  private readonly badge = element(
    'span',
    { class: 'badge', title: 'The images are generated, not photographs.' },
    'synthetic data',
  );
  private readonly about = element('span', { class: 'muted' });
  private readonly live = element('span', { class: 'live', role: 'status' });
  private readonly notices = element('div');
  private readonly empty = element('p', { class: 'empty' });
  private readonly smoothed = element('p', { class: 'muted smoothed', 'aria-live': 'polite' });
  private readonly legend: Legend;
  private readonly x: Dropdown;
  private readonly band: Dropdown;
  private readonly layout: Dropdown;
  private readonly logX: Checkbox;
  private readonly train: Checkbox;
  private readonly test: Checkbox;
  private readonly smoothing;
  private readonly compare: HTMLElement;
  private readonly more: ReadonlyMap<string, Checkbox>;
  private now: Shown | null = null;

  constructor(private readonly events: ControlEvents) {
    this.legend = new Legend(events);
    const { x, band, smoothing } = curveControls((patch) => events.change(patch));
    this.x = x;
    this.band = band;
    this.smoothing = smoothing;
    this.layout = dropdown(
      'Runs',
      [
        { value: 'overlay', text: 'overlaid' },
        { value: 'panes', text: 'side by side' },
      ],
      'overlay',
      (value) => events.change({ layout: value as 'overlay' | 'panes', hidden: [] }),
    );
    this.logX = checkbox('log x', false, (logX) => events.change({ logX }), 'Logarithmic x axis');
    this.train = checkbox('train', true, () => this.changeSplit('train'), 'Show the training images');
    this.test = checkbox('test', true, () => this.changeSplit('test'), 'Show the test images');
    this.smoothing.root.title = 'Exponential moving average, bias-corrected. The raw line stays, thin.';
    this.compare = button('Compare', () => events.compare(), { title: 'Open these runs in the comparison panel' });
    this.more = new Map(
      otherMeasures.map(({ key, title, meaning }) => [
        key,
        checkbox(title, false, () => this.now && events.change({ more: toggled(this.now.state.more, key) }), meaning),
      ]),
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
          this.x.root,
          this.logX.root,
          this.layout.root,
          element('span', { class: 'field' }, this.train.root, this.test.root),
          this.band.root,
          this.smoothing.root,
          this.compare,
        ),
        element(
          'details',
          {},
          element(
            'summary',
            {},
            'More metrics',
            element(
              'span',
              { class: 'muted hint' },
              'Drag: zoom (Shift: y only). Double click: whole range. Click a point: the images of that epoch.',
            ),
          ),
          element('div', { class: 'more-metrics' }, ...[...this.more.values()].map((box) => box.root)),
        ),
      ),
      this.smoothed,
      this.empty,
      this.figures,
    );
  }

  show(shown: Shown): void {
    this.now = shown;
    const { state, runs, settings, tested, liveness, theme } = shown;
    const [first] = runs;
    const loss = commonLoss(runs.map((run) => run.info));
    this.title.textContent =
      runs.length === 1 && first
        ? first.name
        : loss !== null
          ? `${loss}: ${counted(runs.length, 'run')}`
          : counted(runs.length, 'run');
    this.badge.hidden = !runs.some((run) => run.info.synthetic);
    this.about.textContent = about(runs);
    this.live.textContent = liveness.text;
    this.live.className = `live ${liveness.kind}`;
    replaceChildren(
      this.notices,
      ...runs
        .filter((run) => run.info.problem !== null)
        .map((run) => element('p', { class: 'notice' }, `${run.name}: ${run.info.problem}`)),
    );
    const entries = runs.length === 1 || settings.layout === 'panes' ? splitEntries(shown) : runEntries(shown);
    this.keys = entries.map((entry) => entry.key);
    this.legend.show(entries, settings.hidden, theme);
    this.x.set(state.xBy);
    this.band.set(settings.band);
    this.layout.set(state.layout);
    this.layout.root.hidden = runs.length < 2;
    this.compare.hidden = runs.length < 2;
    this.figures.classList.toggle('one-column', runs.length > 1 && state.layout === 'panes');
    this.logX.set(state.logX);
    this.train.set(settings.splits.includes('train'));
    this.test.set(settings.splits.includes('test'));
    this.train.root.hidden = this.test.root.hidden = !tested;
    this.smoothing.set(state.smoothing);
    for (const [key, box] of this.more) box.set(state.more.includes(key));
    const nothing = runs.every(({ series }) => series.train.rows + series.test.rows + series.steps.rows === 0);
    this.smoothed.textContent = smoothingNote(state.smoothing);
    this.empty.hidden = !nothing;
    this.empty.textContent = emptyText(runs);
  }

  private changeSplit(split: 'train' | 'test'): void {
    if (!this.now) return;
    const splits = (['train', 'test'] as const).filter(
      (one) => this.now!.settings.splits.includes(one) !== (one === split),
    );
    this.events.change({ splits: splits.length === 0 ? [split === 'train' ? 'test' : 'train'] : splits });
  }
}

function runEntries({ runs, settings }: Shown): LegendEntry[] {
  const split = settings.splits.at(-1)!;
  return runs.map((run) => ({
    key: run.info.folder,
    name: run.name,
    look: runLook(run.place, false),
    note: [statusText(run.info), newest(run, split)].filter(Boolean).join(' · '),
    title: run.info.id,
    problem: ['failed', 'interrupted', 'unreadable', 'removed'].includes(run.info.status),
  }));
}

function splitEntries({ runs, settings }: Shown): LegendEntry[] {
  return settings.splits.map((split) => ({
    key: split,
    name: split,
    look: { colour: split, variant: split === 'test' ? 0 : 1 },
    note: [
      [...new Set(runs.map((run) => run.info.images[split]))].join(' or ') + ' images',
      runs.length === 1 ? newest(runs[0]!, split) : '',
    ]
      .filter(Boolean)
      .join(' · '),
    title: `The ${split} images`,
    problem: false,
  }));
}

function newest(run: NamedRun, split: 'train' | 'test'): string {
  const iou = column(run.series[split], 'mean/iou').at(-1);
  return iou === undefined || Number.isNaN(iou) ? '' : `${split} IoU ${valueText(iou, 3)}`;
}

function about(runs: readonly NamedRun[]): string {
  const [first] = runs;
  const experiments = [...new Set(runs.map((run) => run.info.experiment))].filter(Boolean);
  const parts = [experiments.length === 1 ? `experiment ${experiments[0]}` : counted(experiments.length, 'experiment')];
  if (runs.length === 1 && first) parts.push(statusText(first.info));
  return parts.join(' · ');
}

function emptyText(runs: readonly NamedRun[]): string {
  if (runs.length === 0) return 'Reading the runs …';
  if (runs.some((run) => run.info.status === 'running'))
    return 'Training has begun. The first points appear after a few steps.';
  if (runs.every((run) => run.info.status === 'queued')) return 'Waiting for its turn: other runs are training.';
  return 'There are no measurements in these run folders.';
}
