import { type Command, InvalidArgumentError, Option } from 'commander';
import type { SurfaceSettings } from '../surface/surfaceSettings';
import { type RuntimeOptions, withRuntime } from './runtimeOptions';
import type { HessianSettings } from './hessianCommand';
import type { CommandIo } from './io';
import type { SurfaceExportFormat } from './surfaceExportCommand';
import { countingNumber, epochOf, gridSize, positiveNumber, rangeOf, wholeNumber } from './optionValues';

const epochsOf = (text: string): number[] => {
  const epochs = text.split(',').map((part) => (/^\s*\d+\s*$/.test(part) ? Number(part) : NaN));
  if (!epochs.every(Number.isInteger)) throw new InvalidArgumentError('must be numbers of epochs, as in 1,5,10.');
  return [...new Set(epochs)].sort((a, b) => a - b);
};

/** Adds the commands that sample loss surfaces and measure their curvature. */
export function addSurfaceCommands(program: Command, io: CommandIo, finish: (code: number) => void): void {
  const surface = program
    .command('surface')
    .description('sample the losses on a plane of networks around that of a run, all of them in one sweep')
    .argument('<run...>', 'run folders, their names, or parts of their names; RUN@EPOCH for one network of a run')
    .option('--losses <name...>', 'losses of the experiment: "all" (default), or their names')
    .option(
      '--plane <name>',
      '"random" (default), "pca" (all runs together), "through" (three networks), "line" (two networks, or see --along), ' +
        '"gradient", "hessian", or a surface to take the plane of',
    )
    .addOption(
      new Option('--along <name>', 'direction of a line around one network (default: random)').choices([
        'random',
        'gradient',
        'hessian',
      ]),
    )
    .option('--axes-of <surface>', 'take directions and axes of a surface; with --epoch(s) around those networks')
    .option('--of <loss>', "loss of which the gradient or the Hessian is meant (default: the run's own)")
    .addOption(
      new Option('--range <from:to>', 'ends of both axes (default: -1:1; pca: around the checkpoints)').argParser(
        rangeOf,
      ),
    )
    .addOption(new Option('--points <n>', 'points along each axis (default: 17, lines 65)').argParser(gridSize))
    .addOption(
      new Option('--adaptive [tolerance]', "skip what is smooth within this share of a loss's range (default: 0.01)")
        .preset('0.01')
        .argParser(positiveNumber),
    )
    .addOption(new Option('--epoch <n>', 'checkpoint: its epoch, "last" (default) or "best"').argParser(epochOf))
    .addOption(
      new Option('--epochs <list>', 'a surface for each of these epochs, along the same directions').argParser(
        epochsOf,
      ),
    )
    .addOption(new Option('--images <n>', 'how many images of each split (default: 8)').argParser(wholeNumber))
    .addOption(new Option('--split <name>', 'images of which split (default: both)').choices(['train', 'test', 'both']))
    .addOption(
      new Option('--region <name>', 'what of each image (default: as the run was evaluated)').choices([
        'whole',
        'center',
      ]),
    )
    .addOption(
      new Option('--normalization <name>', 'what random directions are scaled to (default: filter)').choices([
        'filter',
        'layer',
        'none',
      ]),
    )
    .addOption(
      new Option('--biases <name>', 'whether random directions leave biases as they are (default: ignore)').choices([
        'ignore',
        'keep',
      ]),
    )
    .addOption(new Option('--seed <n>', 'seed of directions and images (default: 1)').argParser(wholeNumber))
    .option('--no-trajectories', 'do not project the checkpoints on the plane')
    .option('--resume <surface>', 'go on with a surface that was stopped or interrupted, or help to sample it')
    .option('--extend <surface>', 'a finer or wider surface that takes over the points of this one')
    .option('--runs <dir>', 'folder that holds the run folders', 'runs')
    .option('--json', 'one JSON event a line', false);
  withRuntime(surface).action(async (names: string[], options: SurfaceOptions) => {
    const { surfaceCommand } = await import('./surfaceCommand');
    const { runs, resume, extend, threads, accelerator, provider, json, losses, trajectories, ...settings } = options;
    const chosen = losses?.includes('all') ? undefined : losses;
    finish(
      await surfaceCommand(
        {
          runs: names,
          runsFolder: runs,
          settings: { ...settings, losses: chosen, trajectories: trajectories ? undefined : false },
          resume,
          extend,
          threads,
          accelerator,
          provider,
          json,
        },
        io,
      ),
    );
  });

  surface
    .command('export')
    .description('write a surface and its trajectories for other programs')
    .argument('<surface>', 'folder of a surface, or its name among the surfaces of all runs')
    .addOption(
      new Option(
        '--format <name>',
        'tables, numpy arrays, meshes for ParaView (.vtp), or the HDF5 files that loss-landscape plots (.h5)',
      )
        .choices(['csv', 'npy', 'vtk', 'h5'])
        .default('csv'),
    )
    .option('--out <dir>', 'folder to write to (default: named after surface and format)')
    .option(
      '--height <quantity>',
      'quantity that makes the height of a mesh, or the loss in .h5 files (default: the first loss)',
    )
    .option('--runs <dir>', 'folder that holds the run folders', 'runs')
    .action(async (name: string, { format, out, height }: ExportOptions, command: Command) => {
      const { surfaceExportCommand } = await import('./surfaceExportCommand');
      // The command above has the same option, and takes it wherever it stands.
      const { runs } = command.optsWithGlobals<ExportOptions>();
      finish(await surfaceExportCommand({ surface: name, runsFolder: runs, format, out, height }, io));
    });

  withRuntime(
    program
      .command('hessian')
      .description("measure the curvature of a run's loss: eigenvalues, trace and spectrum of the Hessian")
      .argument('<run...>', 'run folders, their names, or parts of their names; RUN@EPOCH for one network of a run')
      .option('--losses <name...>', 'losses of the experiment: names, or "all" (default: the run\'s own)')
      .addOption(new Option('--top <k>', 'largest eigenvalues').default(3).argParser(countingNumber))
      .addOption(new Option('--probes <n>', 'random vectors for the trace').default(10).argParser(countingNumber))
      .addOption(
        new Option('--spectrum <n>', 'random vectors for the spectral density').default(0).argParser(countingNumber),
      )
      .addOption(
        new Option('--spectrum-steps <n>', "steps of Lanczos' method from each").default(60).argParser(wholeNumber),
      )
      .option('--layers', "the largest eigenvalue of each layer's own block, too", false)
      .addOption(new Option('--epoch <n>', 'checkpoint: its epoch, "last" (default) or "best"').argParser(epochOf))
      .addOption(new Option('--epochs <list>', 'several checkpoints, as in 1,5,10').argParser(epochsOf))
      .addOption(new Option('--images <n>', 'how many images').default(8).argParser(wholeNumber))
      .addOption(new Option('--split <name>', 'images of which split').choices(['train', 'test']).default('train'))
      .addOption(new Option('--seed <n>', 'seed of vectors and images').default(1).argParser(wholeNumber))
      .option('--runs <dir>', 'folder that holds the run folders', 'runs')
      .option('--json', 'one JSON event a line', false),
  ).action(async (names: string[], options: HessianOptions) => {
    const { hessianCommand } = await import('./hessianCommand');
    const { runs, threads, accelerator, provider, json, losses, ...settings } = options;
    const chosen = losses?.includes('all') ? ('all' as const) : losses;
    const given = { ...settings, losses: chosen };
    finish(
      await hessianCommand(
        { runs: names, runsFolder: runs, settings: given, threads, accelerator, provider, json },
        io,
      ),
    );
  });
}

interface ExportOptions {
  format: SurfaceExportFormat;
  out?: string;
  height?: string;
  runs: string;
}

interface HessianOptions extends Omit<HessianSettings, 'losses'>, RuntimeOptions {
  losses?: string[];
  runs: string;
  json: boolean;
}

interface SurfaceOptions extends Omit<SurfaceSettings, 'losses'>, RuntimeOptions {
  losses?: string[];
  runs: string;
  resume?: string;
  extend?: string;
  json: boolean;
}
