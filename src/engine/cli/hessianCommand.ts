import { hostname } from 'node:os';
import { curvatureFile, curvatureFormatVersion, type CurvatureDocument } from '../../runs/curvatureDocument';
import { Problem } from '../../runs/problem';
import { slug } from '../../runs/slug';
import type { AcceleratorRequest } from '../accelerators/chooseRuntime';
import type { OnnxProvider } from '../compile/onnxLibrary';
import { begunMeasurement } from '../curvature/begunMeasurement';
import type { CurvatureEvent } from '../curvature/measureCurvature';
import { lossLabel, lossName } from '../experiment/lossLabel';
import type { LossSpec } from '../experiment/schema';
import { lossesOfExperiment, readNetwork, type EpochChoice } from '../surface/chooseNetworks';
import { chooseImages, loadImages } from '../surface/images';
import type { ChosenRun } from '../surface/surfaceSettings';
import { unetParameters } from '../unet/unet';
import { chosenRun } from './chosenRun';
import { coloursFor, type CommandIo } from './io';
import { stopOnSignal } from './stopOnSignal';
import { versions } from './versions';

export interface HessianSettings {
  /** Names of losses, or all of the run's experiment; the run's own when left out. */
  readonly losses?: readonly string[] | 'all' | undefined;
  readonly top: number;
  readonly probes: number;
  readonly spectrum: number;
  readonly spectrumSteps: number;
  readonly layers: boolean;
  readonly epoch?: EpochChoice | undefined;
  /** Each of these epochs. */
  readonly epochs?: readonly number[] | undefined;
  readonly images: number;
  readonly split: 'train' | 'test';
  readonly seed: number;
}

export interface HessianArguments {
  readonly runs: readonly string[];
  readonly runsFolder: string;
  readonly settings: HessianSettings;
  readonly threads?: number | undefined;
  readonly accelerator?: AcceleratorRequest | undefined;
  readonly provider?: OnnxProvider | undefined;
  readonly json: boolean;
}

/**
 * `losscape hessian RUN...`: curvature of losses at a run's network (at each of several epochs): one file for each loss. What was
 * measured before with the same settings is not measured again. Ends with 0, or 130 when it was stopped.
 */
export async function hessianCommand(args: HessianArguments, io: CommandIo): Promise<number> {
  const { settings } = args;
  if (settings.epochs && settings.epoch !== undefined) throw new Problem('--epoch and --epochs exclude each other');
  const runs: ChosenRun[] = [];
  for (const name of args.runs) runs.push(await chosenRun(name, args.runsFolder));
  const stop = stopOnSignal(io, 'Stopping; what has been measured is saved. Once more to end at once.');
  try {
    for (const { run, epoch } of runs) {
      const losses = await lossesOfExperiment(run, settings.losses ?? [run.document.loss.name]);
      for (const at of settings.epochs ?? [epoch ?? settings.epoch ?? 'last']) {
        for (const loss of losses) {
          if ((await measure({ run, epoch: at }, loss, args, io, stop.signal)) === 'stopped') return 130;
        }
      }
    }
    return 0;
  } finally {
    stop.release();
  }
}

async function measure(
  { run, epoch }: ChosenRun,
  spec: LossSpec,
  args: HessianArguments,
  io: CommandIo,
  signal: AbortSignal,
): Promise<CurvatureDocument['status']> {
  const { settings } = args;
  const { experiment, document: runDocument, folder } = run;
  const specs = unetParameters(experiment.model);
  const { checkpoint, weights } = await readNetwork(run, epoch ?? 'last', specs);
  const names = runDocument.dataset[settings.split];
  if (names.length === 0) {
    throw new Problem(`run ${runDocument.id} has no ${settings.split} images`, { hint: 'Leave out --split.' });
  }
  const choice = chooseImages(settings.split, names, settings.images, settings.seed);
  const region = experiment.training.evaluate;
  const images = await loadImages(experiment, choice, region);
  const [{ chooseRuntime }, { createLoss }, { Hessian }, { measureCurvature }] = await Promise.all([
    import('../accelerators/chooseRuntime'),
    import('../losses/registry'),
    import('../curvature/hessian'),
    import('../curvature/measureCurvature'),
  ]);
  const { runtime, reason, fallback } = await chooseRuntime(args.accelerator ?? 'auto', {
    threads: args.threads,
    provider: args.provider,
  });
  if (fallback) io.stderr.write(`Note: ${reason}\n`);
  const loss = createLoss(spec);
  const now = new Date().toISOString();
  const fresh: CurvatureDocument = {
    formatVersion: curvatureFormatVersion,
    kind: 'curvature',
    id: `epoch-${String(checkpoint.epoch).padStart(4, '0')}-${slug(lossName(spec)) || 'loss'}`,
    status: 'measuring',
    checkpoint,
    loss: {
      name: lossName(spec),
      label: lossLabel(spec),
      spec,
      variant: loss.effective === loss.reported ? 'reported' : 'effective',
    },
    images: { ...choice, region, digest: images.digest },
    parameters: specs.reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0),
    settings: {
      top: settings.top,
      probes: settings.probes,
      spectrumProbes: settings.spectrum,
      spectrumSteps: settings.spectrumSteps,
      layers: settings.layers,
      seed: settings.seed,
    },
    gradientNorm: null,
    eigenvalues: null,
    traceProbes: [],
    trace: null,
    layers: {},
    spectrumProbes: [],
    spectrum: null,
    progress: null,
    secondsMeasuring: 0,
    accelerator: { name: runtime.name, provider: runtime.provider, threads: runtime.threads, reason },
    versions: { ...versions(), ...runtime.versions },
    pid: process.pid,
    host: hostname(),
    created: now,
    updated: now,
    finished: null,
  };
  const document = await begunMeasurement(folder, fresh);
  const emit = args.json ? jsonEvents(io) : textEvents(io);
  if (document.status === 'finished') {
    emit({
      type: 'ended',
      curvature: document.id,
      status: 'finished',
      file: curvatureFile(folder, document.id),
      document,
    });
    return 'finished';
  }
  const hessian = await Hessian.create(runtime, experiment.model, weights, loss, images);
  try {
    return (await measureCurvature({ runFolder: folder, document, hessian, signal, emit })).status;
  } finally {
    await hessian.dispose();
  }
}

const jsonEvents =
  (io: CommandIo) =>
  (event: CurvatureEvent): void =>
    void io.stdout.write(`${JSON.stringify(event)}\n`);

/** A line for what is measured, and one for each part when it is there. */
function textEvents(io: CommandIo): (event: CurvatureEvent) => void {
  const colours = coloursFor(io.stdout.isTTY ?? false);
  const line = (text: string): void => void io.stdout.write(`${text}\n`);
  const number = (value: number): string => String(Number(value.toPrecision(4)));
  return (event) => {
    if (event.type === 'progress') {
      if (!io.stdout.isTTY) return;
      io.stdout.write(`\r\u001b[2K  ${event.part}: ${event.step} of ${event.steps}\r`);
      return;
    }
    const { document } = event;
    if (event.type === 'started') {
      const { checkpoint, loss, parameters } = document;
      line(
        colours.bold(`Hessian of ${loss.label}`) +
          ` at epoch ${checkpoint.epoch} of ${checkpoint.run}, ${parameters} weights`,
      );
      return;
    }
    if (io.stdout.isTTY) io.stdout.write('\r\u001b[2K');
    const { eigenvalues, trace, gradientNorm, status } = document;
    if (gradientNorm !== null) line(`  gradient: length ${number(gradientNorm)}`);
    if (eigenvalues) {
      const [first, ...rest] = eigenvalues.largest.map(({ value }) => number(value));
      line(`  largest eigenvalues: ${[first, ...rest].join(', ')}; smallest ${number(eigenvalues.smallest.value)}`);
      if (!eigenvalues.converged) line('  (not all of them to the tolerance: their residuals say how near)');
    }
    if (trace) {
      const error = trace.standardError === null ? '' : ` ± ${number(trace.standardError)} (standard error)`;
      line(`  trace: ${number(trace.mean)}${error}`);
    }
    line(`  ${status}: ${colours.dim(event.file)}`);
  };
}
