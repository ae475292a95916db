import { readFile } from 'node:fs/promises';
import { Problem } from '../../runs/problem';
import { PairCache } from '../data/cache';
import { type DatasetInspection, inspectDataset } from '../data/inspect';
import { inExperimentFile } from '../experiment/dataProblem';
import { lossLabel } from '../experiment/lossLabel';
import { ExperimentProblems, readExperiment } from '../experiment/read';
import type { Experiment } from '../experiment/schema';
import { type CommandIo, coloursFor } from './io';

/** What `losscape check --json` prints. */
export interface CheckReport {
  readonly file: string;
  readonly problems: readonly ReportedProblem[];
  /** Null when the data cannot be trained on. */
  readonly data: DataFacts | null;
}

/** A problem with its place in the experiment file; line and column count from 1. */
export interface ReportedProblem {
  readonly severity: 'error' | 'warning';
  readonly message: string;
  readonly hint?: string | undefined;
  readonly file: string;
  readonly line?: number | undefined;
  readonly column?: number | undefined;
  readonly subject?: Problem['subject'];
}

/** What there is to know about data that can be trained on. */
export interface DataFacts {
  readonly train: number;
  readonly test: number;
  /** [height, width] after `dataset.scale`, of the smallest and the largest side. */
  readonly least: readonly [number, number];
  readonly most: readonly [number, number];
  /** Share of foreground pixels, in [0, 1]. */
  readonly foreground: number;
  readonly crop: readonly [number, number];
  /** What the network reads of a crop, and what it answers. */
  readonly tile: readonly [number, number];
  readonly output: readonly [number, number];
  readonly losses: readonly string[];
}

/**
 * `losscape check FILE`: everything that `train` would refuse about an experiment and its data, at the place in the
 * experiment file that it hangs on, without training anything. Ends with 0, or 2 when there is an error.
 */
export async function checkCommand({ file, json }: { file: string; json: boolean }, io: CommandIo): Promise<number> {
  const { data, problems } = await check(file);
  const failed = problems.some(({ severity }) => severity === 'error');
  if (json) {
    const reported = problems.map(({ severity, problem }) => asReported(severity, problem, file));
    io.stdout.write(`${JSON.stringify({ file, problems: reported, data } satisfies CheckReport, null, 2)}\n`);
    return failed ? 2 : 0;
  }
  const colours = coloursFor(io.stderr.isTTY ?? false);
  for (const { severity, problem } of problems) {
    const word = severity === 'error' ? colours.red('error') : colours.yellow('warning');
    io.stderr.write(`${word} ${problem.describe()}\n`);
  }
  if (data) io.stdout.write(`${inWords(data)}\n`);
  return failed ? 2 : 0;
}

interface Checked {
  readonly problems: { severity: 'error' | 'warning'; problem: Problem }[];
  readonly data: DataFacts | null;
}

async function check(file: string): Promise<Checked> {
  try {
    const experiment = await readExperiment(file);
    const text = await readFile(file, 'utf8');
    return await checkData(experiment, text);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const problems = error instanceof ExperimentProblems ? error.problems : [error];
    return { problems: problems.map((problem) => ({ severity: 'error', problem })), data: null };
  }
}

async function checkData(experiment: Experiment, text: string): Promise<Checked> {
  const { dataset, model, input, training } = experiment;
  try {
    // Masks are decoded, images are only looked at from outside: a check has to be quick.
    const cache = new PairCache(dataset, model.channels, 0);
    const inspection = await inspectDataset(dataset, model, input, { evaluate: training.evaluate, cache });
    const warnings = inspection.warnings.map((message) => ({
      severity: 'warning' as const,
      problem: inExperimentFile(new Problem(message), experiment, text),
    }));
    return { problems: warnings, data: factsOf(inspection, experiment) };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return { problems: [{ severity: 'error', problem: inExperimentFile(error, experiment, text) }], data: null };
  }
}

function factsOf(inspection: DatasetInspection, { losses }: Experiment): DataFacts {
  const sizes = [...inspection.sizes.values()];
  const side = (pick: (...values: number[]) => number, axis: 0 | 1) => pick(...sizes.map((size) => size[axis]));
  return {
    train: inspection.train.length,
    test: inspection.test.length,
    least: [side(Math.min, 0), side(Math.min, 1)],
    most: [side(Math.max, 0), side(Math.max, 1)],
    foreground: inspection.foreground.mean,
    crop: inspection.crop,
    tile: inspection.geometry.tile,
    output: inspection.geometry.output,
    losses: losses.map(lossLabel),
  };
}

function inWords({ train, test, least, most, foreground, crop, tile, losses }: DataFacts): string {
  const size = (of: readonly [number, number]) => of.join(' × ');
  const sizes = size(least) === size(most) ? size(least) : `${size(least)} to ${size(most)}`;
  return [
    `${train} pairs to train on, ${test} to test on; ${sizes} pixels (height × width), ${(100 * foreground).toFixed(1)} % foreground`,
    `crops of ${size(crop)}, which the network reads as ${size(tile)}`,
    `${losses.length === 1 ? '1 loss' : `${losses.length} losses`}: ${losses.join(', ')}`,
  ].join('\n');
}

function asReported(severity: 'error' | 'warning', { message, hint, place, subject }: Problem, file: string) {
  return { severity, message, hint, file: place?.file ?? file, line: place?.line, column: place?.column, subject };
}
