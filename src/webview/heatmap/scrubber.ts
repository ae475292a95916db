import { element, replaceChildren } from '../kit/dom';
import { quietButton } from '../kit/widgets';

/** A small map of one epoch. */
export interface Thumbnail {
  readonly epoch: number;
  /** Null as long as it has not been computed. */
  readonly picture: HTMLCanvasElement | null;
}

/** What the scrubber shows. */
export interface Scrubbed {
  /** Epochs that there are weights of, ascending. */
  readonly epochs: readonly number[];
  readonly epoch: number | null;
  readonly thumbnails: readonly Thumbnail[];
  /** What the thumbnails are of: "pt of focal γ=2". */
  readonly of: string;
  /** What has no epochs, in words; left out when everything has. */
  readonly note?: string;
}

/** How long an epoch is shown while they are played, and in an exported sequence. */
export const frameMilliseconds = 250;

/** The epochs: a slider, a button that plays them, and a strip of small maps. */
export class Scrubber {
  readonly root: HTMLElement;
  private readonly slider = element('input', { type: 'range', min: '0', step: '1', 'aria-label': 'Epoch' });
  private readonly label = element('output', { class: 'epoch-label' });
  private readonly note = element('p', { class: 'muted scrubber-note' });
  private readonly row: HTMLElement;
  private readonly strip = element('div', { class: 'strip-row', role: 'group', 'aria-label': 'Epochs' });
  private readonly before = quietButton('◀', 'Checkpoint before ( [ )', () => this.step(-1));
  private readonly after = quietButton('▶', 'Next checkpoint ( ] )', () => this.step(1));
  private readonly play = quietButton(
    'Play',
    'Show all epochs one after the other (Space)',
    () => this.toggle(),
    false,
  );
  private now: Scrubbed = { epochs: [], epoch: null, thumbnails: [], of: '' };
  private drawn = '';
  private playing = false;

  /**
   * @param go show another epoch; `last` when it is the newest there is.
   * @param settled whether the epoch that was gone to is on the screen: the next one is not played before.
   */
  constructor(
    private readonly go: (epoch: number, last: boolean) => void,
    private readonly settled: () => boolean,
  ) {
    this.slider.addEventListener('input', () => {
      this.stop();
      this.goTo(Number(this.slider.value));
    });
    this.row = element('div', { class: 'scrubber-row' }, this.play, this.before, this.slider, this.after, this.label);
    this.root = element('section', { class: 'scrubber', 'aria-label': 'Epochs' }, this.row, this.strip, this.note);
  }

  show(scrubbed: Scrubbed): void {
    this.now = scrubbed;
    const { epochs, epoch, thumbnails, of, note = '' } = scrubbed;
    const at = epoch === null ? -1 : epochs.indexOf(epoch);
    this.row.hidden = this.strip.hidden = epochs.length === 0;
    this.root.hidden = epochs.length === 0 && note === '';
    this.note.textContent = note;
    this.note.hidden = note === '';
    this.slider.max = String(Math.max(0, epochs.length - 1));
    this.slider.value = String(Math.max(0, at));
    this.slider.setAttribute('aria-valuetext', `epoch ${epoch ?? ''}`);
    this.label.textContent = epoch === null ? '' : `epoch ${epoch} of ${epochs.at(-1)}`;
    this.before.disabled = at <= 0;
    this.after.disabled = at < 0 || at >= epochs.length - 1;
    this.slider.disabled = this.play.disabled = epochs.length < 2;
    this.strip.title = `${of}, after each epoch`;
    const text = JSON.stringify([epoch, thumbnails.map((one) => [one.epoch, one.picture?.dataset['key']])]);
    if (text === this.drawn) return;
    this.drawn = text;
    const focused = (document.activeElement as HTMLElement | null)?.dataset['epoch'];
    replaceChildren(this.strip, ...thumbnails.map((thumbnail) => this.thumbnail(thumbnail, of)));
    if (focused !== undefined) this.strip.querySelector<HTMLElement>(`[data-epoch="${focused}"]`)?.focus();
    this.reveal();
  }

  /** Brings the thumbnail of the epoch into the strip's sight. */
  private reveal(): void {
    const current = this.strip.querySelector<HTMLElement>('[aria-pressed="true"]');
    if (!current) return;
    const { offsetLeft: left, offsetWidth: width } = current;
    const from = left - this.strip.offsetLeft;
    if (from < this.strip.scrollLeft) this.strip.scrollLeft = from;
    else if (from + width > this.strip.scrollLeft + this.strip.clientWidth)
      this.strip.scrollLeft = from + width - this.strip.clientWidth;
  }

  step(by: -1 | 1): void {
    this.stop();
    this.goTo(this.index() + by);
  }

  toggle(): void {
    if (this.playing) {
      this.stop();
      return;
    }
    this.playing = true;
    this.play.textContent = 'Pause';
    this.play.setAttribute('aria-pressed', 'true');
    if (this.index() >= this.now.epochs.length - 1) this.goTo(0);
    this.tick();
  }

  private stop(): void {
    this.playing = false;
    this.play.textContent = 'Play';
    this.play.setAttribute('aria-pressed', 'false');
  }

  private tick(): void {
    setTimeout(() => {
      if (!this.playing) return;
      if (this.settled()) {
        if (this.index() >= this.now.epochs.length - 1) {
          this.stop();
          return;
        }
        this.goTo(this.index() + 1);
      }
      this.tick();
    }, frameMilliseconds);
  }

  private index(): number {
    return this.now.epoch === null ? 0 : this.now.epochs.indexOf(this.now.epoch);
  }

  private goTo(index: number): void {
    const epoch = this.now.epochs[Math.min(this.now.epochs.length - 1, Math.max(0, index))];
    if (epoch !== undefined && epoch !== this.now.epoch) this.choose(epoch);
  }

  private choose(epoch: number): void {
    this.go(epoch, epoch === this.now.epochs.at(-1));
  }

  private thumbnail({ epoch, picture }: Thumbnail, of: string): HTMLElement {
    const current = epoch === this.now.epoch;
    const made = element(
      'button',
      {
        class: 'thumbnail',
        type: 'button',
        'data-epoch': epoch,
        'aria-pressed': current,
        'aria-label': `Epoch ${epoch}: ${of}`,
        onclick: () => {
          this.stop();
          this.choose(epoch);
        },
      },
      picture ?? element('span', { class: 'thumbnail-empty' }),
      element('span', {}, String(epoch)),
    );
    return made;
  }
}
