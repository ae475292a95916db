import type { RunWriter } from '../../runs/runWriter';
import type { StepRow } from '../../runs/stepsTable';
import type { Program, Runtime } from '../compile/program';
import { BatchLoader } from '../data/loader';
import type { Experiment, LossSpec } from '../experiment/schema';
import { createLoss } from '../losses/registry';
import { initializeParameters } from '../unet/initializers';
import { unetParameters } from '../unet/unet';
import { divergence } from './divergence';
import { Evaluator } from './evaluate';
import type { TrainingEvent } from './events';
import { createOptimizer } from './optimizers';
import { measureEpoch } from './measureEpoch';
import { Pace } from './pace';
import type { PreparedDataset } from './prepare';
import { readProgress, type Progress, progressMetadata } from './resume';
import { learningRate } from './schedules';
import { trainingState, trainingStep } from './trainingStep';

/** What a training works with. */
export interface TrainSessionOptions {
  readonly experiment: Experiment;
  readonly loss: LossSpec;
  readonly data: PreparedDataset;
  readonly runtime: Runtime;
  /** Folder of the run to go on with; a new one when left out. */
  readonly resume?: string | undefined;
  /** Asks to stop after the step under way. */
  readonly signal: AbortSignal;
  emit(event: TrainingEvent): void;
}

/** Whoever waits for rows on the disk (plots that follow along) waits no longer than this. */
const flushSeconds = 1;

/** The loop over epochs and steps, with everything that is open while it runs. */
export class TrainingSession {
  private readonly optimizer;
  private readonly loader: BatchLoader;
  private readonly evaluator: Evaluator;
  private readonly parameters;
  private readonly stateShapes;
  private rows: StepRow[] = [];
  private flushed = performance.now();
  private readonly pace: Pace;
  private readonly secondsBefore: number;

  private constructor(
    private readonly writer: RunWriter,
    private readonly options: TrainSessionOptions,
    private readonly program: Program,
    private readonly progress: Progress,
  ) {
    const { experiment, data, loss, runtime } = options;
    const { model, training } = experiment;
    const { crop, geometry } = data.inspection;
    this.secondsBefore = progress.secondsTraining;
    this.optimizer = createOptimizer(training.optimizer);
    this.parameters = unetParameters(model);
    this.stateShapes = trainingState(this.parameters, this.optimizer);
    this.loader = new BatchLoader({
      pairs: data.inspection.train,
      cache: data.cache,
      geometry,
      crop,
      flip: experiment.input.flip,
      batchSize: training.batchSize,
      seed: training.seed,
    });
    this.evaluator = new Evaluator(runtime, data.cache, {
      model,
      loss: createLoss(loss),
      mode: training.evaluate,
      crop,
    });
    this.pace = new Pace(this.loader.batchesPerEpoch, training.epochs, training.evaluateEvery);
  }

  /** Compiles the step and puts weights into it: fresh ones, or those to go on from. */
  static async start(writer: RunWriter, options: TrainSessionOptions): Promise<TrainingSession> {
    const { experiment, loss, data, runtime } = options;
    const { model, training } = experiment;
    const { crop, geometry } = data.inspection;
    const optimizer = createOptimizer(training.optimizer);
    const parameters = unetParameters(model);
    const program = await runtime.compile(
      trainingStep(model, createLoss(loss), optimizer, {
        batchSize: training.batchSize,
        tile: geometry.tile,
        crop,
        offset: geometry.offset,
      }),
    );
    const stored = options.resume === undefined ? null : await writer.readResume();
    const progress = readProgress(stored, trainingState(parameters, optimizer), writer.folder);
    if (options.resume !== undefined) {
      await writer.cutAfter(progress.epoch, progress.step);
      await writer.update({
        status: 'running',
        error: null,
        finished: null,
        resumedFrom: [...writer.document.resumedFrom, progress.epoch],
        secondsTraining: progress.secondsTraining,
      });
    }
    const weights = progress.state ?? initializeParameters(parameters, training.initializer, training.seed);
    await program.writeState(weights);
    const session = new TrainingSession(writer, options, program, progress);
    if (progress.step === 0) await session.writeCheckpoint(0, weights);
    return session;
  }

  async run(): Promise<'finished' | 'stopped'> {
    const { epochs } = this.options.experiment.training;
    while (this.progress.epoch < epochs) {
      const whole = await this.runEpoch(this.progress.epoch + 1);
      if (!whole) return 'stopped';
      if (this.progress.epoch < epochs && (await this.stopAsked())) return 'stopped';
    }
    return 'finished';
  }

  async dispose(): Promise<void> {
    await this.evaluator.dispose();
    await this.program.dispose();
  }

  /** One epoch with what belongs to its end. False when it was stopped on the way; then the state is saved. */
  private async runEpoch(epoch: number): Promise<boolean> {
    const { progress, loader } = this;
    const first = progress.step - progress.epoch * loader.batchesPerEpoch;
    for await (const batch of loader.epoch(epoch, first)) {
      const started = performance.now();
      await this.step(epoch, batch);
      progress.secondsTraining += (performance.now() - started) / 1000;
      if (performance.now() - this.flushed > flushSeconds * 1000) await this.flush();
      if (batch.index + 1 < loader.batchesPerEpoch && (await this.stopAsked())) {
        await this.flush();
        await this.save(await this.program.readState());
        await this.tellProgress();
        return false;
      }
    }
    await this.flush();
    await this.endEpoch(epoch);
    await this.tellProgress();
    return true;
  }

  private async tellProgress(): Promise<void> {
    const { epoch, step, secondsTraining } = this.progress;
    await this.writer.update({
      epochsDone: epoch,
      stepsDone: step,
      secondsTraining,
      dataWaitShare: this.waitShare(),
    });
  }

  private async step(epoch: number, batch: { index: number; images: Float32Array; labels: Int32Array }): Promise<void> {
    const { training } = this.options.experiment;
    const { progress, loader } = this;
    const step = progress.step + 1;
    const rate = learningRate(
      training.schedule,
      training.optimizer.learningRate,
      step,
      training.epochs * loader.batchesPerEpoch,
    );
    const scalars = Object.entries(this.optimizer.scalars(step, rate));
    const started = performance.now();
    const { loss, change } = await this.program.run({
      images: batch.images,
      labels: batch.labels,
      ...Object.fromEntries(scalars.map(([name, value]) => [name, Float32Array.of(value)])),
    });
    const seconds = (performance.now() - started) / 1000;
    const value = loss![0]!;
    if (!Number.isFinite(value) || !change!.every(Number.isFinite)) {
      await this.flush(); // the steps that led here are what one wants to look at
      throw divergence(value, step, epoch, training);
    }
    progress.step = step;
    this.pace.step(seconds);
    const imagesPerSecond = training.batchSize / seconds;
    this.rows.push({
      step,
      epoch,
      loss: value,
      learningRate: rate,
      seconds,
      imagesPerSecond,
      changes: Object.fromEntries(this.parameters.map(({ name }, i) => [name, change![i]!])),
    });
    this.options.emit({
      type: 'step',
      run: this.writer.document.id,
      epoch,
      epochs: training.epochs,
      step: batch.index + 1,
      stepsPerEpoch: loader.batchesPerEpoch,
      loss: value,
      learningRate: rate,
      imagesPerSecond,
      etaSeconds: this.pace.secondsLeft(step),
    });
  }

  /**
   * Measures, then saves. The order matters: when the state of an epoch is on the disk, its metrics are, too; a run that is
   * killed in between measures the epoch again, with the same result.
   */
  private async endEpoch(epoch: number): Promise<void> {
    const { training } = this.options.experiment;
    const { writer, progress } = this;
    progress.epoch = epoch;
    const last = epoch === training.epochs;
    const state = await this.program.readState();
    if (epoch % training.evaluateEvery === 0 || last) await this.measure(epoch, state);
    if (epoch % training.checkpointEvery === 0 || last) await this.writeCheckpoint(epoch, state);
    await this.save(state);
    await writer.applyRetention(training.keep, writer.document.best?.epoch ?? null);
  }

  private async measure(epoch: number, state: Record<string, Float32Array>): Promise<void> {
    const started = performance.now();
    const weights = Object.fromEntries(this.parameters.map(({ name }) => [name, state[name]!]));
    const { inspection: images } = this.options.data;
    await measureEpoch(this.writer, this.evaluator, {
      epoch,
      weights,
      images,
      emit: (event) => this.options.emit(event),
    });
    this.pace.evaluation((performance.now() - started) / 1000);
  }

  private async writeCheckpoint(epoch: number, state: Readonly<Record<string, Float32Array>>): Promise<void> {
    const tensors = this.parameters.map(({ name, shape }) => ({ name, shape, data: state[name]! }));
    const file = await this.writer.writeCheckpoint(epoch, tensors);
    if (epoch > 0) this.options.emit({ type: 'checkpoint', run: this.writer.document.id, epoch, file });
  }

  /** Weights and optimizer state, to go on from. */
  private async save(state: Readonly<Record<string, Float32Array>>): Promise<void> {
    const tensors = Object.entries(this.stateShapes).map(([name, { shape }]) => ({ name, shape, data: state[name]! }));
    await this.writer.writeResume(tensors, progressMetadata(this.progress));
  }

  private async flush(): Promise<void> {
    const { rows } = this;
    this.rows = [];
    this.flushed = performance.now();
    await this.writer.appendSteps(rows);
  }

  private waitShare(): number {
    // Waiting is counted from here on, so the time before a resume does not count either.
    const total = this.progress.secondsTraining - this.secondsBefore + this.loader.secondsWaited;
    return total > 0 ? this.loader.secondsWaited / total : 0;
  }

  private async stopAsked(): Promise<boolean> {
    return this.options.signal.aborted || (await this.writer.stopRequested());
  }
}
