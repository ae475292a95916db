import { join } from 'node:path';
import { Problem } from '../../runs/problem';
import { surfaceFileNames } from '../../runs/surfaceDocument';
import { readTrajectories, writeTrajectories } from '../../runs/surfaceTrajectories';
import type { AcceleratorName, AcceleratorRequest } from '../accelerators/chooseRuntime';
import type { OnnxProvider } from '../compile/onnxRuntime';
import { boundInWords } from '../surface/adaptive';
import { createSurface, quantitiesOf, type SurfaceFolder } from '../surface/newSurface';
import { newSurfaces, type PreparedSurface } from '../surface/prepareSurface';
import { extendedSurface, resumedSurface } from '../surface/resumeSurface';
import type { ChosenRun, SurfaceSettings } from '../surface/surfaceSettings';
import { takeOverPoints } from '../surface/takeOver';
import { projectRuns, takeOverNetworks, TrajectoryMeasuring } from '../surface/trajectories';
import { unetParameters } from '../unet/unet';
import { chosenRun } from './chosenRun';
import type { CommandIo } from './io';
import { stopOnSignal } from './stopOnSignal';
import { createSurfaceConsole } from './surfaceProgress';
import { versions } from './versions';

export interface SurfaceArguments {
  /** Each a run, or a run's network at an epoch: RUN@EPOCH. */
  readonly runs: readonly string[];
  readonly runsFolder: string;
  readonly settings: SurfaceSettings;
  /** Name of a surface to go on with, or to help with. */
  readonly resume?: string | undefined;
  /** Name of a surface whose points a finer or wider one takes over. */
  readonly extend?: string | undefined;
  readonly threads?: number | undefined;
  readonly accelerator?: AcceleratorRequest | undefined;
  readonly provider?: OnnxProvider | undefined;
  readonly json: boolean;
}

/**
 * `losscape surface RUN...`: samples all losses on a plane around a network (one surface per run and epoch), or on one that several
 * runs share. Ends with 0, or 130 when it was stopped.
 */
export async function surfaceCommand(args: SurfaceArguments, io: CommandIo): Promise<number> {
  const runs: ChosenRun[] = [];
  for (const name of args.runs) runs.push(await chosenRun(name, args.runsFolder));
  const known = runs.map(({ run }) => run);
  const { settings, resume, extend } = args;
  if (resume !== undefined && extend !== undefined) throw new Problem('--resume and --extend exclude each other');
  const jobs =
    resume !== undefined
      ? [() => resumedSurface(known, resume, settings)]
      : extend !== undefined
        ? [() => extendedSurface(known, extend, settings)]
        : newSurfaces(runs, settings);
  const output = createSurfaceConsole({ json: args.json, stream: io.stdout });
  const stop = stopOnSignal(io, 'Stopping after this point; what has been sampled is saved. Once more to end at once.');
  try {
    let previous: SurfaceFolder | undefined;
    for (const job of jobs) {
      const { status, surface } = await sample(await job(), args, io, stop.signal, output, previous);
      if (status === 'stopped') return 130;
      previous = surface;
    }
    return 0;
  } finally {
    output.close();
    stop.release();
  }
}

async function sample(
  prepared: PreparedSurface,
  args: SurfaceArguments,
  io: CommandIo,
  signal: AbortSignal,
  output: ReturnType<typeof createSurfaceConsole>,
  previous: SurfaceFolder | undefined,
): Promise<{ status: 'finished' | 'stopped'; surface: SurfaceFolder }> {
  const { run, losses, images, existing } = prepared;
  const { model } = run.experiment;
  const specs = unetParameters(model);
  // Loaded only now: what is wrong with the input has been said without waiting for native libraries.
  const [{ chooseRuntime }, { measuresOf }, { SurfaceSampler }, { sweepSurface }] = await Promise.all([
    import('../accelerators/chooseRuntime'),
    import('../surface/quantities'),
    import('../surface/sampler'),
    import('../surface/sweep'),
  ]);
  const { measures, unknown } = measuresOf(losses);
  for (const label of unknown) {
    io.stderr.write(
      `Note: what ${label} really descends is not known for a fractional γ; only its reported value is shown.\n`,
    );
  }
  // A surface goes on with what it began with, so that its points agree to the last bit.
  const begun = existing ?? prepared.extends;
  const before = args.accelerator === undefined ? begun?.document.accelerator : undefined;
  const { runtime, reason, fallback } = await chooseRuntime(
    args.accelerator ?? (before?.name as AcceleratorName | undefined) ?? 'auto',
    {
      threads: args.threads ?? begun?.document.accelerator.threads,
      provider: args.provider ?? (before?.name === 'onnx' ? (before.provider as OnnxProvider) : undefined),
    },
  );
  if (fallback) io.stderr.write(`Note: ${reason}\n`);
  const accelerator = { name: runtime.name, provider: runtime.provider, threads: runtime.threads, reason };
  const used = { ...versions(), ...runtime.versions };
  const plane = typeof prepared.plane === 'function' ? await prepared.plane(runtime) : prepared.plane;
  const sampler = await SurfaceSampler.create(runtime, model, plane, measures, images);
  try {
    const surface =
      existing ??
      (await createSurface({
        runFolder: run.folder,
        specs,
        plane,
        losses,
        measures,
        axes: prepared.axes,
        images: prepared.choice,
        synthetic: run.experiment.dataset.synthetic ?? false,
        series: prepared.series,
        adaptive:
          prepared.adaptive === undefined
            ? null
            : { tolerance: prepared.adaptive, bound: boundInWords(prepared.adaptive), checked: null },
        trajectories: prepared.trajectories.map(({ document }) => document.id),
        extends: prepared.extends?.document.id,
        accelerator,
        versions: used,
      }));
    const keys = Object.entries(surface.document.quantities);
    const splits = surface.document.images.map(({ split }) => split);
    refuseOtherQuantities(surface, Object.keys(quantitiesOf(measures, splits)));
    if (prepared.extends) await takeOverPoints(prepared.extends, surface);
    const means = keys.flatMap(([key, { standardErrorOf }]) => (standardErrorOf === undefined ? key : []));
    if (prepared.trajectories.length > 0 && !(await readTrajectories(surface.folder))) {
      const trajectories = await projectRuns(plane, prepared.trajectories, specs, means);
      const before = prepared.extends ?? sameSeries(surface, previous);
      const known = before && (await readTrajectories(before.folder));
      if (known) takeOverNetworks(known, trajectories);
      await writeTrajectories(surface.folder, trajectories);
    }
    const status = await sweepSurface({
      ...surface,
      sampler,
      trajectories:
        surface.document.trajectories.length > 0
          ? new TrajectoryMeasuring(surface.folder, sampler, prepared.trajectories, specs)
          : undefined,
      signal,
      accelerator,
      versions: used,
      emit: (event) => output.event(event),
    });
    return { status, surface };
  } finally {
    await sampler.dispose();
  }
}

/** The surface before, when it belongs to the same series: same run, images and losses. */
function sameSeries({ document }: SurfaceFolder, before: SurfaceFolder | undefined): SurfaceFolder | undefined {
  return document.series !== null && before?.document.series?.id === document.series.id ? before : undefined;
}

/** A surface that another version began may measure other things. */
function refuseOtherQuantities({ folder, document }: SurfaceFolder, keys: readonly string[]): void {
  if (Object.keys(document.quantities).join() === keys.join()) return;
  throw new Problem('this surface was begun by a version of Losscape that measures other quantities', {
    place: { file: join(folder, surfaceFileNames.document) },
    hint: 'Sample a new surface.',
  });
}
