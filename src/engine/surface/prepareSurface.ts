import { join } from 'node:path';
import { Problem } from '../../runs/problem';
import {
  isBeingSampled,
  readSurfaceDocument,
  resolveSurface,
  surfaceFileNames,
  type SurfaceDocument,
} from '../../runs/surfaceDocument';
import { lossSchema } from '../experiment/lossSchema';
import type { LossSpec } from '../experiment/schema';
import { unetParameters } from '../unet/unet';
import { lossesOfExperiment, readNetwork, type EpochChoice, type KnownRun } from './chooseNetworks';
import type { BiasTreatment, Normalization } from './directions';
import { chooseImages, loadImages, type SurfaceImages } from './images';
import type { SurfaceFolder } from './newSurface';
import { axisValues } from './order';
import { planeThrough, randomPlane, readPlane, type Plane } from './plane';

/** What a new surface is made from; all of it has a default, and none of it can be said of one that is gone on with. */
export interface SurfaceSettings {
  /** Names of losses, or all of the run's experiment. */
  readonly losses?: readonly string[] | undefined;
  /** `random`, `through` (three runs), or a surface whose plane is taken again. */
  readonly plane?: string | undefined;
  readonly normalization?: Normalization | undefined;
  readonly biases?: BiasTreatment | undefined;
  /** Ends of both axes. */
  readonly range?: readonly [number, number] | undefined;
  /** Points along each axis. */
  readonly points?: number | undefined;
  readonly epoch?: EpochChoice | undefined;
  /** How many images. */
  readonly images?: number | undefined;
  readonly split?: 'train' | 'test' | undefined;
  readonly region?: 'whole' | 'center' | undefined;
  readonly seed?: number | undefined;
}

/** What is sampled where nobody says. */
export const surfaceDefaults = { points: 17, images: 8, seed: 1, split: 'train', epoch: 'last' } as const;

/** Everything that is known before the network is compiled; what is wrong with the input has been said by then. */
export interface PreparedSurface {
  readonly run: KnownRun;
  readonly plane: Plane;
  readonly losses: readonly LossSpec[];
  readonly axes: { readonly a: readonly number[]; readonly b: readonly number[] };
  /** Which images, and what of them. */
  readonly choice: SurfaceDocument['images'];
  readonly images: SurfaceImages;
  /** The surface to go on with. */
  readonly existing: SurfaceFolder | undefined;
}

/**
 * The surfaces to sample: one around the network of each run, or one through three runs. Each is prepared when its turn
 * comes. @throws Problem for settings that make no sense.
 */
export function newSurfaces(runs: readonly KnownRun[], settings: SurfaceSettings): (() => Promise<PreparedSurface>)[] {
  const { plane = 'random', range } = settings;
  if (range && !(range[0] < range[1])) {
    throw new Problem(`--range ${range.join(':')} is empty: its first number must be the smaller one`);
  }
  if (plane !== 'through') return runs.map((run) => () => prepare(run, settings, () => chosenPlane(run, settings)));
  const [first, second, third, ...more] = runs;
  if (!first || !second || !third || more.length > 0) {
    throw new Problem(`--plane through is for three runs, not ${runs.length}`, {
      hint: 'losscape surface RUN RUN RUN --plane through: they lie at (0, 0), (1, 0) and (0, 1).',
    });
  }
  const specs = unetParameters(first.experiment.model);
  const { epoch = surfaceDefaults.epoch } = settings;
  return [
    () =>
      prepare(first, settings, async () =>
        planeThrough([
          await readNetwork(first, epoch, specs),
          await readNetwork(second, epoch, specs),
          await readNetwork(third, epoch, specs),
        ]),
      ),
  ];
}

async function chosenPlane(run: KnownRun, settings: SurfaceSettings): Promise<Plane> {
  const specs = unetParameters(run.experiment.model);
  const { plane = 'random', normalization = 'filter', biases = 'ignore', seed = surfaceDefaults.seed } = settings;
  if (plane !== 'random')
    return readPlane(join(await resolveSurface(run.folder, plane), surfaceFileNames.plane), specs);
  const { weights, checkpoint } = await readNetwork(run, settings.epoch ?? surfaceDefaults.epoch, specs);
  return randomPlane(specs, weights, { seed, normalization, biases, checkpoint });
}

async function prepare(
  run: KnownRun,
  settings: SurfaceSettings,
  makePlane: () => Promise<Plane>,
): Promise<PreparedSurface> {
  const {
    split = surfaceDefaults.split,
    images: count = surfaceDefaults.images,
    seed = surfaceDefaults.seed,
  } = settings;
  const losses = await lossesOfExperiment(run, settings.losses ?? 'all');
  const names = run.document.dataset[split];
  if (names.length === 0) {
    throw new Problem(`run ${run.document.id} has no ${split} images`, { hint: 'Leave out --split.' });
  }
  const choice = chooseImages(split, names, count, seed);
  const region = settings.region ?? run.experiment.training.evaluate;
  const plane = await makePlane();
  const images = await loadImages(run.experiment, choice, region);
  const [from, to] = settings.range ?? (plane.provenance.kind === 'through' ? [-0.5, 1.5] : [-1, 1]);
  const axis = axisValues(from, to, settings.points ?? surfaceDefaults.points);
  return {
    run,
    plane,
    losses,
    axes: { a: axis, b: axis },
    choice: { ...choice, region, digest: images.digest },
    images,
    existing: undefined,
  };
}

/**
 * A surface that was stopped or interrupted, as it began.
 * @throws Problem when there is none of this name, it is finished or being sampled, its images have changed, or settings are
 *   given that belong to a new surface.
 */
export async function resumedSurface(
  runs: readonly KnownRun[],
  name: string,
  settings: SurfaceSettings,
): Promise<PreparedSurface> {
  const given = Object.entries(settings).find(([, value]) => value !== undefined);
  if (given) {
    throw new Problem(`--resume goes on with a surface as it began: leave out --${given[0]}`, {
      hint: 'For other settings, sample a new surface.',
    });
  }
  const [run] = runs;
  if (!run || runs.length > 1) throw new Problem('--resume goes on with one surface: name the one run that has it');
  const folder = await resolveSurface(run.folder, name);
  const document = await readSurfaceDocument(folder);
  const place = { file: join(folder, surfaceFileNames.document) };
  if (document.status === 'finished')
    throw new Problem('this surface is finished: all its points are there', { place });
  if (isBeingSampled(document)) {
    throw new Problem(`process ${document.pid} on ${document.host} is sampling this surface`, {
      place,
      hint: 'Wait until it ends, or stop it.',
    });
  }
  const losses = document.losses.map(({ spec, label }) => {
    const parsed = lossSchema.safeParse(spec);
    if (parsed.success) return parsed.data;
    throw new Problem(`this version does not know the loss "${label}"`, { place, hint: 'Sample a new surface.' });
  });
  const plane = await readPlane(join(folder, surfaceFileNames.plane), unetParameters(run.experiment.model));
  const { images: choice, axes } = document;
  const images = await loadImages(run.experiment, choice, choice.region);
  if (images.digest !== choice.digest) {
    throw new Problem('the images have changed since this surface was begun', {
      place,
      hint: 'Its points would not belong together. Put the images back, or sample a new surface.',
    });
  }
  return { run, plane, losses, axes, choice, images, existing: { folder, document } };
}
