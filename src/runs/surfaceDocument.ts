import { hostname } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { processExists } from './document';
import { namesIn, writeFileAtomic } from './files';
import { readJsonDocument } from './jsonDocument';
import { surfaceFileNames, surfacesFolder } from './layout';
import { Problem } from './problem';
import { planeProvenanceSchema } from './surfaceProvenance';

export { surfaceFileNames };
export type { Checkpoint, PlaneProvenance } from './surfaceProvenance';

/** Version of the surface folder's format that this code writes, and the newest that it reads. */
export const surfaceFormatVersion = 1;

/** Seconds without a sign of life after which a surface is taken to be abandoned. */
const deadSeconds = 60;

const quantitySchema = z.object({
  label: z.string(),
  /** A float32 `.npy` of shape [b, a] in the same folder; NaN where nothing has been computed. */
  file: z.string(),
  kind: z.enum(['loss', 'metric']),
  /** Of the images that it is the mean over. */
  split: z.enum(['train', 'test']),
  /** The same for the quantity of the other split: what is measured. */
  measure: z.string(),
  /** Of a loss: its name in the experiment, and whether it is the reported value or the function that is descended. */
  loss: z.object({ name: z.string(), variant: z.enum(['reported', 'effective']) }).optional(),
  /** Of a standard error (of the mean over images): the key of the quantity that it belongs to. */
  standardErrorOf: z.string().optional(),
});

export type SurfaceQuantity = z.infer<typeof quantitySchema>;

const minimumSchema = z.object({
  /** The lowest finite value among the points, and where it is. */
  value: z.number(),
  a: z.number(),
  b: z.number(),
  /** Whether it lies on the edge of the sampled range: then the minimum is beyond it, and no width is given. */
  onEdge: z.boolean(),
  /**
   * Second derivatives along a and b per squared unit of weight distance, from the three points around the minimum; null
   * where one of them is missing or not finite, and along the b of a line.
   */
  curvature: z.tuple([z.number().nullable(), z.number().nullable()]),
  /**
   * How far the loss stays within 10 % of its range above the minimum along a and b through it, in weight distance; null
   * where that reaches the edge.
   */
  width: z.tuple([z.number().nullable(), z.number().nullable()]),
  /** Share of all points that are within 10 % of the range above the minimum. */
  flatShare: z.number(),
  /**
   * 100 (highest − centre) / (1 + centre) over the whole sampled range, after Keskar et al., "On large-batch training for
   * deep learning", 2017; null when the centre is not among the points or a value is not finite.
   */
  sharpness: z.number().nullable(),
});

/** What a surface tells about its minimum. */
export type SurfaceMinimum = z.infer<typeof minimumSchema>;

const imagesSchema = z.object({
  split: z.enum(['train', 'test']),
  names: z.array(z.string()),
  /** How many the split has. */
  available: z.number(),
  /** Seed of the choice. */
  seed: z.number(),
  /** What of each image: all of it, or the crop in its centre. */
  region: z.enum(['whole', 'center']),
  /** sha256 of the decoded pixels and labels. */
  digest: z.string(),
});

/** The images of one split that a surface is the mean over. */
export type SurfaceImageSet = z.infer<typeof imagesSchema>;

const adaptiveSchema = z.object({
  /** Share of a loss's range (over the points of the first passes). */
  tolerance: z.number(),
  /** In words: what holds for interpolated points. */
  bound: z.string(),
  /** Points measured to find out how large the error really is, once all is interpolated; null before that. */
  checked: z
    .object({
      points: z.number(),
      /** By quantity: the largest |measured − interpolated|, as a share of the quantity's range. */
      largest: z.record(z.string(), z.number()),
    })
    .nullable(),
});

const surfaceSchema = z.object({
  formatVersion: z.literal(surfaceFormatVersion),
  /** A line has the single value 0 on its axis b. */
  kind: z.enum(['plane', 'line']),
  id: z.string(),
  /** `sampling` with a dead heartbeat means that it was interrupted; all but `finished` can be resumed. */
  status: z.enum(['sampling', 'stopped', 'failed', 'finished']),
  axes: z.object({ a: z.array(z.number()).min(2), b: z.array(z.number()).min(1) }),
  quantities: z.record(z.string(), quantitySchema),
  /** In words: which weights, directions and images. */
  provenance: z.string(),
  plane: planeProvenanceSchema,
  losses: z.array(z.object({ name: z.string(), label: z.string(), spec: z.unknown() })),
  /** One entry for each split. */
  images: z.array(imagesSchema).min(1),
  /** Surfaces that belong together: the same directions and axes around the network of each of these epochs. */
  series: z.object({ id: z.string(), epochs: z.array(z.number()) }).nullable(),
  /** Null when every point is measured. */
  adaptive: adaptiveSchema.nullable(),
  /** Folder names of runs whose checkpoints are projected on the plane. */
  trajectories: z.array(z.string()),
  /** Another surface whose points were taken over. */
  extends: z.string().nullable(),
  /** By quantity (losses): what can be read off the finished surface about its minimum. */
  minima: z.record(z.string(), minimumSchema).nullable(),
  /** Points finished, of how many; `done.npy` says which. */
  done: z.number(),
  total: z.number(),
  secondsSampling: z.number(),
  accelerator: z.object({ name: z.string(), provider: z.string(), threads: z.number(), reason: z.string() }),
  versions: z.record(z.string(), z.string()),
  pid: z.number(),
  host: z.string(),
  created: z.iso.datetime(),
  /** The heartbeat: renewed every few seconds while the sweep goes on. */
  updated: z.iso.datetime(),
  finished: z.iso.datetime().nullable(),
});

/** What `surfaces/<id>/surface.json` holds. Times are ISO 8601 in UTC. */
export type SurfaceDocument = z.infer<typeof surfaceSchema>;

/** @throws Problem when the file is missing, damaged, or of a newer format. */
export function readSurfaceDocument(folder: string): Promise<SurfaceDocument> {
  return readJsonDocument(join(folder, surfaceFileNames.document), {
    schema: surfaceSchema,
    newest: surfaceFormatVersion,
    what: 'the surface',
    otherwise: 'this is no surface that can be gone on with',
  });
}

/** Writes `surface.json`, whole or not at all. Throws a Problem when the disk is full or the folder not writable. */
export async function writeSurfaceDocument(folder: string, document: SurfaceDocument): Promise<void> {
  await writeFileAtomic(join(folder, surfaceFileNames.document), `${JSON.stringify(document, null, 2)}\n`);
}

/** Whether a living process, other than this one, is sampling the surface. */
export function isBeingSampled({ status, updated, host, pid }: SurfaceDocument, now = new Date()): boolean {
  if (status !== 'sampling' || now.getTime() - Date.parse(updated) > deadSeconds * 1000) return false;
  return host !== hostname() || (pid !== process.pid && processExists(pid));
}

/**
 * The folder of the surface that a user means by its name, or by a part of the name that only one of the run's surfaces
 * has. @throws Problem when there is none or more than one.
 */
export async function resolveSurface(runFolder: string, name: string): Promise<string> {
  const parent = surfacesFolder(runFolder);
  const names = (await namesIn(parent)).sort();
  const matches = names.includes(name) ? [name] : names.filter((other) => other.includes(name));
  const [match] = matches;
  if (match !== undefined && matches.length === 1) return join(parent, match);
  throw new Problem(
    match === undefined ? `the run has no surface "${name}"` : `"${name}" fits ${matches.length} surfaces of the run`,
    {
      place: { file: parent },
      hint: names.length === 0 ? 'It has no surfaces yet.' : `It has: ${names.join(', ')}.`,
    },
  );
}
