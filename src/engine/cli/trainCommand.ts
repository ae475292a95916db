import { constants } from 'node:fs';
import { access, readFile, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { readRunDocument, type RunStatus } from '../../runs/document';
import { Problem } from '../../runs/problem';
import { resolveRun } from '../../runs/scan';
import type { AcceleratorRequest } from '../accelerators/chooseRuntime';
import type { OnnxProvider } from '../compile/onnxLibrary';
import { inExperimentFile } from '../experiment/dataProblem';
import { readExperiment } from '../experiment/read';
import type { Experiment, LossSpec } from '../experiment/schema';
import { prepareDataset } from '../training/prepare';
import { chooseLosses } from './chooseLosses';
import { createConsole } from './console';
import type { CommandIo } from './io';
import { stopOnSignal } from './stopOnSignal';
import { versions } from './versions';

export interface TrainArguments {
  /** The experiment file; may be left out with `resume`, then the run's own settings hold. */
  readonly file?: string | undefined;
  readonly losses: readonly string[];
  /** Folder for run folders; `runs` beside the experiment file when left out. */
  readonly runs?: string | undefined;
  readonly resume?: string | undefined;
  readonly threads?: number | undefined;
  readonly accelerator: AcceleratorRequest;
  readonly provider?: OnnxProvider | undefined;
  readonly json: boolean;
}

/**
 * `losscape train FILE`: one run per loss, one after the other. Ends with 0, or 130 when it was stopped by a signal or a
 * stop file.
 */
export async function trainCommand(args: TrainArguments, io: CommandIo): Promise<number> {
  const { experiment, losses, runsFolder, resume } = await whatToTrain(args);
  await refuseUnwritable(runsFolder);
  const output = createConsole({ json: args.json, stream: io.stdout, isTTY: io.stdout.isTTY ?? false });
  const stop = stopOnSignal(io, 'Stopping after this step; the state is saved. Once more to end at once.');
  try {
    const data = await prepareDataset(experiment).catch(async (error: unknown) => {
      throw await inItsFile(error, experiment);
    });
    for (const warning of data.inspection.warnings) io.stderr.write(`Note: ${warning}\n`);
    // Loaded only now: what is wrong with the input has been said without waiting for native libraries.
    const [{ chooseRuntime }, { trainRun }] = await Promise.all([
      import('../accelerators/chooseRuntime'),
      import('../training/trainRun'),
    ]);
    const { runtime, reason, fallback } = await chooseRuntime(args.accelerator, {
      threads: args.threads,
      provider: args.provider,
    });
    if (fallback) io.stderr.write(`Note: ${reason}\n`);
    for (const loss of losses) {
      if (stop.signal.aborted) return 130;
      const status: RunStatus = await trainRun({
        experiment,
        loss,
        data,
        runsFolder,
        runtime,
        reason,
        resume,
        signal: stop.signal,
        versions: versions(),
        emit: (event) => output.event(event),
      });
      if (status === 'stopped') return 130;
    }
    return 0;
  } finally {
    output.close();
    stop.release();
  }
}

/** A problem with the data, at the key of the experiment file that it hangs on: there it can be mended. */
async function inItsFile(error: unknown, experiment: Experiment): Promise<unknown> {
  if (!(error instanceof Problem) || experiment.file === null) return error;
  // A run that is resumed from its own settings may have outlived its experiment file: then there is no place to name.
  const text = await readFile(experiment.file, 'utf8').catch(() => null);
  return text === null ? error : inExperimentFile(error, experiment, text);
}

async function whatToTrain(args: TrainArguments): Promise<{
  experiment: Experiment;
  losses: readonly LossSpec[];
  runsFolder: string;
  resume: string | undefined;
}> {
  const { file, resume } = args;
  if (file === undefined && resume === undefined) {
    throw new Problem('which experiment? Name its file: losscape train FILE', {
      hint: args.losses.some((name) => /\.jsonc?$/i.test(name))
        ? 'Put --loss, which takes any number of names, behind the file: losscape train FILE --loss NAME'
        : '"losscape init DIR" writes one for a folder of images and masks; "losscape sample DIR" makes images to try with.',
    });
  }
  const beside = args.runs ?? (file === undefined ? 'runs' : join(dirname(file), 'runs'));
  if (resume === undefined) {
    const experiment = await readExperiment(file!);
    return {
      experiment,
      losses: chooseLosses(experiment, args.losses),
      runsFolder: resolve(beside),
      resume: undefined,
    };
  }
  const folder = await resolveRun(resume, resolve(beside));
  const read = await readRunDocument(folder);
  if (!read.ok) throw new Problem(`the run cannot be resumed: ${read.reason}`, { place: { file: folder } });
  const { document } = read;
  const experiment = file === undefined ? (document.experiment as Experiment) : await readExperiment(file);
  const losses = chooseLosses(experiment, args.losses.length > 0 ? args.losses : [document.loss.name]);
  if (losses.length > 1) throw new Problem('--resume goes on with one run: name one loss at most');
  if (document.epochsDone >= experiment.training.epochs && document.status === 'finished') {
    throw new Problem(`run ${document.id} is finished: it has had its ${document.epochsDone} epochs`, {
      hint: 'To train it further, raise "epochs" under "training" in the experiment file, and name the file.',
    });
  }
  return { experiment, losses, runsFolder: dirname(folder), resume: folder };
}

/** A folder that cannot be written to is reported before anything is computed. */
async function refuseUnwritable(folder: string): Promise<void> {
  let existing = folder;
  for (;;) {
    try {
      if (!(await stat(existing)).isDirectory()) {
        throw new Problem('runs are kept in a folder, and this is a file', {
          place: { file: existing },
          hint: 'Choose another place with --runs DIR.',
        });
      }
      break;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      existing = dirname(existing);
    }
  }
  try {
    await access(existing, constants.W_OK);
  } catch (cause) {
    throw new Problem('run folders cannot be written here', {
      place: { file: existing },
      hint: 'Choose another place with --runs DIR, or change the permissions of this folder.',
      cause,
    });
  }
}
