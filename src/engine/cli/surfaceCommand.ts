import { join } from 'node:path';
import { Problem } from '../../runs/problem';
import { resolveRun } from '../../runs/scan';
import { surfaceFileNames } from '../../runs/surfaceDocument';
import type { AcceleratorName, AcceleratorRequest } from '../accelerators/chooseRuntime';
import type { OnnxProvider } from '../compile/onnxRuntime';
import { readKnownRun, type KnownRun } from '../surface/chooseNetworks';
import { createSurface, quantitiesOf, type SurfaceFolder } from '../surface/newSurface';
import { newSurfaces, resumedSurface, type PreparedSurface, type SurfaceSettings } from '../surface/prepareSurface';
import { unetParameters } from '../unet/unet';
import type { CommandIo } from './io';
import { stopOnSignal } from './stopOnSignal';
import { createSurfaceConsole } from './surfaceProgress';
import { versions } from './versions';

export interface SurfaceArguments {
  readonly runs: readonly string[];
  readonly runsFolder: string;
  readonly settings: SurfaceSettings;
  /** Name of a surface to go on with. */
  readonly resume?: string | undefined;
  readonly threads?: number | undefined;
  readonly accelerator?: AcceleratorRequest | undefined;
  readonly provider?: OnnxProvider | undefined;
  readonly json: boolean;
}

/**
 * `losscape surface RUN...`: samples all losses on a plane around a network (one surface per run), or on the plane through
 * three. Ends with 0, or 130 when it was stopped.
 */
export async function surfaceCommand(args: SurfaceArguments, io: CommandIo): Promise<number> {
  const runs: KnownRun[] = [];
  for (const name of args.runs) runs.push(await readKnownRun(await resolveRun(name, args.runsFolder)));
  const { settings, resume } = args;
  const jobs = resume === undefined ? newSurfaces(runs, settings) : [() => resumedSurface(runs, resume, settings)];
  const output = createSurfaceConsole({ json: args.json, stream: io.stdout });
  const stop = stopOnSignal(io, 'Stopping after this point; what has been sampled is saved. Once more to end at once.');
  try {
    for (const job of jobs) {
      const status = await sample(await job(), args, io, stop.signal, output);
      if (status === 'stopped') return 130;
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
): Promise<'finished' | 'stopped'> {
  const { run, plane, losses, axes, choice, images, existing } = prepared;
  const { model, dataset } = run.experiment;
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
  const before = args.accelerator === undefined ? existing?.document.accelerator : undefined;
  const { runtime, reason, fallback } = await chooseRuntime(
    args.accelerator ?? (before?.name as AcceleratorName | undefined) ?? 'auto',
    {
      threads: args.threads ?? existing?.document.accelerator.threads,
      provider: args.provider ?? (before?.name === 'onnx' ? (before.provider as OnnxProvider) : undefined),
    },
  );
  if (fallback) io.stderr.write(`Note: ${reason}\n`);
  const accelerator = { name: runtime.name, provider: runtime.provider, threads: runtime.threads, reason };
  const used = { ...versions(), ...runtime.versions };
  const sampler = await SurfaceSampler.create(runtime, model, plane, measures, images);
  try {
    const surface =
      existing ??
      (await createSurface({
        runFolder: run.folder,
        specs: unetParameters(model),
        plane,
        losses,
        measures,
        axes,
        images: choice,
        synthetic: dataset.synthetic ?? false,
        accelerator,
        versions: used,
      }));
    refuseOtherQuantities(surface, Object.keys(quantitiesOf(measures)));
    return await sweepSurface({
      ...surface,
      sampler,
      signal,
      accelerator,
      versions: used,
      emit: (event) => output.event(event),
    });
  } finally {
    await sampler.dispose();
  }
}

/** A surface that another version began may measure other things. */
function refuseOtherQuantities({ folder, document }: SurfaceFolder, keys: readonly string[]): void {
  if (Object.keys(document.quantities).join() === keys.join()) return;
  throw new Problem('this surface was begun by a version of Losscape that measures other quantities', {
    place: { file: join(folder, surfaceFileNames.document) },
    hint: 'Sample a new surface.',
  });
}
