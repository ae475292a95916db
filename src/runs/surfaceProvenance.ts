import { z } from 'zod';

export const checkpointSchema = z.object({
  /** Name of the run folder. */
  run: z.string(),
  epoch: z.number(),
  /** The loss that the run was trained with, in words. */
  loss: z.string(),
});

/** A network: a run at an epoch. */
export type Checkpoint = z.infer<typeof checkpointSchema>;

const common = {
  /** Euclidean lengths of the two directions; the second is 0 for a line. */
  lengths: z.tuple([z.number(), z.number()]),
  /** Of the angle between them; 0 for a line. */
  cosine: z.number(),
  /** The network at (0, 0), where the directions were taken over from elsewhere: from another epoch or surface. */
  movedTo: checkpointSchema.optional(),
};

export const planeProvenanceSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('random'),
    /** At (0, 0); random directions are scaled to this network. */
    checkpoint: checkpointSchema,
    seed: z.number(),
    normalization: z.enum(['filter', 'layer', 'none']),
    biases: z.enum(['ignore', 'keep']),
    ...common,
  }),
  z.object({
    kind: z.literal('through'),
    /** At (0, 0), (1, 0) and (0, 1). */
    checkpoints: z.tuple([checkpointSchema, checkpointSchema, checkpointSchema]),
    ...common,
  }),
  z.object({
    kind: z.literal('line'),
    /** At 0 and 1. */
    checkpoints: z.tuple([checkpointSchema, checkpointSchema]),
    ...common,
  }),
  z.object({
    kind: z.literal('pca'),
    runs: z
      .array(
        z.object({
          run: z.string(),
          loss: z.string(),
          /** Epochs whose checkpoints the components were found from. */
          epochs: z.array(z.number()),
          /** How many checkpoints the run had. */
          available: z.number(),
        }),
      )
      .min(1),
    /** The network at (0, 0): the last checkpoint of the one run, or null for the mean of all checkpoints. */
    checkpoint: checkpointSchema.nullable(),
    /** Share of the checkpoints' variance along each of the first principal components (up to ten), largest first. */
    explained: z.array(z.number()),
    ...common,
  }),
  z.object({
    kind: z.literal('curvature'),
    checkpoint: checkpointSchema,
    /** Name of the loss whose gradient or Hessian it is. */
    loss: z.string(),
    /** What each direction is; null for the missing second one of a line. All have the length 1. */
    axes: z.tuple([curvatureAxis(), curvatureAxis().nullable()]),
    /** Euclidean length of the gradient. */
    gradientNorm: z.number(),
    /** Eigenvalues along the axes; null where an axis is no eigenvector. */
    eigenvalues: z.tuple([z.number().nullable(), z.number().nullable()]),
    /** How many images the loss was averaged over, and of which split. */
    images: z.object({ split: z.enum(['train', 'test']), count: z.number() }),
    ...common,
  }),
]);

function curvatureAxis() {
  return z.enum(['gradient', 'eigenvector 1', 'eigenvector 2']);
}

/** Where a plane (or a line) comes from. */
export type PlaneProvenance = z.infer<typeof planeProvenanceSchema>;
