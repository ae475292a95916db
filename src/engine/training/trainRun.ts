import type { RunStatus } from '../../runs/document';
import { writeImageHashes } from '../../runs/imageHashes';
import type { MetricsRow } from '../../runs/metricsTable';
import { betterSummary, metricsSummary } from '../../runs/metricsTable';
import { Problem } from '../../runs/problem';
import { RunWriter } from '../../runs/runWriter';
import type { StepRow } from '../../runs/stepsTable';
import type { Program, Runtime } from '../compile/program';
import { BatchLoader } from '../data/loader';
import { lossLabel, lossName } from '../experiment/lossLabel';
import type { Experiment, LossSpec, TrainingConfig } from '../experiment/schema';
import { createLoss } from '../losses/registry';
import { initializeParameters } from '../unet/initializers';
import { countParameters, unetParameters } from '../unet/unet';
import { Evaluator, type Prediction } from './evaluate';
import type { TrainingEvent } from './events';
import { createOptimizer } from './optimizers';
import { Pace } from './pace';
import type { PreparedDataset } from './prepare';
import { readProgress, type Progress, progressMetadata, refuseChangedExperiment, storedExperiment } from './resume';
import { sampleCount, writeSamplePredictions } from './samplePredictions';
import { learningRate } from './schedules';
import { trainingState, trainingStep } from './trainingStep';

export interface TrainOptions {
  readonly experiment: Experiment;
  readonly loss: LossSpec;
  readonly data: PreparedDataset;
  readonly runsFolder: string;
  readonly runtime: Runtime;
  /** Why this runtime, for `run.json` and the log. */
  readonly reason: string;
  /** Folder of the run to go on with; a new one is made when left out. */
  readonly resume?: string | undefined;
  /** Asks to stop after the step under way. */
  readonly signal: AbortSignal;
  readonly versions: Readonly<Record<string, string>>;
  emit(event: TrainingEvent): void;
}

/** Whoever waits for rows on the disk (plots that follow along) waits no longer than this. */
const flushSeconds = 1;

/**
 * Trains one U-Net under one loss, from its first or its last whole step to the end, into a run folder.
 *
 * @returns how the run ended: `finished` or `stopped`.
 * @throws Problem when it fails (the run is marked so): a loss that is no longer a number, a full disk, images that
 *   disappear; and, before anything is written, when the run to resume does not fit the experiment.
 */
export async function trainRun(options: TrainOptions): Promise<RunStatus> {
  const { experiment, loss: spec, data, runtime } = options;
  const writer = await openRun(options);
  const say = async (message: string): Promise<void> => {
    options.emit({ type: 'log', run: writer.document.id, message });
    await writer.log(`${new Date().toISOString()} ${message}`);
  };
  try {
    writer.startHeartbeat();
    if (options.resume === undefined) await writeImageHashes(writer.folder, data.hashes);
    const session = await TrainingSession.start(writer, options, say);
    try {
      options.emit({ type: 'started', folder: writer.folder, document: writer.document });
      await say(
        `${options.resume === undefined ? 'Training' : 'Going on with'} ${experiment.name} under ${lossLabel(spec)}: ` +
          `${data.inspection.train.length} training and ${data.inspection.test.length} test images, ` +
          `${writer.document.parameters.toLocaleString('en')} parameters`,
      );
      await say(`Running on ${runtime.name} (${runtime.provider}, ${runtime.threads} threads): ${options.reason}`);
      const status = await session.run();
      await writer.update({ status, finished: new Date().toISOString() });
      await say(
        `${status === 'finished' ? 'Finished' : 'Stopped'} after ${writer.document.epochsDone} epochs; ` +
          `${((writer.document.dataWaitShare ?? 0) * 100).toFixed(1)} % of the training time was spent waiting for data`,
      );
      options.emit({
        type: 'ended',
        run: writer.document.id,
        status,
        folder: writer.folder,
        document: writer.document,
      });
      return status;
    } finally {
      await session.dispose();
    }
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const hint = error instanceof Problem ? error.hint : undefined;
    try {
      await writer.log(`${new Date().toISOString()} Failed: ${message}`);
      const told = hint === undefined ? { message } : { message, hint };
      await writer.update({ status: 'failed', finished: new Date().toISOString(), error: told });
    } catch (second) {
      // On a full disk the failure itself cannot be written down: whoever called hears of both.
      if (error instanceof Error)
        error.message += ` (and the run's folder could not be brought up to date: ${(second as Error).message})`;
    }
    options.emit({
      type: 'ended',
      run: writer.document.id,
      status: 'failed',
      folder: writer.folder,
      document: writer.document,
    });
    throw error;
  } finally {
    await writer.close();
  }
}

/** Makes the run's folder, or takes up the one to resume after checking that it fits. */
async function openRun(options: TrainOptions): Promise<RunWriter> {
  const { experiment, loss, data, runtime, resume } = options;
  const accelerator = {
    name: runtime.name,
    provider: runtime.provider,
    threads: runtime.threads,
    reason: options.reason,
  };
  const versions = { ...options.versions, ...runtime.versions };
  const { epochs } = experiment.training;
  if (resume !== undefined) {
    const writer = await RunWriter.reopen(resume);
    try {
      refuseChangedExperiment(writer.document, experiment, loss, data.fingerprint);
      await writer.update({ accelerator, versions, engine: runtime.name, epochsTotal: epochs });
    } catch (error) {
      await writer.close();
      throw error;
    }
    return writer;
  }
  return RunWriter.create(options.runsFolder, {
    experiment: storedExperiment(experiment, loss),
    experimentFile: experiment.file,
    experimentName: experiment.name,
    loss: { name: lossName(loss), label: lossLabel(loss), spec: loss },
    dataset: {
      fingerprint: data.fingerprint,
      train: data.inspection.train.map(({ name }) => name),
      test: data.inspection.test.map(({ name }) => name),
      synthetic: experiment.dataset.synthetic ?? false,
    },
    parameters: countParameters(unetParameters(experiment.model)),
    engine: runtime.name,
    accelerator,
    versions,
    seed: experiment.training.seed,
    epochsTotal: epochs,
  });
}

/** The loop over epochs and steps, with everything that is open while it runs. */
class TrainingSession {
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
    private readonly options: TrainOptions,
    private readonly program: Program,
    private readonly progress: Progress,
    private readonly say: (message: string) => Promise<void>,
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
  static async start(
    writer: RunWriter,
    options: TrainOptions,
    say: (message: string) => Promise<void>,
  ): Promise<TrainingSession> {
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
    const session = new TrainingSession(writer, options, program, progress, say);
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
    if (epoch % training.evaluateEvery === 0 || last) await this.evaluate(epoch, state);
    if (epoch % training.checkpointEvery === 0 || last) await this.writeCheckpoint(epoch, state);
    await this.save(state);
    await writer.applyRetention(training.keep, writer.document.best?.epoch ?? null);
  }

  private async evaluate(epoch: number, state: Record<string, Float32Array>): Promise<void> {
    const { writer, options, evaluator } = this;
    const { train, test } = options.data.inspection;
    const started = performance.now();
    const weights = Object.fromEntries(this.parameters.map(({ name }) => [name, state[name]!]));
    const shown: Prediction[] = [];
    const keep = (prediction: Prediction): Promise<void> => {
      if (shown.length < sampleCount) shown.push(prediction);
      return Promise.resolve();
    };
    const rows: MetricsRow[] = [
      ...(await evaluator.evaluate(weights, epoch, 'train', train, test.length === 0 ? keep : undefined)),
      ...(await evaluator.evaluate(weights, epoch, 'test', test, keep)),
    ];
    await writer.appendMetrics(rows);
    await writeSamplePredictions(writer.folder, epoch, shown);
    const last = metricsSummary(epoch, rows);
    await writer.update({ last, best: betterSummary(writer.document.best, last) });
    this.pace.evaluation((performance.now() - started) / 1000);
    options.emit({ type: 'evaluated', run: writer.document.id, epoch, train: last.train, test: last.test });
    const means = last.test ?? last.train;
    await writer.log(
      `${new Date().toISOString()} Epoch ${epoch}: ${last.test ? 'test' : 'train'} loss ${means?.loss?.toPrecision(4)}, ` +
        `IoU ${means?.iou?.toFixed(4)}, confidence foreground ${means?.confidenceForeground?.toFixed(4)}, ` +
        `background ${means?.confidenceBackground?.toFixed(4)}`,
    );
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

function divergence(loss: number, step: number, epoch: number, { checkpointEvery }: TrainingConfig): Problem {
  const checkpoint = epoch - 1 - ((epoch - 1) % checkpointEvery);
  const what = Number.isFinite(loss) ? 'the weights are no longer finite numbers' : `the loss is ${loss}`;
  const kept = checkpoint > 0 ? `The checkpoint of epoch ${checkpoint} is kept. ` : '';
  return new Problem(`training diverged: in step ${step} (epoch ${epoch}) ${what}`, {
    hint: `${kept}Try a smaller learning rate, a warm-up ("schedule": { "warmupSteps": 100 }), or the "he" initializer.`,
    exitCode: 1,
  });
}
