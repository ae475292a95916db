import type { TrainingEvent } from '../training/events';
import { duration } from '../report/words';
import { type Colours, figure, lossFigure, type OutputStream } from './io';
import { width } from './textTable';

type Step = Extract<TrainingEvent, { type: 'step' }>;

const eraseLine = '\r\u001b[2K';

/** Redrawing more often than the eye can follow only costs time. */
const millisecondsBetween = 80;

const bar = { least: 8, most: 28 };

/** The one line at the foot of a terminal that shows how far a training is. */
export class ProgressLine {
  private shown = '';
  private drawn = 0;

  constructor(
    private readonly stream: OutputStream,
    private readonly colours: Colours,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** Draws the line anew, unless that was done a moment ago and `important` is false. */
  draw(label: string, step: Step, iou: string, important: boolean): void {
    if (!important && this.shown !== '' && this.now() - this.drawn < millisecondsBetween) return;
    this.drawn = this.now();
    this.shown = this.compose(label, step, iou);
    this.stream.write(eraseLine + this.shown);
  }

  /** Takes the line away, for something else to be printed. */
  clear(): void {
    if (this.shown !== '') this.stream.write(eraseLine);
  }

  /** Shows the line again after something else was printed. */
  redraw(): void {
    if (this.shown !== '') this.stream.write(this.shown);
  }

  /** Leaves the line where it is and goes on below it. */
  end(): void {
    if (this.shown !== '') this.stream.write('\n');
    this.shown = '';
  }

  /** Forgets the line, which has been taken away. */
  forget(): void {
    this.clear();
    this.shown = '';
  }

  /** The line in the width of the terminal: where it is too narrow, what matters least is dropped first. */
  private compose(label: string, step: Step, iou: string): string {
    const room = (this.stream.columns ?? 80) - 1; // a full last column would wrap
    const stepNumber = String(step.step).padStart(String(step.stepsPerEpoch).length);
    const parts = [
      { importance: 9, text: label },
      { importance: 8, text: `epoch ${step.epoch}/${step.epochs}` },
      { importance: 1, text: `step ${stepNumber}/${step.stepsPerEpoch}` },
      { importance: 5, text: `loss ${lossFigure(step.loss)}` },
      { importance: 4, text: iou },
      { importance: 3, text: `${duration(step.etaSeconds)} left` },
      { importance: 0, text: `${figure(step.imagesPerSecond, 1)} images/s` },
    ].filter(({ text }) => text !== '');
    const length = (): number => parts.reduce((sum, { text }) => sum + width(text) + 2, -2);
    while (parts.length > 1 && length() > room) {
      const least = Math.min(...parts.map(({ importance }) => importance));
      parts.splice(
        parts.findIndex(({ importance }) => importance === least),
        1,
      );
    }
    const size = Math.min(bar.most, room - length() - 2);
    const [first = '', ...rest] = parts.map(({ text }) => text);
    if (size < bar.least) return [first, ...rest].join('  ').slice(0, Math.max(0, room));
    return [first, this.bar(step, size), ...rest].join('  ');
  }

  private bar({ epoch, epochs, step, stepsPerEpoch }: Step, size: number): string {
    const share = (epoch - 1 + step / stepsPerEpoch) / epochs;
    const full = Math.round(Math.min(Math.max(share, 0), 1) * size);
    return this.colours.cyan('█'.repeat(full)) + this.colours.dim('░'.repeat(size - full));
  }
}
