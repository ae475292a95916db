import { frameMilliseconds } from '../heatmap/scrubber';
import { element } from '../kit/dom';
import { quietButton } from '../kit/widgets';

/** The steps of which there are maps: a slider, and a button that plays them. */
export class StepScrubber {
  readonly root: HTMLElement;
  private readonly slider = element('input', { type: 'range', min: '0', step: '1', 'aria-label': 'Step' });
  private readonly label = element('output', { class: 'epoch-label' });
  private readonly before = quietButton('◀', 'Map before ( [ )', () => this.step(-1));
  private readonly after = quietButton('▶', 'Next map ( ] )', () => this.step(1));
  private readonly play = quietButton('Play', 'Show all steps one after the other (Space)', () => this.toggle(), false);
  private steps: readonly number[] = [];
  private now: number | null = null;
  private timer: ReturnType<typeof setInterval> | undefined;

  /**
   * @param go show another step; null: the newest, and those to come.
   * @param settled whether the step that was gone to is on the screen: the next one is not played before.
   */
  constructor(
    private readonly go: (step: number | null) => void,
    private readonly settled: () => boolean,
  ) {
    this.slider.addEventListener('input', () => {
      this.stop();
      this.goTo(Number(this.slider.value));
    });
    this.root = element(
      'div',
      { class: 'scrubber-row', role: 'group', 'aria-label': 'Steps' },
      this.play,
      this.before,
      this.slider,
      this.after,
      this.label,
    );
  }

  show(steps: readonly number[], now: number | null, total: number): void {
    this.steps = steps;
    this.now = now;
    const at = now === null ? -1 : steps.indexOf(now);
    this.root.hidden = steps.length === 0;
    this.slider.max = String(Math.max(0, steps.length - 1));
    this.slider.value = String(Math.max(0, at));
    this.slider.setAttribute('aria-valuetext', `step ${now ?? ''}`);
    this.label.textContent = now === null ? '' : `step ${now} of ${total}`;
    this.before.disabled = at <= 0;
    this.after.disabled = at < 0 || at >= steps.length - 1;
    this.slider.disabled = this.play.disabled = steps.length < 2;
  }

  step(by: -1 | 1): void {
    this.stop();
    this.goTo(this.index() + by);
  }

  toggle(): void {
    if (this.timer !== undefined) {
      this.stop();
      return;
    }
    this.play.textContent = 'Pause';
    this.play.setAttribute('aria-pressed', 'true');
    if (this.index() >= this.steps.length - 1) this.goTo(0);
    this.timer = setInterval(() => {
      if (!this.settled()) return;
      if (this.index() >= this.steps.length - 1) this.stop();
      else this.goTo(this.index() + 1);
    }, frameMilliseconds);
  }

  private stop(): void {
    clearInterval(this.timer);
    this.timer = undefined;
    this.play.textContent = 'Play';
    this.play.setAttribute('aria-pressed', 'false');
  }

  private index(): number {
    return this.now === null ? 0 : this.steps.indexOf(this.now);
  }

  private goTo(index: number): void {
    const last = this.steps.length - 1;
    const at = Math.min(last, Math.max(0, index));
    // At the end it stays at the end when more comes.
    this.go(at === last ? null : (this.steps[at] ?? null));
  }
}
