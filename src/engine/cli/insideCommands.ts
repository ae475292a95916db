import { type Command, Option } from 'commander';
import type { VisualiseOptions } from '../insight/visualisation/visualise';
import type { EpochChoice } from '../surface/chooseNetworks';
import { type RuntimeOptions, withRuntime } from './runtimeOptions';
import type { CommandIo } from './io';
import { countingNumber, epochOf, positiveNumber, unsignedNumber, wholeNumber } from './optionValues';

/** Adds the commands that look at single layers of a network. */
export function addInsideCommands(program: Command, io: CommandIo, finish: (code: number) => void): void {
  withRuntime(
    program
      .command('activations')
      .description('write what layers of a network answer to an image, as pictures and arrays')
      .argument('<run>', 'run folder, its name, or a part of its name')
      .option('--image <name>', "an image of the run's data")
      .addOption(new Option('--split <name>', 'where two splits have an image of this name').choices(['train', 'test']))
      .addOption(new Option('--epoch <n>', 'checkpoint: its epoch, "last" (default) or "best"').argParser(epochOf))
      .option('--layer <name...>', 'layers by name, or "all"')
      .addOption(
        new Option('--scale <name>', 'one scale of colours for all maps of a layer, or one for each map')
          .choices(['layer', 'map'])
          .default('layer'),
      )
      .option('--out <dir>', 'folder to write to', 'activations')
      .option('--runs <dir>', 'folder that holds the run folders', 'runs')
      .option('--json', 'one JSON object a line for every layer', false),
  ).action(async (run: string, options: ActivationOptions) => {
    const { activationsCommand } = await import('./activationsCommand');
    const { runs, layer, ...rest } = options;
    finish(await activationsCommand({ ...rest, run, runsFolder: runs, layers: layer ?? [] }, io));
  });

  withRuntime(
    program
      .command('visualise')
      .description('make a picture that one feature map of a network answers to as much as possible')
      .argument('<run>', 'run folder, its name, or a part of its name')
      .requiredOption('--layer <name>', 'layer by name; "losscape activations" lists them')
      .addOption(new Option('--channel <n>', 'number of the feature map, from 0').argParser(countingNumber).default(0))
      .addOption(new Option('--epoch <n>', 'checkpoint: its epoch, "last" (default) or "best"').argParser(epochOf))
      .addOption(new Option('--size <n>', 'side of the picture in pixels (default: 128)').argParser(wholeNumber))
      .addOption(new Option('--steps <n>', 'steps of gradient ascent (default: 200)').argParser(wholeNumber))
      .addOption(new Option('--learning-rate <rate>', "Adam's (default: 0.02)").argParser(positiveNumber))
      .addOption(
        new Option('--jitter <n>', 'largest random shift per step, in pixels (default: 4)').argParser(countingNumber),
      )
      .addOption(
        new Option('--blur <n>', 'deviation of the blur after every 4th step (default: 0.5)').argParser(unsignedNumber),
      )
      .addOption(
        new Option('--total-variation <weight>', 'how much neighbours pull each other (default: 0.05)').argParser(
          unsignedNumber,
        ),
      )
      .addOption(
        new Option('--decay <weight>', 'how much grey pulls every pixel (default: 0.1)').argParser(unsignedNumber),
      )
      .addOption(new Option('--seed <n>', 'seed of noise and shifts (default: 1)').argParser(countingNumber))
      .addOption(
        new Option('--relu <side>', 'side of the ReLU that is maximised (default: after)').choices(['before', 'after']),
      )
      .requiredOption('--out <file>', 'PNG to write')
      .option('--runs <dir>', 'folder that holds the run folders', 'runs')
      .option('--json', 'the result as JSON', false),
  ).action(async (run: string, options: VisualiseCliOptions) => {
    const { visualiseCommand } = await import('./visualiseCommand');
    const { runs, epoch, out, json, threads, accelerator, provider, ...settings } = options;
    finish(
      await visualiseCommand({ run, runsFolder: runs, epoch, out, json, threads, accelerator, provider, settings }, io),
    );
  });
}

interface ActivationOptions extends RuntimeOptions {
  image?: string;
  split?: 'train' | 'test';
  epoch?: EpochChoice;
  layer?: string[];
  scale: 'layer' | 'map';
  out: string;
  runs: string;
  json: boolean;
}

interface VisualiseCliOptions extends VisualiseOptions, RuntimeOptions {
  epoch?: EpochChoice;
  out: string;
  runs: string;
  json: boolean;
}
