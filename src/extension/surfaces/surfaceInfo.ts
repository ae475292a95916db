import { basename, dirname, join } from 'node:path';
import { isBeingSampled, type PlaneProvenance, type SurfaceDocument } from '../../runs/surfaceDocument';
import type { SurfaceTrajectories } from '../../runs/surfaceTrajectories';
import type { CurvatureAxes } from '../../webview/protocol/curvature';
import type { SurfaceInfo, SurfacePath, SurfaceQuantityInfo } from '../../webview/protocol/surface';
import { t } from '../text';

/** What a page needs to know of a surface besides its values. @param folder absolute path. */
export function surfaceInfo(folder: string, document: SurfaceDocument, now = new Date()): SurfaceInfo {
  const { axes, plane, done, total, secondsSampling, series, adaptive } = document;
  const [a, b] = axisNames(plane);
  const own = dirname(dirname(folder));
  const runs = [...new Set([basename(own), ...document.trajectories, ...runsOf(plane)])];
  return {
    folder,
    id: document.id,
    run: basename(own),
    kind: document.kind,
    status: document.status === 'sampling' && !isBeingSampled(document, now) ? 'interrupted' : document.status,
    a: { values: axes.a, name: a },
    b: { values: axes.b, name: b },
    quantities: quantitiesOf(document),
    provenance: document.provenance,
    images: document.images.map(({ split, names, available }) => ({ split, names, available })),
    done,
    total,
    pace: done > 0 && secondsSampling > 0 ? done / secondsSampling : null,
    bound: adaptive === null ? null : boundInWords(document),
    minima: Object.fromEntries(
      Object.entries(document.minima ?? {}).map(
        ([key, { value, a: x, b: y, onEdge, curvature, width, flatShare, sharpness }]) => [
          key,
          { value, a: x, b: y, onEdge, curvature, width, flatShare, sharpness },
        ],
      ),
    ),
    series: series === null ? null : { id: series.id, epoch: surfaceEpoch(plane) },
    runs,
    // Runs lie beside each other; what a document names is no path.
    runFolders: runs.map((run) => join(dirname(own), basename(run))),
    centre: centreOf(plane),
    curvatureAxes: curvatureAxes(document),
    created: document.created,
  };
}

/** The epoch of the network at (0, 0); the last of the run's where the plane has no single one. */
export function surfaceEpoch(plane: PlaneProvenance): number {
  return centreOf(plane)?.epoch ?? 0;
}

/** The network at (0, 0); null where that is the mean of several. */
function centreOf(plane: PlaneProvenance): { run: string; epoch: number } | null {
  const centre = plane.movedTo ?? ('checkpoint' in plane ? plane.checkpoint : plane.checkpoints[0]);
  return centre && { run: centre.run, epoch: centre.epoch };
}

/** Names of the runs that a plane was laid through. */
function runsOf(plane: PlaneProvenance): string[] {
  if (plane.kind === 'pca') return plane.runs.map(({ run }) => run);
  return 'checkpoints' in plane ? plane.checkpoints.map(({ run }) => run) : [];
}

function curvatureAxes({ plane, losses }: SurfaceDocument): CurvatureAxes | null {
  if (plane.kind !== 'curvature') return null;
  const { loss, checkpoint, images, gradientNorm, movedTo } = plane;
  return {
    loss: losses.find(({ name }) => name === loss)?.label ?? loss,
    run: checkpoint.run,
    epoch: checkpoint.epoch,
    images,
    gradientNorm,
    axes: plane.axes.map((axis, index) => {
      if (axis === null) return null;
      const kind = axis === 'gradient' ? 'gradient' : 'eigenvector';
      return { kind, rank: axis === 'eigenvector 2' ? 2 : 1, eigenvalue: plane.eigenvalues[index] ?? null };
    }),
    moved: movedTo !== undefined && (movedTo.run !== checkpoint.run || movedTo.epoch !== checkpoint.epoch),
  };
}

function quantitiesOf({ quantities }: SurfaceDocument): SurfaceQuantityInfo[] {
  const errors = new Map(
    Object.entries(quantities).flatMap(([key, { standardErrorOf }]) =>
      standardErrorOf === undefined ? [] : [[standardErrorOf, key] as const],
    ),
  );
  return Object.entries(quantities).flatMap(([key, { label, kind, split, measure, loss, standardErrorOf }]) =>
    standardErrorOf === undefined
      ? [{ key, label, kind, split, measure, variant: loss?.variant ?? null, error: errors.get(key) ?? null }]
      : [],
  );
}

function boundInWords({ adaptive, quantities }: SurfaceDocument): string {
  const { bound, checked } = adaptive!;
  if (checked === null) return bound;
  const worst = Math.max(
    0,
    ...Object.entries(checked.largest).map(([key, error]) => (quantities[key]?.kind === 'loss' ? error : 0)),
  );
  return t(
    'at {0} points measured afterwards, losses were off by at most {1} % of their range.',
    checked.points,
    (100 * worst).toPrecision(2),
  );
}

/** What the axes are, with the share of the variance that principal components explain. */
export function axisNames(plane: PlaneProvenance): [string, string] {
  switch (plane.kind) {
    case 'pca': {
      const share = (index: number): string => (100 * (plane.explained[index] ?? 0)).toFixed(1);
      return [t('PC 1 ({0} % of the variance)', share(0)), t('PC 2 ({0} % of the variance)', share(1))];
    }
    case 'random':
      return [t('random direction a'), t('random direction b')];
    case 'line': {
      const [from, to] = plane.checkpoints;
      return [t('from {0} (0) to {1} (1)', networkName(from), networkName(to)), ''];
    }
    case 'through': {
      const [origin, second, third] = plane.checkpoints;
      const along = (end: typeof origin): string => t('from {0} (0) to {1} (1)', networkName(origin), networkName(end));
      return [along(second), along(third)];
    }
    case 'curvature': {
      const name = (index: 0 | 1): string => {
        const axis = plane.axes[index];
        const eigenvalue = plane.eigenvalues[index];
        if (axis === null) return '';
        if (axis === 'gradient') return t('gradient of {0}', plane.loss);
        const words = t('Hessian’s {0} of {1}', axis, plane.loss);
        return eigenvalue === null ? words : t('{0}, eigenvalue {1}', words, eigenvalue.toPrecision(3));
      };
      return [name(0), name(1)];
    }
  }
}

const networkName = ({ loss, epoch }: { loss: string; epoch: number }): string => t('{0}, epoch {1}', loss, epoch);

/** Trajectories as a page takes them. */
export function surfacePaths(trajectories: SurfaceTrajectories | undefined): SurfacePath[] {
  if (!trajectories) return [];
  const { quantities } = trajectories;
  const named = (values: readonly number[] | null): Record<string, number> | null =>
    values === null ? null : Object.fromEntries(quantities.map((key, index) => [key, values[index] ?? NaN]));
  return trajectories.runs.map(({ run, loss, points }) => ({
    run,
    loss,
    points: points.map(({ epoch, a, b, distance, true: own, plane }) => ({
      epoch,
      a,
      b,
      distance,
      own: named(own),
      plane: named(plane),
    })),
  }));
}
