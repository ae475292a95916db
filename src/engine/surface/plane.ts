import { Problem } from '../../runs/problem';
import { floatTensors, readSafetensors, writeSafetensors } from '../../runs/safetensors';
import { planeProvenanceSchema, type Checkpoint, type PlaneProvenance } from '../../runs/surfaceDocument';
import type { ParameterSpec } from '../unet/unet';
import { randomDirection, type BiasTreatment, type Normalization, type Weights } from './directions';

/** A plane in weight space: the point (a, b) is the network with the weights centre + a · d_a + b · d_b. */
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

/** The plane through a network along two random directions. */
export function randomPlane(specs: readonly ParameterSpec[], centre: Weights, options: RandomPlaneOptions): Plane {
  const { seed, normalization, biases, checkpoint } = options;
  const along = (axis: 'a' | 'b'): Weights => randomDirection(specs, centre, { seed, axis, normalization, biases });
  const [a, b] = [along('a'), along('b')];
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
  const from = (point: PlanePoint): Weights =>
    Object.fromEntries(
      Object.entries(origin.weights).map(([name, start]) => {
        const end = point.weights[name]!;
        return [name, start.map((value, i) => end[i]! - value)];
      }),
    );
  const [a, b] = [from(second), from(third)];
  const shape = shapeOf(a, b);
  if (shape.lengths[0] === 0 || shape.lengths[1] === 0 || Math.abs(shape.cosine) > 1 - 1e-9) {
    throw new Problem('these three networks span no plane: two are the same, or they lie on one line', {
      hint: 'Choose three different checkpoints.',
    });
  }
  const checkpoints = points.map(({ checkpoint }) => checkpoint) as [Checkpoint, Checkpoint, Checkpoint];
  return { centre: origin.weights, a, b, provenance: { kind: 'through', checkpoints, ...shape } };
}

/** Lengths of both directions, and the cosine of the angle between them. */
function shapeOf(a: Weights, b: Weights): { lengths: [number, number]; cosine: number } {
  const dot = (x: Weights, y: Weights): number => {
    let sum = 0;
    for (const [name, values] of Object.entries(x)) {
      const others = y[name]!;
      for (let i = 0; i < values.length; i++) sum += values[i]! * others[i]!;
    }
    return sum;
  };
  const lengths: [number, number] = [Math.sqrt(dot(a, a)), Math.sqrt(dot(b, b))];
  const product = lengths[0] * lengths[1];
  return { lengths, cosine: product === 0 ? 0 : dot(a, b) / product };
}

/** The key under which a plane's file says where the plane comes from. */
const provenanceKey = 'plane';

/**
 * Stores a plane as one safetensors file: `centre/<parameter>`, `a/<parameter>`, `b/<parameter>`, and the provenance as JSON
 * in the file's metadata. It can be sampled from again when the checkpoints it was made from are gone.
 */
export async function writePlane(file: string, specs: readonly ParameterSpec[], plane: Plane): Promise<void> {
  const tensors = (['centre', 'a', 'b'] as const).flatMap((part) =>
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
  return { centre: part('centre'), a: part('a'), b: part('b'), provenance: parseProvenance(metadata, file) };
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
