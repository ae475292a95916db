import { type Command, Option } from 'commander';
import type { AcceleratorRequest } from '../accelerators/chooseRuntime';
import type { OnnxProvider } from '../compile/onnxLibrary';
import type { DescentSettings } from '../insight/descent/prepare';
import { addInsideCommands } from './insideCommands';
import type { CommandIo } from './io';
import { epochOf, positiveNumber, wholeNumber } from './optionValues';

/** What computes. */
export interface RuntimeOptions {
  threads?: number;
  accelerator?: AcceleratorRequest;
  provider?: OnnxProvider;
}

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

interface InspectOptions extends RuntimeOptions {
  idle?: number;
}

interface DescendOptions extends DescentSettings, RuntimeOptions {
  runs: string;
  out?: string;
  resume?: string;
  json: boolean;
}

/** Adds the options that say what computes. */
export function withRuntime(command: Command): Command {
  return command
    .addOption(new Option('--threads <n>', 'threads to compute with (default: all cores)').argParser(wholeNumber))
    .addOption(
      new Option('--accelerator <name>', 'what computes').choices([
        'auto',
        'onnx',
        'tfjs-node-gpu',
        'tfjs-node',
        'wasm',
      ]),
    )
    .addOption(
      new Option('--provider <name>', "ONNX Runtime's execution provider").choices([
        'cpu',
        'webgpu',
        'cuda',
        'dml',
        'coreml',
      ]),
    );
}
