import { Problem } from '../../runs/problem';
import { floatTensors, readSafetensors, writeSafetensors } from '../../runs/safetensors';
import { planeProvenanceSchema, type Checkpoint, type PlaneProvenance } from '../../runs/surfaceProvenance';
import type { ParameterSpec } from '../unet/unet';
import { randomDirection, type BiasTreatment, type Normalization, type Weights } from './directions';

/**
 * A plane in weight space: the point (a, b) is the network with the weights centre + a · d_a + b · d_b. Of a line all of d_b
 * is 0.
 */
export interface Plane {
  readonly centre: Weights;
  readonly a: Weights;
  readonly b: Weights;
  readonly provenance: PlaneProvenance;
}

export interface RandomPlaneOptions {
  readonly seed: number;
  readonly normalization: Normalization;
  readonly biases: BiasTreatment;
  /** Where the centre comes from. */
  readonly checkpoint: Checkpoint;
}

/** The plane through a network along two random directions; with `line` the line along the first of them. */
export function randomPlane(
  specs: readonly ParameterSpec[],
  centre: Weights,
  options: RandomPlaneOptions,
  line = false,
): Plane {
  const { seed, normalization, biases, checkpoint } = options;
  const along = (axis: 'a' | 'b'): Weights => randomDirection(specs, centre, { seed, axis, normalization, biases });
  const a = along('a');
  const b = line ? nothing(centre) : along('b');
  return {
    centre,
    a,
    b,
    provenance: { kind: 'random', checkpoint, seed, normalization, biases, ...shapeOf(a, b) },
  };
}

/** A checkpoint and its weights. */
export interface PlanePoint {
  readonly checkpoint: Checkpoint;
  readonly weights: Weights;
}

/**
 * The plane through three networks of one architecture: the first is at (0, 0), the second at (1, 0), the third at (0, 1).
 * @throws Problem when two of them are the same, or all three lie on one line.
 */
export function planeThrough(points: readonly [PlanePoint, PlanePoint, PlanePoint]): Plane {
  const [origin, second, third] = points;
  const [a, b] = [difference(second.weights, origin.weights), difference(third.weights, origin.weights)];
  const shape = shapeOf(a, b);
  if (shape.lengths[0] === 0 || shape.lengths[1] === 0 || Math.abs(shape.cosine) > 1 - 1e-9) {
    throw new Problem('these three networks span no plane: two are the same, or they lie on one line', {
      hint: 'Choose three different checkpoints.',
    });
  }
  const checkpoints = points.map(({ checkpoint }) => checkpoint) as [Checkpoint, Checkpoint, Checkpoint];
  return { centre: origin.weights, a, b, provenance: { kind: 'through', checkpoints, ...shape } };
}

/**
 * The line through two networks of one architecture: the first is at 0, the second at 1.
 * @throws Problem when they are the same.
 */
export function lineBetween(origin: PlanePoint, end: PlanePoint): Plane {
  const a = difference(end.weights, origin.weights);
  const b = nothing(origin.weights);
  const shape = shapeOf(a, b);
  if (shape.lengths[0] === 0) {
    throw new Problem('there is no line between these two networks: they are the same', {
      hint: 'Choose two different checkpoints, as in RUN@1 RUN@50.',
    });
  }
  const checkpoints = [origin.checkpoint, end.checkpoint] as [Checkpoint, Checkpoint];
  return { centre: origin.weights, a, b, provenance: { kind: 'line', checkpoints, ...shape } };
}

/** The same directions around another network. */
export function movePlane(plane: Plane, { checkpoint, weights }: PlanePoint): Plane {
  return { ...plane, centre: weights, provenance: { ...plane.provenance, movedTo: checkpoint } };
}

/** Whether a plane is only a line. */
export const isLine = ({ provenance }: Plane): boolean => provenance.lengths[1] === 0;

/** A direction that leads nowhere: the second one of a line. */
export function nothing(like: Weights): Weights {
  return Object.fromEntries(Object.entries(like).map(([name, values]) => [name, new Float32Array(values.length)]));
}

function difference(end: Weights, start: Weights): Weights {
  return Object.fromEntries(
    Object.entries(start).map(([name, values]) => {
      const other = end[name]!;
      return [name, values.map((value, i) => other[i]! - value)];
    }),
  );
}

/** Sum over all weights of x y, in double precision. */
export function innerProduct(x: Weights, y: Weights): number {
  let sum = 0;
  for (const [name, values] of Object.entries(x)) {
    const others = y[name]!;
    for (let i = 0; i < values.length; i++) sum += values[i]! * others[i]!;
  }
  return sum;
}

/** Lengths of both directions, and the cosine of the angle between them. */
export function shapeOf(a: Weights, b: Weights): { lengths: [number, number]; cosine: number } {
  const lengths: [number, number] = [Math.sqrt(innerProduct(a, a)), Math.sqrt(innerProduct(b, b))];
  const product = lengths[0] * lengths[1];
  return { lengths, cosine: product === 0 ? 0 : innerProduct(a, b) / product };
}

/** The key under which a plane's file says where the plane comes from. */
const provenanceKey = 'plane';

/**
 * Stores a plane as one safetensors file: `centre/<parameter>`, `a/<parameter>`, `b/<parameter>` (not for a line), and the
 * provenance as JSON in the file's metadata. It can be sampled from again when the checkpoints it was made from are gone.
 */
export async function writePlane(file: string, specs: readonly ParameterSpec[], plane: Plane): Promise<void> {
  const parts = isLine(plane) ? (['centre', 'a'] as const) : (['centre', 'a', 'b'] as const);
  const tensors = parts.flatMap((part) =>
    specs.map(({ name, shape }) => ({ name: `${part}/${name}`, shape, data: plane[part][name]! })),
  );
  await writeSafetensors(file, tensors, { format: 'pt', [provenanceKey]: JSON.stringify(plane.provenance) });
}

/**
 * Reads a plane that {@link writePlane} stored.
 * @throws Problem when the file is missing, damaged, no plane, or of another architecture than `specs`.
 */
export async function readPlane(file: string, specs: readonly ParameterSpec[]): Promise<Plane> {
  const { tensors, metadata } = await readSafetensors(file);
  const values = new Map(floatTensors(tensors, file).map((tensor) => [tensor.name, tensor]));
  const part = (prefix: string): Weights =>
    Object.fromEntries(
      specs.map(({ name, shape }) => {
        const tensor = values.get(`${prefix}/${name}`);
        if (tensor?.shape.join() !== shape.join()) throw wrongArchitecture(file, `${prefix}/${name}`, tensor?.shape);
        return [name, tensor.data];
      }),
    );
  const provenance = parseProvenance(metadata, file);
  const centre = part('centre');
  return { centre, a: part('a'), b: provenance.lengths[1] === 0 ? nothing(centre) : part('b'), provenance };
}

function parseProvenance(metadata: Readonly<Record<string, string>>, file: string): PlaneProvenance {
  const text = metadata[provenanceKey];
  if (text === undefined) throw new Problem('this file holds no plane: its metadata lack "plane"', { place: { file } });
  try {
    return planeProvenanceSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw new Problem('the plane does not say where it comes from: its metadata are damaged', {
      place: { file },
      cause,
    });
  }
}

function wrongArchitecture(file: string, tensor: string, shape: readonly number[] | undefined): Problem {
  return new Problem(
    shape === undefined ? `there is no tensor "${tensor}"` : `tensor "${tensor}" has the shape [${shape.join(', ')}]`,
    { place: { file }, hint: 'A plane can only be sampled with a network of the architecture it was made from.' },
  );
}
