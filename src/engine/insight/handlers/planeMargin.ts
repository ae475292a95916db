import { stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Problem } from '../../../runs/problem';
import { surfaceFileNames } from '../../../runs/surfaceDocument';
import { readPlane, type Plane } from '../../surface/plane';
import { unetParameters, type ParameterSpec } from '../../unet/unet';
import { ByteCache } from '../inspector/byteCache';
import type { Handler } from '../inspector/handler';

/** Planes that are kept, so that a point can be dragged: three networks each. */
const planes = new ByteCache<Plane>(512 * 2 ** 20);

/**
 * The network at one point of a surface's plane, applied to one image. The weights are centre + a · d_a + b · d_b in single
 * precision, as the sweep has them. The surface brings its plane along, so the checkpoints that it was made from may be gone;
 * its run's folder says what the network and the images are.
 */
export const planeMargin: Handler<'planeMargin'> = async ({ surface, a, b, image }, context, signal) => {
  if (!Number.isFinite(a) || !Number.isFinite(b)) throw new Problem('a point of a plane needs two finite coordinates');
  // <run>/surfaces/<surface>
  const run = await context.run(dirname(dirname(surface)));
  const { model } = run.experiment;
  const [found, { plane, key }] = await Promise.all([
    context.images.read(run, image),
    planeOf(surface, unetParameters(model)),
  ]);
  signal.throwIfAborted();
  const plan = await context.plan(run, found);
  signal.throwIfAborted();
  const network = { weights: weightsAt(plane, a, b), key: `${key}\0${a}\0${b}` };
  const values = await context.networks.margin(model, network, found.image, plan, signal);
  const { top, left, height, width } = plan.region;
  return {
    result: { top, left, height, width },
    arrays: { margin: { shape: [height, width], values } },
  };
};

async function planeOf(surface: string, specs: readonly ParameterSpec[]): Promise<{ plane: Plane; key: string }> {
  const file = join(surface, surfaceFileNames.plane);
  const { mtimeMs, size } = await stat(file).catch((cause: Error) => {
    throw new Problem(`the plane of the surface cannot be read (${cause.message})`, { place: { file }, cause });
  });
  const key = `${file}\0${mtimeMs}\0${size}`;
  const known = planes.get(key);
  if (known) return { plane: known, key };
  const plane = await readPlane(file, specs);
  planes.set(key, plane, size);
  return { plane, key };
}

/** The weights of the network at (a, b). */
export function weightsAt(
  plane: Pick<Plane, 'centre' | 'a' | 'b'>,
  a: number,
  b: number,
): Record<string, Float32Array> {
  return Object.fromEntries(
    Object.entries(plane.centre).map(([name, centre]) => {
      const [alongA, alongB] = [plane.a[name]!, plane.b[name]!];
      return [name, centre.map((value, i) => value + a * alongA[i]! + b * alongB[i]!)];
    }),
  );
}
