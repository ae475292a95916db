import { element, replaceChildren } from '../kit/dom';
import {
  button,
  type Checkbox,
  checkbox,
  type Choice,
  type Dropdown,
  dropdown,
  quietButton,
  slider,
} from '../kit/widgets';
import type { HeatmapLoss, HeatmapRun } from '../protocol/heatmap';
import { Chips } from './chips';
import { colourNames } from './colours';
import { layerIds, layerMeaning, layerNames } from './layers';
import { RangeFields } from './rangeFields';
import { type HeatmapState, type LayerId, needsLoss, type RangeMode } from './state';

/** What the controls ask of their panel. */
export interface ControlEvents {
  change(patch: Partial<HeatmapState>): void;
  pick(what: 'runs' | 'layers' | 'losses', key: string, add: boolean): void;
  image(value: string): void;
  stepImage(by: -1 | 1): void;
  chooseImage(): void;
  addRuns(): void;
  typeLoss(text: string): void;
  fit(): void;
  zoom(factor: number | null): void;
  drawRegion(): void;
  savePicture(): void;
  saveSequence(): void;
}

/** What the controls show. */
export interface Shown {
  readonly state: HeatmapState;
  readonly runs: readonly { readonly run: HeatmapRun; readonly name: string }[];
  /** How many epochs there are to choose from. */
  readonly epochs: number;
  readonly losses: readonly HeatmapLoss[];
  readonly shownLosses: readonly string[];
  readonly images: readonly Choice[];
  readonly image: string;
  readonly title: string;
  readonly about: string;
  readonly badges: readonly string[];
  readonly notices: readonly string[];
  /** Ends of the scale of the first map, and the layer that they belong to. */
  readonly range: { readonly layer: LayerId; readonly ends: readonly [number, number] } | null;
  readonly inspector: string | null;
  readonly lossProblem: string | null;
  readonly drawingRegion: boolean;
  readonly busy: string | null;
}

/** Everything above the maps: what is shown of what, and how. */
export class Controls {
  readonly root: HTMLElement;
  private readonly title = element('h1');
  private readonly about = element('span', { class: 'muted' });
  private readonly badges = element('span', { class: 'badges' });
  private readonly live = element('span', { class: 'live warn', role: 'status', hidden: true });
  private readonly notices = element('div', { class: 'notices', role: 'status' });
  private readonly image: Dropdown;
  private readonly range: Dropdown;
  private readonly colours: Dropdown;
  private readonly opacity;
  private readonly beside: Checkbox;
  private readonly target: Checkbox;
  private readonly prediction: Checkbox;
  private readonly study: Checkbox;
  private readonly runs: Chips;
  private readonly layers: Chips;
  private readonly losses: Chips;
  private readonly lossField = element('input', {
    class: 'loss-field',
    type: 'text',
    placeholder: 'another loss: focal 3',
    title:
      'Words such as "focal 3", "focal 2 detached", "cross-entropy 1:4", "dice", or JSON as in an experiment file. Enter draws it.',
    'aria-label': 'Another loss',
    spellcheck: false,
  });
  private readonly lossProblem = element('span', { class: 'field-problem', role: 'alert' });
  private readonly rangeFields: RangeFields;
  private readonly region: HTMLButtonElement;
  private readonly sequence: HTMLElement;
  private now: Shown | null = null;

  constructor(private readonly events: ControlEvents) {
    this.image = dropdown('Image', [], '', (value) => events.image(value));
    this.layers = new Chips('Show', (key, add) => events.pick('layers', key, add));
    this.runs = new Chips(
      'Run',
      (key, add) => events.pick('runs', key, add),
      quietButton('add a run…', 'Show another run beside these', () => events.addRuns()),
    );
    this.lossField.addEventListener('keydown', (event) => {
      event.stopPropagation();
      if (event.key === 'Enter') events.typeLoss(this.lossField.value);
    });
    this.losses = new Chips('Under', (key, add) => events.pick('losses', key, add), this.lossField, this.lossProblem);
    this.beside = checkbox(
      'side by side',
      false,
      (sideBySide) => events.change({ sideBySide }),
      'Choosing a layer, run or loss adds it beside the others, up to six maps with one cursor and one zoom',
    );
    this.range = dropdown(
      'Range',
      [
        { value: 'fixed', text: 'fixed ends' },
        { value: 'shared', text: 'all shown maps' },
        { value: 'automatic', text: 'each map by itself' },
      ],
      'fixed',
      (value) => events.change({ range: value as RangeMode }),
    );
    this.rangeFields = new RangeFields(
      (ends) => {
        const layer = this.now?.range?.layer;
        if (layer) events.change({ fixed: { ...this.now!.state.fixed, [layer]: ends } });
      },
      () => events.fit(),
    );
    this.colours = dropdown(
      'Scale',
      colourNames.map((value) => ({ value, text: value })),
      'viridis',
      (colours) => events.change({ colours }),
    );
    this.opacity = slider(
      'Opacity',
      { max: 1, step: 0.05, value: 1 },
      (value) => `${Math.round(value * 100)} %`,
      (opacity) => events.change({ opacity }),
    );
    const contour = (which: 'target' | 'prediction') => (on: boolean) =>
      this.now && events.change({ contours: { ...this.now.state.contours, [which]: on } });
    this.target = checkbox('target outline', true, contour('target'), 'The edge of the true foreground');
    this.prediction = checkbox(
      'prediction outline',
      false,
      contour('prediction'),
      'The edge of the predicted foreground, dashed',
    );
    this.study = checkbox(
      'study’s colours',
      false,
      (studyColours) => events.change({ studyColours }),
      'True positive yellow, false negative red, false positive green, as in the study; not for everybody’s eyes',
    );
    this.region = quietButton(
      'rectangle',
      'Draw a rectangle whose statistics are shown (or Shift and drag)',
      () => events.drawRegion(),
      false,
    );
    this.sequence = button('Animate', () => events.saveSequence(), {
      title: 'Save all epochs of this view as an animated WebP',
    });
    this.root = element(
      'div',
      {},
      element('header', { class: 'head' }, this.title, this.badges, this.about, this.live),
      this.notices,
      element(
        'div',
        { class: 'heat-controls' },
        element(
          'div',
          { class: 'controls' },
          this.image.root,
          element(
            'span',
            { class: 'field' },
            quietButton('◀', 'Image before', () => events.stepImage(-1)),
            quietButton('▶', 'Next image', () => events.stepImage(1)),
            quietButton('file…', 'Look at any image file through these runs', () => events.chooseImage()),
          ),
          this.beside.root,
          element(
            'span',
            { class: 'field push' },
            button('Save picture', () => events.savePicture(), {
              title: 'Save this view as PNG, with title, axes and colour bar',
            }),
            this.sequence,
          ),
        ),
        this.layers.root,
        this.runs.root,
        this.losses.root,
        element(
          'div',
          { class: 'controls' },
          this.range.root,
          this.rangeFields.root,
          this.colours.root,
          this.opacity.root,
          element('span', { class: 'field' }, this.target.root, this.prediction.root, this.study.root),
          element(
            'span',
            { class: 'field' },
            quietButton('−', 'Farther ( − )', () => events.zoom(0.5)),
            quietButton('+', 'Closer ( + )', () => events.zoom(2)),
            quietButton('whole', 'The whole image ( 0 )', () => events.zoom(null)),
            this.region,
          ),
        ),
      ),
    );
  }

  show(shown: Shown): void {
    this.now = shown;
    const { state, runs, losses, range } = shown;
    this.title.textContent = shown.title;
    this.about.textContent = shown.about;
    replaceChildren(this.badges, ...shown.badges.map((text) => element('span', { class: 'badge' }, text)));
    this.live.textContent = shown.inspector ?? '';
    this.live.hidden = shown.inspector === null;
    replaceChildren(this.notices, ...shown.notices.map((text) => element('p', { class: 'notice' }, text)));
    this.image.set(shown.image, shown.images);
    this.layers.show(
      layerIds.map((key) => ({ key, name: layerNames[key]!, title: layerMeaning(key) })),
      state.layers,
    );
    this.runs.show(
      runs.map(({ run, name }) => ({ key: run.info.folder, name, title: run.point ? `${name}\n${run.info.id}` : run.info.id })),
      state.runs,
    );
    this.losses.show(
      losses.map(({ key, label }) => ({ key, name: label, title: `Under ${label}` })),
      shown.shownLosses,
    );
    this.losses.root.hidden = !state.layers.some(needsLoss);
    this.lossProblem.textContent = shown.lossProblem ?? '';
    this.beside.set(state.sideBySide);
    this.range.set(state.range);
    this.rangeFields.show(state.range === 'fixed' ? (range?.ends ?? null) : null);
    this.range.root.hidden = this.colours.root.hidden = range === null;
    this.colours.set(state.colours);
    this.opacity.set(state.opacity);
    this.target.set(state.contours.target);
    this.prediction.set(state.contours.prediction);
    this.study.set(state.studyColours);
    this.study.root.hidden = !state.layers.includes('outcome');
    this.region.setAttribute('aria-pressed', String(shown.drawingRegion));
    this.sequence.textContent = shown.busy ?? 'Animate';
    this.sequence.toggleAttribute('disabled', shown.epochs < 2);
  }

  /** Empties the field of another loss: it has been taken. */
  lossTaken(): void {
    this.lossField.value = '';
  }
}
