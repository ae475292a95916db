import type { DescentEvent } from '../insight/descent/events';
import { duration } from '../report/words';
import { type Colours, coloursFor, figure, lossFigure, type OutputStream } from './io';

/** Shows a descent while it goes on. */
export interface DescentConsole {
  event(event: DescentEvent): void;
  /** Leaves the terminal in order. Call it however the descent ends. */
  close(): void;
}

type Step = Extract<DescentEvent, { type: 'step' }>;

/** Redrawing more often than the eye can follow only costs time. */
const millisecondsBetween = 80;

/**
 * Renders the events of a descent: one JSON object a line with `json`; on a terminal one line that is redrawn; elsewhere a
 * plain line for every frame.
 */
export function createDescentConsole({ json, stream }: { json: boolean; stream: OutputStream }): DescentConsole {
  if (json) return { event: (event) => void stream.write(`${JSON.stringify(event)}\n`), close: () => undefined };
  return new TextConsole(stream);
}

class TextConsole implements DescentConsole {
  private readonly colours: Colours;
  private labels: readonly string[] = [];
  private drawn = -Infinity;
  private open = false;
  private frame = false;

  constructor(private readonly stream: OutputStream) {
    this.colours = coloursFor(stream.isTTY ?? false);
  }

  event(event: DescentEvent): void {
    switch (event.type) {
      case 'started': {
        const { document, folder } = event;
        this.labels = document.losses.map(({ label }) => label);
        const resumed = document.stepsDone > 0 ? `, goes on after ${document.stepsDone} steps` : '';
        this.line(`${this.colours.bold(`Descent on ${document.image.name}`)}${resumed}  ${this.colours.dim(folder)}`);
        return;
      }
      case 'frame':
        this.frame = true;
        return;
      case 'step':
        return this.step(event);
      case 'log':
        return this.line(event.message);
      case 'ended': {
        const { status, document } = event;
        this.line(
          `  ${status} after ${document.stepsDone} of ${document.stepsTotal} steps, ${duration(document.secondsDescending)}` +
            (status === 'finished' ? '' : `; go on with losscape descend --resume ${event.folder}`),
        );
      }
    }
  }

  close(): void {
    if (this.open) this.stream.write('\n');
    this.open = false;
  }

  private step(step: Step): void {
    const last = step.row.step === step.steps;
    if (this.stream.isTTY) {
      if (performance.now() - this.drawn < millisecondsBetween && !last) return;
      this.drawn = performance.now();
      this.stream.write(`\r\u001b[2K${this.words(step).slice(0, Math.max(0, (this.stream.columns ?? 80) - 1))}`);
      this.open = true;
    } else if (this.frame) {
      this.line(this.words(step));
      this.frame = false;
    }
  }

  private words({ row, loss, steps, etaSeconds }: Step): string {
    return (
      `  ${this.labels[loss - 1] ?? row.descended}  step ${row.step}/${steps}  loss ${lossFigure(row.loss)}  ` +
      `IoU ${figure(row.iou)}  confidence ${figure(row.confidenceBackground)}/${figure(row.confidenceForeground)}  ` +
      `${duration(etaSeconds)} left`
    );
  }

  /** A line of its own; it takes the place of the progress line. */
  private line(text: string): void {
    if (this.open) this.stream.write('\r\u001b[2K');
    this.open = false;
    this.stream.write(`${text}\n`);
  }
}
