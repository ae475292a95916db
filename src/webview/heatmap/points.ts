import { tickText } from '../kit/format';
import type { HeatmapRun, ImageReference, SurfacePoint } from '../protocol/heatmap';
import type { Loader, Need } from './loader';
import { networkAt } from './state';

/** A coordinate of a point, in three digits. */
const digits = (value: number): string => tickText(Number(value.toPrecision(3)));

/** Where a point is: "(0.3, −0.12) of surface random-1". */
export function placeText({ surface, a, b }: SurfacePoint): string {
  return `(${digits(a)}, ${digits(b)}) of surface ${surface.split(/[\\/]/).at(-1)}`;
}

/** What the network at a point is called among runs: "focal γ=2 at (0.3, −0.12) of surface random-1". */
export function pointName(run: HeatmapRun, point: SurfacePoint): string {
  return `${run.info.title ?? run.info.loss} at ${placeText(point)}`;
}

/** What is to be said where epochs are chosen; empty where everything that is shown has epochs. */
export function withoutEpochs(shown: readonly HeatmapRun[]): string {
  const points = shown.filter(({ point }) => point !== null).length;
  if (points === 0) return '';
  return points === shown.length
    ? 'The network at a point of a surface has no epochs. Drag the point in the surface’s panel, and this one follows.'
    : 'The epochs are those of the runs: the network at a point of a surface has none, and moves with the point in the surface’s panel.';
}

/** The runs with a point moved. */
export function moved(runs: readonly HeatmapRun[], to: SurfacePoint): HeatmapRun[] {
  return runs.map((run) => (run.point?.surface === to.surface ? { ...run, point: to } : run));
}

/**
 * Follows a point that is dragged in another panel. The answer at the newest place is fetched while the maps of the last one
 * stay, and shown when it has come; places that the point left in between are never asked for.
 */
export class Following {
  private coming: SurfacePoint | null = null;
  private newest: SurfacePoint | null = null;

  /** @param go shows the maps at a place, whose answers are there. */
  constructor(
    private readonly loader: Pick<Loader, 'margin'>,
    private readonly go: (point: SurfacePoint) => void,
  ) {}

  take(point: SurfacePoint): void {
    this.newest = point;
  }

  /**
   * Goes on to the newest place once the one before has come.
   * @param shown runs whose maps are shown. @param image that is looked at.
   * @returns what has to be fetched for it.
   */
  proceed(shown: readonly HeatmapRun[], image: ImageReference | null): Need[] {
    for (;;) {
      if (this.coming === null) [this.coming, this.newest] = [this.newest, null];
      const { coming } = this;
      if (coming === null) return [];
      const run = moved(shown, coming).find(({ point }) => point === coming);
      const network = run && networkAt(run, null);
      // A failure is shown too: there is nothing else to say of that place.
      const needed = run && network && image && this.loader.margin(run, network, image).state === 'loading';
      if (needed) return [{ run, image, network }];
      this.coming = null;
      this.go(coming);
    }
  }
}
