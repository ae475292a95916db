import { type Command, Option } from 'commander';
import type { DescentSettings } from '../insight/descent/prepare';
import { colourMapNames, quantityNames, type ColourMapName, type QuantityName } from '../insight/maps';
import type { EpochReference } from '../insight/protocol';
import { addInsideCommands } from './insideCommands';
import type { CommandIo } from './io';
import { epochOf, positiveNumber, rangeOf, wholeNumber } from './optionValues';
import { type RuntimeOptions, withRuntime } from './runtimeOptions';

/** What `--epoch` begins with: it is replaced by the first that is named. */
const lastEpoch: EpochReference[] = ['last'];

/** Adds the commands that look into a network, and into what losses do to it. */
export function addInsightCommands(program: Command, io: CommandIo, finish: (code: number) => void): void {
  withRuntime(
    program
      .command('descend')
      .description('from a checkpoint, descend on one image under several losses, keeping its map as it changes')
      .argument('[run]', 'run folder, its name, or a part of its name')
      .option('--image <name>', "an image of the run's data")
      .addOption(new Option('--split <name>', 'where two splits have an image of this name').choices(['train', 'test']))
      .addOption(new Option('--epoch <n>', 'checkpoint: its epoch, "last" (default) or "best"').argParser(epochOf))
      .option(
        '--losses <loss...>',
        '"study" (default), losses of the experiment by name or "all", or as JSON: {"type":"focal","gamma":2}',
      )
      .addOption(new Option('--steps <n>', 'steps under each loss (default: 1000)').argParser(wholeNumber))
      .addOption(new Option('--learning-rate <rate>', "Adam's (default: 1e-5)").argParser(positiveNumber))
      .addOption(new Option('--every <n>', 'keep a frame every so many steps (default: 100)').argParser(wholeNumber))
      .addOption(
        new Option('--region <name>', 'what of the image (default: as the run was evaluated)').choices([
          'whole',
          'center',
        ]),
      )
      .option('--out <dir>', 'folder to make its folder in (default: beside the run)')
      .option('--resume <descent>', 'go on with a descent that was stopped or interrupted')
      .option('--runs <dir>', 'folder that holds the run folders', 'runs')
      .option('--json', 'one JSON event a line', false),
  ).action(async (run: string | undefined, options: DescendOptions) => {
    const { descendCommand } = await import('./descendCommand');
    const { runs, out, resume, threads, accelerator, provider, json, ...settings } = options;
    finish(
      await descendCommand({ run, runsFolder: runs, settings, out, resume, threads, accelerator, provider, json }, io),
    );
  });

  withRuntime(
    program
      .command('maps')
      .description('maps of what a network makes of images: pictures with a colour bar, plain pictures and .npy')
      .argument('<run>', 'run folder, its name, or a part of its name')
      .requiredOption('--image <name...>', "images of the run's data, or files")
      .option('--mask <file>', 'target of an image that is a file')
      .addOption(new Option('--quantity <name...>', 'what to map').choices(quantityNames).makeOptionMandatory())
      .addOption(
        new Option('--epoch <n...>', 'checkpoints: their epochs, "last" (default) or "best"')
          .argParser((text, all: EpochReference[]) => [...(all === lastEpoch ? [] : all), epochOf(text)])
          .default(lastEpoch),
      )
      .option('--loss <loss...>', "losses of the experiment by name, or as JSON (default: the run's own)", [])
      .addOption(new Option('--range <min:max>', 'values of the first and last colour').argParser(rangeOf))
      .addOption(new Option('--colours <name>', 'colour map').choices(colourMapNames))
      .addOption(new Option('--difference <colours>', 'colours of the difference map').choices(['safe', 'study']))
      .requiredOption('--out <dir>', 'folder to write to')
      .option('--runs <dir>', 'folder that holds the run folders', 'runs')
      .option('--json', 'one JSON object a map', false),
  ).action(async (run: string, options: MapsOptions) => {
    const { mapsCommand } = await import('./mapsCommand');
    const { runs, epoch, image, quantity, loss, difference, ...rest } = options;
    finish(
      await mapsCommand(
        {
          ...rest,
          run,
          runsFolder: runs,
          epochs: epoch,
          images: image,
          quantities: quantity,
          losses: loss,
          outcomes: difference,
        },
        io,
      ),
    );
  });

  withRuntime(
    program
      .command('predict')
      .description('masks and probability maps of new images of any size')
      .argument('<run>', 'run folder, its name, or a part of its name')
      .argument('<images...>', 'image files, or folders of them')
      .requiredOption('--out <dir>', 'folder to write to')
      .addOption(
        new Option('--epoch <n>', 'checkpoint: its epoch, "best" (default) or "last"')
          .argParser(epochOf)
          .default('best'),
      )
      .addOption(new Option('--bits <n>', 'of the probability maps as PNG').choices(['8', '16']).default('16'))
      .option('--force', 'overwrite files that are there already', false)
      .option('--runs <dir>', 'folder that holds the run folders', 'runs')
      .option('--json', 'one JSON object an image', false),
  ).action(async (run: string, images: string[], options: PredictOptions) => {
    const { predictCommand } = await import('./predictCommand');
    const { runs, bits, ...rest } = options;
    finish(await predictCommand({ ...rest, run, runsFolder: runs, images, bits: bits === '8' ? 8 : 16 }, io));
  });

  addInsideCommands(program, io, finish);

  withRuntime(
    program
      .command('inspect', { hidden: true })
      .description('answer questions about networks and images: JSON lines in, frames out')
      .addOption(new Option('--idle <seconds>', 'end after so long without a question').argParser(positiveNumber)),
  ).action(async (options: InspectOptions) => {
    const { inspectCommand } = await import('./inspectCommand');
    finish(await inspectCommand(options));
  });
}

interface MapsOptions extends RuntimeOptions {
  epoch: EpochReference[];
  image: string[];
  mask?: string;
  quantity: QuantityName[];
  loss: string[];
  range?: [number, number];
  colours?: ColourMapName;
  difference?: 'safe' | 'study';
  out: string;
  runs: string;
  json: boolean;
}

interface PredictOptions extends RuntimeOptions {
  epoch: EpochReference;
  out: string;
  bits: '8' | '16';
  force: boolean;
  runs: string;
  json: boolean;
}

interface InspectOptions extends RuntimeOptions {
  idle?: number;
}

interface DescendOptions extends DescentSettings, RuntimeOptions {
  runs: string;
  out?: string;
  resume?: string;
  json: boolean;
}
