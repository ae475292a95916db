import { z } from 'zod';
import { formatVersion } from './layout';

const lossSchema = z.object({
  name: z.string(),
  /** In words: "focal γ=2 (detached)". */
  label: z.string(),
  spec: z.unknown(),
  /** Name of its folder in `frames`. */
  folder: z.string(),
});

/** What the run.json of a descent must look like. */
export const descentSchema = z.object({
  formatVersion: z.literal(formatVersion),
  /** Name of the folder. */
  id: z.string(),
  kind: z.literal('descent'),
  status: z.enum(['queued', 'running', 'finished', 'stopped', 'failed']),
  experimentName: z.string(),
  /** The experiment of the run that the network is of, with every default filled in. */
  experiment: z.unknown(),
  /** The network that every descent begins with. `folder` is where the run lay, `digest` the sha256 of its weights. */
  checkpoint: z.object({
    run: z.string(),
    folder: z.string(),
    epoch: z.number(),
    /** The loss that it was trained under, in words. */
    loss: z.string(),
    digest: z.string(),
  }),
  /** The image, and the part of it that is descended on: all of it, or the crop in its centre. In pixels of the image. */
  image: z.object({
    name: z.string(),
    split: z.enum(['train', 'test']),
    height: z.number(),
    width: z.number(),
    region: z.object({ top: z.number(), left: z.number(), height: z.number(), width: z.number() }),
    synthetic: z.boolean(),
    /** sha256 of the decoded pixels and labels. */
    digest: z.string(),
  }),
  /** One descent each, in this order. */
  losses: z.array(lossSchema).min(1),
  optimizer: z.object({ type: z.string(), learningRate: z.number() }).loose(),
  /** Steps under each loss. */
  steps: z.number(),
  /** A frame is kept of step 0, of every so many steps, and of the last one. */
  every: z.number(),
  /** Steps taken under all losses together, and how many there will be. */
  stepsDone: z.number(),
  stepsTotal: z.number(),
  secondsDescending: z.number(),
  accelerator: z.object({ name: z.string(), provider: z.string(), threads: z.number(), reason: z.string() }),
  versions: z.record(z.string(), z.string()),
  pid: z.number(),
  host: z.string(),
  started: z.iso.datetime(),
  /** The heartbeat: renewed at least every 5 seconds while the process lives. */
  updated: z.iso.datetime(),
  finished: z.iso.datetime().nullable(),
  error: z.object({ message: z.string(), hint: z.string().optional() }).nullable(),
});

/**
 * What the `run.json` of a descent holds: one image, one network, and from there some steps under each of several losses.
 * Times are ISO 8601 in UTC. The folder lies among the run folders:
 *
 * - `descent.csv`: what was measured at every step (`descentTable.ts`)
 * - `frames/<loss>/frame-0100.npy`: float32 [height, width] of the region, logit of the foreground - logit of the
 *   background after that many steps (`descentFrames.ts`)
 * - `image.png`, `mask.png`: the region of the photograph and of the target (0 or 255)
 * - `checkpoints/resume.safetensors`: while it is not finished, what to go on from
 * - `log.txt`, `lock`, `stop` as in a run folder.
 */
export type DescentDocument = z.infer<typeof descentSchema>;
