import { Problem } from '../../runs/problem';
import type { EpochChoice, KnownRun } from './chooseNetworks';
import type { BiasTreatment, Normalization } from './directions';

/** A run as it is named on the command line: RUN, or RUN@EPOCH. */
export interface ChosenRun {
  readonly run: KnownRun;
  readonly epoch?: EpochChoice | undefined;
}

/** What a new surface is made from; all of it has a default, and none of it can be said of one that is gone on with. */
export interface SurfaceSettings {
  /** Names of losses, or all of the run's experiment. */
  readonly losses?: readonly string[] | undefined;
  /**
   * `random`, `pca` (of all runs together), `through` (three networks), `line` (between two networks, or along one direction),
   * `gradient` (with the first eigenvector of the Hessian), `hessian` (two eigenvectors), or a surface whose plane is taken again.
   */
  readonly plane?: string | undefined;
  /** The direction of a line that does not join two networks. */
  readonly along?: 'random' | 'gradient' | 'hessian' | undefined;
  /** A surface whose directions and axes are taken over, around the network of `epoch` or `epochs` when they are given. */
  readonly axesOf?: string | undefined;
  /** The loss whose gradient or Hessian is meant; the run's own when left out. */
  readonly of?: string | undefined;
  readonly normalization?: Normalization | undefined;
  readonly biases?: BiasTreatment | undefined;
  /** Ends of both axes. */
  readonly range?: readonly [number, number] | undefined;
  /** Points along each axis. */
  readonly points?: number | undefined;
  readonly epoch?: EpochChoice | undefined;
  /** A surface for each of these epochs: the same directions around its network. */
  readonly epochs?: readonly number[] | undefined;
  /** How many images of each split. */
  readonly images?: number | undefined;
  readonly split?: 'train' | 'test' | 'both' | undefined;
  readonly region?: 'whole' | 'center' | undefined;
  readonly seed?: number | undefined;
  /** Share of a loss's range within which cells are interpolated. */
  readonly adaptive?: number | undefined;
  /** Whether checkpoints are projected on the plane; they are unless this is false. */
  readonly trajectories?: boolean | undefined;
}

/** What is sampled where nobody says. A line has its ends 0 and 1 among its points. */
export const surfaceDefaults = {
  points: 17,
  linePoints: 65,
  images: 8,
  seed: 1,
  split: 'both',
  epoch: 'last',
  adaptive: 0.01,
} as const;

/** Planes that are made from something; any other name is that of a surface. */
const kinds = ['random', 'through', 'pca', 'line', 'gradient', 'hessian'];

/** @throws Problem for settings that contradict each other, or would have no effect. */
export function refuseSettings(runs: readonly ChosenRun[], settings: SurfaceSettings): void {
  const { plane = 'random', along, axesOf, range, epochs, epoch, adaptive } = settings;
  if (range && !(range[0] < range[1])) {
    throw new Problem(`--range ${range.join(':')} is empty: its first number must be the smaller one`);
  }
  if (adaptive !== undefined && !(adaptive > 0 && adaptive < 1)) {
    throw new Problem(`--adaptive ${adaptive} is no share of a range`, { hint: 'Give a tolerance such as 0.01.' });
  }
  if (epochs && epoch !== undefined) throw new Problem('--epoch and --epochs exclude each other');
  if (axesOf !== undefined) {
    const given = (['plane', 'along', 'of', 'normalization', 'biases', 'range', 'points'] as const).find(
      (name) => settings[name] !== undefined,
    );
    if (given) throw new Problem(`--axes-of takes over directions and axes: leave out --${given}`);
    return;
  }
  if (plane === 'through' && runs.length !== 3) {
    throw new Problem(`--plane through is for three networks, not ${runs.length}`, {
      hint: 'losscape surface RUN RUN RUN --plane through: they lie at (0, 0), (1, 0) and (0, 1). RUN@EPOCH is one of a run’s networks.',
    });
  }
  if (plane === 'line' && runs.length > 2 && along === undefined) {
    throw new Problem(`--plane line joins two networks, not ${runs.length}`, {
      hint: 'For a line along a direction around each network give --along, for example --along random.',
    });
  }
  if (along !== undefined && plane !== 'line') throw new Problem('--along is for --plane line');
  const joins = plane === 'through' || (plane === 'line' && runs.length === 2 && along === undefined);
  if (joins && epochs) {
    throw new Problem('--epochs is not for a plane between networks', { hint: 'Name each network as RUN@EPOCH.' });
  }
  if (plane === 'pca' && epoch !== undefined) {
    throw new Problem('--plane pca is made from all checkpoints: leave out --epoch', {
      hint: 'For the same directions around the network of an epoch give --epochs.',
    });
  }
  const own = along ?? plane;
  const random = own === 'random' || (plane === 'line' && !joins && along === undefined);
  for (const name of ['normalization', 'biases'] as const) {
    if (settings[name] !== undefined && !random) {
      const directions = kinds.includes(plane) ? `those of --plane ${plane}` : 'those of a stored plane';
      throw new Problem(`--${name} is for random directions: ${directions} are what they are`);
    }
  }
  if (settings.of !== undefined && own !== 'gradient' && own !== 'hessian') {
    throw new Problem('--of names the loss whose gradient or Hessian gives the axes', {
      hint: 'Use it with --plane gradient or --plane hessian.',
    });
  }
}
