import { Command, CommanderError, Option } from 'commander';
import { Problem } from '../../runs/problem';
import { ExperimentProblems } from '../experiment/problems';
import { addInsightCommands } from './insightCommands';
import { type CommandIo, coloursFor } from './io';
import { sizeOf, wholeNumber } from './optionValues';
import { withRuntime } from './runtimeOptions';
import { addSurfaceCommands } from './surfaceCommands';
import { losscapeVersion } from './versions';

/** The command line. `finish` takes the exit code of the command that was run. */
function commandLine(io: CommandIo, finish: (code: number) => void): Command {
  const program = new Command('losscape')
    .description('Train U-Nets on image/mask pairs under different losses, and see what each loss does.')
    .version(losscapeVersion)
    .showHelpAfterError('(losscape --help lists the commands)')
    .showSuggestionAfterError()
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void io.stdout.write(text),
      writeErr: (text) => void io.stderr.write(text),
    });
  const runsOption = (): Option => new Option('--runs <dir>', 'folder that holds the run folders').default('runs');

  program
    .command('sample')
    .description('write a generated, synthetic data set (a fundus phantom) and an experiment file for it')
    .argument('<dir>', 'folder to write to')
    .addOption(new Option('--pairs <n>', 'number of image/mask pairs').default(60).argParser(wholeNumber))
    .addOption(new Option('--seed <n>', 'seed').default(1).argParser(wholeNumber))
    .addOption(new Option('--scale <factor>', 'size of the images, from 0.05 to 1').default(1).argParser(Number))
    .action(async (dir: string, options: { pairs: number; seed: number; scale: number }) => {
      const { sampleCommand } = await import('./sampleCommand');
      finish(await sampleCommand({ ...options, folder: dir }, io));
    });

  program
    .command('init')
    .description('look at a folder of images and masks and write a sensible experiment file')
    .argument('<dir>', 'folder that holds an images and a masks folder')
    .option('--force', 'overwrite an experiment file that exists', false)
    .action(async (dir: string, { force }: { force: boolean }) => {
      const { initCommand } = await import('./initCommand');
      finish(await initCommand({ folder: dir, force }, io));
    });

  program
    .command('check')
    .description('check an experiment file and its data without training')
    .argument('<file>', 'experiment file (*.losscape.json)')
    .option('--json', 'as JSON', false)
    .action(async (file: string, { json }: { json: boolean }) => {
      const { checkCommand } = await import('./checkCommand');
      finish(await checkCommand({ file, json }, io));
    });

  withRuntime(
    program
      .command('train')
      .description('train one U-Net per loss of an experiment file')
      .argument('[file]', 'experiment file (*.losscape.json)')
      .option('--loss <name...>', 'only these losses', [])
      .option('--runs <dir>', 'folder for run folders (default: "runs" beside the experiment file)')
      .option('--resume <run>', 'go on with a run that was stopped or interrupted'),
    'auto',
  )
    .option('--json', 'one JSON event a line', false)
    .action(async (file: string | undefined, options: TrainOptions) => {
      const { trainCommand } = await import('./trainCommand');
      finish(await trainCommand({ ...options, file, losses: options.loss }, io));
    });

  addSurfaceCommands(program, io, finish);
  addInsightCommands(program, io, finish);

  program
    .command('runs')
    .description('list runs')
    .argument('[dir]', 'folder that holds the run folders', 'runs')
    .option('--json', 'as JSON', false)
    .action(async (folder: string, { json }: { json: boolean }) => {
      const { runsCommand } = await import('./runsCommand');
      finish(await runsCommand({ folder, json }, io));
    });

  program
    .command('show')
    .description('show everything about one run')
    .argument('<run>', 'run folder, its name, or a part of its name')
    .addOption(runsOption())
    .option('--json', 'as JSON', false)
    .action(async (run: string, { runs, json }: { runs: string; json: boolean }) => {
      const { showCommand } = await import('./showCommand');
      finish(await showCommand({ run, runsFolder: runs, json }, io));
    });

  program
    .command('report')
    .description('write one page with the table of runs, their curves and predictions')
    .argument('<dir>', 'folder that holds the run folders, or one run folder')
    .option('--out <file>', 'where to write it (default: report.html in the folder)')
    .option('--title <text>', 'title of the page')
    .option('--json', 'as JSON', false)
    .action(async (folder: string, options: { out?: string; title?: string; json: boolean }) => {
      const { reportCommand } = await import('./reportCommand');
      finish(await reportCommand({ folder, ...options }, io));
    });

  program
    .command('export')
    .description('write a checkpoint as an ONNX model')
    .argument('<run>', 'run folder, its name, or a part of its name')
    .requiredOption('--onnx <file>', 'file to write')
    .addOption(new Option('--epoch <n>', 'epoch of the checkpoint (default: the best one)').argParser(wholeNumber))
    .addOption(new Option('--size <HxW>', 'size of the images the model takes').argParser(sizeOf))
    .addOption(runsOption())
    .action(async (run: string, options: { onnx: string; epoch?: number; size?: [number, number]; runs: string }) => {
      const { exportCommand } = await import('./exportCommand');
      finish(await exportCommand({ ...options, run, runsFolder: options.runs }, io));
    });

  program
    .command('doctor')
    .description('tell what runs here, and why what would be used was chosen')
    .option('--json', 'as JSON', false)
    .action(async ({ json }: { json: boolean }) => {
      const { doctorCommand } = await import('./doctorCommand');
      finish(await doctorCommand({ json }, io));
    });
  return program;
}

interface TrainOptions {
  loss: string[];
  runs?: string;
  resume?: string;
  threads?: number;
  accelerator: 'auto' | 'onnx' | 'tfjs-node-gpu' | 'tfjs-node' | 'wasm';
  provider?: 'cpu' | 'webgpu' | 'cuda' | 'dml' | 'coreml';
  json: boolean;
}

/**
 * Runs the command line.
 * @param argv as `process.argv`.
 * @returns 0; 1 for a failure, 2 for bad usage or bad input, 130 when stopped.
 */
export async function run(argv: readonly string[], io: CommandIo): Promise<number> {
  let code = 0;
  try {
    await commandLine(io, (value) => (code = value)).parseAsync([...argv]);
    return code;
  } catch (error) {
    // Commander has printed its message already; asking for help or the version is no error.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    const colours = coloursFor(io.stderr.isTTY ?? false);
    const problems = error instanceof ExperimentProblems ? error.problems : error instanceof Problem ? [error] : [];
    for (const problem of problems) io.stderr.write(`${colours.red('error')} ${problem.describe()}\n`);
    if (error instanceof Problem) return error.exitCode;
    // Not the user's doing: the stack is what a report of the defect needs.
    io.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    return 1;
  }
}
