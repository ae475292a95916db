import type { RunDocument } from '../../runs/document';
import type { Means, TrainingEvent } from '../training/events';
import { duration } from '../report/words';
import { coloursFor, figure, lossFigure, type OutputStream } from './io';
import { ProgressLine } from './progressLine';

/** Shows a training while it goes on. */
export interface TrainingConsole {
  event(event: TrainingEvent): void;
  /** Leaves the terminal in order. Call it however the training ends. */
  close(): void;
}

/** What is known of a run so far. */
interface Progress {
  readonly label: string;
  step: Extract<TrainingEvent, { type: 'step' }> | null;
  train: Means | null;
  test: Means | null;
  /** The last step of an epoch whose line has not been printed, because its evaluation may follow. */
  unprinted: Extract<TrainingEvent, { type: 'step' }> | null;
}

/**
 * Renders training events: one JSON object a line with `json`; on a terminal one line per run that is redrawn; plain
 * lines, one per epoch, anywhere else.
 */
export function createConsole(options: { json: boolean; stream: OutputStream; isTTY: boolean }): TrainingConsole {
  const { json, stream, isTTY } = options;
  if (json) {
    return { event: (event) => void stream.write(`${JSON.stringify(event)}\n`), close: () => undefined };
  }
  return new TextConsole(stream, isTTY);
}

class TextConsole implements TrainingConsole {
  private readonly runs = new Map<string, Progress>();
  private readonly line: ProgressLine | null;
  private readonly colours: ReturnType<typeof coloursFor>;

  constructor(
    private readonly stream: OutputStream,
    isTTY: boolean,
  ) {
    this.colours = coloursFor(isTTY);
    this.line = isTTY ? new ProgressLine(stream, this.colours) : null;
  }

  event(event: TrainingEvent): void {
    switch (event.type) {
      case 'started':
        return this.started(event.folder, event.document);
      case 'step':
        return this.step(event);
      case 'evaluated':
        return this.evaluated(event);
      case 'log':
        return this.print(event.message);
      case 'ended':
        return this.ended(event);
      case 'checkpoint':
        return; // a file per epoch; the folder of the run says as much
    }
  }

  close(): void {
    for (const run of this.runs.values()) this.flush(run);
    this.line?.end();
  }

  private started(folder: string, document: RunDocument): void {
    this.runs.set(document.id, { label: document.loss.label, step: null, train: null, test: null, unprinted: null });
    const resumed = document.epochsDone > 0 ? `, goes on after epoch ${document.epochsDone}` : '';
    this.print(`${this.colours.bold(document.loss.label)}${resumed}  ${this.colours.dim(folder)}`);
  }

  private step(step: Extract<TrainingEvent, { type: 'step' }>): void {
    const run = this.progress(step.run);
    this.flush(run);
    run.step = step;
    if (step.step === step.stepsPerEpoch) run.unprinted = step;
    this.line?.draw(run.label, step, testIou(run), step.step === step.stepsPerEpoch);
  }

  private evaluated(event: Extract<TrainingEvent, { type: 'evaluated' }>): void {
    const run = this.progress(event.run);
    run.train = event.train;
    run.test = event.test;
    if (this.line && run.step) {
      run.unprinted = null;
      this.line.draw(run.label, run.step, testIou(run), true);
      return;
    }
    const values = [
      ['train', event.train],
      ['test', event.test],
    ] as const;
    const means = values.flatMap(([split, mean]) =>
      mean
        ? [
            `${split}: IoU ${figure(mean.iou)}, confidence ${figure(mean.confidenceBackground)}/${figure(mean.confidenceForeground)}`,
          ]
        : [],
    );
    this.print([this.epochInWords(run, event.epoch), ...means].join('  '));
    run.unprinted = null;
  }

  private ended({ run: id, status, folder, document }: Extract<TrainingEvent, { type: 'ended' }>): void {
    const run = this.progress(id, document);
    this.flush(run);
    this.line?.forget();
    const { colours } = this;
    const colour = { finished: colours.green, failed: colours.red, stopped: colours.yellow }[status as string];
    const split = document.last?.test ? 'test' : 'train';
    const last = document.last?.[split];
    const best = document.best?.[split];
    this.print(
      [
        `${colours.bold(run.label)}  ${(colour ?? String)(status)} after ${document.epochsDone} of ${document.epochsTotal} epochs, ` +
          duration(document.secondsTraining),
        ...(last
          ? [
              `${split} IoU ${figure(last.iou)}${best ? ` (best ${figure(best.iou)} at epoch ${document.best!.epoch})` : ''}, ` +
                `confidence background ${figure(last.confidenceBackground)}, foreground ${figure(last.confidenceForeground)}`,
            ]
          : []),
        ...(document.dataWaitShare === null
          ? []
          : [`waiting for data: ${(100 * document.dataWaitShare).toFixed(1)} %`]),
        colours.dim(folder),
      ].join('\n  '),
    );
    this.runs.delete(id);
  }

  /** Prints the line of an epoch that turned out not to be evaluated. */
  private flush(run: Progress): void {
    if (run.unprinted && !this.line) this.print(this.epochInWords(run, run.unprinted.epoch));
    run.unprinted = null;
  }

  private epochInWords({ label, step }: Progress, epoch: number): string {
    if (!step) return `${label}  epoch ${epoch}`;
    const { epochs, loss, imagesPerSecond, etaSeconds } = step;
    return (
      `${label}  epoch ${epoch}/${epochs}  loss ${lossFigure(loss)}  ${figure(imagesPerSecond, 1)} images/s  ` +
      `${duration(etaSeconds)} left`
    );
  }

  private progress(id: string, document?: RunDocument): Progress {
    let run = this.runs.get(id);
    if (!run) {
      run = { label: document?.loss.label ?? id, step: null, train: null, test: null, unprinted: null };
      this.runs.set(id, run);
    }
    return run;
  }

  /** A line of its own, above the progress line if there is one. */
  private print(text: string): void {
    this.line?.clear();
    this.stream.write(`${text}\n`);
    this.line?.redraw();
  }
}

function testIou({ train, test }: Progress): string {
  if (test) return `test IoU ${figure(test.iou)}`;
  return train ? `train IoU ${figure(train.iou)}` : '';
}
