import { basename, dirname, join } from 'node:path';
import { Problem } from '../../runs/problem';
import { resolveRun } from '../../runs/scan';
import { readSurfaceDocument, surfaceFileNames, type SurfaceDocument } from '../../runs/surfaceDocument';
import { lossSchema } from '../experiment/lossSchema';
import type { LossSpec } from '../experiment/schema';
import { unetParameters } from '../unet/unet';
import { readKnownRun, type KnownRun } from './chooseNetworks';
import { findSurface } from './choosePlane';
import { loadImages, type SurfaceImages } from './images';
import { axisValues } from './order';
import { readPlane } from './plane';
import type { PreparedSurface } from './prepareSurface';
import type { SurfaceSettings } from './surfaceSettings';

/**
 * A surface that was stopped or interrupted, as it began; or one that another process is sampling, to help it.
 * @throws Problem when there is none of this name, it is finished, its images have changed, or settings are given that belong to
 *   a new surface.
 */
export async function resumedSurface(
  runs: readonly KnownRun[],
  name: string,
  settings: SurfaceSettings,
): Promise<PreparedSurface> {
  refuseGiven('--resume goes on with a surface as it began', settings, []);
  const run = theOne(runs, '--resume goes on with one surface');
  const folder = await findSurface(name, run);
  const document = await readSurfaceDocument(folder);
  const place = { file: join(folder, surfaceFileNames.document) };
  if (document.status === 'finished') {
    throw new Problem('this surface is finished: all its points are there', {
      place,
      hint: 'For more points or a wider range, extend it: --extend instead of --resume, with --points or --range.',
    });
  }
  return { ...(await asItBegan(run, folder, document)), existing: { folder, document } };
}

/**
 * A finer or wider grid on the plane of a surface, which takes over all points that the two have in common.
 * @throws Problem when the old points are not among the new ones, the images have changed, or other settings are given.
 */
export async function extendedSurface(
  runs: readonly KnownRun[],
  name: string,
  settings: SurfaceSettings,
): Promise<PreparedSurface> {
  refuseGiven('--extend takes over a surface', settings, ['range', 'points', 'adaptive']);
  const { range, points } = settings;
  if (range && !(range[0] < range[1])) {
    throw new Problem(`--range ${range.join(':')} is empty: its first number must be the smaller one`);
  }
  const run = theOne(runs, '--extend takes over one surface');
  const folder = await findSurface(name, run);
  const document = await readSurfaceDocument(folder);
  const { a, b } = document.axes;
  const axis = (old: readonly number[]): number[] =>
    old.length === 1 ? [...old] : axisValues(range?.[0] ?? old[0]!, range?.[1] ?? old.at(-1)!, points ?? old.length);
  const axes = { a: axis(a), b: axis(b) };
  if (axes.a.length === a.length && placesOf(a, axes.a)?.length === a.length) {
    throw new Problem('--extend needs a finer or wider grid', { hint: 'Give --points, --range or both.' });
  }
  if (!placesOf(a, axes.a) || !placesOf(b, axes.b)) {
    throw new Problem('the points of the surface are not among those of the new grid, so none could be taken over', {
      place: { file: join(folder, surfaceFileNames.document) },
      hint: extensionHint(a, range),
    });
  }
  const before = await asItBegan(run, folder, document);
  return {
    ...before,
    axes,
    adaptive: settings.adaptive ?? document.adaptive?.tolerance,
    extends: { folder, document },
  };
}

/** For each value of an axis its place on another one; undefined when one is missing there. */
export function placesOf(values: readonly number[], axis: readonly number[]): number[] | undefined {
  const step = axis.length > 1 ? Math.abs(axis[1]! - axis[0]!) : 1;
  const places = values.map((value) => axis.findIndex((other) => Math.abs(other - value) < 1e-6 * step));
  return places.includes(-1) ? undefined : places;
}

function extensionHint(a: readonly number[], range: readonly [number, number] | undefined): string {
  const step = a[1]! - a[0]!;
  const [from, to] = range ?? [a[0]!, a.at(-1)!];
  const left = Math.ceil((a[0]! - from) / step - 1e-9);
  const right = Math.ceil((to - a.at(-1)!) / step - 1e-9);
  const [low, high] = [a[0]! - left * step, a.at(-1)! + right * step];
  const count = Math.round((high - low) / step);
  const number = (value: number): number => Number(value.toPrecision(6));
  return `With --range ${number(low)}:${number(high)} and --points ${count + 1} or ${2 * count + 1} they are.`;
}

/** Everything that a surface says about itself, checked against what is there now. */
async function asItBegan(run: KnownRun, folder: string, document: SurfaceDocument): Promise<PreparedSurface> {
  const place = { file: join(folder, surfaceFileNames.document) };
  const losses = document.losses.map(({ spec, label }): LossSpec => {
    const parsed = lossSchema.safeParse(spec);
    if (parsed.success) return parsed.data;
    throw new Problem(`this version does not know the loss "${label}"`, { place, hint: 'Sample a new surface.' });
  });
  const plane = await readPlane(join(folder, surfaceFileNames.plane), unetParameters(run.experiment.model));
  const images: SurfaceImages[] = [];
  for (const set of document.images) {
    const loaded = await loadImages(run.experiment, set, set.region);
    if (loaded.digest !== set.digest) {
      throw new Problem('the images have changed since this surface was begun', {
        place,
        hint: 'Its points would not belong together. Put the images back, or sample a new surface.',
      });
    }
    images.push(loaded);
  }
  return {
    run,
    plane,
    losses,
    axes: document.axes,
    choice: document.images,
    images,
    series: document.series,
    adaptive: document.adaptive?.tolerance,
    trajectories: await runsOf(document.trajectories, run),
    existing: undefined,
    extends: undefined,
  };
}

/** The runs of these names that are still there; of those that are gone the projections stay as they are. */
async function runsOf(names: readonly string[], run: KnownRun): Promise<KnownRun[]> {
  const known: KnownRun[] = [];
  for (const name of names) {
    if (name === basename(run.folder)) {
      known.push(run);
      continue;
    }
    try {
      known.push(await readKnownRun(await resolveRun(join(dirname(run.folder), name), dirname(run.folder))));
    } catch (error) {
      if (!(error instanceof Problem)) throw error; // a run that was deleted is no reason to refuse the rest
    }
  }
  return known;
}

function theOne(runs: readonly KnownRun[], what: string): KnownRun {
  const [run] = runs;
  if (run && runs.length === 1) return run;
  throw new Problem(`${what}: name the one run that has it`);
}

function refuseGiven(what: string, settings: SurfaceSettings, allowed: readonly (keyof SurfaceSettings)[]): void {
  const given = Object.entries(settings).find(
    ([name, value]) => value !== undefined && !allowed.includes(name as keyof SurfaceSettings),
  );
  if (!given) return;
  const option = given[0].replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  throw new Problem(`${what}: leave out --${option}`, { hint: 'For other settings, sample a new surface.' });
}
