import { element } from '../kit/dom';
import { Figure, type FigureEvents } from '../kit/figure';
import type { Theme } from '../kit/theme';
import { button, dropdown } from '../kit/widgets';
import { type AscentSettings, usualAscent } from '../protocol/network';
import type { AscentProgress, AscentResult } from './ascent';
import { ascentNumbers, type NumberKey, type NumberSetting } from './ascentSettings';
import { objectiveChart } from './objectiveChart';
import { sentence } from './words';

/** What the view of the picture shows. */
export interface ShownAscent {
  readonly layer: string;
  readonly channel: number;
  readonly epoch: number;
  readonly relu: boolean;
  readonly settings: AscentSettings;
  readonly result: AscentResult | null;
  readonly failure: string | null;
  /** Of the picture that is shown; null when it is not being made. */
  readonly progress: AscentProgress | null;
  /** Whether the objective is drawn on a logarithmic axis. */
  readonly log: boolean;
}

export interface AscentEvents {
  changed(settings: AscentSettings): void;
  start(): void;
  stop(): void;
  savePicture(): void;
}

/** The picture that a feature map answers to most: how to make it, how far it is, the picture, and its objective by step. */
export class AscentView {
  readonly pane: HTMLElement;
  readonly controls: HTMLElement;
  readonly figure: Figure;
  readonly canvas = element('canvas', { class: 'coarse' });
  private readonly title = element('h3');
  private readonly note = element('span', { class: 'muted' });
  private readonly message = element('p', { class: 'pane-message' });
  private readonly bar = element('progress', { max: 1, 'aria-label': 'Making the picture' });
  private readonly startButton: HTMLElement;
  private readonly stopButton: HTMLElement;
  private readonly saveButton: HTMLElement;
  private readonly fields = new Map<NumberKey, HTMLInputElement>();
  private readonly side;
  private now: ShownAscent | null = null;
  private drawn: AscentResult | null = null;

  constructor(
    theme: Theme,
    private readonly events: AscentEvents,
    figureEvents: FigureEvents,
  ) {
    this.figure = new Figure('objective', theme, figureEvents, { paneHeight: 170 });
    this.pane = element(
      'div',
      { class: 'pane' },
      element('div', { class: 'pane-head' }, this.title, this.note),
      element('div', { class: 'pane-surface picture' }, this.canvas),
      this.message,
    );
    this.startButton = button('Make the picture', () => events.start(), { secondary: false });
    this.stopButton = button('Stop', () => events.stop(), { title: 'What there is of the picture stays' });
    this.saveButton = button('Save picture', () => events.savePicture(), {
      title: 'Photograph, map and picture as PNG',
    });
    this.side = dropdown(
      'Objective',
      [
        { value: 'after', text: 'mean after the ReLU' },
        { value: 'before', text: 'mean before the ReLU' },
      ],
      'after',
      (relu) => this.change({ relu: relu as AscentSettings['relu'] }),
    );
    this.controls = element(
      'div',
      { class: 'ascent-controls' },
      element(
        'p',
        { class: 'meaning' },
        'Starting from grey noise, the pixels are changed step by step so that this one map answers more and more ' +
          '(gradient ascent on its mean). What appears is what the filter looks for. The settings below keep the picture from turning into noise.',
      ),
      element('div', { class: 'controls' }, this.startButton, this.stopButton, this.bar, this.saveButton),
      element(
        'div',
        { class: 'settings' },
        ...ascentNumbers.map((setting) => this.field(setting)),
        element(
          'div',
          { class: 'setting' },
          this.side.root,
          element('span', { class: 'muted' }, 'before it, a filter that noise leaves silent can be woken'),
        ),
      ),
      element(
        'button',
        { class: 'quiet', type: 'button', onclick: () => this.change(usualAscent) },
        'Usual settings again',
      ),
    );
  }

  show(shown: ShownAscent): void {
    this.now = shown;
    const { result, failure, progress } = shown;
    const making = progress !== null;
    this.title.textContent = 'It answers most to';
    this.note.textContent = result ? `step ${result.steps}${result.steps < result.of ? ` of ${result.of}` : ''}` : '';
    this.startButton.textContent = making
      ? 'Making …'
      : result && result.steps === result.of
        ? 'Make it again'
        : 'Make the picture';
    this.startButton.toggleAttribute('disabled', making || (result !== null && result.steps === result.of));
    this.stopButton.hidden = this.bar.hidden = !making;
    this.saveButton.hidden = result === null;
    if (progress?.share === null || progress === null) this.bar.removeAttribute('value');
    else this.bar.value = progress.share;
    this.message.textContent = messageOf(shown);
    this.message.hidden = this.message.textContent === '';
    this.message.classList.toggle('notice', failure !== null);
    this.message.classList.toggle('over', result !== null);
    this.side.set(shown.settings.relu);
    this.side.root.parentElement!.hidden = !shown.relu;
    for (const { key } of ascentNumbers) {
      const field = this.fields.get(key)!;
      if (document.activeElement === field) continue;
      field.value = String(shown.settings[key]);
      field.removeAttribute('aria-invalid');
    }
    this.canvas.hidden = result === null;
    if (result !== this.drawn) {
      this.drawn = result;
      if (result) draw(this.canvas, result);
    }
    this.figure.update(
      [result, shown.log],
      () => (result ? objectiveChart(shown, result, shown.log) : null),
      objectiveCaption(shown),
    );
  }

  setTheme(theme: Theme): void {
    this.figure.setTheme(theme);
  }

  private change(patch: Partial<AscentSettings>): void {
    if (this.now) this.events.changed({ ...this.now.settings, ...patch });
  }

  private field({ key, name, words, least, most, step }: NumberSetting): HTMLElement {
    const input = element('input', {
      class: 'number-field',
      type: 'number',
      min: String(least),
      max: String(most),
      step: 'any',
    });
    // Arrow keys take useful steps; any number may be typed.
    input.addEventListener('keydown', (event) => {
      const by = { ArrowUp: step, ArrowDown: -step }[event.key];
      if (by === undefined) return;
      event.preventDefault();
      input.value = String(Number(Math.min(most, Math.max(least, Number(input.value) + by)).toPrecision(6)));
      input.dispatchEvent(new Event('change'));
    });
    input.addEventListener('change', () => {
      const value = Number(input.value);
      const whole = key === 'steps' || key === 'jitter' || key === 'size' || key === 'seed';
      const valid =
        input.value.trim() !== '' &&
        Number.isFinite(value) &&
        value >= least &&
        value <= most &&
        (!whole || Number.isInteger(value));
      input.setAttribute('aria-invalid', String(!valid));
      input.title = valid ? '' : `A ${whole ? 'whole number' : 'number'} from ${least} to ${most}`;
      if (valid) this.change({ [key]: value });
    });
    this.fields.set(key, input);
    return element(
      'label',
      { class: 'setting' },
      element('span', { class: 'setting-name' }, name),
      input,
      element('span', { class: 'muted' }, words),
    );
  }
}

/** What to say in place of the picture, or over it. */
function messageOf({ result, failure, progress, settings: chosen, relu, channel }: ShownAscent): string {
  if (failure !== null) return sentence(failure);
  if (progress) {
    const left = progress.secondsLeft === null ? '' : `; about ${progress.secondsLeft} s to go`;
    return result ? `On the way to step ${result.of}${left}.` : 'The first steps …';
  }
  if (result === null) return `Make the picture that map ${channel} answers to most, to see what its filter looks for.`;
  const { withoutSlope } = result.picture;
  if (withoutSlope === 0) return '';
  return (
    `At ${withoutSlope} of ${result.steps} steps the filter was silent all over the picture, so no pixel could change it.` +
    (relu && chosen.relu === 'after' ? ' Try the mean before the ReLU, or another seed.' : ' Another seed may help.')
  );
}

function draw(canvas: HTMLCanvasElement, { picture: { picture, height, width } }: AscentResult): void {
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext('2d')!;
  const image = context.createImageData(width, height);
  for (let i = 0; i < width * height; i += 1) {
    image.data.set(picture.subarray(3 * i, 3 * i + 3), 4 * i);
    image.data[4 * i + 3] = 255;
  }
  context.putImageData(image, 0, 0);
}

function objectiveCaption({ settings: { relu }, relu: has }: ShownAscent): string {
  return `Mean of the map${has ? ` ${relu} its ReLU` : ''} by step. Jitter makes it tremble; a curve that still rises wants more steps.`;
}
