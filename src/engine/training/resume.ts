import type { RunDocument } from '../../runs/document';
import { Problem } from '../../runs/problem';
import type { ResumeState } from '../../runs/runWriter';
import { runPaths } from '../../runs/layout';
import type { ProgramState } from '../compile/program';
import { experimentDifferences } from '../experiment/differences';
import { lossName } from '../experiment/lossLabel';
import type { Experiment, LossSpec } from '../experiment/schema';

/** How far a run has come. */
export interface Progress {
  /** Whole epochs. */
  epoch: number;
  /** Steps, also those of an epoch that was stopped on its way. */
  step: number;
  /** Time spent in training steps, over all sessions. */
  secondsTraining: number;
  /** Weights and optimizer state, or undefined to begin with fresh ones. */
  readonly state: Record<string, Float32Array> | undefined;
}

/** What is kept in the metadata of `resume.safetensors`. */
export function progressMetadata({ epoch, step, secondsTraining }: Progress): Record<string, string> {
  return { epoch: String(epoch), step: String(step), secondsTraining: String(secondsTraining) };
}

/**
 * Progress from a run's stored state; a fresh start when there is none.
 * @throws Problem when tensors are missing or have other shapes than the model.
 */
export function readProgress(
  stored: ResumeState | null,
  shapes: Readonly<Record<string, ProgramState>>,
  folder: string,
): Progress {
  if (stored === null) return { epoch: 0, step: 0, secondsTraining: 0, state: undefined };
  const state = readTensors(stored, shapes, folder);
  const { epoch, step, secondsTraining } = stored.metadata;
  return { epoch: Number(epoch), step: Number(step), secondsTraining: Number(secondsTraining), state };
}

/**
 * The state of a program out of a run's stored one.
 * @throws Problem when tensors are missing or have other shapes than the model.
 */
export function readTensors(
  stored: ResumeState,
  shapes: Readonly<Record<string, ProgramState>>,
  folder: string,
): Record<string, Float32Array> {
  const state: Record<string, Float32Array> = {};
  const byName = new Map(stored.tensors.map((tensor) => [tensor.name, tensor]));
  for (const [name, { shape }] of Object.entries(shapes)) {
    const tensor = byName.get(name);
    if (tensor?.shape.join() !== shape.join()) {
      throw new Problem(
        tensor
          ? `tensor "${name}" has the shape [${tensor.shape.join()}], the model's is [${shape.join()}]`
          : `there is no tensor "${name}"`,
        {
          place: { file: runPaths(folder).resume },
          hint: 'The file does not belong to this run. Start a new run.',
        },
      );
    }
    state[name] = tensor.data;
  }
  return state;
}

/** The experiment as one run keeps it: with its own loss only. */
export function storedExperiment(experiment: Experiment, loss: LossSpec): Experiment {
  return { ...experiment, losses: [loss] };
}

/**
 * A run goes on only as it began; it may be given more epochs where that does not change the learning rates of the ones it
 * has had.
 * @throws Problem that lists what differs.
 */
export function refuseChangedExperiment(
  document: RunDocument,
  experiment: Experiment,
  loss: LossSpec,
  fingerprint: string,
): void {
  const more = experiment.training.schedule.type === 'constant' ? ['training.epochs'] : [];
  const moved = document.dataset.fingerprint === fingerprint ? ['dataset.images', 'dataset.masks'] : [];
  const differences = experimentDifferences(document.experiment, storedExperiment(experiment, loss))
    .filter(({ path }) => ![...more, ...moved, 'name'].includes(path))
    .map(({ path, before, after }) => `${path}: ${JSON.stringify(before)} -> ${JSON.stringify(after)}`);
  if (document.dataset.fingerprint !== fingerprint)
    differences.push('the images or masks: their contents have changed');
  if (differences.length === 0) return;
  throw new Problem(
    `run ${document.id} (${lossName(loss)}) cannot go on: the experiment has changed since it began\n  ${differences.join('\n  ')}`,
    {
      ...(experiment.file === null ? {} : { place: { file: experiment.file } }),
      hint: 'Undo the changes to resume it, or start a new run.',
    },
  );
}
