import { hostname } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { processExists } from './document';
import { namesIn, writeFileAtomic } from './files';
import { readJsonDocument } from './jsonDocument';
import { checkpointSchema } from './surfaceProvenance';

/** Version of the curvature files that this code writes, and the newest that it reads. */
export const curvatureFormatVersion = 1;

const eigenvalueSchema = z.object({
  value: z.number(),
  /** An eigenvalue of the Hessian lies at most so far from `value`. */
  residual: z.number(),
});

const estimateSchema = z.object({
  mean: z.number(),
  /** Of the mean over probes; null for a single one. */
  standardError: z.number().nullable(),
});

const curvatureSchema = z.object({
  formatVersion: z.literal(curvatureFormatVersion),
  kind: z.literal('curvature'),
  id: z.string(),
  /** All but `finished` are gone on with when the same is asked for again. */
  status: z.enum(['measuring', 'stopped', 'failed', 'finished']),
  checkpoint: checkpointSchema,
  /** The loss that is differentiated: where a factor is detached, the function that training descends. */
  loss: z.object({
    name: z.string(),
    label: z.string(),
    spec: z.unknown(),
    variant: z.enum(['reported', 'effective']),
  }),
  images: z.object({
    split: z.enum(['train', 'test']),
    names: z.array(z.string()),
    available: z.number(),
    seed: z.number(),
    region: z.enum(['whole', 'center']),
    digest: z.string(),
  }),
  /** Number of weights. */
  parameters: z.number(),
  settings: z.object({
    /** How many of the largest eigenvalues. */
    top: z.number(),
    /** Random vectors for the trace. */
    probes: z.number(),
    /** Random vectors for the spectral density, and steps of Lanczos' method from each; 0 for none. */
    spectrumProbes: z.number(),
    spectrumSteps: z.number(),
    /** Whether the largest eigenvalue of each layer's own block is found, too. */
    layers: z.boolean(),
    seed: z.number(),
  }),
  /** Euclidean length of the gradient; null until it is known, as everything below. */
  gradientNorm: z.number().nullable(),
  eigenvalues: z
    .object({
      /** Algebraically largest first. */
      largest: z.array(eigenvalueSchema),
      /** The most negative one. */
      smallest: eigenvalueSchema,
      /** Products with the Hessian that it took. */
      products: z.number(),
      /** Whether all residuals are below the tolerance. */
      converged: z.boolean(),
      /** Safetensors file beside this one: `eigenvector 1/<parameter>`, …, each vector of length 1. */
      vectors: z.string(),
    })
    .nullable(),
  /** Hutchinson's estimates: vᵀ H v of each probe, split by layer; their sum is the estimate of the whole trace. */
  traceProbes: z.array(z.record(z.string(), z.number())),
  trace: estimateSchema.nullable(),
  /** Of each layer's own block of the Hessian. */
  layers: z.record(z.string(), z.object({ trace: estimateSchema.nullable(), largest: eigenvalueSchema.nullable() })),
  /** Ritz values of each probe and their weights, which sum to 1. */
  spectrumProbes: z.array(z.object({ values: z.array(z.number()), weights: z.array(z.number()) })),
  /** Spectral density: its integral is 1. `values` are eigenvalues; normal curves of standard deviation `sigma` are laid on them. */
  spectrum: z.object({ sigma: z.number(), values: z.array(z.number()), density: z.array(z.number()) }).nullable(),
  /** `step` of at most `steps` in a part of the work; null between parts and when nothing is being measured. */
  progress: z
    .object({
      part: z.enum(['eigenvalues', 'trace', 'layers', 'spectrum']),
      step: z.number(),
      steps: z.number(),
    })
    .nullable()
    // Older files say nothing of it.
    .default(null),
  secondsMeasuring: z.number(),
  accelerator: z.object({ name: z.string(), provider: z.string(), threads: z.number(), reason: z.string() }),
  versions: z.record(z.string(), z.string()),
  pid: z.number(),
  host: z.string(),
  created: z.iso.datetime(),
  updated: z.iso.datetime(),
  finished: z.iso.datetime().nullable(),
});

/** What `curvature/<id>.json` of a run holds: the Hessian of one loss at one checkpoint. Times are ISO 8601 in UTC. */
export type CurvatureDocument = z.infer<typeof curvatureSchema>;
export type Estimate = z.infer<typeof estimateSchema>;

/**
 * Without a word for so long, a measurement on another machine counts as interrupted: one product with the Hessian of a large
 * network takes some seconds.
 */
const deadSeconds = 120;

/** Whether a living process, other than this one, is measuring. */
export function isBeingMeasured(
  { status, updated, host, pid }: Pick<CurvatureDocument, 'status' | 'updated' | 'host' | 'pid'>,
  now = new Date(),
): boolean {
  if (status !== 'measuring' || now.getTime() - Date.parse(updated) > deadSeconds * 1000) return false;
  return host !== hostname() || (pid !== process.pid && processExists(pid));
}

/** The folder of a run's curvature files. */
export const curvatureFolder = (runFolder: string): string => join(runFolder, 'curvature');

export const curvatureFile = (runFolder: string, id: string): string => join(curvatureFolder(runFolder), `${id}.json`);

/** Ids of a run's curvature files, by name; none when there are no such files. */
export async function curvatureIds(runFolder: string): Promise<string[]> {
  const names = await namesIn(curvatureFolder(runFolder));
  return names
    .filter((name) => name.endsWith('.json'))
    .map((name) => name.slice(0, -5))
    .sort();
}

/** @throws Problem when the file is missing, damaged, or of a newer format. */
export function readCurvature(file: string): Promise<CurvatureDocument> {
  return readJsonDocument(file, {
    schema: curvatureSchema,
    newest: curvatureFormatVersion,
    what: 'the file',
    otherwise: 'this is no curvature of a network',
  });
}

/** Writes the file, whole or not at all. Throws a Problem when the disk is full or the folder not writable. */
export async function writeCurvature(runFolder: string, document: CurvatureDocument): Promise<void> {
  await writeFileAtomic(curvatureFile(runFolder, document.id), `${JSON.stringify(document, null, 2)}\n`);
}
