import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { Problem } from '../../runs/problem';
import {
  readSurfaceDocument,
  surfaceFileNames,
  type SurfaceDocument,
  type SurfaceImageSet,
} from '../../runs/surfaceDocument';
import type { Runtime } from '../compile/program';
import type { LossSpec } from '../experiment/schema';
import { unetParameters } from '../unet/unet';
import { leastAdaptivePoints } from './adaptive';
import { lossesOfExperiment, readNetwork, type KnownRun } from './chooseNetworks';
import { findSurface, pcaPlane } from './choosePlane';
import { chooseImages, loadImages, type SurfaceImages } from './images';
import type { SurfaceFolder } from './newSurface';
import { axisThroughZero, axisValues } from './order';
import { lineBetween, movePlane, planeThrough, randomPlane, readPlane, type Plane, type PlanePoint } from './plane';
import { project } from './projection';
import { refuseSettings, surfaceDefaults, type ChosenRun, type SurfaceSettings } from './surfaceSettings';

/** Everything that is known before the network is compiled; what is wrong with the input has been said by then. */
export interface PreparedSurface {
  /** The run that keeps the surface. */
  readonly run: KnownRun;
  /** Some planes can only be made where networks can be differentiated. */
  readonly plane: Plane | ((runtime: Runtime) => Promise<Plane>);
  readonly losses: readonly LossSpec[];
  readonly axes: { readonly a: readonly number[]; readonly b: readonly number[] };
  /** Which images, and what of them: an entry for each split. */
  readonly choice: readonly SurfaceImageSet[];
  readonly images: readonly SurfaceImages[];
  readonly series: SurfaceDocument['series'];
  /** Tolerance, when points are skipped where the surface is smooth. */
  readonly adaptive: number | undefined;
  /** Runs whose checkpoints are projected on the plane. */
  readonly trajectories: readonly KnownRun[];
  /** The surface to go on with. */
  readonly existing: SurfaceFolder | undefined;
  /** The surface whose points are taken over. */
  readonly extends: SurfaceFolder | undefined;
}

/** What a plane is made from, and the axes it asks for. */
interface Source {
  readonly run: KnownRun;
  /** Runs that the plane belongs to. */
  readonly runs: readonly KnownRun[];
  readonly plane: () => Promise<PreparedSurface['plane']>;
  /** The axes of another surface are taken over, too. */
  readonly axes?: () => Promise<SurfaceDocument['axes']>;
  /** Centre of the plane, where it is not its own. */
  readonly around?: () => Promise<PlanePoint>;
  readonly series?: SurfaceDocument['series'];
}

/**
 * The surfaces to sample: one on the plane that several runs share, or one around the network of each run, and with `epochs` one
 * for each epoch. Each is prepared when its turn comes. @throws Problem for settings that make no sense.
 */
export function newSurfaces(runs: readonly ChosenRun[], settings: SurfaceSettings): (() => Promise<PreparedSurface>)[] {
  refuseSettings(runs, settings);
  return sources(runs, settings)
    .flatMap((source) => inEpochs(source, settings))
    .map((source) => () => prepare(source, settings));
}

function sources(runs: readonly ChosenRun[], settings: SurfaceSettings): Source[] {
  const { plane = 'random', axesOf } = settings;
  const known = runs.map(({ run }) => run);
  const first = known[0]!;
  const point = (chosen: ChosenRun): Promise<PlanePoint> => networkOf(chosen, settings, first);
  const around = (run: KnownRun, make: () => Promise<PreparedSurface['plane']>): Source => ({
    run,
    runs: [run],
    plane: make,
  });
  if (axesOf !== undefined) {
    const stored = async (run: KnownRun): Promise<Plane> => storedPlane(await findSurface(axesOf, run), run);
    const axes = async (): Promise<SurfaceDocument['axes']> =>
      (await readSurfaceDocument(await findSurface(axesOf, first))).axes;
    const moved = settings.epochs !== undefined || settings.epoch !== undefined;
    if (!moved) return [{ run: first, runs: known, plane: () => stored(first), axes }];
    return runs.map((chosen) => ({
      ...around(chosen.run, () => stored(chosen.run)),
      axes,
      ...(settings.epochs ? {} : { around: () => point(chosen) }),
    }));
  }
  switch (plane) {
    case 'through':
      return [
        {
          run: first,
          runs: known,
          plane: async () => planeThrough([await point(runs[0]!), await point(runs[1]!), await point(runs[2]!)]),
        },
      ];
    case 'pca':
      return [{ run: first, runs: known, plane: () => pcaPlane(known, unetParameters(first.experiment.model)) }];
    case 'line':
      if (runs.length === 2 && settings.along === undefined) {
        return [
          { run: first, runs: known, plane: async () => lineBetween(await point(runs[0]!), await point(runs[1]!)) },
        ];
      }
      return runs.map((chosen) =>
        around(chosen.run, () => ownPlane(chosen, settings, settings.along ?? 'random', true)),
      );
    case 'random':
    case 'gradient':
    case 'hessian':
      return runs.map((chosen) => around(chosen.run, () => ownPlane(chosen, settings, plane, false)));
    default:
      return runs.map(({ run }) => around(run, async () => storedPlane(await findSurface(plane, run), run)));
  }
}

/** The same directions around the network of each epoch. */
function inEpochs(source: Source, { epochs }: SurfaceSettings): Source[] {
  if (!epochs) return [source];
  let made: Promise<PreparedSurface['plane']> | undefined;
  let differentiated: Promise<Plane> | undefined;
  const plane = async (): Promise<PreparedSurface['plane']> => {
    const plane = await (made ??= source.plane());
    return typeof plane === 'function' ? (runtime) => (differentiated ??= plane(runtime)) : plane;
  };
  let known: Promise<SurfaceDocument['axes']> | undefined;
  const series = { id: randomBytes(4).toString('hex'), epochs: [...epochs] };
  const { run, axes } = source;
  const specs = unetParameters(run.experiment.model);
  return epochs.map((epoch) => ({
    ...source,
    plane,
    series,
    around: () => readNetwork(run, epoch, specs),
    ...(axes ? { axes: () => (known ??= axes()) } : {}),
  }));
}

const networkOf = ({ run, epoch }: ChosenRun, settings: SurfaceSettings, like = run): Promise<PlanePoint> =>
  readNetwork(run, epoch ?? settings.epoch ?? surfaceDefaults.epoch, unetParameters(like.experiment.model));

const storedPlane = (folder: string, { experiment }: KnownRun): Promise<Plane> =>
  readPlane(join(folder, surfaceFileNames.plane), unetParameters(experiment.model));

/** A plane, or a line, that belongs to one network. */
async function ownPlane(
  chosen: ChosenRun,
  settings: SurfaceSettings,
  kind: 'random' | 'gradient' | 'hessian',
  line: boolean,
): Promise<PreparedSurface['plane']> {
  const { normalization = 'filter', biases = 'ignore', seed = surfaceDefaults.seed } = settings;
  const specs = unetParameters(chosen.run.experiment.model);
  const network = await networkOf(chosen, settings);
  if (kind === 'random') {
    const { checkpoint, weights } = network;
    return randomPlane(specs, weights, { seed, normalization, biases, checkpoint }, line);
  }
  const [loss] = await lossesOfExperiment(chosen.run, settings.of === undefined ? 'all' : [settings.of]);
  const { images } = await imagesOf(chosen.run, { ...settings, split: 'train' });
  const options = { kind, line, loss: loss!, images: images[0]!, seed };
  return async (runtime) => {
    // Loaded only when it is wanted: it changes how tfjs differentiates.
    const { curvaturePlane } = await import('./curvaturePlane');
    return curvaturePlane(runtime, chosen.run, network, options);
  };
}

async function prepare(source: Source, settings: SurfaceSettings): Promise<PreparedSurface> {
  const { run, runs } = source;
  const losses = await lossesOfExperiment(run, settings.losses ?? 'all');
  const made = await source.plane();
  const centre = await source.around?.();
  const plane: PreparedSurface['plane'] =
    centre === undefined
      ? made
      : typeof made === 'function'
        ? async (runtime) => movePlane(await made(runtime), centre)
        : movePlane(made, centre);
  const { choice, images } = await imagesOf(run, settings);
  const axes = source.axes ? await source.axes() : await axesOf(made, runs, settings, settings.plane === 'line');
  const adaptive = settings.adaptive;
  if (adaptive !== undefined && Math.min(axes.a.length, axes.b.length) < leastAdaptivePoints) {
    throw new Problem(`--adaptive needs a plane of at least ${leastAdaptivePoints} points along each axis`, {
      hint: 'Leave out --adaptive: every point is measured then.',
    });
  }
  return {
    run,
    plane,
    losses,
    axes,
    choice,
    images,
    series: source.series ?? null,
    adaptive,
    // A line between two networks of a run names that run twice.
    trajectories:
      settings.trajectories === false ? [] : [...new Map(runs.map((one) => [one.document.id, one])).values()],
    existing: undefined,
    extends: undefined,
  };
}

/** The chosen images of each split, decoded. */
async function imagesOf(
  run: KnownRun,
  settings: SurfaceSettings,
): Promise<{ choice: SurfaceImageSet[]; images: SurfaceImages[] }> {
  const { images: count = surfaceDefaults.images, seed = surfaceDefaults.seed } = settings;
  const { dataset } = run.document;
  const asked = settings.split ?? (dataset.test.length > 0 ? surfaceDefaults.split : 'train');
  const splits = asked === 'both' ? (['train', 'test'] as const) : [asked];
  const region = settings.region ?? run.experiment.training.evaluate;
  const choice: SurfaceImageSet[] = [];
  const images: SurfaceImages[] = [];
  for (const split of splits) {
    const names = dataset[split];
    if (names.length === 0) {
      throw new Problem(`run ${run.document.id} has no ${split} images`, { hint: 'Leave out --split.' });
    }
    const chosen = chooseImages(split, names, count, seed);
    const loaded = await loadImages(run.experiment, chosen, region);
    images.push(loaded);
    choice.push({ ...chosen, region, digest: loaded.digest });
  }
  return { choice, images };
}

/** How far the axes of a plane of principal components reach beyond the checkpoints, as a share of their extent. */
const margin = 0.2;

async function axesOf(
  plane: PreparedSurface['plane'],
  runs: readonly KnownRun[],
  { range, points }: SurfaceSettings,
  line: boolean,
): Promise<SurfaceDocument['axes']> {
  const kind = typeof plane === 'function' ? 'curvature' : plane.provenance.kind;
  const count = points ?? (line ? surfaceDefaults.linePoints : surfaceDefaults.points);
  if (typeof plane !== 'function' && kind === 'pca' && !range) return axesAround(plane, runs, count);
  const [from, to] = range ?? (kind === 'through' || kind === 'line' ? [-0.5, 1.5] : [-1, 1]);
  const axis = axisValues(from, to, count);
  return { a: axis, b: line ? [0] : axis };
}

/** Axes on which every checkpoint that the plane was made from has its place. */
async function axesAround(plane: Plane, runs: readonly KnownRun[], count: number): Promise<SurfaceDocument['axes']> {
  const ends = { a: [0, 0], b: [0, 0] } satisfies Record<'a' | 'b', [number, number]>;
  const { provenance } = plane;
  const epochs = provenance.kind === 'pca' ? provenance.runs : [];
  for (const run of runs) {
    const specs = unetParameters(run.experiment.model);
    for (const epoch of epochs.find((own) => own.run === run.document.id)?.epochs ?? []) {
      const place = project(plane, (await readNetwork(run, epoch, specs)).weights);
      for (const axis of ['a', 'b'] as const) {
        ends[axis] = [Math.min(ends[axis][0], place[axis]), Math.max(ends[axis][1], place[axis])];
      }
    }
  }
  const axis = ([low, high]: number[]): number[] => {
    const beyond = margin * (high! - low!);
    return axisThroughZero(low! - beyond, high! + beyond, count);
  };
  return { a: axis(ends.a), b: axis(ends.b) };
}
