import type { PlaneProvenance } from '../../runs/surfaceProvenance';
import type { Runtime } from '../compile/program';
import { Hessian, weightsOf } from '../curvature/hessian';
import { lanczos, norm, ritzVector } from '../curvature/lanczos';
import { startVector } from '../curvature/probes';
import { lossName } from '../experiment/lossLabel';
import type { LossSpec } from '../experiment/schema';
import { createLoss } from '../losses/registry';
import { Problem } from '../../runs/problem';
import type { KnownRun } from './chooseNetworks';
import type { Weights } from './directions';
import type { SurfaceImages } from './images';
import { nothing, shapeOf, type Plane, type PlanePoint } from './plane';

export interface CurvaturePlaneOptions {
  /** `gradient`: the gradient, and the first eigenvector; `hessian`: the first two eigenvectors. */
  readonly kind: 'gradient' | 'hessian';
  /** Only the first of the two. */
  readonly line: boolean;
  readonly loss: LossSpec;
  readonly images: SurfaceImages;
  readonly seed: number;
}

/** Steps of Lanczos' method, at most, and the residual that counts as found, as a share of the eigenvalue. */
const [mostSteps, tolerance] = [60, 1e-3];

/**
 * The plane around a network along the gradient of a loss and the eigenvectors of its Hessian that belong to the largest
 * eigenvalues. Directions have the length 1: along an eigenvector the loss is loss + λ a² / 2 near the centre.
 * @throws Problem when the gradient is 0 or not finite.
 */
export async function curvaturePlane(
  runtime: Runtime,
  { experiment }: KnownRun,
  { checkpoint, weights }: PlanePoint,
  { kind, line, loss, images, seed }: CurvaturePlaneOptions,
): Promise<Plane> {
  const hessian = await Hessian.create(runtime, experiment.model, weights, createLoss(loss), images);
  try {
    const gradient = await hessian.gradient();
    const gradientNorm = norm(gradient);
    if (!(gradientNorm > 0 && Number.isFinite(gradientNorm))) {
      throw new Problem(
        `the gradient of "${lossName(loss)}" is ${gradientNorm === 0 ? '0' : 'not finite'} at this network`,
        {
          hint: 'Choose another epoch (--epoch) or loss (--of).',
        },
      );
    }
    const wanted = (kind === 'hessian' ? 2 : 1) - (line ? 1 : 0);
    const pairs =
      wanted === 0
        ? undefined
        : await lanczos(
            (v) => hessian.product(v),
            startVector(hessian.size, seed),
            mostSteps,
            ({ values, residuals }) =>
              [...values.slice(0, wanted)].every((value, i) => residuals[i]! <= tolerance * Math.abs(value)),
          );
    const vector = (i: number): Weights => weightsOf(hessian.specs, ritzVector(pairs!, i));
    const uphill = weightsOf(
      hessian.specs,
      gradient.map((value) => value / gradientNorm),
    );
    const first = kind === 'gradient' ? uphill : vector(0);
    const second = line ? nothing(first) : vector(kind === 'gradient' ? 0 : 1);
    const values = pairs?.values ?? [];
    const provenance: PlaneProvenance = {
      kind: 'curvature',
      checkpoint,
      loss: lossName(loss),
      axes:
        kind === 'gradient'
          ? ['gradient', line ? null : 'eigenvector 1']
          : ['eigenvector 1', line ? null : 'eigenvector 2'],
      gradientNorm,
      eigenvalues: kind === 'gradient' ? [null, line ? null : values[0]!] : [values[0]!, line ? null : values[1]!],
      images: { split: 'train', count: images.count },
      ...shapeOf(first, second),
    };
    return { centre: weights, a: first, b: second, provenance };
  } finally {
    await hessian.dispose();
  }
}
