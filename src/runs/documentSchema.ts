import { z } from 'zod';
import type { RunDocument } from './document';
import { formatVersion } from './layout';

const means = z.record(z.string(), z.number().nullable()).nullable();
const summary = z.object({ epoch: z.number(), train: means, test: means }).nullable();

/** What a run.json must look like. */
export const documentSchema: z.ZodType<RunDocument> = z.object({
  formatVersion: z.literal(formatVersion),
  id: z.string(),
  status: z.enum(['queued', 'running', 'finished', 'stopped', 'failed']),
  kind: z.literal('training'),
  experiment: z.unknown(),
  experimentFile: z.string().nullable(),
  experimentName: z.string(),
  loss: z.object({ name: z.string(), label: z.string(), spec: z.unknown() }),
  dataset: z.object({
    fingerprint: z.string(),
    train: z.array(z.string()),
    test: z.array(z.string()),
    synthetic: z.boolean(),
  }),
  parameters: z.number(),
  engine: z.string(),
  accelerator: z.object({ name: z.string(), provider: z.string(), threads: z.number(), reason: z.string() }),
  versions: z.record(z.string(), z.string()),
  seed: z.number(),
  pid: z.number(),
  host: z.string(),
  started: z.iso.datetime(),
  updated: z.iso.datetime(),
  finished: z.iso.datetime().nullable(),
  epochsDone: z.number(),
  epochsTotal: z.number(),
  stepsDone: z.number(),
  secondsTraining: z.number(),
  dataWaitShare: z.number().nullable(),
  last: summary,
  best: summary,
  error: z.object({ message: z.string(), hint: z.string().optional() }).nullable(),
  resumedFrom: z.array(z.number()),
});
