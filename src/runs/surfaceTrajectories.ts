import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { fileProblem, writeFileAtomic } from './files';
import { Problem } from './problem';
import { surfaceFileNames } from './surfaceDocument';

/** JSON has no numbers that are not finite: they are written as the words that JavaScript and Python have for them. */
const measured = z.union([z.number(), z.enum(['NaN', 'Infinity', '-Infinity'])]).transform((value) => Number(value));

const pointSchema = z.object({
  epoch: z.number(),
  /** Coordinates of the foot of the perpendicular from the checkpoint to the plane. */
  a: z.number(),
  b: z.number(),
  /** Euclidean distance of the checkpoint's weights from that foot: how far the network lies off the plane. */
  distance: z.number(),
  /** Values at the checkpoint itself, in the order of `quantities`; null until they are measured. */
  true: z.array(measured).nullable(),
  /** Values of the plane at (a, b); null until they are measured. */
  plane: z.array(measured).nullable(),
});

const trajectoriesSchema = z.object({
  formatVersion: z.literal(1),
  /** Keys of quantities of `surface.json` (means, no standard errors), on the same images as the surface. */
  quantities: z.array(z.string()),
  runs: z.array(
    z.object({
      /** Name of the run folder. */
      run: z.string(),
      /** The loss that the run was trained with, in words. */
      loss: z.string(),
      /** How many checkpoints the run had: more than `points` where they were thinned out. */
      available: z.number(),
      points: z.array(pointSchema),
    }),
  ),
});

/**
 * What `trajectories.json` of a surface holds: checkpoints of runs as seen from the plane. A network hardly ever lies on the
 * plane, so each has its distance, and its own loss beside that of the plane at its foot: where the two differ, the path must
 * not be drawn as if it lay on the surface.
 */
export type SurfaceTrajectories = z.infer<typeof trajectoriesSchema>;
export type Trajectory = SurfaceTrajectories['runs'][number];
export type TrajectoryPoint = Trajectory['points'][number];

/** Undefined when the surface has none. @throws Problem when the file is damaged. */
export async function readTrajectories(folder: string): Promise<SurfaceTrajectories | undefined> {
  const file = join(folder, surfaceFileNames.trajectories);
  let value: unknown;
  try {
    value = JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    if (!(error instanceof SyntaxError)) throw fileProblem(error, file);
  }
  const parsed = trajectoriesSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new Problem(`the trajectories of the surface are damaged: ${z.prettifyError(parsed.error)}`, {
    place: { file },
  });
}

/** Writes `trajectories.json`, whole or not at all. Throws a Problem when the disk is full or the folder not writable. */
export async function writeTrajectories(folder: string, trajectories: SurfaceTrajectories): Promise<void> {
  const text = JSON.stringify(trajectories, (_, value: unknown) =>
    typeof value === 'number' && !Number.isFinite(value) ? String(value) : value,
  );
  await writeFileAtomic(join(folder, surfaceFileNames.trajectories), `${text}\n`);
}
