import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { readDescent, type DescentDocument } from '../../../runs/descentDocument';
import { runPaths } from '../../../runs/layout';
import { Problem } from '../../../runs/problem';
import { lossSchema } from '../../experiment/lossSchema';
import type { Experiment, LossSpec, OptimizerConfig } from '../../experiment/schema';
import { readKnownRun, readNetwork, type EpochChoice, type KnownRun } from '../../surface/chooseNetworks';
import type { Weights } from '../../surface/directions';
import { unetParameters } from '../../unet/unet';
import { imageDigest, oneTile, readRunImage, type OneTile, type Region, type RunImage } from '../oneTile';
import { chooseDescentLosses } from './losses';

/** What a new descent is made from. All but the image has a default, and none of it can be said of one that goes on. */
export interface DescentSettings {
  /** Name of an image of the run's data. */
  readonly image?: string | undefined;
  readonly split?: 'train' | 'test' | undefined;
  /** Of the checkpoint. */
  readonly epoch?: EpochChoice | undefined;
  /** See `chooseDescentLosses`. */
  readonly losses?: readonly string[] | undefined;
  /** Steps under each loss. */
  readonly steps?: number | undefined;
  readonly learningRate?: number | undefined;
  /** A frame is kept every so many steps. */
  readonly every?: number | undefined;
  /** What of the image; as the run was evaluated when left out. */
  readonly region?: Region | undefined;
}

/** The study's. */
export const descentDefaults = { epoch: 'last', steps: 1000, learningRate: 1e-5, every: 100 } as const;

/** Everything that is known before the network is compiled; what is wrong with the input has been said by then. */
export interface PreparedDescent {
  readonly experiment: Experiment;
  readonly losses: readonly LossSpec[];
  readonly optimizer: OptimizerConfig;
  readonly steps: number;
  readonly every: number;
  readonly checkpoint: DescentDocument['checkpoint'];
  /** What every descent begins with. */
  readonly weights: Weights;
  readonly image: RunImage;
  readonly tile: OneTile;
  /** The folder to go on in; a new one is made when left out. */
  readonly existing: string | undefined;
}

/** @throws Problem for a checkpoint, image or loss that there is not, and for settings that make no sense. */
export async function newDescent(run: KnownRun, settings: DescentSettings): Promise<PreparedDescent> {
  const { steps, learningRate, every } = { ...descentDefaults, ...defined(settings) };
  if (settings.image === undefined) {
    const { test, train } = run.document.dataset;
    throw new Problem('which image? Name one of the run: --image NAME', {
      hint: `For example ${[...test, ...train].slice(0, 3).join(', ')}.`,
    });
  }
  if (!(learningRate > 0)) throw new Problem(`a learning rate of ${learningRate} makes no sense: it must be above 0`);
  const { experiment } = run;
  const losses = await chooseDescentLosses(run, settings.losses ?? []);
  const start = await readStart(run, settings.epoch ?? descentDefaults.epoch);
  const image = await readRunImage(experiment, settings.image, settings.split);
  return {
    experiment,
    losses,
    optimizer: { type: 'adam', learningRate, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
    steps,
    every,
    ...start,
    image,
    tile: await oneTile(experiment, image.pair, settings.region ?? experiment.training.evaluate),
    existing: undefined,
  };
}

/**
 * A descent that was stopped or interrupted, as it began.
 * @throws Problem when it is finished, its image or its checkpoint has changed, or settings are given that belong to a new
 *   one.
 */
export async function resumedDescent(folder: string, settings: DescentSettings): Promise<PreparedDescent> {
  const given = Object.keys(defined(settings))[0];
  if (given !== undefined) {
    throw new Problem(
      `--resume goes on with a descent as it began: leave out --${given.replace(/[A-Z]/g, '-$&').toLowerCase()}`,
      {
        hint: 'For other settings, begin a new one.',
      },
    );
  }
  const entry = await readDescent(folder);
  if (!entry.ok) throw new Problem(`this descent cannot go on: ${entry.reason}`, { place: { file: folder } });
  const { document } = entry;
  const place = { file: runPaths(folder).document };
  if (document.status === 'finished') throw new Problem('this descent is finished: all its steps are done', { place });
  const losses = document.losses.map(({ spec, label }) => {
    const parsed = lossSchema.safeParse(spec);
    if (parsed.success) return parsed.data;
    throw new Problem(`this version does not know the loss "${label}"`, { place, hint: 'Begin a new descent.' });
  });
  const start = await readStart(await runOf(document, folder), document.checkpoint.epoch);
  const experiment = document.experiment as Experiment;
  const image = await readRunImage(experiment, document.image.name, document.image.split);
  const changed =
    start.checkpoint.digest !== document.checkpoint.digest
      ? `the checkpoint of epoch ${document.checkpoint.epoch} has`
      : imageDigest(image.pair) !== document.image.digest
        ? `the image "${document.image.name}" or its mask has`
        : undefined;
  if (changed !== undefined) {
    throw new Problem(`${changed} changed since this descent was begun`, {
      place,
      hint: 'Its frames would not belong together. Put it back, or begin a new descent.',
    });
  }
  const { region, height, width } = document.image;
  return {
    experiment,
    losses,
    optimizer: document.optimizer as OptimizerConfig,
    steps: document.steps,
    every: document.every,
    ...start,
    image,
    tile: await oneTile(
      experiment,
      image.pair,
      region.height === height && region.width === width ? 'whole' : 'center',
    ),
    existing: folder,
  };
}

/** The run that a descent began with: beside it, or where it lay then. */
function runOf({ checkpoint }: DescentDocument, folder: string): Promise<KnownRun> {
  const beside = join(dirname(folder), checkpoint.run);
  return readKnownRun(existsSync(runPaths(beside).document) ? beside : checkpoint.folder);
}

async function readStart(run: KnownRun, choice: EpochChoice): Promise<Pick<PreparedDescent, 'checkpoint' | 'weights'>> {
  const specs = unetParameters(run.experiment.model);
  const { checkpoint, weights } = await readNetwork(run, choice, specs);
  const hash = createHash('sha256');
  for (const { name } of specs) hash.update(weights[name]!);
  return { checkpoint: { ...checkpoint, folder: run.folder, digest: hash.digest('hex') }, weights };
}

/** Settings without those that are undefined. */
function defined<T extends object>(settings: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined)) as never;
}
