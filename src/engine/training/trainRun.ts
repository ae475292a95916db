import type { RunStatus } from '../../runs/document';
import { markFailed } from '../../runs/failure';
import { writeImageHashes } from '../../runs/imageHashes';
import { RunWriter } from '../../runs/runWriter';
import { lossLabel, lossName } from '../experiment/lossLabel';
import { countParameters, unetParameters } from '../unet/unet';
import { refuseChangedExperiment, storedExperiment } from './resume';
import { TrainingSession, type TrainSessionOptions } from './trainingSession';

export interface TrainOptions extends TrainSessionOptions {
  readonly runsFolder: string;
  /** Why this runtime, for `run.json` and the log. */
  readonly reason: string;
  readonly versions: Readonly<Record<string, string>>;
}

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
  const end = (status: RunStatus): void => {
    const { document, folder } = writer;
    options.emit({ type: 'ended', run: document.id, status, folder, document });
  };
  try {
    writer.startHeartbeat();
    if (options.resume === undefined) await writeImageHashes(writer.folder, data.hashes);
    const session = await TrainingSession.start(writer, options);
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
      end(status);
      return status;
    } finally {
      await session.dispose();
    }
  } catch (error) {
    await markFailed(writer, error, "the run's folder");
    end('failed');
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
