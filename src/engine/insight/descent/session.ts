import * as tf from '@tensorflow/tfjs-core';
import { framePath, plannedFrames } from '../../../runs/descentFrames';
import type { DescentRow } from '../../../runs/descentTable';
import type { DescentWriter } from '../../../runs/descentWriter';
import { Problem } from '../../../runs/problem';
import type { Program, Runtime } from '../../compile/program';
import type { LossSpec } from '../../experiment/schema';
import { createLoss } from '../../losses/registry';
import { confidenceMetrics } from '../../metrics/confidence';
import { overlapMetrics } from '../../metrics/overlap';
import type { Prediction } from '../../metrics/prediction';
import { createOptimizer } from '../../training/optimizers';
import { readTensors } from '../../training/resume';
import { trainingState, trainingStep } from '../../training/trainingStep';
import { unetParameters } from '../../unet/unet';
import type { DescentEvent } from './events';
import type { PreparedDescent } from './prepare';

export interface DescendOptions {
  readonly prepared: PreparedDescent;
  readonly runtime: Runtime;
  /** Asks to stop after the step under way. */
  readonly signal: AbortSignal;
  emit(event: DescentEvent): void;
}

/** Whoever waits for rows on the disk waits no longer than this. */
const flushMilliseconds = 1000;

/** Keeping the state to go on from may take this share of the time: it is three times the size of the network. */
const savingShare = 0.05;

/** How far a descent has come. */
interface Position {
  /** Number of the loss. */
  loss: number;
  /** Steps taken under it. The network after them is yet to be measured. */
  step: number;
}

/** The descents of one image, loss after loss, with everything that is open while they run. */
export class DescentSession {
  private readonly optimizer;
  private readonly parameters;
  private readonly stateShapes;
  private readonly frames: ReadonlySet<number>;
  private rows: DescentRow[] = [];
  private flushed = performance.now();
  private saved = performance.now();
  private savingTakes = 0;
  private readonly began = performance.now();
  private readonly secondsBefore: number;
  private own = 0;

  constructor(
    private readonly writer: DescentWriter,
    private readonly options: DescendOptions,
  ) {
    const { experiment, optimizer, steps, every } = options.prepared;
    this.optimizer = createOptimizer(optimizer);
    this.parameters = unetParameters(experiment.model);
    this.stateShapes = trainingState(this.parameters, this.optimizer);
    this.frames = new Set(plannedFrames({ steps, every }));
    this.secondsBefore = writer.document.secondsDescending;
  }

  /** From the first step, or from where the kept state is, to the last. */
  async run(): Promise<'finished' | 'stopped'> {
    const { losses } = this.options.prepared;
    const { position, state } = await this.takeUp();
    for (; position.loss < losses.length; position.loss++, position.step = 0) {
      const begun = position.step > 0 ? state : undefined;
      if (!(await this.descend(position, losses[position.loss]!, begun))) return 'stopped';
      await this.keep({ loss: position.loss + 1, step: 0 }, {});
    }
    await this.writer.removeResume();
    return 'finished';
  }

  /** Where to begin, after the folder has been brought back to it. */
  private async takeUp(): Promise<{ position: Position; state: Record<string, Float32Array> | undefined }> {
    const stored = this.options.prepared.existing === undefined ? null : await this.writer.readResume();
    const position = { loss: Number(stored?.metadata.loss ?? 0), step: Number(stored?.metadata.step ?? 0) };
    await this.writer.cutBefore(position.loss, position.step);
    if (stored === null || position.step === 0) return { position, state: undefined };
    return { position, state: readTensors(stored, this.stateShapes, this.writer.folder) };
  }

  /** One loss, from the network of the checkpoint or from a kept state. False when it was stopped on the way. */
  private async descend(
    position: Position,
    spec: LossSpec,
    state: Record<string, Float32Array> | undefined,
  ): Promise<boolean> {
    const { experiment, weights, tile, steps } = this.options.prepared;
    const { plan, offset } = tile;
    const program = await this.options.runtime.compile(
      trainingStep(
        experiment.model,
        createLoss(spec),
        this.optimizer,
        { batchSize: 1, tile: plan.tile, crop: [plan.region.height, plan.region.width], offset },
        marginOf,
      ),
    );
    try {
      await program.writeState(state ?? weights);
      for (; position.step <= steps;) {
        await this.step(program, position);
        position.step += 1;
        if (performance.now() - this.flushed > flushMilliseconds) await this.flush(position);
        const asked = this.options.signal.aborted || (await this.writer.stopRequested());
        // The last step is only there to measure the network before it: a stop then comes between two losses.
        if (position.step <= steps && (asked || this.mayKeep(position))) {
          await this.flush(position);
          await this.keep(position, await program.readState());
          if (asked) return false;
        }
      }
      await this.flush({ loss: position.loss + 1, step: 0 });
      return true;
    } finally {
      await program.dispose();
    }
  }

  /** Measures the network after `position.step` steps, and takes the next one. */
  private async step(program: Program, position: Position): Promise<void> {
    const { images, plan } = this.options.prepared.tile;
    const { losses, steps, optimizer } = this.options.prepared;
    const { document } = this.writer;
    const scalars = Object.entries(this.optimizer.scalars(position.step + 1, optimizer.learningRate));
    const { loss, margin } = await program.run({
      images,
      labels: Int32Array.from(this.options.prepared.tile.labels),
      ...Object.fromEntries(scalars.map(([name, value]) => [name, Float32Array.of(value)])),
    });
    const { name, folder } = document.losses[position.loss]!;
    const row = this.measure(name, position.step, loss![0]!, margin!, plan.region.height, plan.region.width);
    if (!Number.isFinite(row.loss) || !margin!.every(Number.isFinite)) throw divergence(row);
    this.rows.push(row);
    this.own += position.step < steps ? 1 : 0;
    if (this.frames.has(row.step)) {
      await this.writer.writeFrame(folder, row.step, margin!);
      const file = framePath(this.writer.folder, folder, row.step);
      this.options.emit({ type: 'frame', descent: document.id, loss: name, step: row.step, file });
    }
    const stepsPerSecond = this.own / ((performance.now() - this.began) / 1000);
    const left = (losses.length - position.loss) * steps - position.step;
    this.options.emit({
      type: 'step',
      descent: document.id,
      row,
      loss: position.loss + 1,
      losses: losses.length,
      steps,
      stepsPerSecond,
      etaSeconds: left / stepsPerSecond,
    });
  }

  private measure(
    descended: string,
    step: number,
    loss: number,
    margin: Float32Array,
    height: number,
    width: number,
  ): DescentRow {
    const { labels } = this.options.prepared.tile;
    const prediction: Prediction = {
      height,
      width,
      margin,
      foreground: margin.map((x) => 1 / (1 + Math.exp(-x))),
      mask: Uint8Array.from(margin, (x) => (x > 0 ? 1 : 0)),
    };
    const { accuracy, iou } = overlapMetrics(prediction, labels);
    return { descended, step, loss, accuracy, iou, ...confidenceMetrics(prediction, labels) };
  }

  /** Puts on disk what has been measured, and how far it is. */
  private async flush({ loss, step }: Position): Promise<void> {
    const { rows } = this;
    this.rows = [];
    this.flushed = performance.now();
    await this.writer.appendRows(rows);
    await this.writer.update({
      stepsDone: Math.min(loss * this.options.prepared.steps + step, this.writer.document.stepsTotal),
      secondsDescending: this.secondsBefore + (performance.now() - this.began) / 1000,
    });
  }

  /** Whether it is time to keep the state: after a frame, when that does not cost too much of the time. */
  private mayKeep({ step }: Position): boolean {
    return this.frames.has(step - 1) && performance.now() - this.saved > this.savingTakes / savingShare;
  }

  /** Keeps what a resumed descent goes on from. */
  private async keep({ loss, step }: Position, state: Readonly<Record<string, Float32Array>>): Promise<void> {
    const started = performance.now();
    const names = Object.entries(this.stateShapes).filter(([name]) => name in state);
    const tensors = names.map(([name, { shape }]) => ({ name, shape, data: state[name]! }));
    await this.writer.writeResume(tensors, { loss: String(loss), step: String(step) });
    this.saved = performance.now();
    this.savingTakes = this.saved - started;
  }
}

/** logit of the foreground - logit of the background, [h,w], of the one image. */
function marginOf(logits: tf.Tensor4D): Record<string, tf.Tensor> {
  const [, height, width] = logits.shape;
  const [background, foreground] = tf.split(logits, 2, 3);
  return { margin: tf.reshape(tf.sub(foreground!, background!), [height, width]) };
}

function divergence({ descended, step, loss }: DescentRow): Problem {
  const what = Number.isFinite(loss) ? 'the network no longer answers with finite numbers' : `the loss is ${loss}`;
  return new Problem(`the descent under ${descended} diverged: after ${step} steps ${what}`, {
    hint: 'Begin a new one with a smaller --learning-rate.',
    exitCode: 1,
  });
}
